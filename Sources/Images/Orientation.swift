/// How the stored pixels must be turned to be looked at: EXIF's tag 0x0112 (JEITA CP-3451, 4.6.4 A).
enum Orientation: Int, CaseIterable {
  case upright = 1
  case mirrored
  case upsideDown
  case upsideDownMirrored
  /// Rows and columns swapped.
  case transposed
  /// To be turned clockwise by a quarter.
  case quarterTurn
  /// Rows and columns swapped along the other diagonal.
  case transversed
  /// To be turned anticlockwise by a quarter.
  case threeQuarterTurn

  /// Whether what is stored as the width is looked at as the height.
  var swapsSides: Bool { rawValue >= Self.transposed.rawValue }

  private static let tag = 0x0112
  private static let short = 3

  /// The orientation in EXIF data, a TIFF file of its own; upright where it says none or is not well-formed.
  init(exif data: ArraySlice<UInt8>) {
    self = Self.read(data.starts(with: Self.prefix) ? data.dropFirst(Self.prefix.count) : data) ?? .upright
  }

  /// What JPEG puts before EXIF data, and some writers of WebP do too.
  static let prefix = Array("Exif\0\0".utf8)

  private static func read(_ tiff: ArraySlice<UInt8>) -> Orientation? {
    let order: ByteOrder
    if tiff.starts(with: "II*\0".utf8) {
      order = .littleEndian
    } else if tiff.starts(with: "MM\0*".utf8) {
      order = .bigEndian
    } else {
      return nil
    }
    guard let directory = tiff.integer(at: 4, bytes: 4, order),
      let entries = tiff.integer(at: directory, bytes: 2, order)
    else { return nil }
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = tiff.integer(at: offset, bytes: 2, order) else { return nil }
      guard tag == Self.tag else { continue }
      guard tiff.integer(at: offset + 2, bytes: 2, order) == short,
        let value = tiff.integer(at: offset + 8, bytes: 2, order)
      else { return nil }
      return Orientation(rawValue: value)
    }
    return nil
  }
}

/// Which byte of a number comes first.
enum ByteOrder {
  case littleEndian
  case bigEndian
}

extension ArraySlice<UInt8> {
  /// An unsigned number of up to four bytes at `offset` from the start, or nil if they are not all there.
  func integer(at offset: Int, bytes width: Int, _ order: ByteOrder) -> Int? {
    guard offset >= 0, offset <= count - width else { return nil }
    let bytes = self[(startIndex + offset)..<(startIndex + offset + width)]
    return switch order {
    case .bigEndian: bytes.reduce(0) { $0 << 8 | Int($1) }
    case .littleEndian: bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }
}
