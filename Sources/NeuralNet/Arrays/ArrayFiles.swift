internal import FoundationEssentials

/// All bytes of a regular file; a pipe or a device, which may have no end, is refused.
func readFile(_ path: String) throws(NumPyError) -> [UInt8] {
  do {
    let attributes = try FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path)
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      throw NumPyError(.inaccessible("is no regular file"), in: path)
    }
    return [UInt8](try Data(contentsOf: URL(filePath: path)))
  } catch let error as NumPyError {
    throw error
  } catch {
    throw NumPyError(.inaccessible("cannot be read: \(error.reason)"), in: path)
  }
}

/// Replaces a file in one step: a reader sees the old bytes or the new, never a part.
func writeFile(_ bytes: [UInt8], to path: String) throws(NumPyError) {
  do {
    try Data(bytes).write(to: URL(filePath: path), options: .atomic)
  } catch {
    throw NumPyError(.inaccessible("cannot be written: \(error.reason)"), in: path)
  }
}

extension Error {
  /// What the system says, without Foundation's dictionary of details.
  fileprivate var reason: String {
    guard let error = self as? CocoaError else { return "\(self)" }
    return switch error.code {
    case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file or folder"
    case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
    case .fileWriteOutOfSpace: "no space left"
    default: (error.underlying as? POSIXError).map { "\($0.code)" } ?? "\(error.code)"
    }
  }
}

extension ArraySlice<UInt8> {
  /// An unsigned little-endian number of up to seven bytes at `offset` from the start, or nil if they are not all there.
  func littleEndian(at offset: Int, bytes width: Int) -> Int? {
    guard offset >= 0, offset <= count - width else { return nil }
    return self[(startIndex + offset)..<(startIndex + offset + width)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

extension FixedWidthInteger {
  /// The number as a file stores it.
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
