/// An array as a .npy file holds it: what `numpy.save` writes, format versions 1 to 3.
///
/// Nothing is taken on trust: the header's shape must fit the bytes that are there before memory is taken for values.
public struct NumPyFile: Sendable {
  /// What the file stores its elements as.
  public let elementType: NumPyElementType
  /// The values, in row-major order whatever the file's order is.
  public let tensor: Tensor

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// NumPy itself reads no longer header unless told to.
  private static let longestHeader = 10_000
  /// The values begin at a multiple of this.
  private static let alignment = 64

  /// Reads the file at `path`.
  public init(contentsOf path: String) throws(NumPyError) {
    try self.init(bytes: try NumPyError.reading(path)[...], name: path)
  }

  /// Reads the bytes of a file; `name` is what messages call it.
  public init(bytes: ArraySlice<UInt8>, name: String) throws(NumPyError) {
    do {
      try self.init(bytes)
    } catch {
      throw NumPyError(error, in: name)
    }
  }

  private init(_ bytes: ArraySlice<UInt8>) throws(NumPyError.Kind) {
    let magic = Self.magic
    guard bytes.starts(with: magic) else {
      throw magic.starts(with: bytes) ? .truncated("the first bytes") : .wrongMagic
    }
    var rest = bytes.dropFirst(magic.count)
    guard let major = rest.popFirst(), let minor = rest.popFirst() else { throw .truncated("the version") }
    guard (1...3).contains(major), minor == 0 else { throw .unknownVersion(major: major, minor: minor) }
    let width = major == 1 ? 2 : 4
    guard let length = rest.littleEndian(at: 0, bytes: width) else { throw .truncated("the header's length") }
    guard length <= Self.longestHeader else {
      throw .malformedHeader("it claims \(length) bytes, more than \(Self.longestHeader)")
    }
    rest = rest.dropFirst(width)
    guard rest.count >= length else { throw .truncated("the header") }
    let header = try NumPyHeader(literal: rest.prefix(length))
    rest = rest.dropFirst(length)

    var size = header.elementType.size
    for extent in header.shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw .wrongSize(shape: header.shape, bytes: rest.count) }
      size = product
    }
    guard rest.count == size else { throw .wrongSize(shape: header.shape, bytes: rest.count) }
    let values = header.elementType.decode(rest)
    elementType = header.elementType
    tensor = Tensor(
      shape: header.shape, scalars: header.isFortranOrder ? values.rowMajor(shape: header.shape) : values)
  }

  /// The bytes of a file with this tensor, in row-major order.
  ///
  /// - Throws: ``NumPyError`` about `name` if an integer type was asked for and a value does not fit it.
  public static func bytes(
    of tensor: Tensor, as type: NumPyElementType = .float32, name: String
  ) throws(NumPyError) -> [UInt8] {
    let values: [UInt8]
    switch type.encode(tensor.scalars) {
    case .success(let encoded): values = encoded
    case .failure(let fault): throw NumPyError(.unrepresentable(value: fault.value, type: type), in: name)
    }
    var header = Array(NumPyHeader(elementType: type, isFortranOrder: false, shape: tensor.shape).literal.utf8)
    // Magic, version, length, literal, spaces and a line feed together end at a multiple of the alignment.
    let length = (magic.count + 4 + header.count + 1).roundedUp(to: alignment) - magic.count - 4
    header += [UInt8](repeating: UInt8(ascii: " "), count: length - header.count - 1) + [UInt8(ascii: "\n")]
    return magic + [1, 0] + UInt16(length).littleEndianBytes + header + values
  }

  /// Writes a tensor to the file at `path`, replacing it in one step.
  public static func write(
    _ tensor: Tensor, as type: NumPyElementType = .float32, to path: String
  ) throws(NumPyError) {
    try NumPyError.writing(try bytes(of: tensor, as: type, name: path), to: path)
  }
}

extension [Float] {
  /// Values whose first axis varies fastest, put so that the last does.
  fileprivate func rowMajor(shape: [Int]) -> [Float] {
    guard shape.count > 1, !isEmpty else { return self }
    // Strides of the axes in reverse order are those of the reversed shape.
    let strides: [Int] = shape.reversed().rowMajorStrides.reversed()
    var result: [Float] = []
    result.reserveCapacity(count)
    shape.forEachOffset(strides) { result.append(self[$0]) }
    return result
  }
}

extension Int {
  fileprivate func roundedUp(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}
