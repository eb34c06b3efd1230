internal import Base
internal import Dispatch
internal import HTTPServer

/// Tells events to all who listen.
///
/// A client that does not keep up is cut off by its ``BodyStream``, so that nobody is waited for and no more is kept than
/// 256 KiB for each.
///
/// Sendable unchecked: the timer is not touched between its making and its end.
final class EventHub: @unchecked Sendable {
  private struct Listener {
    /// Nil for those who listen to everything.
    let subject: String?
    /// Nil until the first events are known.
    var stream: EventStream?
    /// What is told before that.
    var waiting: [EventStream.Event] = []
  }

  private struct State {
    var listeners: [Int: Listener] = [:]
    var next = 0
    var isEnded = false
  }

  private let state = LockBox(State())
  private let limit: Int
  private let timer: any DispatchSourceTimer

  /// How long a client is to wait before it comes again.
  private static let retryMilliseconds = 3000

  /// - Parameters:
  ///   - limit: how many may listen at a time.
  ///   - heartbeat: how often each is sent something, so that one who is gone is noticed.
  init(limit: Int = 64, heartbeat: DispatchTimeInterval = .seconds(15)) {
    self.limit = limit
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "distinguo.events"))
    timer.schedule(deadline: .now() + heartbeat, repeating: heartbeat, leeway: .milliseconds(100))
    timer.setEventHandler { @Sendable [weak self] in self?.sendHeartbeats() }
    timer.activate()
  }

  deinit { timer.cancel() }

  /// How many listen.
  var count: Int { state.withLock(\.listeners.count) }

  /// Answers a request with the events that are to come.
  ///
  /// - Parameters:
  ///   - subject: what the client listens to; nil for everything.
  ///   - first: what it is told first, asked for when nothing that follows can be missed any more. What is told meanwhile
  ///     comes afterwards, though it may be older.
  /// - Returns: false, and nothing is answered, if as many listen as may, or the hub has ended.
  func open(_ responder: Responder, to subject: String? = nil, first: () -> [EventStream.Event] = { [] }) -> Bool {
    let number = state.withLock { state -> Int? in
      guard !state.isEnded, state.listeners.count < limit else { return nil }
      state.next += 1
      state.listeners[state.next] = Listener(subject: subject)
      return state.next
    }
    guard let number else { return false }
    // Who is gone already is so before this returns.
    let body = responder.stream(EventStream.response) { [weak self] in self?.remove(number) }
    let stream = EventStream(body)
    stream.sendRetry(milliseconds: Self.retryMilliseconds)
    let events = first()
    state.withLock { state in
      guard let listener = state.listeners[number] else { return }
      state.listeners[number]?.stream = stream
      state.listeners[number]?.waiting = []
      for event in events + listener.waiting { Self.send(event, event.bytes, to: number, &state) }
    }
    return true
  }

  /// Tells an event to all who listen to everything, or to its subject; for the latter its last one is the end. Never
  /// blocks.
  func publish(_ event: EventStream.Event) {
    state.withLock { state in
      guard !state.listeners.isEmpty else { return }
      let bytes = event.bytes
      for number in state.listeners.keys { Self.send(event, bytes, to: number, &state) }
    }
  }

  /// Ends all streams; nobody can listen any more.
  func end() {
    state.withLock { state in
      state.isEnded = true
      for listener in state.listeners.values { listener.stream?.end() }
      state.listeners = [:]
    }
  }

  private static func send(_ event: EventStream.Event, _ bytes: [UInt8], to number: Int, _ state: inout State) {
    guard let listener = state.listeners[number], listener.subject == nil || listener.subject == event.subject else {
      return
    }
    guard let stream = listener.stream else {
      state.listeners[number]?.waiting.append(event)
      return
    }
    let isThere = stream.send(bytes)
    let isLast = event.isLast && listener.subject != nil
    if isLast { stream.end() }
    if isLast || !isThere { state.listeners[number] = nil }
  }

  private func sendHeartbeats() {
    state.withLock { state in
      for listener in state.listeners.values { listener.stream?.sendHeartbeat() }
    }
  }

  private func remove(_ number: Int) { state.withLock { $0.listeners[number] = nil } }
}
