/// The element types of NumPy arrays that can become float32, by NumPy's type strings.
public enum NumPyElementType: String, Sendable, Hashable, CaseIterable {
  /// IEEE half precision, little-endian.
  case float16 = "<f2"
  /// IEEE single precision, little-endian.
  case float32 = "<f4"
  /// IEEE double precision, little-endian; rounded to single when read.
  case float64 = "<f8"
  /// Bytes, as images are.
  case uint8 = "|u1"
  /// Little-endian; beyond 2²⁴ rounded when read.
  case int32 = "<i4"
  /// Little-endian, as labels are; beyond 2²⁴ rounded when read.
  case int64 = "<i8"

  /// Bytes one element takes.
  public var size: Int {
    switch self {
    case .uint8: 1
    case .float16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  /// The values in `bytes`, whose count is a multiple of ``size``.
  func decode(_ bytes: ArraySlice<UInt8>) -> [Float] {
    switch self {
    case .float16: bytes.elements(of: UInt16.self) { Float(Float16(bitPattern: UInt16(littleEndian: $0))) }
    case .float32: bytes.elements(of: UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
    case .float64: bytes.elements(of: UInt64.self) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
    case .uint8: bytes.elements(of: UInt8.self) { Float($0) }
    case .int32: bytes.elements(of: Int32.self) { Float(Int32(littleEndian: $0)) }
    case .int64: bytes.elements(of: Int64.self) { Float(Int64(littleEndian: $0)) }
    }
  }

  /// The values as bytes, or the first that this type cannot hold: for integers, one that is not whole or out of range.
  func encode(_ values: [Float]) -> Result<[UInt8], UnrepresentableValue> {
    switch self {
    case .float16: .success(values.bytes { Float16($0).bitPattern.littleEndian })
    case .float32: .success(values.bytes { $0.bitPattern.littleEndian })
    case .float64: .success(values.bytes { Double($0).bitPattern.littleEndian })
    case .uint8: encode(values, exactly: UInt8.init(exactly:))
    case .int32: encode(values, exactly: Int32.init(exactly:))
    case .int64: encode(values, exactly: Int64.init(exactly:))
    }
  }

  private func encode<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ values: [Float], exactly convert: (Float) -> Integer?
  ) -> Result<[UInt8], UnrepresentableValue> {
    var integers: [Integer] = []
    for value in values {
      guard let integer = convert(value) else { return .failure(UnrepresentableValue(value: value)) }
      integers.append(integer)
    }
    return .success(integers.bytes(\.littleEndian))
  }

  /// A value that an element type cannot hold.
  struct UnrepresentableValue: Error {
    let value: Float
  }
}

extension ArraySlice<UInt8> {
  fileprivate func elements<Stored: BitwiseCopyable>(of type: Stored.Type, _ convert: (Stored) -> Float) -> [Float] {
    let count = self.count / MemoryLayout<Stored>.size
    // The pointers stay inside: `count` elements are read, no more than there are bytes for, and as many written.
    return withUnsafeBytes { bytes in
      [Float](unsafeUninitializedCapacity: count) { values, initialized in
        for index in 0..<count {
          let stored = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: type)
          values.initializeElement(at: index, to: convert(stored))
        }
        initialized = count
      }
    }
  }
}

extension Array {
  fileprivate func bytes<Stored: BitwiseCopyable>(_ convert: (Element) -> Stored) -> [UInt8] {
    let size = MemoryLayout<Stored>.size
    // The pointer stays inside: `count` elements of `size` bytes are written into room for just as many.
    return [UInt8](unsafeUninitializedCapacity: count * size) { bytes, initialized in
      let raw = UnsafeMutableRawBufferPointer(bytes)
      for (index, value) in enumerated() {
        raw.storeBytes(of: convert(value), toByteOffset: index * size, as: Stored.self)
      }
      initialized = count * size
    }
  }
}
