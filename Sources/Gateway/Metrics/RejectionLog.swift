internal import Base
internal import Defence
internal import Foundation
internal import HTTPCore
internal import Metrics

/// Counts verdicts since the start and over the last minute, hour and day, keeps the last rejections, and answers
/// `GET /v1/metrics/rejections`.
final class RejectionLog: ClassificationObserver {
  /// A moment by both clocks: one never jumps, the other is what people read.
  struct Moment: Sendable {
    var instant: ContinuousClock.Instant
    var date: Date

    static var now: Moment { .init(instant: .now, date: .now) }
  }

  private struct State {
    var disclosure: ScoreDisclosure
    var total = RejectionTally()
    var windows: [(RejectionWindow, SlidingWindow<RejectionTally>)]
    var events: RecentEvents<RejectionEvent>
  }

  private let capacity: Int
  private let start: Moment
  private let clock: @Sendable () -> Moment
  private let state: LockBox<State>

  /// - Parameters:
  ///   - capacity: how many rejections are kept.
  ///   - disclosure: how much of the numbers is answered; who sees them can climb them.
  ///   - clock: what time it is.
  init(capacity: Int = 100, disclosure: ScoreDisclosure = .full, clock: @escaping @Sendable () -> Moment = { .now }) {
    let start = clock()
    self.capacity = capacity
    self.start = start
    self.clock = clock
    let windows = RejectionWindow.allCases.map { window in
      (
        window,
        SlidingWindow(
          seconds: window.seconds, slices: window.slices, start: start.instant, empty: RejectionTally())
      )
    }
    state = LockBox(State(disclosure: disclosure, windows: windows, events: RecentEvents(capacity: capacity)))
  }

  /// Says how much of the numbers is answered from now on.
  func disclose(_ disclosure: ScoreDisclosure) { state.withLock { $0.disclosure = disclosure } }

  func observe(_ event: ClassificationEvent) {
    guard case .judged(let verdict, let label, let model, let version, let requestID) = event else { return }
    let now = clock()
    // Made before the lock is taken, and only where there is one to make.
    let rejection = verdict.reason.map { reason in
      RejectionEvent(
        verdict, reason, label: label, model: model, version: version, requestID: requestID, time: Self.text(now.date))
    }
    state.withLock { state in
      state.total.count(verdict, label: label, model: model)
      for index in state.windows.indices {
        state.windows[index].1.update(at: now.instant) { $0.count(verdict, label: label, model: model) }
      }
      if let rejection { state.events.append(rejection) }
    }
  }

  /// The answer to a request for a target, whose query says what of it.
  ///
  /// - Parameter models: the names of those that are served; those that were judged by before may be asked for, too.
  func response(to target: RequestTarget, models: some Sequence<String>) throws(RejectionQueryError) -> Response {
    let known = Set(models).union(state.withLock { Array($0.total.models.keys) })
    let query = try RejectionQuery(target, models: known, most: capacity)
    var response = Response(.ok, type: "application/json", body: report(query).json() + [UInt8(ascii: "\n")])
    response.fields.append("Cache-Control", "no-store")
    return response
  }

  /// What there is to say.
  func report(_ query: RejectionQuery = .init()) -> RejectionReport {
    let now = clock()
    // Copies, so that the lock is not held while they are added up.
    let (disclosure, total, windows, events) = state.withLock {
      ($0.disclosure, $0.total, $0.windows, $0.events.newestFirst)
    }
    func counts(_ tally: RejectionTally, seconds: Int?) -> RejectionReport.Counts {
      .init(tally, seconds: seconds, model: query.model, showsScores: disclosure == .full)
    }
    let asked = windows.filter { query.window == nil || $0.0 == query.window }.map { window, sliding in
      let sum = sliding.tallies(at: now.instant).reduce(into: RejectionTally()) { $0.add($1) }
      return (window.rawValue, counts(sum, seconds: window.seconds))
    }
    let chosen = events.filter { query.model == nil || $0.model == query.model }.prefix(query.limit ?? capacity)
    return RejectionReport(
      since: Self.text(start.date), totals: counts(total, seconds: nil),
      windows: Dictionary(uniqueKeysWithValues: asked),
      events: chosen.map { $0.disclosed(disclosure) })
  }

  /// A window as it is now.
  func snapshot(_ window: RejectionWindow) -> (now: Moment, SlidingWindow<RejectionTally>) {
    let now = clock()
    let windows = state.withLock(\.windows)
    guard let sliding = windows.first(where: { $0.0 == window })?.1 else { preconditionFailure("every window is kept") }
    return (now, sliding)
  }

  /// RFC 3339, to the millisecond.
  private static func text(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
