import Base
import DataSets
import Defence
import Digests
import Evaluation
import Foundation

/// The labelled pictures of an evaluation, divided between those that are measured and what the attackers have.
struct AttackerData {
  /// What the measured pictures are called.
  let name: String
  /// Those that are measured.
  let items: [TrainingData.Item]
  /// What the attackers have.
  let attackers: Attackers

  /// How much of the pictures goes to the attackers where they have no others.
  private static let share = 0.5

  /// Reads and divides.
  ///
  /// The defender's training data is divided as it was in training, so that what calibrated the bundle calibrates the prior
  /// defences and the surrogates.
  init(_ bundle: ModelBundle, data: [String], labelBy: String?, options: EvaluationOptions, seed: UInt64) throws {
    let precedent = try Precedent(bundle.path)
    let pictures = LabelledPictures(bundle, labelBy: labelBy)
    let set = try pictures.read(data, groupBy: precedent.groupPattern)
    let (own, split, note): (DataSet, GroupedSplit, String)
    if options.trainingData.isEmpty {
      (own, split) = (set, GroupedSplit(of: set, share: 0.5, holdOut: 1 - Self.share, seed: seed))
      let items = set.items
      (name, self.items) = ("\(set.name), half", split.heldOut.map { items[$0] })
      note = "the other half of the pictures"
    } else {
      own = try pictures.read(options.trainingData, groupBy: precedent.groupPattern)
      split = precedent.split(own)
      (name, self.items) = (set.name, set.items)
      note = "the defender's own pictures, \(own.name)"
    }
    let items = own.items
    let teacher = options.teacher ?? precedent.student
    if options.teacher != nil { try Self.check(teacher, bundle.manifest.training) }
    attackers = Attackers(
      data: TrainingData(
        source: own.name, labels: bundle.manifest.labels, training: split.training.map { items[$0] },
        withheld: split.withheld.map { items[$0] }),
      teacher: teacher, invariances: precedent.invariances,
      description: "trained on \(note), from "
        + (options.teacher == nil
          ? "the attacked Student's own weights with a new last layer, which is more than these attackers have"
          : "the Teacher"))
  }

  /// Another network than the bundle's Teacher would make attacks that look harmless.
  private static func check(_ teacher: String, _ training: Manifest.Training) throws {
    let bytes: [UInt8]
    do {
      bytes = try FileAccess.read(teacher, limit: ModelBundle.largestFile)
    } catch {
      throw DefenceError.inaccessible(file: teacher, error.description)
    }
    let digest = "sha256:" + SHA256.hexadecimal(of: bytes)
    guard digest == training.teacherDigest else {
      throw DefenceError.network(
        name: teacher,
        "it is not the network that the model was made from, \(training.teacher) (\(training.teacherDigest))")
    }
  }
}
