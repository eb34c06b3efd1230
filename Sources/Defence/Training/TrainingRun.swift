internal import Base
internal import Digests
internal import Foundation
public import Images
internal import NeuralNet
internal import ONNX

/// From a Teacher and labelled pictures to a bundle: Student, differentiators, calibration, probes (METHOD.md, "The
/// defence"). Blocks its caller for as long as it takes.
public struct TrainingRun {
  /// A picture to ship with the bundle.
  public struct Sample: Sendable {
    /// The file's name in `samples/`.
    public let name: String
    /// The file.
    public let bytes: [UInt8]
    /// What it shows.
    public let label: Int
    /// It, at the input's size.
    public let picture: Picture

    /// A file, and what is in it.
    public init(name: String, bytes: [UInt8], label: Int, picture: Picture) {
      self.name = name
      self.bytes = bytes
      self.label = label
      self.picture = picture
    }
  }

  /// What is to come out.
  public let plan: TrainingPlan
  /// The Teacher's or the Student's file; for a warm start the bundle's Student.
  public let network: String
  /// The pictures.
  public let data: TrainingData
  /// Labelled pictures to measure the result with; it is not trained or calibrated with them.
  public var tests: [(source: String, items: [TrainingData.Item])] = []
  /// Pictures to ship. Those that are not accepted with their right label are left out.
  public var samples: [Sample] = []
  /// How old a checkpoint gets, in seconds: what an interruption costs at most.
  public var checkpointInterval = 20.0
  /// The preset that the plan's recipes are from, for the manifest; nil if they are from none.
  public var preset: Preset?
  /// The command line, for the manifest.
  public var command = ""
  /// Told what happens; what it throws ends the training.
  public var report: (TrainingEvent) throws -> Void = { _ in }

  /// A training.
  public init(_ plan: TrainingPlan, network: String, data: TrainingData) {
    self.plan = plan
    self.network = network
    self.data = data
  }

  /// Pictures whose activations decide which channels go.
  private static let statisticsPictures = 384

  /// Trains, or goes on with a training that was interrupted, and puts the bundle at its place.
  ///
  /// The same plan, pictures and network give the same bundle (but for times), interrupted or not.
  /// - Returns: the bundle.
  /// - Throws: ``DefenceError`` for what is wrong with plan, pictures or folders, and what the engine throws. What was
  ///   trained is kept for the next run of the same command; nothing stands where the bundle belongs.
  public func run(into model: ModelFolder) throws -> ModelBundle {
    try plan.validate()
    try data.validate()
    // The Student will not get all of them right, but without so many there is no use in beginning.
    try check(calibrating: data.withheld.count)
    let place = model.path(of: plan.version)
    let isThere = FileManager.default.fileExists(atPath: place)
    guard !isThere || Self.isUnfinished(plan.version, of: model) else { throw DefenceError.exists(place) }
    let (given, digest) = try readNetwork()
    let start = try startingNetwork(given)
    let layout = try EnsembleLayout(
      plan.scopes, classes: data.labels.count, count: plan.count, asked: plan.asked, ratios: plan.pruningRatios,
      radii: plan.adversarialRadii, seed: plan.seed)
    let fingerprint = SHA256.hexadecimal(of: try JSONFile.bytes(of: plan.deciding) + Array((data.digest + digest).utf8))
    let folder = try WorkFolder(model.workFolder(of: plan.version), fingerprint: fingerprint)
    // Interrupted between the bundle's last step and ours?
    if isThere { return try conclude(place, model, folder) }
    try report(
      .data(
        labels: data.labels.count, training: data.training.count, withheld: data.withheld.count,
        heldOut: data.heldOut.count, broken: data.broken))

    var progress = RunProgress(networks: layout.members.count + 1)
    let student = try trainStudent(start, folder, &progress)
    try check(calibrating: rightlyLabelled(student))
    var differentiators: [Differentiator] = []
    for member in layout.members {
      differentiators.append(try trainDifferentiator(member, student, folder, &progress))
    }
    try finish(student, cut: start.cut, differentiators, digest, folder, place)
    return try conclude(place, model, folder)
  }

  /// Whether a training of this version was interrupted; the same command goes on with it.
  public static func isUnfinished(_ version: Int, of model: ModelFolder) -> Bool {
    FileManager.default.fileExists(atPath: model.workFolder(of: version))
  }

  /// Takes the bundle at its place into use, if the model has no current one, and drops what it was made from.
  private func conclude(_ place: String, _ model: ModelFolder, _ folder: WorkFolder) throws -> ModelBundle {
    let bundle = try ModelBundle(contentsOf: place)
    if model.currentVersion == nil { try model.activate(plan.version) }
    folder.remove()
    return bundle
  }

  // MARK: The networks

  private func readNetwork() throws -> (graph: Graph, digest: String) {
    let bytes: [UInt8]
    do {
      bytes = try FileAccess.read(network, limit: ModelBundle.largestFile)
    } catch {
      throw DefenceError.inaccessible(file: network, error.description)
    }
    return (try ONNXFile.decode(bytes, name: network), BundleFiles.digest(of: bytes))
  }

  /// The network that becomes the Student, and where it is cut.
  private func startingNetwork(_ given: Graph) throws -> (graph: Graph, cut: String) {
    do {
      let graph: Graph
      switch plan.origin {
      case .teacher: graph = try given.withNewHead(classes: data.labels.count, seed: plan.seed)
      case .student, .warmStart:
        graph = try given.endingInLogits()
        let classes = try ClassifierLayer(of: graph).classes
        guard classes == data.labels.count else {
          throw DefenceError.network(
            name: network, "it tells \(classes) classes apart, and the pictures have \(data.labels.count) labels")
        }
      }
      guard graph.inputs.count == 1, graph.inputs[0].shape.count == 4 else {
        throw DefenceError.network(name: network, "it must have one input, images [N,3,height,width]")
      }
      let input = [graph.inputs[0].name: [1, 3, plan.input.height, plan.input.width]]
      do {
        _ = try graph.shapes(of: input)
      } catch {
        throw DefenceError.network(
          name: network, "it does not take images of \(plan.input.width)×\(plan.input.height): \(error)")
      }
      let layer = try ClassifierLayer(of: graph)
      return (graph, try plan.cut.value(in: graph, features: layer.features))
    } catch DefenceError.network(_, let text) {
      throw DefenceError.network(name: network, text)
    }
  }

  private func trainStudent(
    _ start: (graph: Graph, cut: String), _ folder: WorkFolder, _ progress: inout RunProgress
  ) throws -> Graph {
    let all = Scope(labels: Array(data.labels.indices), of: data.labels.count)
    let graph: Graph
    if plan.origin == .student {
      graph = start.graph
      progress.skip()
    } else if let known = try folder.network("student") {
      graph = known
      progress.skip()
    } else {
      let tuning = FineTuning(
        graph: start.graph, cut: start.cut, loader: loader(all, plan.student, seed: plan.seed), threads: plan.threads,
        interval: checkpointInterval)
      graph = try folder.keep(try train(tuning, "student", folder, &progress), as: "student")
    }
    try reportTrained("student", graph, all, student: nil)
    return graph
  }

  private func trainDifferentiator(
    _ member: EnsembleLayout.Member, _ student: Graph, _ folder: WorkFolder, _ progress: inout RunProgress
  ) throws -> Differentiator {
    let graph: Graph
    if let known = try folder.network(member.id) {
      graph = known
      progress.skip()
    } else {
      var pruned = try ActivationPruning(ratio: member.pruningRatio).pruned(student, images: statisticsImages(member))
      if member.scope.hasOther { pruned = try pruned.withNewHead(classes: member.scope.outputs, seed: member.seed) }
      var recipe = plan.differentiator
      recipe.adversarialRadius = member.adversarialRadius
      let tuning = FineTuning(
        graph: pruned, cut: nil, loader: loader(member.scope, recipe, seed: member.seed),
        threads: plan.threads, interval: checkpointInterval)
      graph = try folder.keep(try train(tuning, member.id, folder, &progress), as: member.id)
    }
    try reportTrained(member.id, graph, member.scope, student: student)
    return Differentiator(
      id: member.id, scope: member.scope, pruningRatio: member.pruningRatio,
      adversarialRadius: member.adversarialRadius, seed: member.seed, graph: graph)
  }

  private func loader(_ scope: Scope, _ recipe: Recipe, seed: UInt64) -> BatchLoader {
    BatchLoader(
      data.training.map { ($0.picture, $0.label) }, scope: scope, format: plan.input, recipe: recipe, seed: seed)
  }

  private func train(
    _ tuning: FineTuning, _ network: String, _ folder: WorkFolder, _ progress: inout RunProgress
  ) throws -> Graph {
    var current = progress
    current.begin()
    var noted = Date.now
    let graph = try tuning.run(checkpoint: folder.checkpoint(network)) { step in
      if Date.now.timeIntervalSince(noted) > 10 {
        try folder.save()
        noted = .now
      }
      try report(.step(current.event(network, step)))
    }
    current.end()
    progress = current
    return graph
  }

  /// Pictures of the scope, and of the scope `all` from a half of the classes, another one for each seed: so
  /// differentiators of one scope keep different channels.
  private func statisticsImages(_ member: EnsembleLayout.Member) -> [Tensor] {
    let generator = CounterGenerator(member.seed, 0x7374_6174)
    var labels = Set(member.scope.labels)
    if !member.scope.hasOther {
      let count = max(2, (data.labels.count + 1) / 2)
      labels = Set(generator.permutation(of: data.labels.count).prefix(count))
    }
    let items = data.training.filter { labels.contains($0.label) }
    let chosen = generator.permutation(of: items.count).prefix(Self.statisticsPictures).map { items[$0].picture }
    return stride(from: 0, to: chosen.count, by: 16).map { start in
      plan.input.tensor(chosen[start..<min(start + 16, chosen.count)].map(plan.input.fitted))
    }
  }

  /// What a network says of some pictures.
  private func outputs(_ graph: Graph, _ items: [TrainingData.Item]) throws -> [Int] {
    let worker = try NetworkWorker(try InferencePlan(graph), name: graph.name, input: plan.input)
    return try worker.probabilities(of: items.map { plan.input.fitted($0.picture) }).map(\.indexOfLargest)
  }

  /// Whether left and right may change places.
  private var flips: Bool { plan.differentiator.augmentation.flips }

  /// Whether so many withheld pictures are enough for α.
  private func check(calibrating pictures: Int) throws(DefenceError) {
    try Calibration.check(pictures: pictures, scoresEach: flips ? 2 : 1, alpha: plan.alpha)
  }

  /// How many withheld pictures the Student gets right.
  private func rightlyLabelled(_ student: Graph) throws -> Int {
    zip(try outputs(student, data.withheld), data.withheld).count { $0 == $1.label }
  }

  private func reportTrained(_ network: String, _ graph: Graph, _ scope: Scope, student: Graph?) throws {
    let items = data.withheld.filter { scope.holds($0.label) }
    let answers = try outputs(graph, items)
    let right = zip(answers, items).count { $0 == scope.output(for: $1.label) }
    var agreement: Rate?
    if let student {
      let labels = try outputs(student, items)
      agreement = Rate(zip(answers, labels).count { $0 == scope.output(for: $1) }, of: items.count)
    }
    try report(
      .trained(
        TrainingEvent.Trained(
          network: network, weights: graph.parameterCount, accuracy: Rate(right, of: items.count),
          agreement: agreement)))
  }

  // MARK: The bundle

  /// Rounds the networks to what the files hold, calibrates, measures, and writes the bundle.
  private func finish(
    _ student: Graph, cut: String, _ differentiators: [Differentiator], _ digest: String, _ folder: WorkFolder,
    _ place: String
  ) throws {
    var writer = try BundleWriter(folder.bundle)
    let student = try writer.add("student.onnx", student)
    let rounded = try differentiators.map { one in
      Differentiator(
        id: one.id, scope: one.scope, pruningRatio: one.pruningRatio,
        adversarialRadius: one.adversarialRadius, seed: one.seed,
        graph: try writer.add("differentiators/\(one.id).onnx", one.graph))
    }
    let model = try DefendedModel(
      labels: data.labels, input: plan.input, student: student, differentiators: rounded, asked: plan.asked,
      key: SelectionKey(derivedFrom: "distinguo calibration \(plan.seed)"))
    let pool = try DefencePool(model, threads: plan.threads)
    let clean = data.withheld.forCalibration(flips: flips)
    let calibration = try Calibration(
      scores: try pool.cleanScores(clean, labels: data.labels.count, plan.aggregation), alpha: plan.alpha,
      aggregation: plan.aggregation)
    try report(.calibrated(scores: calibration.scores.joined().count, pooledThreshold: calibration.pooled))
    try writer.add(
      ModelBundle.calibrationFile, try JSONFile.bytes(of: CalibrationFile(calibration, labels: data.labels)))
    try writer.add(ModelBundle.probesFile, try Probes(of: model, seed: plan.seed).bytes())

    func verdicts(_ pictures: [Picture]) throws -> [Verdict] {
      try pool.judge(pictures.map(plan.input.fitted)).map {
        calibration.verdict($0, policy: plan.policy)
      }
    }
    for (sample, verdict) in zip(samples, try verdicts(samples.map(\.picture))) {
      if verdict.isAccepted, verdict.studentLabel == sample.label {
        try writer.add("samples/\(sample.name)", sample.bytes)
      } else {
        let reason = verdict.reason?.rawValue ?? "labelled \(data.labels[verdict.studentLabel])"
        try report(.sampleLeftOut(sample.name, reason: reason))
      }
    }
    let heldOut = data.heldOut.isEmpty ? [] : [(source: "\(data.source), held out", items: data.heldOut)]
    let measured = try (tests + heldOut).map { source, items in
      CleanMeasurement(data: source, verdicts: try verdicts(items.map(\.picture)), labels: items.map(\.label))
    }
    try writer.finish(
      manifest(student, cut, rounded, digest, seconds: folder.seconds, measured), at: place)
  }
}

extension DefencePool {
  /// The scores of the pictures that the Student gets right, by label: what thresholds are made from.
  ///
  /// - Parameters:
  ///   - labels: how many there are.
  ///   - aggregation: how a picture's scores become one.
  public func cleanScores(
    _ items: [TrainingData.Item], labels: Int, _ aggregation: Aggregation
  ) throws -> [[Double]] {
    var scores = [[Double]](repeating: [], count: labels)
    for (item, judgement) in zip(items, try judge(items.map { input.fitted($0.picture) })) {
      if judgement.studentLabel == item.label, let score = judgement.score(aggregation) {
        scores[item.label].append(score)
      }
    }
    return scores
  }
}
