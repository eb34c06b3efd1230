internal import Glibc

/// Bytes as they are.
final class PlainTransport: Transport {
  let descriptor: Int32

  /// Takes over a connected, non-blocking socket.
  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { System.close(descriptor) }

  var isEncrypted: Bool { false }

  var certificateSubject: String? { nil }

  func handshake() -> Bool { true }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> ReadOutcome {
    do {
      switch try System.receive(descriptor, into: buffer) {
      case nil: return .wouldBlock
      case 0: return .end
      // Of a stream, less than was asked for is all there is (epoll(7), question 9).
      case let count?: return .bytes(count, isLast: count < buffer.count)
      }
    } catch {
      throw .system(error)
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
    var written = 0
    do {
      while written < bytes.count {
        guard let count = try System.send(descriptor, UnsafeRawBufferPointer(rebasing: bytes[written...])) else {
          break
        }
        written += count
      }
    } catch {
      throw .system(error)
    }
    return written
  }

  func closeWriting() { System.shutdownWriting(descriptor) }
}
