internal import Base
public import Defence

/// A folder with a folder for each model, or one model's own folder.
public struct ModelStore: Sendable {
  /// The folder.
  public let folder: String

  /// The models in a folder.
  public init(folder: String) { self.folder = folder }

  /// The models that can be served: those in the folder that have a bundle or a current version, or the folder itself.
  /// Others are left alone, such as a model that is being trained for the first time.
  ///
  /// - Parameter names: the folders of those that are wanted, each of which must be there; empty for all.
  /// - Throws: ``ModelStoreError``, also where there is none.
  public func models(named names: Set<String> = []) throws(ModelStoreError) -> [ModelFolder] {
    let itself = ModelFolder(path: folder)
    if itself.isServable { return [itself] }
    let entries: [FileAccess.FolderEntry]
    do {
      entries = try FileAccess.entries(of: folder)
    } catch {
      throw .inaccessible(path: folder, reason: "\(error)")
    }
    let there = entries.filter(\.isFolder).map(\.name).filter { ModelFolder(path: "\(folder)/\($0)").isServable }
    guard !there.isEmpty else { throw .none(path: folder) }
    let missing = names.subtracting(there)
    guard missing.isEmpty else { throw .missing(missing.sorted(), there: there.sorted()) }
    let wanted = names.isEmpty ? there : there.filter(names.contains)
    return wanted.map { ModelFolder(path: "\(itself.path)/\($0)") }
  }
}
