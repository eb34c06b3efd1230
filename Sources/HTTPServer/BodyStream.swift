/// A response's body that is sent as it comes to be (``Responder/stream(_:onClose:)``).
///
/// All of it may be called from any thread, and never blocks. The last reference ends it.
public final class BodyStream: Sendable {
  /// What the connection takes from, which must not keep the stream from ending.
  let buffer: BodyBuffer

  init(_ buffer: BodyBuffer) { self.buffer = buffer }

  deinit { end() }

  /// Sends some bytes, after those before them.
  ///
  /// A client that is behind by more than 256 KiB, these included, is cut off.
  /// - Returns: false if they are not sent: the client is gone or was cut off, or the stream has ended. What was taken may
  ///   be lost all the same if the client goes.
  @discardableResult public func write(_ bytes: [UInt8]) -> Bool { buffer.append(bytes) }

  /// How many bytes wait for the client, at most: whoever writes much holds back while these are many.
  public var waiting: Int { buffer.pending }

  /// Says that this was all. The connection goes on with the next request once it is sent. Only the first call counts.
  public func end() { buffer.end() }
}
