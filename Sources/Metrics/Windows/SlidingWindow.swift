/// What happened in the last so many seconds, in slices of time of which the oldest one makes place for the newest.
///
/// It covers the slice that has begun and those before it: at most `seconds`, and less by no more than one slice. The
/// memory is that of the slices, however much happens.
public struct SlidingWindow<Tally: Sendable>: Sendable {
  private struct Slice: Sendable {
    /// Which slice of time since the start.
    var number: Int
    var tally: Tally
  }

  /// How far it looks back.
  public let seconds: Int
  /// How long a slice is.
  public let sliceSeconds: Int
  private let start: ContinuousClock.Instant
  private let empty: Tally
  private var slices: [Slice?]

  /// - Parameters:
  ///   - seconds: how far it looks back, a multiple of `slices`.
  ///   - slices: in how many steps time goes on.
  ///   - start: when the first slice begins; what is said to be before counts as of that moment.
  ///   - empty: the tally of a slice in which nothing happened.
  public init(seconds: Int, slices: Int, start: ContinuousClock.Instant, empty: Tally) {
    precondition(slices > 0 && seconds > 0 && seconds % slices == 0, "\(seconds) seconds in \(slices) slices")
    self.seconds = seconds
    self.start = start
    self.empty = empty
    sliceSeconds = seconds / slices
    self.slices = Array(repeating: nil, count: slices)
  }

  /// Changes the tally of the slice of a moment, unless the window has moved past it: threads may come in another order
  /// than that of their moments.
  public mutating func update(at moment: ContinuousClock.Instant, _ change: (inout Tally) -> Void) {
    let number = number(of: moment)
    let place = number % slices.count
    let found = slices[place]?.number
    if let found, found > number { return }
    if found != number { slices[place] = Slice(number: number, tally: empty) }
    change(&slices[place]!.tally)
  }

  /// The tallies of the window that ends at a moment, in no order; slices in which nothing happened are left out.
  public func tallies(at moment: ContinuousClock.Instant) -> [Tally] {
    let last = number(of: moment)
    return slices.compactMap { slice in
      slice.flatMap { last - slices.count < $0.number && $0.number <= last ? $0.tally : nil }
    }
  }

  /// The window that ends at a moment, slice by slice, the oldest first.
  ///
  /// - Returns: for each slice since counting began how long before the moment it started, and its tally; nil where nothing
  ///   happened.
  public func series(at moment: ContinuousClock.Instant) -> [(age: Duration, tally: Tally?)] {
    let last = number(of: moment)
    return (max(0, last - slices.count + 1)...last).map { number in
      let slice = slices[number % slices.count]
      let begin = start + .seconds(number * sliceSeconds)
      return (begin.duration(to: moment), slice.flatMap { $0.number == number ? $0.tally : nil })
    }
  }

  private func number(of moment: ContinuousClock.Instant) -> Int {
    max(0, Int(start.duration(to: moment).components.seconds)) / sliceSeconds
  }
}
