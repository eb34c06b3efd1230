internal import Foundation

extension ModelBundle {
  /// Everything that is wrong with a bundle, each as a line that names the file; empty if it can serve.
  ///
  /// All files are looked at, also where one is wrong already. Files that the manifest does not name are wrong too: nobody
  /// would notice if they were exchanged.
  public static func faults(of folder: String) -> [String] {
    var faults: [String] = []
    do {
      let path = try ModelFolder.version(at: folder)
      let name = "\(path)/\(manifestFile)"
      let manifest = try JSONFile.read(Manifest.self, from: name, name: name).value
      if let fault = manifest.fault { faults.append("\(name): \(fault)") }
      let files = BundleFiles(path: path, digests: manifest.files)
      for file in manifest.files.keys.sorted() {
        do throws(DefenceError) { _ = try files.bytes(file) } catch { faults.append(error.description) }
      }
      let found = FileManager.default.enumerator(atPath: path)
      while let file = found?.nextObject() as? String {
        guard file != manifestFile, manifest.files[file] == nil else { continue }
        let type = found?.fileAttributes?[.type] as? FileAttributeType
        if type != .typeDirectory { faults.append("\(path)/\(file): the manifest does not name it") }
      }
      guard faults.isEmpty else { return faults.sorted() }
      _ = try ModelBundle(contentsOf: path).model()
    } catch {
      faults.append("\(error)")
    }
    return faults
  }
}
