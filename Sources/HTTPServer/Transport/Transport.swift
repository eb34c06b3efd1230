/// How a connection's bytes are moved: as they are, or by TLS. Non-blocking; belongs to one queue.
///
/// What would block is tried again at the descriptor's next event, whichever it is: TLS may have to read before it can
/// write.
protocol Transport: AnyObject {
  /// The socket, which the transport owns and closes when it goes.
  var descriptor: Int32 { get }

  /// Whether others on the way can read along.
  var isEncrypted: Bool { get }

  /// Carries on with what must come before the first byte.
  ///
  /// - Returns: whether it is done; else the next event is waited for.
  func handshake() throws(TransportError) -> Bool

  /// Whether the last call, whichever it was, waits for room to write; TLS may have to write before it can read.
  var waitsForRoom: Bool { get }

  /// Reads what is there, as much as there is room for.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> ReadOutcome

  /// Writes what there is room for. What is not taken must be handed over again, at its front and no shorter: TLS may
  /// have encrypted some of it.
  ///
  /// - Returns: how many bytes were taken; fewer than there are if the rest would block.
  func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int

  /// Tells the other side that nothing more is written; what it has sent can still be read.
  func closeWriting()

  /// The subject of the other side's certificate, once the handshake is done; nil without one.
  var certificateSubject: String? { get }
}

extension Transport {
  var waitsForRoom: Bool { false }
}

/// What came of reading.
enum ReadOutcome: Equatable {
  /// So many bytes, at least one; `isLast` if there are surely no more at the moment.
  case bytes(Int, isLast: Bool)
  /// Nothing at the moment.
  case wouldBlock
  /// The other side writes no more.
  case end
}

/// Why bytes cannot be moved any more; the connection is of no use then.
enum TransportError: Error, Equatable {
  /// A system call failed.
  case system(SystemError)
  /// OpenSSL failed; its own words.
  case tls(String)
}
