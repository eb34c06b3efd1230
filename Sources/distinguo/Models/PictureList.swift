import ArgumentParser
import Base
import Foundation
import Images

/// Why a picture cannot be classified.
struct PictureFault: Error, CustomStringConvertible {
  let description: String
}

/// The pictures that a command's arguments mean.
struct PictureList {
  struct Entry: Sendable {
    /// As it is shown.
    let name: String
    /// Its bytes, where it is no file.
    let bytes: [UInt8]?

    /// Reads and decodes it, not much larger than is needed.
    func picture(atLeast size: (width: Int, height: Int)) throws(PictureFault) -> Picture {
      do {
        let bytes = try self.bytes ?? FileAccess.read(name, limit: ImageLimits.default.bytes)
        return try ImageDecoder.decode(bytes, atLeast: size)
      } catch {
        throw PictureFault(description: "\(error)")
      }
    }
  }

  let entries: [Entry]

  /// - Parameter arguments: files, folders, or `-`.
  init(_ arguments: [String]) throws {
    var entries: [Entry] = []
    for argument in arguments {
      if argument == "-" {
        // One byte more than is taken shows that there is too much.
        let data = try FileHandle.standardInput.read(upToCount: ImageLimits.default.bytes + 1) ?? Data()
        entries.append(Entry(name: "-", bytes: [UInt8](data)))
        continue
      }
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder), isFolder.boolValue else {
        entries.append(Entry(name: argument, bytes: nil))
        continue
      }
      let root = argument.hasSuffix("/") ? String(argument.dropLast()) : argument
      let found = FileManager.default.enumerator(atPath: root)
      var names: [String] = []
      while let name = found?.nextObject() as? String {
        if found?.fileAttributes?[.type] as? FileAttributeType == .typeRegular { names.append(name) }
      }
      names = names.filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }.sorted()
      guard !names.isEmpty else { throw ValidationError("there are no files in the folder '\(argument)'.") }
      entries += names.map { Entry(name: "\(root)/\($0)", bytes: nil) }
    }
    self.entries = entries
  }
}
