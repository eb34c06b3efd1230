import Base
import Defence
import Images

/// A folder with pictures and nothing else, such as those that people called adversarial.
struct FlatFolder {
  private let files: [String]

  /// - Throws: ``DefenceError`` if there is no such folder, or not one picture in it. Hidden files are none.
  init(_ path: String) throws(DefenceError) {
    let entries: [FileAccess.FolderEntry]
    do {
      entries = try FileAccess.entries(of: path).filter { !$0.name.hasPrefix(".") }
    } catch {
      throw .inaccessible(file: path, error.description)
    }
    if let folder = entries.first(where: \.isFolder) {
      throw .inaccessible(file: path, "it has a folder in it, '\(folder.name)'; only pictures are wanted")
    }
    guard !entries.isEmpty else { throw .inaccessible(file: path, "it has no pictures in it") }
    files = entries.map { "\(path)/\($0.name)" }
  }

  /// The pictures, at an input's size.
  ///
  /// - Throws: ``DefenceError`` for one that cannot be read.
  func pictures(_ format: InputFormat) throws(DefenceError) -> [Picture] {
    var pictures: [Picture] = []
    for file in files {
      do {
        let bytes = try FileAccess.read(file, limit: ImageLimits.default.bytes)
        pictures.append(format.fitted(try ImageDecoder.decode(bytes, atLeast: (format.width, format.height))))
      } catch {
        throw .inaccessible(file: file, "\(error)")
      }
    }
    return pictures
  }
}
