public import ArgumentParser
import DataSets
import Defence
public import Evaluation
import Foundation
import Images

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model on labelled pictures, clean and under attack.",
    discussion: """
      Prints the Student's accuracy, the accuracy of what is accepted, the clean pictures that are rejected, and for each \
      budget of the attack (threat model T1: the attacker knows the Teacher and the cut layer) how often the Student alone \
      is fooled and how many of those pictures are rejected. Shares carry their 95 % intervals. Use pictures that the model \
      was not trained with.

      With --report all threat models are tried, T1 to T5, prior defences beside them, and a page is written. For T5 the \
      command serves the model itself, at a socket of its own, and attacks that.

        distinguo evaluate --model Models/flowers --data flowers-dev.tar
        distinguo evaluate --model Models/flowers --data flowers-dev.tar --pairs 0
        distinguo evaluate --model Models/flowers --data flowers-dev.tar --pairs 20 --pictures attacks/
        distinguo evaluate --model Models/flowers --data flowers-dev.tar --training-data flowers-train.tar --report report
        distinguo evaluate --model Models/flowers/2 --held-out-of Models/flowers/3 --data flowers.tar
      """)

  @OptionGroup var options: ModelOptions
  @OptionGroup(title: "A whole evaluation") var evaluation: EvaluationOptions

  @Option(
    help: """
      Labelled pictures: a folder with one folder for each label, a tar or zip of that, or IDX files. May be repeated.
      """)
  var data: [String]

  @Option(
    help: """
      A bundle that was trained with this --data and --hold-out: only the pictures that its training held out are used.
      """)
  var heldOutOf: String?

  @Option(help: "A regular expression for labels in folders' names, instead of the one the model was trained with.")
  var labelBy: String?

  @Option(help: "How many pictures are attacked; 0 for no attack.")
  var pairs = 200

  @Option(help: "How many steps each attack takes.")
  var steps = 200

  @Option(parsing: .upToNextOption, help: "The largest DSSIM between an attacking picture and its source.")
  var budget: [Double] = [0.003, 0.01, 0.03]

  @Option(help: "targeted (the label of one given picture), or non-targeted (any wrong label).")
  var aim = MimicryTrial.Aim.targeted

  @Option(help: "What sources and targets are drawn from.")
  var seed: UInt64 = 1

  @Option(help: "A folder for the attacking pictures, as PNG files.")
  var pictures: String?

  @Option(help: "A folder of pictures that are no genuine ones: the share of them that is rejected is told.")
  var adversarial: String?

  @Flag(help: "Print JSON instead of tables.")
  var json = false

  @Option(
    help: """
      bar, json (a line each, the error that ends it too), lines or none; without it a bar on a terminal and none elsewhere.
      """)
  var progress: ProgressStyle?

  func validate() throws {
    guard (0...1_000_000).contains(pairs) else {
      throw ValidationError("--pairs is \(pairs); it must be 0 to 1000000.")
    }
    guard (1...1_000_000).contains(steps) else {
      throw ValidationError("--steps is \(steps); it must be 1 to 1000000.")
    }
    for value in budget where !(value > 0 && value <= 0.5) {
      throw ValidationError("--budget is \(value); it must be more than 0 and at most 0.5.")
    }
  }

  func run() throws {
    Termination.allow()
    let style = progress ?? (ProgressStyle.suited == .bar ? .bar : .none)
    try style.telling {
      if let folder = evaluation.report { try writeReport(to: folder, style) } else { try evaluate(style) }
    }
  }

  private func evaluate(_ style: ProgressStyle) throws {
    let bundle = try options.bundle()
    let pool = try options.pool(bundle)
    let (name, items) = try labelledPictures(for: bundle)
    let reviewed = try adversarial.map { try FlatFolder($0).pictures(bundle.manifest.input) } ?? []

    let attackSteps = pairs * steps * budget.count
    let reporter = EvaluationReporter(style, total: items.count + reviewed.count + attackSteps)
    let judgements = try pool.judge(items.map(\.picture)) { reporter.report($0) }
    let measured = CleanMeasurement(
      data: name, verdicts: judgements.map { bundle.verdict($0) }, labels: items.map(\.label))
    let rejected = try pool.judge(reviewed) { reporter.report(items.count + $0) }
      .count { !bundle.verdict($0).isAccepted }

    var trial = MimicryTrial()
    (trial.pairs, trial.steps, trial.budgets) = (pairs, steps, budget)
    (trial.aim, trial.seed, trial.threads) = (aim, seed, options.threads)
    let outcomes =
      pairs == 0
      ? []
      : try trial.run(bundle, pool, items, clean: judgements) { share in
        reporter.report(items.count + reviewed.count + Int((share * Double(attackSteps)).rounded()))
      }
    reporter.finish()
    if let pictures { try write(outcomes, to: pictures, labels: bundle.manifest.labels) }
    let report = EvaluationReport(
      bundle: bundle, measured: measured, outcomes: outcomes, steps: steps, seed: seed,
      feedback: adversarial == nil ? nil : Rate(rejected, of: reviewed.count))
    print(json ? try report.json() : report.text())
  }

  /// The pictures to measure with, and what they are called.
  private func labelledPictures(for bundle: ModelBundle) throws -> (name: String, items: [TrainingData.Item]) {
    if let heldOutOf {
      return try HeldOutPictures(of: try ModelBundle(contentsOf: heldOutOf), labelBy: labelBy).read(data, for: bundle)
    }
    let set = try LabelledPictures(bundle, labelBy: labelBy).read(data, groupBy: nil)
    return (set.name, set.items)
  }

  private func write(_ outcomes: [MimicryOutcome], to folder: String, labels: [String]) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for outcome in outcomes {
      for (number, attack) in outcome.attacks.enumerated() {
        let name = String(
          format: "%g-%04d-%@-as-%@.png", outcome.budget, number + 1, labels[attack.source], labels[attack.target])
        try Data(try ImageEncoder.png(attack.picture)).write(to: URL(filePath: folder).appending(path: name))
      }
    }
  }
}

extension MimicryTrial.Aim: ExpressibleByArgument {}
