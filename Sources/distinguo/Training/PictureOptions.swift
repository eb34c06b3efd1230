import ArgumentParser
import DataSets
import Defence
import Foundation
import Images

/// Which pictures a training uses, and how they are labelled and divided.
struct PictureOptions: ParsableArguments {
  @Option(help: "Labelled pictures: a folder with one folder for each label, a tar or zip of that, or IDX files.")
  var data: String

  @Option(help: "A regular expression that finds the label in a folder's name: '^[0-9]+-(.+)$' finds stop in 14-stop.")
  var labelBy: String?

  @Option(
    help: """
      A regular expression that finds a picture's group in its file's name, such as the track of a film: groups are \
      never divided between training and calibration.
      """)
  var groupBy: String?

  @Option(help: "The share of each label's groups that is withheld from training, to calibrate with.")
  var calibrationShare = 0.15

  @Option(help: "The share of pictures that may be broken before that stops the run.")
  var brokenShare = 0.01

  @Option(help: "Labelled pictures to measure the result with, kept from everything else; may be repeated.")
  var test: [String] = []

  @Option(
    help: "A folder of pictures, LABEL.png or LABEL-2.jpg, of which those that are accepted are shipped as samples.")
  var samples: String?

  func validate() throws {
    guard calibrationShare > 0, calibrationShare < 1 else {
      throw ValidationError("--calibration-share is \(calibrationShare); it must be more than 0 and less than 1.")
    }
    guard (0...1).contains(brokenShare) else {
      throw ValidationError("--broken-share is \(brokenShare); it must be 0 to 1.")
    }
  }

  /// A data set at the networks' input size.
  ///
  /// - Parameter labels: the labels that there may be, in their order.
  func read(_ path: String, format: InputFormat, labels: [String]?) throws -> DataSet {
    var reader = DataSetReader()
    reader.labels = labels
    reader.labelPattern = labelBy
    reader.groupPattern = groupBy
    reader.brokenShare = brokenShare
    reader.size = (format.width, format.height)
    reader.prepare = format.fitted
    return try reader.read(path)
  }

  /// Pictures to train with and pictures to calibrate with, and the names of those that have two labels.
  func divided(_ set: DataSet, seed: UInt64) throws -> (data: TrainingData, shared: [String]) {
    let split = GroupedSplit(of: set, share: calibrationShare, seed: seed)
    let items = set.items
    let data = TrainingData(
      source: URL(filePath: set.source).lastPathComponent, labels: set.labels,
      training: split.training.map { items[$0] }, withheld: split.withheld.map { items[$0] },
      broken: set.broken.count, labelPattern: labelBy)
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
