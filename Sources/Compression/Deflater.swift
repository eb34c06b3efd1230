internal import CZlib

/// Compresses whole buffers by zlib. The same bytes always give the same result: gzip's header has no name and no time.
public struct Deflater: Sendable, Hashable {
  /// How the deflated data (RFC 1951) is wrapped.
  public enum Format: Sendable {
    /// RFC 1950, which ends in an Adler-32 checksum.
    case zlib
    /// RFC 1952, one member, which ends in a CRC-32 checksum.
    case gzip

    fileprivate var windowBits: Int32 {
      switch self {
      case .zlib: MAX_WBITS
      case .gzip: MAX_WBITS + 16
      }
    }
  }

  private let format: Format
  private let level: Int32

  /// - Parameter level: 0 stores, 1 is fastest, 9 packs tightest; 6 is zlib's own choice.
  public init(_ format: Format, level: Int = 6) {
    precondition((0...9).contains(level), "a level of \(level)")
    self.format = format
    self.level = Int32(level)
  }

  /// What `bytes` are compressed to.
  ///
  /// Takes about 260 KiB for zlib's tables meanwhile, and room for what bytes that cannot be packed would come to.
  public func compressed(_ bytes: [UInt8]) throws(DeflateError) -> [UInt8] {
    // On the heap, since zlib's own state points back to it.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    // 8 is zlib's own choice of memLevel.
    let begun = deflateInit2_(
      stream, level, Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard begun == Z_OK else { throw begun == Z_MEM_ERROR ? .noMemory : .failed(code: begun) }
    defer { deflateEnd(stream) }
    var code = Z_OK
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    let result = [UInt8](unsafeUninitializedCapacity: bound) { output, filled in
      code = bytes.withUnsafeBufferPointer { Self.run(stream, $0, output, &filled) }
    }
    guard code == Z_STREAM_END else { throw code == Z_MEM_ERROR ? .noMemory : .failed(code: code) }
    return result
  }

  /// All of `input` into `output`, which has room for it, in as many calls as zlib's 32-bit counts demand.
  private static func run(
    _ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeBufferPointer<UInt8>,
    _ output: UnsafeMutableBufferPointer<UInt8>, _ filled: inout Int
  ) -> Int32 {
    var taken = 0
    while true {
      let available = min(input.count - taken, Int(UInt32.max))
      let room = min(output.count - filled, Int(UInt32.max))
      // zlib does not write to its input; that its header says otherwise is for the sake of old compilers.
      stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + taken) }
      stream.pointee.avail_in = UInt32(available)
      stream.pointee.next_out = output.baseAddress! + filled
      stream.pointee.avail_out = UInt32(room)
      let code = deflate(stream, taken + available == input.count ? Z_FINISH : Z_NO_FLUSH)
      taken += available - Int(stream.pointee.avail_in)
      filled += room - Int(stream.pointee.avail_out)
      // Z_OK says that a count ran out; anything else is the end.
      guard code == Z_OK else { return code }
    }
  }
}
