internal import Base

/// A file of pictures and the one of their labels beside it, named as MNIST's are:
/// `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, each gzipped or not.
struct IDXPair: Equatable {
  var images: String
  var labels: String

  /// The pair in a folder, or nil if it has no such file of pictures. `train-…` is preferred where there are several.
  init?(folder: String, entries: [FileAccess.FolderEntry]) throws(DataSetError.Kind) {
    let files = entries.filter { !$0.isFolder && $0.name.contains("images") && $0.name.contains("idx3") }.map(\.name)
    let stems = Set(files.map(\.withoutGzip))
    guard !stems.isEmpty else { return nil }
    guard let stem = stems.count == 1 ? stems.first : stems.filter({ $0.hasPrefix("train") }).only,
      let file = files.first(where: { $0.withoutGzip == stem })
    else {
      throw .malformedIDX(
        file: files[0], reason: "is one of several; name the one to read, such as \(folder)/\(files[0])")
    }
    try self.init(images: "\(folder)/\(file)")
  }

  /// The file at `images` and the one beside it.
  init(images: String) throws(DataSetError.Kind) {
    let slash = images.lastIndex(of: "/")
    let folder = slash.map { String(images[...$0]) } ?? ""
    let name = slash.map { String(images[images.index(after: $0)...]) } ?? images
    let stem = name.withoutGzip.replacing("images", with: "labels").replacing("idx3", with: "idx1")
    let labels = [folder + stem, folder + stem + ".gz"]
    guard stem != name.withoutGzip, let found = labels.first(where: { (try? FileAccess.isFolder($0)) == false }) else {
      throw .malformedIDX(
        file: name, reason: "has no file of labels beside it: \(stem) or \(stem).gz, 'labels' in place of 'images'")
    }
    self.images = images
    self.labels = found
  }
}

extension String {
  fileprivate var withoutGzip: String { hasSuffix(".gz") ? String(dropLast(3)) : self }
}

extension Set {
  fileprivate var only: Element? { count == 1 ? first : nil }
}
