import ArgumentParser
import DataSets
import Defence
import Foundation

struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give a model other thresholds or another policy, as a new version; nothing is retrained.",
    discussion: """
      A bundle is never changed: its networks are copied into the model's next version, with thresholds made anew from \
      the clean scores it has, or from the scores of --data (pictures that no network was trained on).

        distinguo calibrate --model Models/flowers --alpha 0.02 --activate
        distinguo calibrate --model Models/flowers/1 --policy vote
        distinguo calibrate --model Models/flowers --data more-flowers.tar
        distinguo calibrate --model Models/flowers --data flowers.tar --withheld
        distinguo calibrate --model Models/mine --data mine.tar --aggregation mean

      Where left and right may change places (train --flips), each picture of --data counts with its mirror image.
      """)

  @OptionGroup var options: ModelOptions

  @Option(help: "The share of clean pictures that may be rejected.")
  var alpha: Double?

  @Option(help: "calibrated, or vote.")
  var policy: Policy?

  @Option(
    help: "mean, or geometric-mean: how a picture's scores become one. Another than the bundle's goes with --data.")
  var aggregation: Aggregation?

  @Option(help: "Labelled pictures to calibrate with, instead of the scores that the bundle has. May be repeated.")
  var data: [String] = []

  @Flag(help: "Of --data, the pictures that the model was trained with, take those that its training withheld.")
  var withheld = false

  @Option(help: "A regular expression for labels in folders' names, instead of the one the model was trained with.")
  var labelBy: String?

  @Option(help: "The new version's number; without it the next one.")
  var number: Int?

  @Flag(help: "Make the new version the current one.")
  var activate = false

  func validate() throws {
    guard alpha != nil || policy != nil || aggregation != nil || !data.isEmpty else {
      throw ValidationError("Nothing to change: give --alpha, --policy, --aggregation or --data.")
    }
    guard !withheld || !data.isEmpty else { throw ValidationError("--withheld goes with --data.") }
    if let alpha, !(alpha > 0 && alpha < 1) {
      throw ValidationError("--alpha is \(alpha); it must be more than 0 and less than 1.")
    }
    if let number { try ModelFolder.checkNumber(number) }
  }

  func run() throws {
    let bundle = try options.bundle()
    var scores: [[Double]]?
    if !data.isEmpty {
      let precedent = try Precedent(bundle.path)
      let items = try items(data, bundle, precedent).forCalibration(flips: precedent.invariances.flips)
      scores = try options.pool(bundle).cleanScores(
        items, labels: bundle.manifest.labels.count, aggregation ?? bundle.calibration.aggregation)
    }
    let model = ModelFolder(of: bundle)
    let version = number ?? (model.versions.last ?? 0) + 1
    try ModelFolder.checkNumber(version)
    let path = try bundle.recalibrated(
      alpha: alpha, policy: policy, aggregation: aggregation, scores: scores, as: version, of: model,
      command: CommandLine.quoted)
    if activate { try model.activate(version) }
    let made = try ModelBundle(contentsOf: path)
    print(
      "\(path)  \(made.digest)\n"
        + String(
          format: "alpha %g, policy %@, aggregation %@, pooled threshold %.4f, %d clean scores", made.calibration.alpha,
          made.manifest.policy.rawValue, made.calibration.aggregation.rawValue, made.calibration.pooled,
          made.calibration.scores.joined().count)
        + (activate ? "" : "\nnot yet the current version"))
  }

  private func items(_ data: [String], _ bundle: ModelBundle, _ precedent: Precedent) throws -> [TrainingData.Item] {
    let set = try LabelledPictures(bundle, labelBy: labelBy).read(data, groupBy: precedent.groupPattern)
    guard withheld else { return set.items }
    let (split, training) = (precedent.split(set), bundle.manifest.training)
    guard split.training.count == training.trainingPictures, split.withheld.count == training.withheldPictures else {
      throw DefenceError.data(
        "\(set.name) is not what \(bundle.manifest.name) \(bundle.manifest.version) was trained with: it would be divided "
          + "into \(split.training.count) pictures to train with and \(split.withheld.count) withheld ones, and its "
          + "training had \(training.trainingPictures) and \(training.withheldPictures)")
    }
    let items = set.items
    return split.withheld.map { items[$0] }
  }
}
