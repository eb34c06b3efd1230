import Archives
import Foundation
import TestSupport

/// The archives that Tests/Fixtures/make_archives.py makes.
enum ArchiveFixture {
  /// A name that needs all that the formats have for long ones.
  static let longName: String = {
    let folder = Array(repeating: "a-rather-long-folder-name-of-forty-letters", count: 3).joined(separator: "/")
    return "train/\(folder)/\(String(repeating: "n", count: 60)).txt"
  }()

  static func path(_ name: String) -> String { Fixture.path("archives/\(name)") }
  static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path(name)))) }
}

extension ArchiveReader {
  /// Every file by name, and its bytes.
  func files() throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    while let entry = try next() {
      guard entry.kind == .file else { continue }
      files[entry.name] = try content()
    }
    return files
  }
}
