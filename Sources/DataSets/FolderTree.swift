internal import Archives
internal import Base

/// Folders of pictures, on disk or in an archive.
protocol FolderTree {
  /// What is in the folder at this path, sorted by name; the root's path is empty.
  func entries(of folder: String) throws(DataSetError.Kind) -> [FileAccess.FolderEntry]
}

extension FolderTree {
  /// The pictures: the files in the folders for each label.
  ///
  /// Those folders lie in the root, or further down as long as one lies in the other alone. Files beside them are no
  /// pictures; hidden files, and what macOS adds to archives, are nothing at all.
  func pictures() throws(DataSetError.Kind) -> [PicturePlan.Candidate] {
    var root = ""
    var contents = try visibleEntries(of: root)
    // Links can make a folder hold itself.
    for _ in 0..<8 {
      let folders = contents.filter(\.isFolder)
      guard folders.count == 1 else { break }
      let path = root.appending(part: folders[0].name)
      let inner = try visibleEntries(of: path)
      guard inner.contains(where: \.isFolder) else { break }
      (root, contents) = (path, inner)
    }
    guard !contents.isEmpty else { throw .empty }
    guard contents.contains(where: \.isFolder) else { throw .noLabelFolders }
    var pictures: [PicturePlan.Candidate] = []
    for folder in contents where folder.isFolder {
      let path = root.appending(part: folder.name)
      let files = try visibleEntries(of: path)
      guard !files.isEmpty else { throw .labelWithoutPictures(folder.name) }
      for file in files {
        let name = path.appending(part: file.name)
        guard !file.isFolder else { throw .nestedFolder(name) }
        pictures.append(PicturePlan.Candidate(name: name, folder: folder.name, file: file.name))
      }
    }
    return pictures
  }

  private func visibleEntries(of folder: String) throws(DataSetError.Kind) -> [FileAccess.FolderEntry] {
    try entries(of: folder).filter { !$0.name.hasPrefix(".") && $0.name != "__MACOSX" }
  }
}

extension String {
  /// The path of something in this folder; an empty path is the root's.
  func appending(part: String) -> String { isEmpty ? part : "\(self)/\(part)" }
}
