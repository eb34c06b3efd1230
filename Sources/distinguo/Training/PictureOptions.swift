import ArgumentParser
import DataSets
import Defence
import Images

/// Which pictures a training uses, and how they are labelled and divided.
struct PictureOptions: ParsableArguments {
  @Option(
    help: """
      Labelled pictures: a folder with one folder for each label, a tar or zip of that, or IDX files. If it is repeated, \
      all are one data set with the labels of the first, or of the bundle to be like.
      """)
  var data: [String]

  @Option(help: "A regular expression that finds the label in a folder's name: '^[0-9]+-(.+)$' finds stop in 14-stop.")
  var labelBy: String?

  @Option(
    help: """
      A regular expression that finds a picture's group in its file's name, such as the track of a film: groups are \
      never divided between training and calibration.
      """)
  var groupBy: String?

  @Option(
    help: """
      The share of each label's groups that is withheld from training, to calibrate with: 0.15, or that of the bundle to \
      be like.
      """)
  var calibrationShare: Double?

  @Option(
    help: """
      The share of each label's groups that is neither trained nor calibrated with, but measured; see evaluate \
      --held-out-of.
      """)
  var holdOut = 0.0

  @Option(help: "The share of pictures that may be broken before that stops the run.")
  var brokenShare = 0.01

  @Option(help: "Labelled pictures to measure the result with, kept from everything else; may be repeated.")
  var test: [String] = []

  @Option(
    help: "A folder of pictures, LABEL.png or LABEL-2.jpg, of which those that are accepted are shipped as samples.")
  var samples: String?

  func validate() throws {
    if let calibrationShare, !(calibrationShare > 0 && calibrationShare < 1) {
      throw ValidationError("--calibration-share is \(calibrationShare); it must be more than 0 and less than 1.")
    }
    guard holdOut >= 0, holdOut < 1 else {
      throw ValidationError("--hold-out is \(holdOut); it must be at least 0 and less than 1.")
    }
    guard (0...1).contains(brokenShare) else {
      throw ValidationError("--broken-share is \(brokenShare); it must be 0 to 1.")
    }
  }

  /// A data set at the networks' input size.
  ///
  /// - Parameters:
  ///   - labels: the labels that there may be, in their order.
  ///   - precedent: the bundle to be like, whose patterns are used where none were given.
  func read(_ paths: [String], format: InputFormat, labels: [String]?, like precedent: Precedent?) throws -> DataSet {
    var reader = DataSetReader()
    reader.labels = labels
    reader.labelPattern = labelPattern(precedent)
    reader.groupPattern = groupPattern(precedent)
    // A pattern that was not asked for here need not fit.
    reader.requiresGroups = groupBy != nil
    reader.brokenShare = brokenShare
    reader.size = (format.width, format.height)
    reader.prepare = format.fitted
    return try reader.read(paths)
  }

  private func labelPattern(_ precedent: Precedent?) -> String? {
    labelBy.map { $0.isEmpty ? nil : $0 } ?? precedent?.labelPattern
  }

  private func groupPattern(_ precedent: Precedent?) -> String? {
    groupBy.map { $0.isEmpty ? nil : $0 } ?? precedent?.groupPattern
  }

  /// Pictures to train with, to calibrate with and to hold out, and the names of those that have two labels.
  func divided(
    _ set: DataSet, seed: UInt64, like precedent: Precedent?
  ) throws -> (data: TrainingData, shared: [String]) {
    let share = calibrationShare ?? precedent?.calibrationShare ?? 0.15
    let split = GroupedSplit(of: set, share: share, holdOut: holdOut, seed: seed)
    let items = set.items
    var data = TrainingData(
      source: set.name, labels: set.labels, training: split.training.map { items[$0] },
      withheld: split.withheld.map { items[$0] }, heldOut: split.heldOut.map { items[$0] }, broken: set.broken.count)
    data.labelPattern = labelPattern(precedent)
    data.groupPattern = groupPattern(precedent)
    data.calibrationShare = share
    data.holdOutShare = holdOut > 0 ? holdOut : nil
    let shared = set.duplicatesAcrossLabels.map { places in
      places.map { set.examples[$0].name }.joined(separator: ", ")
    }
    return (data, shared)
  }
}

extension DataSet {
  /// Its pictures as the defence takes them.
  var items: [TrainingData.Item] { examples.map { TrainingData.Item(picture: $0.picture, label: $0.label) } }
}
