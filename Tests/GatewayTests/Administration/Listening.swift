import Base
import HTTPCore

@testable import HTTPServer

/// A client that listens to a stream, without a connection.
final class Listening: Sendable {
  private struct State {
    var response: Response?
    var buffer: BodyBuffer?
    var text = ""
    var hasEnded = false
  }

  private let state: LockBox<State>
  /// What is answered with a stream.
  let responder: Responder

  /// - Parameter isGone: whether it does not wait for the answer.
  init(isGone: Bool = false) {
    let state = LockBox(State())
    self.state = state
    // Only the buffer: the stream ends with its last reference.
    responder = Responder { response, stream in
      guard let buffer = stream?.buffer else { return }
      if isGone { buffer.close() }
      state.withLock { ($0.response, $0.buffer) = (response, buffer) }
    }
  }

  /// The answer's status, once there is one.
  var status: HTTPStatus? { state.withLock { $0.response?.status } }

  /// The answer's fields.
  var fields: HeaderFields { state.withLock { $0.response?.fields ?? [:] } }

  /// What has come since it was last asked for.
  func text() -> String {
    take()
    return state.withLock { state in
      defer { state.text = "" }
      return state.text
    }
  }

  /// Whether nothing more will come.
  var hasEnded: Bool {
    take()
    return state.withLock(\.hasEnded)
  }

  /// Takes what there is, as a connection does whose client is quick.
  private func take() {
    let ended = state.withLock { state -> BodyBuffer? in
      guard let buffer = state.buffer, !state.hasEnded else { return nil }
      while true {
        switch buffer.take() {
        case .nothing: return nil
        case .bytes(let bytes): state.text += String(decoding: bytes, as: UTF8.self)
        case .end(let bytes):
          state.text += String(decoding: bytes, as: UTF8.self)
          state.hasEnded = true
          return buffer
        case .overrun:
          state.hasEnded = true
          return buffer
        }
      }
    }
    ended?.close()
  }

  /// Goes.
  func go() { state.withLock(\.buffer)?.close() }
}
