internal import Archives

/// The start of an IDX file: two zero bytes, the type of its elements, the number of dimensions, and the dimensions as
/// big-endian 32-bit numbers (LeCun, "The MNIST database", "File formats").
struct IDXHeader {
  /// Pictures: their number, height and width. Labels: their number.
  var dimensions: [Int]

  /// Unsigned bytes, the only type that is read.
  private static let unsignedByte: UInt8 = 8

  /// Whether a file begins as one of unsigned bytes with so many dimensions.
  static func begins(_ bytes: [UInt8], dimensions: UInt8) -> Bool {
    bytes.starts(with: [0, 0, unsignedByte, dimensions])
  }

  /// The four bytes that tell, of a file that may be gzipped and may be something else.
  static func start(of path: String, limits: ArchiveLimits) throws(DataSetError.Kind) -> [UInt8] {
    do {
      return try ByteStream(contentsOf: path, limits: limits).read(4)
    } catch {
      throw .archive(error)
    }
  }

  init(_ stream: ByteStream, dimensions rank: Int) throws(DataSetError.Kind) {
    let bytes = try reading(stream) { stream throws(ArchiveError) in try stream.read(4 + 4 * rank) }
    guard Self.begins(bytes, dimensions: UInt8(rank)) else {
      let shown = bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
      throw stream.malformed("begins with \(shown), not with 0 0 8 \(rank) as unsigned bytes in \(rank) dimensions do")
    }
    guard bytes.count == 4 + 4 * rank else { throw stream.malformed("is cut off within its header") }
    dimensions = (1...rank).map { axis in bytes[(4 * axis)..<(4 * axis + 4)].reduce(0) { $0 << 8 | Int($1) } }
  }
}

/// Reads from an IDX file; what goes wrong is the data set's error.
func reading<Result>(
  _ stream: ByteStream, _ body: (ByteStream) throws(ArchiveError) -> Result
) throws(DataSetError.Kind) -> Result {
  do {
    return try body(stream)
  } catch {
    throw .archive(error)
  }
}

extension ByteStream {
  func malformed(_ reason: String) -> DataSetError.Kind { .malformedIDX(file: name, reason: reason) }

  /// Makes sure that nothing follows.
  func expectEnd() throws(DataSetError.Kind) {
    let isAtEnd = try reading(self) { stream throws(ArchiveError) in try stream.isAtEnd() }
    guard isAtEnd else { throw malformed("goes on after what its header announces") }
  }
}
