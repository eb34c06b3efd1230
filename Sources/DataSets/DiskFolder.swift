internal import Base

/// A folder on disk. Links are followed: whoever names the folder may read what they lead to.
struct DiskFolder: FolderTree {
  var path: String

  func entries(of folder: String) throws(DataSetError.Kind) -> [FileAccess.FolderEntry] {
    do {
      return try FileAccess.entries(of: folder.isEmpty ? path : "\(path)/\(folder)")
    } catch {
      throw .inaccessible(folder.isEmpty ? error.description : "\(folder): \(error)")
    }
  }
}
