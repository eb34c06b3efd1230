import DataSets
import Defence
import Images

/// Labelled pictures read for a bundle: at its input's size, with its labels.
struct LabelledPictures {
  private let manifest: Manifest
  private let labelBy: String?

  /// - Parameter labelBy: the pattern for labels in folders' names, empty for none; the one that the bundle was trained
  ///   with if nil.
  init(_ bundle: ModelBundle, labelBy: String?) {
    manifest = bundle.manifest
    self.labelBy = labelBy.map { $0.isEmpty ? nil : $0 } ?? bundle.manifest.training.labelPattern
  }

  func read(_ path: String) throws -> DataSet { try read([path], groupBy: nil) }

  /// Reads several sources as one data set.
  ///
  /// - Parameter groupBy: the pattern for groups in files' names. A name that it does not match is a group of its own.
  func read(_ paths: [String], groupBy: String?) throws -> DataSet {
    let format = manifest.input
    var reader = DataSetReader()
    reader.labels = manifest.labels
    reader.labelPattern = labelBy
    reader.groupPattern = groupBy
    reader.requiresGroups = false
    reader.size = (format.width, format.height)
    reader.prepare = format.fitted
    return try reader.read(paths)
  }
}
