import Archives
import DataSets
import Foundation
import Images
import TestSupport

/// A folder to put pictures in, for one test.
final class PictureFolder {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A folder with these pictures, each of another colour.
  convenience init(_ names: [String]) throws {
    try self.init()
    for (index, name) in names.enumerated() { try add(name, try Self.png(index)) }
  }

  var path: String { folder.url.path }

  /// The path of a file in it.
  func path(_ name: String) -> String { folder.path(name) }

  /// Adds a file, and the folders that it lies in.
  func add(_ name: String, _ bytes: [UInt8]) throws {
    let url = URL(filePath: folder.path(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  /// Adds a folder.
  func addFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
  }

  /// A picture of one colour, a different one for each number.
  static func picture(_ number: Int) -> Picture {
    let color = [UInt8(number & 255), UInt8(number >> 8 & 255), 99]
    return Picture(width: 3, height: 2, pixels: Array(repeating: color, count: 6).flatMap { $0 })
  }

  /// The same as the bytes of a file.
  static func png(_ number: Int) throws -> [UInt8] { try ImageEncoder.png(picture(number)) }

  /// The pictures as an archive.
  static func tar(_ names: [String]) throws -> [UInt8] {
    TarBuilder(files: try names.enumerated().map { ($1, try png($0)) }).archive
  }
}

extension DataSetReader {
  /// A reader that was changed.
  static func with(_ change: (inout DataSetReader) -> Void) -> DataSetReader {
    var reader = DataSetReader()
    change(&reader)
    return reader
  }
}
