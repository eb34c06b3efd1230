internal import Base
internal import Compression

/// A file's bytes from the first to the last, inflated on the way if they are gzipped. It holds a small part at a time.
///
/// It belongs to one thread at a time.
public final class ByteStream {
  /// The file's name, for messages.
  public let name: String
  /// Whether the file is gzipped.
  public let isCompressed: Bool

  private static let chunk = 256 << 10
  private let stored: StoredBytes
  private let inflater: Inflater?
  /// Of the stored bytes, those that were fetched.
  private var offset = 0
  /// Fetched but not yet inflated.
  private var compressed: ArraySlice<UInt8> = []
  /// Not yet read from `position` on.
  private var buffer: [UInt8] = []
  private var position = 0

  /// The file at `path`.
  public convenience init(contentsOf path: String, limits: ArchiveLimits = .default) throws(ArchiveError) {
    try self.init(try .opening(path), name: path, limits: limits)
  }

  /// Bytes in memory; `name` is what messages call them.
  public convenience init(bytes: [UInt8], name: String, limits: ArchiveLimits = .default) throws(ArchiveError) {
    try self.init(.memory(bytes), name: name, limits: limits)
  }

  init(_ stored: StoredBytes, name: String, limits: ArchiveLimits) throws(ArchiveError) {
    do throws(FileError) {
      isCompressed = try stored.read(at: 0, count: 2) == [0x1F, 0x8B]
    } catch {
      throw ArchiveError(.inaccessible(error), in: name)
    }
    do throws(InflateError) {
      inflater = isCompressed ? try Inflater(.gzip, limit: limits.bytes, ratio: limits.ratio) : nil
    } catch {
      throw ArchiveError(.notInflated(error), in: name)
    }
    self.stored = stored
    self.name = name
  }

  /// How many bytes are left, where that can be known before they are read: not if they are compressed.
  public var remaining: Int? { isCompressed ? nil : stored.count - offset + buffer.count - position }

  /// The next `count` bytes; fewer only where the file ends.
  public func read(_ count: Int) throws(ArchiveError) -> [UInt8] {
    var result: [UInt8] = []
    // What is announced is not taken on trust: memory is taken in advance only for what is surely there.
    if let remaining { result.reserveCapacity(min(count, remaining)) }
    while result.count < count {
      guard try fill() else { break }
      let taken = min(count - result.count, buffer.count - position)
      result += buffer[position..<(position + taken)]
      position += taken
    }
    return result
  }

  /// Passes over the next `count` bytes, or those that are left, and says how many there were.
  @discardableResult
  public func skip(_ count: Int) throws(ArchiveError) -> Int {
    var left = count
    while left > 0 {
      if !isCompressed, position == buffer.count {
        // Nothing needs to be fetched.
        let passed = min(left, stored.count - offset)
        offset += passed
        left -= passed
        break
      }
      guard try fill() else { break }
      let passed = min(left, buffer.count - position)
      position += passed
      left -= passed
    }
    return count - left
  }

  /// Whether all has been read. For compressed files, their checksum was compared then.
  public func isAtEnd() throws(ArchiveError) -> Bool { !(try fill()) }

  /// Makes sure that there is something in the buffer, unless the file has ended.
  private func fill() throws(ArchiveError) -> Bool {
    guard position == buffer.count else { return true }
    buffer.removeAll(keepingCapacity: true)
    position = 0
    guard let inflater else {
      buffer = try fetch()
      return !buffer.isEmpty
    }
    while try inflate(by: inflater) == false {
      compressed = try fetch()[...]
      if compressed.isEmpty {
        try naming { () throws(InflateError) in try inflater.finish() }
        return false
      }
    }
    return true
  }

  /// Whether anything came of the bytes that were fetched.
  private func inflate(by inflater: Inflater) throws(ArchiveError) -> Bool {
    try naming { () throws(InflateError) in
      try inflater.inflate(&compressed, appendingTo: &buffer, upTo: Self.chunk)
    }
    return !buffer.isEmpty
  }

  private func naming(_ body: () throws(InflateError) -> Void) throws(ArchiveError) {
    do {
      try body()
    } catch {
      throw ArchiveError(.notInflated(error), in: name)
    }
  }

  private func fetch() throws(ArchiveError) -> [UInt8] {
    do {
      let bytes = try stored.read(at: offset, count: Self.chunk)
      offset += bytes.count
      return bytes
    } catch {
      throw ArchiveError(.inaccessible(error), in: name)
    }
  }
}
