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

      Interrupted at any moment, the same command goes on from its last checkpoint. The bundle is \
      OUTPUT/VERSION; what is unfinished is kept in OUTPUT/.VERSION.training.
      """)

  @OptionGroup(title: "Networks") var networks: NetworkOptions
  @OptionGroup(title: "Pictures") var pictures: PictureOptions
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

  @Flag(help: "Left and right may change places: for flowers, not for letters.")
  var flips = false

  @Option(help: "What all random choices are drawn from.")
  var seed: UInt64 = 1

  @Option(help: "How many threads compute. Another number gives other weights.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "How many seconds old a checkpoint gets: what an interruption costs at most.")
  var checkpointInterval = 20.0

  @Option(help: "bar, json (a line each), lines or none; without it a bar on a terminal and lines elsewhere.")
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
    let model = ModelFolder(path: output)
    // Before pictures are read.
    let isThere = FileManager.default.fileExists(atPath: model.path(of: number))
    guard !isThere || TrainingRun.isUnfinished(number, of: model) else {
      throw DefenceError.exists(model.path(of: number))
    }
    let graph = try ONNXFile.read(path: networks.path)
    let format = try networks.inputFormat(graph)
    let reporter = TrainingReporter(progress ?? .suited, labels: [])
    let reading = try pictures.read(pictures.data, format: format, labels: try networks.labelNames())
    reporter.broken(reading.broken)
    let (data, shared) = try pictures.divided(reading, seed: seed)
    for names in shared { reporter.note("the same picture under two labels: \(names)") }

    // A network without such a layer is refused below, in its file's name.
    let features = try? graph.features
    let headOnly = networks.cut.map { $0 == .features || $0 == .share(1) || $0 == .named(features?.name ?? "") } ?? true
    var recipes = preset.recipes(
      pictures: data.training.count, headOnly: headOnly, features: features?.count ?? 1280, flips: flips)
    if let studentEpochs { recipes.student.epochs = studentEpochs }
    if let epochs { recipes.differentiator.epochs = epochs }
    var plan = TrainingPlan(
      name: model.name, input: format, student: recipes.student, differentiator: recipes.differentiator)
    plan.version = number
    plan.origin = networks.student == nil ? .teacher : .student
    plan.cut = networks.cut ?? .features
    plan.seed = seed
    plan.threads = threads
    try ensemble.apply(to: &plan, labels: data.labels, preset: preset)

    var training = TrainingRun(plan, network: networks.path, data: data)
    training.command = CommandLine.quoted
    training.checkpointInterval = checkpointInterval
    training.tests = try pictures.test.map { path in
      let test = try pictures.read(path, format: format, labels: data.labels)
      return (URL(filePath: path).lastPathComponent, test.items)
    }
    training.samples =
      try pictures.samples.map { try SampleFolder($0, format: format, labels: data.labels).samples } ?? []
    training.report = reporter.report
    let bundle = try training.run(into: model)
    reporter.finish(bundle)
  }
}

extension Preset: ExpressibleByArgument {}
