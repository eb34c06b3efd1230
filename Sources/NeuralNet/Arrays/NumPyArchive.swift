/// Named arrays in one file: what `numpy.savez` writes, a ZIP archive of stored (not compressed) .npy entries.
///
/// The central directory is checked when the archive is opened; an entry is read, and its checksum compared, when it is
/// asked for. The format is PKWARE's APPNOTE 6.3; section numbers in the source are its.
public struct NumPyArchive: Sendable {
  /// The file's name, for messages.
  public let file: String
  private let bytes: [UInt8]
  private let entries: [String: ZIPEntry]

  /// Opens the archive at `path`.
  public init(contentsOf path: String) throws(NumPyError) {
    try self.init(bytes: try NumPyError.reading(path), name: path)
  }

  /// Opens an archive from its bytes; `name` is what messages call it.
  public init(bytes: [UInt8], name: String) throws(NumPyError) {
    var entries: [String: ZIPEntry] = [:]
    do throws(NumPyError.Kind) {
      for entry in try ZIPEntry.directory(of: bytes) {
        guard entry.name.hasSuffix(".npy") else {
          throw .malformedArchive("the entry '\(entry.name)' is no .npy")
        }
        guard entries.updateValue(entry, forKey: String(entry.name.dropLast(4))) == nil else {
          throw .malformedArchive("the entry '\(entry.name)' is there twice")
        }
      }
    } catch {
      throw NumPyError(error, in: name)
    }
    file = name
    self.bytes = bytes
    self.entries = entries
  }

  /// The arrays' names, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// Whether there is such an array.
  public func contains(_ name: String) -> Bool { entries[name] != nil }

  /// One array.
  ///
  /// - Throws: ``NumPyError`` if there is none of that name, or if it is damaged or no array of numbers.
  public func tensor(_ name: String) throws(NumPyError) -> Tensor { try array(name).tensor }

  /// One array with its element type.
  ///
  /// - Throws: ``NumPyError`` if there is none of that name, or if it is damaged or no array of numbers.
  public func array(_ name: String) throws(NumPyError) -> NumPyFile {
    guard let entry = entries[name] else { throw NumPyError(.missing(entry: name), in: file) }
    let content = bytes[entry.content]
    guard CRC32.checksum(of: content) == entry.checksum else { throw NumPyError(.damaged(entry: name), in: file) }
    return try NumPyFile(bytes: content, name: "\(file)[\(name)]")
  }

  /// The bytes of an archive with these arrays as float32; the same arrays give the same bytes.
  ///
  /// - Throws: ``NumPyError`` about `name` if they take 4 GB or more, which only ZIP64 could hold.
  public static func bytes(of tensors: [String: Tensor], name: String) throws(NumPyError) -> [UInt8] {
    var writer = ZIPWriter()
    for (key, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      writer.append(try NumPyFile.bytes(of: tensor, name: name), name: "\(key).npy")
    }
    guard let bytes = writer.finished() else {
      throw NumPyError(.malformedArchive("it would take 4 GB or more, or have 65535 entries or more"), in: name)
    }
    return bytes
  }

  /// Writes these arrays to the file at `path`, replacing it in one step.
  public static func write(_ tensors: [String: Tensor], to path: String) throws(NumPyError) {
    try NumPyError.writing(try bytes(of: tensors, name: path), to: path)
  }
}
