internal import Base

/// Why a NumPy file cannot be read or written, and which.
public struct NumPyError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: Sendable, Equatable {
    /// The system would not read or write the file.
    case inaccessible(String)
    /// The first bytes are those of something else.
    case wrongMagic
    /// A format version that this reader does not know.
    case unknownVersion(major: UInt8, minor: UInt8)
    /// The bytes end before what they announce does.
    case truncated(String)
    /// The header is no dictionary with `descr`, `fortran_order` and `shape`.
    case malformedHeader(String)
    /// The array's elements are of a type that cannot become float32.
    case unsupportedElementType(String)
    /// The shape has room for another number of bytes than there are.
    case wrongSize(shape: [Int], bytes: Int)
    /// A value that the type to be written cannot hold.
    case unrepresentable(value: Float, type: NumPyElementType)
    /// The archive's structure is broken, or uses a feature NumPy does not write.
    case malformedArchive(String)
    /// An entry is compressed.
    case compressed(entry: String)
    /// The checksum does not fit the entry's bytes.
    case damaged(entry: String)
    /// There is no such array in the archive.
    case missing(entry: String)
  }

  /// The file, and the entry inside it where it is an archive.
  public let file: String
  /// What is wrong.
  public let kind: Kind

  /// An error about a file.
  public init(_ kind: Kind, in file: String) {
    self.kind = kind
    self.file = file
  }

  /// One line for people.
  public var description: String {
    let text =
      switch kind {
      case .inaccessible(let reason): reason
      case .wrongMagic: "is no NumPy file: wrong first bytes"
      case .unknownVersion(let major, let minor): "has format version \(major).\(minor); 1.0, 2.0 and 3.0 are known"
      case .truncated(let part): "ends within \(part)"
      case .malformedHeader(let reason): "has a malformed header: \(reason)"
      case .unsupportedElementType(let type):
        "has elements of type \(type); \(NumPyElementType.allCases.map(\.rawValue).joined(separator: ", ")) can be read"
      case .wrongSize(let shape, let bytes): "has \(bytes) bytes of values, which is not what the shape \(shape) takes"
      case .unrepresentable(let value, let type): "cannot hold \(value) as \(type.rawValue)"
      case .malformedArchive(let reason): "is a malformed archive: \(reason)"
      case .compressed(let entry): "has a compressed entry '\(entry)'; write it with np.savez, not np.savez_compressed"
      case .damaged(let entry): "has a damaged entry '\(entry)': its checksum does not fit"
      case .missing(let entry): "has no array '\(entry)'"
      }
    return "\(file): \(text)"
  }
}

extension NumPyError {
  /// The bytes of a file of at most 4 GiB, beyond which .npz archives do not reach either.
  static func reading(_ path: String) throws(NumPyError) -> [UInt8] {
    do {
      return try FileAccess.read(path, limit: Int(UInt32.max))
    } catch {
      throw NumPyError(.inaccessible(error.description), in: path)
    }
  }

  /// Replaces a file in one step.
  static func writing(_ bytes: [UInt8], to path: String) throws(NumPyError) {
    do {
      try FileAccess.replace(path, with: bytes)
    } catch {
      throw NumPyError(.inaccessible(error.description), in: path)
    }
  }
}
