internal import Digests
public import Images

/// Labelled pictures, divided into those that networks are trained on and those that thresholds are made from.
public struct TrainingData: Sendable {
  /// One picture, at the networks' input size or larger, and its label's index.
  public struct Item: Sendable {
    /// At the input's size.
    public let picture: Picture
    /// An index of the labels.
    public let label: Int

    /// A picture and its label.
    public init(picture: Picture, label: Int) {
      self.picture = picture
      self.label = label
    }
  }

  /// Where it is from, for the manifest.
  public let source: String
  /// The classes.
  public let labels: [String]
  /// Pictures to train on.
  public let training: [Item]
  /// Pictures to calibrate with, on which no network is trained.
  public let withheld: [Item]
  /// How many pictures could not be read.
  public let broken: Int
  /// The pattern that made labels of folder names.
  public let labelPattern: String?

  /// Divided pictures.
  public init(
    source: String, labels: [String], training: [Item], withheld: [Item], broken: Int = 0, labelPattern: String? = nil
  ) {
    self.source = source
    self.labels = labels
    self.training = training
    self.withheld = withheld
    self.broken = broken
    self.labelPattern = labelPattern
  }

  /// A digest of all pictures, labels and their division.
  var digest: String {
    var digests = Array(labels.joined(separator: "\0").utf8)
    for (side, items) in [training, withheld].enumerated() {
      for item in items {
        digests += SHA256.digest(of: item.picture.pixels) + Array("\(item.label) \(side)".utf8)
      }
    }
    return SHA256.hexadecimal(of: digests)
  }

  /// - Throws: ``DefenceError/data(_:)`` if it cannot make a defence.
  func validate() throws(DefenceError) {
    guard labels.count > 1 else {
      throw .data("there is only the label '\(labels.first ?? "")', and a classifier needs two at least")
    }
    guard Set(labels).count == labels.count, !labels.contains("") else {
      throw .data("the labels must all be different and none empty")
    }
    for item in training + withheld where !labels.indices.contains(item.label) {
      throw .data("a picture has the label \(item.label); there are \(labels.count), from 0")
    }
    for (label, name) in labels.enumerated() where !training.contains(where: { $0.label == label }) {
      throw .data("no picture of '\(name)' is left to train on")
    }
  }
}
