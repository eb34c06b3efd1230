import DataSets
import Defence
import Images

/// The pictures that a bundle's training held out, found again in the data that it was trained with.
struct HeldOutPictures {
  private let bundle: ModelBundle
  private let labelBy: String?

  init(of bundle: ModelBundle, labelBy: String?) {
    self.bundle = bundle
    self.labelBy = labelBy
  }

  /// Reads the data, and of it only what was held out, for another bundle to be asked about it.
  ///
  /// - Throws: ``DefenceError`` if nothing was held out, or other pictures would have been of this data.
  func read(_ paths: [String], for asked: ModelBundle) throws -> (name: String, items: [TrainingData.Item]) {
    let (manifest, training) = (bundle.manifest, bundle.manifest.training)
    guard let share = training.heldOutShare, let digest = training.heldOutDigest else {
      throw DefenceError.bundle(
        file: bundle.path, "its training held no pictures out; --held-out-of wants a bundle trained with --hold-out")
    }
    let pictures = LabelledPictures(bundle, labelBy: labelBy)
    let set = try pictures.read(paths, groupBy: training.groupPattern)
    let places = GroupedSplit(of: set, share: 0, holdOut: share, seed: training.seed).heldOut
    let items = set.items
    let heldOut = places.map { items[$0] }
    guard TrainingData.digest(of: heldOut, labels: manifest.labels) == digest else {
      throw DefenceError.data(
        "\(set.sources.joined(separator: ", ")): these are not the pictures that \(bundle.path) was trained with "
          + "(\(training.data)): others would have been held out of them")
    }
    let name = "\(set.name), held out"
    if asked.manifest.labels == manifest.labels, asked.manifest.input == manifest.input { return (name, heldOut) }
    // The same pictures, as the other bundle takes them.
    let names = Set(places.map { set.examples[$0].name })
    let other = try LabelledPictures(asked, labelBy: labelBy ?? training.labelPattern).read(paths, groupBy: nil)
    return (name, zip(other.examples, other.items).filter { names.contains($0.0.name) }.map(\.1))
  }
}
