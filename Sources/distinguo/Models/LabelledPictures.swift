import DataSets
import Defence
import Images

/// Labelled pictures read for a bundle: at its input's size, with its labels.
struct LabelledPictures {
  private let bundle: ModelBundle
  private let labelBy: String?

  /// - Parameter labelBy: the pattern for labels in folders' names; the one that the bundle was trained with if nil.
  init(_ bundle: ModelBundle, labelBy: String?) {
    self.bundle = bundle
    self.labelBy = labelBy ?? bundle.manifest.training.labelPattern
  }

  func read(_ path: String) throws -> DataSet {
    let format = bundle.manifest.input
    var reader = DataSetReader()
    reader.labels = bundle.manifest.labels
    reader.labelPattern = labelBy
    reader.size = (format.width, format.height)
    reader.prepare = format.fitted
    return try reader.read(path)
  }
}
