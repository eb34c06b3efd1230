internal import Archives
internal import Base

/// The folders in an archive, from its entries' names.
struct ArchivedFolder: FolderTree {
  private var contents: [String: Set<FileAccess.FolderEntry>] = ["": []]

  init(_ archive: ArchiveReader) throws(ArchiveError) {
    while let entry = try archive.next() {
      var (path, isFolder) = (entry.name, entry.kind == .folder)
      // Up to the root, or to a folder that is known to lie in its own.
      while !path.isEmpty {
        if isFolder, contents[path] == nil { contents[path] = [] }
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { String(path[..<$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let isNew = contents[parent, default: []].insert(.init(name: name, isFolder: isFolder)).inserted
        guard isNew else { break }
        (path, isFolder) = (parent, true)
      }
    }
  }

  func entries(of folder: String) -> [FileAccess.FolderEntry] {
    contents[folder, default: []].sorted { $0.name < $1.name }
  }
}
