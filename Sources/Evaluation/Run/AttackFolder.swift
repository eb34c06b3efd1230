internal import Base
internal import Defence
internal import Digests
internal import Foundation
internal import Images

/// An attack's pictures on disk, as PNG files: what an interruption leaves to go on from, what anybody can look at or POST,
/// and what is judged. A picture is never judged that was not read from its file.
struct AttackFolder {
  /// A picture's place in the attack and what came with it.
  struct Entry: Codable {
    var file: String
    var digest: String
    var target: Int?
    var mimicked: Int?
    var queries: Int?
  }

  /// The entries of sources that were attacked together, and how long that took.
  private struct Chunk: Codable {
    var fingerprint: String
    var seconds: Double
    var entries: [Entry]
  }

  /// How many sources are attacked before their pictures are kept: what an interruption costs at most.
  static let chunkSize = 32

  private let path: String
  /// Of all that decides what the pictures are.
  private let fingerprint: String

  /// - Parameters:
  ///   - path: made if it is not there.
  ///   - fingerprint: pictures that were made under another are made anew.
  init(_ path: String, fingerprint: String) throws {
    (self.path, self.fingerprint) = (path, fingerprint)
    do {
      try FileAccess.makeFolder(path)
    } catch {
      throw DefenceError.inaccessible(file: path, error.description)
    }
  }

  /// The pictures of one chunk, as they are in their files, with their entries.
  ///
  /// - Parameter make: makes them, if they are not there.
  func chunk(
    _ number: Int, make: () throws -> [PlannedAttack.Made]
  ) throws -> (pictures: [(entry: Entry, picture: Picture)], seconds: Double) {
    if let known = known(number) { return known }
    let started = Date.now
    let made = try make()
    let entries = try made.enumerated().map { offset, one in
      let bytes = try ImageEncoder.png(one.picture)
      let entry = Entry(
        file: String(format: "%04d.png", number * Self.chunkSize + offset), digest: SHA256.hexadecimal(of: bytes),
        target: one.target, mimicked: one.mimicked, queries: one.queries)
      try write(entry.file, bytes)
      return entry
    }
    let chunk = Chunk(fingerprint: fingerprint, seconds: Date.now.timeIntervalSince(started), entries: entries)
    try write(name(number), [UInt8](try JSONEncoder().encode(chunk)))
    guard let written = known(number) else {
      throw DefenceError.inaccessible(file: "\(path)/\(name(number))", "what was written there cannot be read back")
    }
    return written
  }

  private func name(_ number: Int) -> String { String(format: "chunk-%03d.json", number) }

  /// What was made before, if it is whole and of the same settings.
  private func known(_ number: Int) -> (pictures: [(entry: Entry, picture: Picture)], seconds: Double)? {
    guard let bytes = try? FileAccess.read("\(path)/\(name(number))", limit: 1 << 24),
      let chunk = try? JSONDecoder().decode(Chunk.self, from: Data(bytes)), chunk.fingerprint == fingerprint
    else { return nil }
    var pictures: [(entry: Entry, picture: Picture)] = []
    for entry in chunk.entries {
      guard let bytes = try? FileAccess.read("\(path)/\(entry.file)", limit: 1 << 26),
        SHA256.hexadecimal(of: bytes) == entry.digest, let picture = try? ImageDecoder.decode(bytes)
      else { return nil }
      pictures.append((entry, picture))
    }
    return (pictures, chunk.seconds)
  }

  private func write(_ file: String, _ bytes: [UInt8]) throws {
    do {
      try FileAccess.replace("\(path)/\(file)", with: bytes)
    } catch {
      throw DefenceError.inaccessible(file: "\(path)/\(file)", error.description)
    }
  }
}
