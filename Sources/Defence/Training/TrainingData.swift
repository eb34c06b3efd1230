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
  /// Pictures that are neither trained nor calibrated with, but measured.
  public let heldOut: [Item]
  /// How many pictures could not be read.
  public let broken: Int
  /// The pattern that made labels of folder names.
  public var labelPattern: String?
  /// The pattern that made groups of file names.
  public var groupPattern: String?
  /// The share of the pictures that was to be withheld, if it is known.
  public var calibrationShare: Double?
  /// The share of the pictures that was to be held out; nil if none was.
  public var holdOutShare: Double?

  /// Divided pictures.
  public init(
    source: String, labels: [String], training: [Item], withheld: [Item], heldOut: [Item] = [], broken: Int = 0
  ) {
    self.source = source
    self.labels = labels
    self.training = training
    self.withheld = withheld
    self.heldOut = heldOut
    self.broken = broken
  }

  /// A digest of all pictures, labels and their division.
  var digest: String {
    var digests = Array(labels.joined(separator: "\0").utf8)
    for (side, items) in [training, withheld, heldOut].enumerated() {
      for item in items {
        digests += SHA256.digest(of: item.picture.pixels) + Array("\(item.label) \(side)".utf8)
      }
    }
    return SHA256.hexadecimal(of: digests)
  }

  /// `sha256:` and a digest of some pictures with their labels, in whatever order: whether they are the same ones.
  ///
  /// - Parameter labels: what the items' labels count in.
  public static func digest(of items: [Item], labels: [String]) -> String {
    let lines = items.map { "\(SHA256.hexadecimal(of: $0.picture.pixels)) \(labels[$0.label])" }
    return BundleFiles.digest(of: Array(lines.sorted().joined(separator: "\n").utf8))
  }

  /// - Throws: ``DefenceError/data(_:)`` if it cannot make a defence.
  func validate() throws(DefenceError) {
    guard labels.count > 1 else {
      throw .data("there is only the label '\(labels.first ?? "")', and a classifier needs two at least")
    }
    guard Set(labels).count == labels.count, !labels.contains("") else {
      throw .data("the labels must all be different and none empty")
    }
    for item in training + withheld + heldOut where !labels.indices.contains(item.label) {
      throw .data("a picture has the label \(item.label); there are \(labels.count), from 0")
    }
    for (label, name) in labels.enumerated() where !training.contains(where: { $0.label == label }) {
      throw .data("no picture of '\(name)' is left to train on")
    }
    if let holdOutShare, heldOut.isEmpty {
      throw .data(
        "a share of \(holdOutShare) holds no picture out, since no label has so many groups of pictures: "
          + "hold out a larger share, or give more pictures")
    }
  }
}

extension [TrainingData.Item] {
  /// What thresholds are made from: the pictures, and where left and right may change places their mirror images too.
  ///
  /// With few pictures one odd one decides the threshold. A picture and its mirror image are not independent, so that this steadies
  /// the threshold less than as many other pictures would.
  public func forCalibration(flips: Bool) -> Self {
    flips ? self + map { TrainingData.Item(picture: $0.picture.mirrored(), label: $0.label) } : self
  }
}
