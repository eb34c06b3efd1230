/// What stands in the place of a transport that was let go.
final class ClosedTransport: Transport {
  var descriptor: Int32 { -1 }
  var isEncrypted: Bool { false }
  var certificateSubject: String? { nil }
  func handshake() throws(TransportError) -> Bool { false }
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> ReadOutcome { .end }
  func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int { bytes.count }
  func closeWriting() {}
}
