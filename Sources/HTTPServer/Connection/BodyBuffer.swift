internal import Base

/// What was written to a ``BodyStream`` and is not taken by the client yet: between the threads that write and the
/// connection's queue.
final class BodyBuffer: Sendable {
  /// What there is to be sent.
  enum Piece: Equatable {
    /// Nothing, for now.
    case nothing
    /// Some bytes, at least one.
    case bytes([UInt8])
    /// The last bytes, if any.
    case end([UInt8])
    /// The client is too far behind.
    case overrun
  }

  private struct State {
    var waiting: [UInt8] = []
    /// Bytes that the connection has taken and may not have written yet.
    var taken = 0
    var pending: Int { waiting.count + taken }
    var isEnded = false
    var isOverrun = false
    var isClosed = false
    /// Whether the connection knows that there is something to look at.
    var isAnnounced = false
    var announce: (@Sendable () -> Void)?
    var onClose: (@Sendable () -> Void)?
  }

  private let state: LockBox<State>

  /// The most bytes that may wait for a client.
  private static let limit = 256 << 10

  /// - Parameter onClose: called once, when nothing can be written any more.
  init(onClose: @escaping @Sendable () -> Void) { state = LockBox(State(onClose: onClose)) }

  // MARK: The writers' side

  /// Adds bytes; false if they will not be sent.
  func append(_ bytes: [UInt8]) -> Bool {
    change { state in
      guard !state.isClosed, !state.isEnded, !state.isOverrun else { return false }
      state.isOverrun = state.pending + bytes.count > Self.limit
      guard !state.isOverrun else { return false }
      state.waiting += bytes
      return true
    }
  }

  /// Lets nothing follow.
  func end() { change { $0.isEnded = true } }

  /// How many bytes the client has not taken, at most.
  var pending: Int { state.withLock(\.pending) }

  private func change<Result>(_ change: (inout State) -> Result) -> Result {
    let (result, announce) = state.withLock { state in
      let result = change(&state)
      guard !state.isAnnounced, let announce = state.announce else { return (result, nil as (@Sendable () -> Void)?) }
      state.isAnnounced = true
      return (result, announce)
    }
    announce?()
    return result
  }

  // MARK: The connection's side

  /// - Parameter announce: called, from any thread, when there is something to look at; once more only after ``looked()``.
  func attach(_ announce: @escaping @Sendable () -> Void) { state.withLock { $0.announce = announce } }

  /// The next writer calls again.
  func looked() { state.withLock { $0.isAnnounced = false } }

  /// How many bytes have not been taken.
  var count: Int { state.withLock(\.waiting.count) }

  /// Takes everything that waits; what was taken before is written by now.
  func take() -> Piece {
    state.withLock { state in
      guard !state.isOverrun else { return .overrun }
      let bytes = state.waiting
      state.waiting = []
      state.taken = bytes.count
      if state.isEnded { return .end(bytes) }
      return bytes.isEmpty ? .nothing : .bytes(bytes)
    }
  }

  /// Takes nothing more: the end was sent, or the client is gone.
  func close() {
    let onClose = state.withLock { state in
      defer { (state.onClose, state.announce) = (nil, nil) }
      state.isClosed = true
      (state.waiting, state.taken) = ([], 0)
      return state.onClose
    }
    onClose?()
  }
}
