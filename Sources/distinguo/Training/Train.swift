public import ArgumentParser
import DataSets
public import Defence
import Foundation
import Images
import NeuralNet
import ONNX

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a bundle: a Student, its differentiators and their calibration.",
    discussion: """
      Takes a public pre-trained network (the Teacher) and labelled pictures: a folder with one folder for each label, a \
      tar or zip of that, or IDX files. The Teacher's layers up to --cut are frozen; the rest is retrained.

        distinguo train --teacher efficientnet-lite0.onnx --data flowers.tar --output Models/flowers
        distinguo train --teacher net.onnx --data signs.tar --output Models/signs --cut block6 --size 96 \\
          --group-by '^([0-9]+)_' --label-by '^[0-9]+-(.+)$'
        distinguo train --student mine.onnx --cut block6 --data signs.tar --output Models/signs
        distinguo train --warm-start Models/signs --data signs.tar --data more-signs.tar --output Models/signs \\
          --number 2 --hold-out 0.1

      A later version can start from an earlier one (--warm-start) or be made like it (--like). What --hold-out keeps from \
      it measures it and others alike, with evaluate --held-out-of; it stays the same pictures with the same seed, also \
      where --data is repeated.

      Interrupted at any moment, the same command goes on from its last checkpoint. The bundle is \
      OUTPUT/VERSION; what is unfinished is kept in OUTPUT/.VERSION.training.
      """)

  @OptionGroup(title: "Networks") var networks: NetworkOptions
  @OptionGroup(title: "Pictures") var pictures: PictureOptions
  @OptionGroup(title: "Invariances") var invariances: InvarianceOptions
  @OptionGroup(title: "Ensemble") var ensemble: EnsembleOptions

  @Option(help: "The model's folder; its name is the model's name.")
  var output: String

  @Option(name: .customLong("number"), help: "The number of the version to make.")
  var number = 1

  @Option(help: "quick, standard or thorough.")
  var preset = Preset.standard

  @Option(help: "Epochs of the Student's training, instead of the preset's.")
  var studentEpochs: Int?

  @Option(help: "Epochs of each differentiator's fine-tuning, instead of the preset's.")
  var epochs: Int?

  @Option(help: "What all random choices are drawn from.")
  var seed: UInt64 = 1

  @Option(help: "How many threads compute. Another number gives other weights.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "How many seconds old a checkpoint gets: what an interruption costs at most.")
  var checkpointInterval = 20.0

  @Option(
    help: """
      bar, json (a line each, the error that ends it too), lines or none; without it a bar on a terminal and lines \
      elsewhere.
      """)
  var progress: ProgressStyle?

  func validate() throws {
    try ModelFolder.checkNumber(number)
    for (option, value) in [("--epochs", epochs), ("--student-epochs", studentEpochs)] {
      guard value.map(Recipe.epochNumbers.contains) ?? true else {
        throw ValidationError("\(option) is \(value ?? 0); it must be 1 to \(Recipe.epochNumbers.upperBound).")
      }
    }
    guard (1...1024).contains(threads) else { throw ValidationError("--threads is \(threads); it must be 1 to 1024.") }
    guard (0...86_400).contains(checkpointInterval) else {
      throw ValidationError("--checkpoint-interval is \(checkpointInterval); it must be 0 to 86400.")
    }
  }

  func run() throws {
    Termination.allow()
    let style = progress ?? .suited
    try style.telling { try train(TrainingReporter(style)) }
  }

  private func train(_ reporter: TrainingReporter) throws {
    let model = ModelFolder(path: output)
    // Before pictures are read.
    let isThere = FileManager.default.fileExists(atPath: model.path(of: number))
    guard !isThere || TrainingRun.isUnfinished(number, of: model) else {
      throw DefenceError.exists(model.path(of: number))
    }
    let precedent = try networks.precedent()
    let (origin, network) = try networks.start(precedent)
    let graph = try ONNXFile.read(path: network)
    let format = try networks.inputFormat(graph, network, like: precedent?.bundle.manifest.input)
    let labels = try networks.labelNames() ?? precedent?.bundle.manifest.labels
    let reading = try pictures.read(pictures.data, format: format, labels: labels, like: precedent)
    reporter.broken(reading.broken)
    let (data, shared) = try pictures.divided(reading, seed: seed, like: precedent)
    for names in shared { reporter.note("the same picture under two labels: \(names)") }

    var training = TrainingRun(
      try plan(origin, graph, format, data, like: precedent), network: network, data: data)
    training.preset = preset
    training.command = CommandLine.quoted
    training.checkpointInterval = checkpointInterval
    training.tests = try pictures.test.map { path in
      let test = try pictures.read([path], format: format, labels: data.labels, like: precedent)
      return (test.name, test.items)
    }
    training.samples =
      try pictures.samples.map { try SampleFolder($0, format: format, labels: data.labels).samples } ?? []
    training.report = reporter.report
    let bundle = try training.run(into: model)
    reporter.finish(bundle)
  }

  private func plan(
    _ origin: TrainingPlan.Origin, _ graph: Graph, _ format: InputFormat, _ data: TrainingData,
    like precedent: Precedent?
  ) throws -> TrainingPlan {
    let cut = networks.cut ?? precedent.map { .named($0.bundle.manifest.student.cut) } ?? .features
    // A network without such a layer is refused by the run, in its file's name.
    let features = try? graph.features
    var isWarm = false
    if case .warmStart = origin { isWarm = true }
    var recipes = preset.recipes(
      pictures: data.training.count,
      headOnly: [.features, .share(1), .named(features?.name ?? "")].contains(cut),
      features: features?.count ?? 1280, invariances: invariances.invariances(like: precedent), isWarm: isWarm)
    if let studentEpochs { recipes.student.epochs = studentEpochs }
    if let epochs { recipes.differentiator.epochs = epochs }
    var plan = TrainingPlan(
      name: ModelFolder(path: output).name, input: format, student: recipes.student,
      differentiator: recipes.differentiator)
    plan.version = number
    plan.origin = origin
    plan.cut = cut
    plan.seed = seed
    plan.threads = threads
    try ensemble.apply(to: &plan, labels: data.labels, preset: preset, like: precedent?.bundle)
    return plan
  }
}

extension Preset: ExpressibleByArgument {}
