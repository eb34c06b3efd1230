import NeuralNet
import ONNX
import TestSupport
import Testing

/// What a trainer promises besides following PyTorch, on the network and the batches of training/residual.
@Suite struct TrainerTests {
  let graph: Graph
  let batches: TrainingBatches

  init() throws {
    graph = try TrainingRunTests.fixture.graph()
    batches = try TrainingBatches(try TrainingRunTests.fixture.arrays())
  }

  private func settings(threads: Int = 1, _ change: (inout TrainingSettings) -> Void = { _ in }) -> TrainingSettings {
    var settings = TrainingSettings(
      optimizer: .adamW(weightDecay: 0.05), schedule: .oneCycle(maximum: 0.01, steps: 20))
    settings.threads = threads
    change(&settings)
    return settings
  }

  private func train(_ trainer: Trainer, steps: Range<Int>) throws {
    for step in steps { try trainer.step(images: batches.images(step), labels: batches.labels(step)) }
  }

  /// The network with a dropout before its last layer.
  private func graphWithDropout() -> Graph {
    var graph = graph
    let index = graph.nodes.count - 1
    graph.nodes.insert(Node(.dropout(ratio: 0.3), [graph.nodes[index].inputs[0]], "dropped"), at: index)
    graph.nodes[index + 1].inputs[0] = "dropped"
    return graph
  }

  @Test(arguments: [1, 2, 3]) func `the same seed and number of threads give the same weights to the last bit`(
    _ threads: Int
  ) throws {
    let graph = graphWithDropout()
    let trainers = try (0..<2).map { _ in
      try Trainer(graph, settings: settings(threads: threads) { $0.seed = 7 })
    }
    for trainer in trainers { try train(trainer, steps: 0..<4) }
    #expect(trainers[0].graph == trainers[1].graph)
    #expect(trainers[0].graph != graph)
    let other = try Trainer(graph, settings: settings(threads: threads) { $0.seed = 8 })
    try train(other, steps: 0..<4)
    #expect(other.graph != trainers[0].graph)
  }

  @Test func `what is frozen up to a value stays to the last bit, statistics too, and the rest changes`() throws {
    let trainer = try Trainer(graph, settings: settings(threads: 2) { $0.frozenUpTo = "block1" })
    try train(trainer, steps: 0..<3)
    let frozen = try graph.parameters(upTo: "block1")
    #expect(frozen.contains("stem.mean") && frozen.contains("block1.b.weight"))
    for (name, tensor) in trainer.graph.parameters {
      #expect((tensor == graph.parameters[name]) == frozen.contains(name), "\(name)")
    }
  }

  @Test func `a single frozen parameter stays as it is while its neighbours change`() throws {
    let trainer = try Trainer(graph, settings: settings { $0.frozen = ["head.weight"] })
    try train(trainer, steps: 0..<2)
    #expect(trainer.graph.parameters["head.weight"] == graph.parameters["head.weight"])
    #expect(trainer.graph.parameters["head.bias"] != graph.parameters["head.bias"])
    #expect(!trainer.trainedParameters.contains("head.weight"))
  }

  @Test func `with frozen statistics the shards' gradients add up to the whole batch's`() throws {
    let norms = Set(graph.parameters.keys.filter { $0.hasSuffix(".scale") || $0.hasSuffix(".shift") })
    let results = try [1, 2, 3].map { threads in
      let trainer = try Trainer(
        graph,
        settings: settings(threads: threads) {
          $0.optimizer = .sgd(momentum: 0)
          $0.schedule = .constant(1)
          $0.frozen = norms
        })
      let result = try trainer.step(images: batches.images(0), labels: batches.labels(0))
      return (result, trainer.graph)
    }
    for (result, trained) in results.dropFirst() {
      #expect(abs(result.loss - results[0].0.loss) < 1e-6)
      #expect(result.correct == results[0].0.correct)
      for (name, tensor) in trained.parameters {
        #expect(tensor.relativeError(to: results[0].1.parameters[name]!) < 1e-5, "\(name)")
      }
    }
  }

  @Test func `gradients of the later layers do not depend on whether the earlier ones are frozen`() throws {
    let earlier = try graph.parameters(upTo: "block1")
    let all = Set(graph.trainableParameters)
    func gradients(_ parameters: Set<String>, inputs: Set<String> = []) throws -> GradientWorker.Gradients {
      let worker = try GradientWorker(
        try GradientPlan(graph, parameters: parameters, inputs: inputs, batchStatistics: .never))
      _ = try worker.forward(["image": batches.images(0)])
      let seed = Tensor(shape: [16, 5], scalars: (0..<80).map { Float($0 % 7) / 7 - 0.4 })
      return try worker.backward(["logits": seed])
    }
    let whole = try gradients(all, inputs: ["image"])
    let later = try gradients(all.subtracting(earlier))
    #expect(Set(later.parameters.keys) == all.subtracting(earlier))
    for (name, gradient) in later.parameters {
      #expect(gradient.relativeError(to: whole.parameters[name]!) < 1e-4, "\(name)")
    }
    let image = try #require(try gradients([], inputs: ["image"]).inputs["image"])
    #expect(image.relativeError(to: whole.inputs["image"]!) < 1e-4)
  }

  @Test(arguments: [1, 2]) func `a training that was interrupted goes on as if it had not been, to the last bit`(
    _ threads: Int
  ) throws {
    let graph = graphWithDropout()
    let whole = try Trainer(graph, settings: settings(threads: threads))
    try train(whole, steps: 0..<3)
    let bytes = whole.checkpoint.bytes
    try train(whole, steps: 3..<6)
    let continued = try Trainer(graph, settings: settings(threads: threads))
    try continued.restore(try TrainingCheckpoint(bytes: bytes))
    #expect(continued.step == 3)
    try train(continued, steps: 3..<6)
    #expect(continued.graph == whole.graph)
    #expect(continued.checkpoint.bytes == whole.checkpoint.bytes)
  }

  @Test func `a checkpoint that is cut short, damaged or of something else is refused`() throws {
    let trainer = try Trainer(graph, settings: settings())
    let bytes = trainer.checkpoint.bytes
    for count in [0, 1, 7, 8, 12, 40, bytes.count / 2, bytes.count - 1] {
      #expect(throws: TrainingError.self) { try TrainingCheckpoint(bytes: Array(bytes[..<count])) }
    }
    for place in [0, 7, 9, 30, bytes.count / 2, bytes.count - 1] {
      var damaged = bytes
      damaged[place] ^= 0x10
      #expect(throws: TrainingError.self) { try TrainingCheckpoint(bytes: damaged) }
    }
    #expect(throws: TrainingError.self) { try TrainingCheckpoint(bytes: bytes + [0]) }
    let checkpoint = try TrainingCheckpoint(bytes: bytes)
    #expect(throws: TrainingError.checkpoint("its seed is 0, not 1")) {
      try Trainer(graph, settings: settings { $0.seed = 1 }).restore(checkpoint)
    }
    #expect(throws: TrainingError.checkpoint("it is of another optimiser")) {
      try Trainer(graph, settings: settings { $0.optimizer = .sgd() }).restore(checkpoint)
    }
    #expect(throws: TrainingError.checkpoint("it has other weights than are trained here")) {
      try Trainer(graph, settings: settings { $0.frozen = ["head.bias"] }).restore(checkpoint)
    }
  }

  @Test func `batches of any size are taken, fewer images than threads too`() throws {
    let trainer = try Trainer(graph, settings: settings(threads: 3))
    for count in [16, 5, 3, 2, 1, 16] {
      let result = try trainer.step(
        images: batches.images(0).rows(count), labels: Array(batches.labels(0)[..<count]))
      #expect(result.count == count && result.loss.isFinite)
    }
    #expect(trainer.step == 6)
  }

  @Test func `a label as a soft target is the same step`() throws {
    let trainers = try (0..<2).map { _ in try Trainer(graph, settings: settings { $0.labelSmoothing = 0.1 }) }
    let labels = batches.labels(0)
    var targets = [Float](repeating: 0, count: 16 * 5)
    for (row, label) in labels.enumerated() { targets[row * 5 + label] = 1 }
    let first = try trainers[0].step(images: batches.images(0), labels: labels)
    let second = try trainers[1].step(
      images: batches.images(0), targets: Tensor(shape: [16, 5], scalars: targets))
    #expect(first == second)
    #expect(trainers[0].graph == trainers[1].graph)
  }

  @Test func `weight decay spares biases and normalisations where that is asked for`() throws {
    func trained(_ decay: Double) throws -> Graph {
      let trainer = try Trainer(
        graph,
        settings: settings {
          $0.optimizer = .sgd(momentum: 0.9, weightDecay: decay)
          $0.decaysMatricesOnly = true
        })
      try train(trainer, steps: 0..<1)
      return trainer.graph
    }
    let (with, without) = (try trained(0.5), try trained(0))
    #expect(with.parameters["stem.scale"] == without.parameters["stem.scale"])
    #expect(with.parameters["head.bias"] == without.parameters["head.bias"])
    #expect(with.parameters["stem.weight"] != without.parameters["stem.weight"])
    #expect(with.parameters["head.weight"] != without.parameters["head.weight"])
  }

  @Test func `an adversary makes the first loss larger, and the same weights each time`() throws {
    func adversary(_ radius: Float) -> Adversary {
      Adversary(radius: [radius, radius, radius], range: Array(repeating: -10...10, count: 3), share: 1)
    }
    var losses: [Double] = []
    for radius: Float in [0, 0.02, 0.1] {
      let trainer = try Trainer(
        graph, settings: settings(threads: 2) { if radius > 0 { $0.adversary = adversary(radius) } })
      losses.append(try trainer.step(images: batches.images(0), labels: batches.labels(0)).loss)
    }
    #expect(losses[0] < losses[1] && losses[1] < losses[2], "\(losses)")
    let trainers = try (0..<2).map { _ in
      try Trainer(graph, settings: settings(threads: 2) { $0.adversary = adversary(0.1) })
    }
    for trainer in trainers { try train(trainer, steps: 0..<3) }
    #expect(trainers[0].graph == trainers[1].graph)
    let clean = try Trainer(graph, settings: settings(threads: 2))
    try train(clean, steps: 0..<3)
    #expect(clean.graph != trainers[0].graph)
  }

  @Test func `an adversary for other channels than the images have is refused`() throws {
    let trainer = try Trainer(
      graph, settings: settings { $0.adversary = Adversary(radius: [1], range: [0...1], share: 1) })
    #expect(throws: TrainingError.self) { try trainer.step(images: batches.images(0), labels: batches.labels(0)) }
    #expect(trainer.step == 0)
  }

  @Test func `wrong batches are refused by name and change nothing`() throws {
    let trainer = try Trainer(graph, settings: settings(threads: 2))
    let (images, labels) = (batches.images(0), batches.labels(0))
    #expect(throws: TrainingError.label(5, classes: 5, index: 15)) {
      try trainer.step(images: images, labels: labels.dropLast() + [5])
    }
    #expect(throws: TrainingError.label(-1, classes: 5, index: 0)) {
      try trainer.step(images: images, labels: [-1] + labels.dropFirst())
    }
    #expect(throws: TrainingError.labelCount(15, images: 16)) {
      try trainer.step(images: images, labels: Array(labels.dropLast()))
    }
    #expect(throws: TrainingError.emptyBatch) {
      try trainer.step(images: Tensor(shape: [0, 3, 16, 16], scalars: []), labels: [])
    }
    #expect(throws: GraphError.self) {
      try trainer.step(images: Tensor(shape: [16, 4, 16, 16], repeating: 0), labels: labels)
    }
    #expect(throws: GraphError.self) { try trainer.step(images: Tensor(shape: [16], repeating: 0), labels: labels) }
    #expect(throws: TrainingError.shape(of: "the targets", [16, 4], wanted: [16, 5])) {
      try trainer.step(images: images, targets: Tensor(shape: [16, 4], repeating: 0.25))
    }
    #expect(throws: TrainingError.target(row: 0)) {
      try trainer.step(images: images, targets: Tensor(shape: [16, 5], repeating: 0.25))
    }
    #expect(throws: TrainingError.self) {
      try trainer.step(images: Tensor(shape: [16, 3, 16, 16], repeating: .nan), labels: labels)
    }
    #expect(trainer.step == 0)
    #expect(trainer.graph == graph)
    try trainer.step(images: images, labels: labels)
    #expect(trainer.step == 1)
  }

  @Test func `wrong settings are refused before anything is trained`() {
    func refuse(_ change: (inout TrainingSettings) -> Void, _ place: SourceLocation = #_sourceLocation) {
      #expect(throws: (any Error).self, sourceLocation: place) {
        try Trainer(graph, settings: settings(change))
      }
    }
    refuse { $0.frozen = ["no such parameter"] }
    refuse { $0.frozenUpTo = "no such value" }
    refuse { $0.frozenUpTo = "logits" }
    refuse { $0.labelSmoothing = 1.5 }
    refuse { $0.largestGradientNorm = 0 }
    refuse { $0.threads = 0 }
    refuse { $0.optimizer = .sgd(momentum: 1) }
    refuse { $0.optimizer = .sgd(momentum: 0, nesterov: true) }
    refuse { $0.optimizer = .adamW(beta2: 1) }
    refuse { $0.schedule = .constant(-1) }
    refuse { $0.schedule = .constant(.nan) }
    refuse { $0.schedule = .oneCycle(maximum: 0.1, steps: 0) }
    refuse { $0.schedule = .cosine(maximum: 0.1, steps: 5, warmUp: 6) }
    #expect(throws: TrainingError.unknownParameter("x")) {
      try Trainer(graph, settings: settings { $0.frozen = ["x"] })
    }
    #expect(throws: TrainingError.nothingToTrain) {
      try Trainer(graph, settings: settings { $0.frozenUpTo = "logits" })
    }
  }
}
