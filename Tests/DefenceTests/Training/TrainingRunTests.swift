import Base
import Defence
import Foundation
import Images
import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct TrainingRunTests {
  private let folder: TemporaryFolder
  private struct Interruption: Error {}

  init() throws { folder = try TemporaryFolder() }

  private var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path("colours"))) ?? []).sorted()
  }

  @Test func `an interrupted training goes on and ends with the same files`() throws {
    for step in [7, 28] {
      var steps = 0
      #expect(throws: Interruption.self) {
        try TinyBundle.train(in: folder) { run in
          run.report = { event in
            if case .step = event { steps += 1 }
            if steps == step { throw Interruption() }
          }
        }
      }
      #expect(contents == [".1.training"])
    }
    var trained: [String] = []
    var first: TrainingEvent.Step?
    let bundle = try TinyBundle.train(in: folder) { run in
      run.report = { event in
        if case .trained(let network) = event { trained.append(network.network) }
        if case .step(let step) = event, first == nil { first = step }
      }
    }
    #expect(trained == ["student", "d01", "d02", "d03"])
    // The Student was done after 24 steps, before the second attempt ended: it is not trained again.
    #expect(first?.network == "d01")
    let whole = try TinyBundle().bundle()
    #expect(bundle.manifest.files == whole.manifest.files)
    #expect(contents == ["1", "current"])
  }

  @Test func `another training's folder is left alone`() throws {
    func attempt(_ plan: TrainingPlan) throws {
      _ = try TinyBundle.train(plan, in: folder) { run in
        run.report = { if case .step = $0 { throw Interruption() } }
      }
    }
    #expect(throws: Interruption.self) { try attempt(TinyBundle.plan) }
    var plan = TinyBundle.plan
    plan.seed = 2
    #expect(
      throws: DefenceError.inaccessible(
        file: folder.path("colours/.1.training"),
        "an interrupted training with other settings, pictures or network is kept here; "
          + "repeat its command to go on with it, or remove the folder to start anew")
    ) { try attempt(plan) }
    // Neither α nor the policy changes a weight.
    plan = TinyBundle.plan
    (plan.alpha, plan.policy) = (0.2, .vote)
    #expect(throws: Interruption.self) { try attempt(plan) }
  }

  @Test func `a folder that another training works in is left alone`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("colours/.1.training"), withIntermediateDirectories: true)
    let lock = try #require(try FolderLock.take(folder.path("colours/.1.training")))
    #expect(
      throws: DefenceError.inaccessible(
        file: folder.path("colours/.1.training"), "another process is training this version")
    ) { try TinyBundle.train(in: folder) }
    // So that it is held until here.
    withExtendedLifetime(lock) {}
  }

  @Test func `a version that stands is not trained over`() throws {
    let place = folder.path("colours/1")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    #expect(throws: DefenceError.exists(place)) { try TinyBundle.train(in: folder) }
    #expect(contents == ["1"])
  }

  @Test func `one-vs-rest differentiators tell their label from all others`() throws {
    var plan = TinyBundle.plan
    (plan.scopes, plan.count, plan.version) = (.oneVersusRest([2]), 2, 3)
    plan.alpha = 0.3
    let bundle = try TinyBundle.train(plan, in: folder)
    #expect(contents == ["3", "current"])
    #expect(bundle.manifest.differentiators.map(\.scope) == [["red"], ["red"]])
    #expect(bundle.manifest.differentiators.allSatisfy { $0.other })
    #expect(bundle.differentiators.allSatisfy { $0.graph.parameters["classifier.weight"]?.shape[0] == 2 })
    let items = TinyBundle.items(10, seed: 5)
    let pool = try DefencePool(try bundle.model(), threads: 1)
    let verdicts = try pool.judge(items.map(\.picture)).map { bundle.verdict($0) }
    for verdict in verdicts {
      #expect(verdict.opinions.count == (verdict.studentLabel == 2 ? 2 : 0))
      if verdict.studentLabel != 2 { #expect(verdict.isAccepted && verdict.score == nil) }
    }
    let red = verdicts.filter { $0.studentLabel == 2 }
    #expect(red.count { $0.opinions.allSatisfy { $0.agrees } } >= 8)
    // Only what is defended has scores.
    #expect(bundle.calibration.scores[0].isEmpty && bundle.calibration.scores[2].count >= 8)
  }

  @Test func `a finished Student is served as it is`() throws {
    var plan = TinyBundle.plan
    (plan.origin, plan.cut, plan.count) = (.student, .named("block1"), 1)
    var graph = try TinyBundle().bundle().student
    graph.nodes.append(Node(.softmax(axis: 1), ["logits"], "probabilities"))
    graph.outputs = ["probabilities"]
    let bundle = try TinyBundle.train(plan, in: folder, network: Data(try ONNXFile.encode(graph)))
    #expect(bundle.manifest.student.output == "logits" && bundle.manifest.student.cut == "block1")
    #expect(bundle.student.parameters["classifier.weight"] == graph.parameters["classifier.weight"])
    #expect(bundle.student.nodes.count == graph.nodes.count - 1)
  }

  @Test func `test pictures are measured, samples that are not right are left out`() throws {
    func sample(_ name: String, _ shown: Int, label: Int) throws -> TrainingRun.Sample {
      let picture = ColoredPictures.picture(shown, seed: 77)
      return TrainingRun.Sample(name: name, bytes: try ImageEncoder.png(picture), label: label, picture: picture)
    }
    var leftOut: [String] = []
    var plan = TinyBundle.plan
    plan.count = 1
    let bundle = try TinyBundle.train(plan, in: folder) { run in
      run.tests = [("more", TinyBundle.items(20, seed: 6))]
      run.samples = (try? [sample("red.png", 2, label: 2), sample("blue.png", 1, label: 0)]) ?? []
      run.command = "the command"
      run.report = { if case .sampleLeftOut(let name, let reason) = $0 { leftOut.append("\(name): \(reason)") } }
    }
    #expect(bundle.manifest.measured.map(\.data) == ["more"])
    #expect(
      bundle.manifest.measured[0].studentAccuracy.of == 60 && bundle.manifest.measured[0].studentAccuracy.share > 0.9)
    #expect(leftOut == ["blue.png: labelled green"] || leftOut == ["blue.png: score_below_threshold"])
    #expect(bundle.manifest.files.keys.filter { $0.hasPrefix("samples/") } == ["samples/red.png"])
    #expect(bundle.manifest.training.command == "the command")
    #expect(ModelBundle.faults(of: bundle.path) == [])
  }

  // MARK: Wrong input

  typealias Change = @Sendable (inout TrainingPlan) -> Void

  static let plans: [(change: Change, text: String)] = [
    ({ $0.name = "" }, "the model's name '' must be a folder's name"),
    ({ $0.name = ".." }, "the model's name '..' must be a folder's name"),
    ({ $0.version = 0 }, "version 0; versions count from 1 to 999999999"),
    ({ $0.version = .max }, "version \(Int.max); versions count from 1 to 999999999"),
    ({ $0.input.width = 0 }, "the input's size is 0×16; it must be 1 to 4096 each"),
    ({ $0.input.std = [] }, "the input's mean and std must be three numbers each, std positive"),
    ({ $0.alpha = 0 }, "an alpha of 0.0; it must be more than 0 and less than 1"),
    ({ $0.alpha = 1e-300 }, "calibration with alpha 1e-300 needs"),
    (
      { $0.alpha = 0.01 },
      "calibration with alpha 0.01 needs 99 withheld pictures that the Student gets right, and there are 30"
    ),
    ({ $0.threads = 0 }, "0 threads; there must be 1 to 1024"),
    ({ $0.student.epochs = 0 }, "the Student's recipe: 0 epochs; there must be 1 to 10000"),
    ({ $0.differentiator.rate = -1 }, "the differentiators' recipe: a learning rate of -1.0"),
    ({ $0.count = 0 }, "0 differentiators; there must be 1 to 256"),
    ({ $0.asked = .max }, "\(Int.max) differentiators asked; there must be 1 to 256"),
    ({ $0.pruningRatios = [1] }, "a pruning ratio of 1.0; it must be at least 0 and less than 1"),
    ({ $0.scopes = .groups(size: 3) }, "groups of 3 of 3 classes; they must have 2 to 2"),
    (
      { $0.cut = .named("inner") },
      "the cut 'inner' does not have everything passing through it; it can be one of: conv1"
    ),
    (
      { $0.input = InputFormat(width: 15, height: 16, mean: [0, 0, 0], std: [1, 1, 1], resize: .squash) },
      "it does not take images of 15×16: "
    ),
    ({ $0.origin = .student }, "it tells 5 classes apart, and the pictures have 3 labels"),
  ]

  @Test(arguments: plans.indices) func `a plan that cannot be is named and leaves nothing behind`(_ index: Int) {
    var plan = TinyBundle.plan
    Self.plans[index].change(&plan)
    let error = #expect(throws: DefenceError.self) { try TinyBundle.train(plan, in: folder) }
    #expect(error?.description.contains(Self.plans[index].text) == true, "\(error?.description ?? "")")
    #expect(contents.isEmpty)
  }

  static let data: [(labels: [String], training: [Int], withheld: [Int], text: String)] = [
    ([], [], [], "there is only the label ''"),
    (["red"], [0], [0], "there is only the label 'red', and a classifier needs two at least"),
    (["red", "red"], [0, 1], [0], "the labels must all be different and none empty"),
    (["red", ""], [0, 1], [0], "the labels must all be different and none empty"),
    (["red", "blue"], [0, 0], [0, 1], "no picture of 'blue' is left to train on"),
    (["red", "blue"], [0, 1, 2], [0], "a picture has the label 2; there are 2, from 0"),
    (["red", "blue"], [0, 1], [-1], "a picture has the label -1; there are 2, from 0"),
    (["red", "blue"], [0, 1], [0, 1], "needs 9 withheld pictures that the Student gets right, and there are 2"),
  ]

  @Test(arguments: data.indices) func `pictures that make no defence are named`(_ index: Int) {
    let one = Self.data[index]
    func items(_ labels: [Int]) -> [TrainingData.Item] {
      labels.map { TrainingData.Item(picture: ColoredPictures.picture(0, seed: 1), label: $0) }
    }
    let data = TrainingData(
      source: "d", labels: one.labels, training: items(one.training), withheld: items(one.withheld))
    let error = #expect(throws: DefenceError.self) { try TinyBundle.train(TinyBundle.plan, data, in: folder) }
    #expect(error?.description.contains(one.text) == true, "\(error?.description ?? "")")
    #expect(contents.isEmpty)
  }

  @Test func `a Student that gets too few right is noticed before the ensemble is trained`() throws {
    // Withheld pictures under wrong labels.
    let items = TinyBundle.items(10, seed: 2).map { TrainingData.Item(picture: $0.picture, label: ($0.label + 1) % 3) }
    let data = TrainingData(
      source: "d", labels: ColoredPictures.labels, training: TinyBundle.data.training, withheld: items)
    var trained: [String] = []
    let error = #expect(throws: DefenceError.self) {
      try TinyBundle.train(TinyBundle.plan, data, in: folder) { run in
        run.report = { if case .trained(let network) = $0 { trained.append(network.network) } }
      }
    }
    #expect(error?.description.contains("needs 9 withheld pictures that the Student gets right") == true)
    #expect(trained == ["student"])
  }

  @Test func `a network that cannot be used is named`() throws {
    let path = folder.path("teacher.onnx")
    #expect(throws: ONNXError.self) { try TinyBundle.train(in: folder, network: Data("nonsense".utf8)) }
    var graph = TinyNetwork.graph()
    graph.outputs = ["block2"]
    let bytes = Data(try ONNXFile.encode(try graph.trimmed()))
    let error = #expect(throws: DefenceError.self) { try TinyBundle.train(in: folder, network: bytes) }
    #expect(error?.description.hasPrefix("\(path): its last layer is 'block2'") == true, "\(error?.description ?? "")")
    var run = TrainingRun(TinyBundle.plan, network: "/nowhere.onnx", data: TinyBundle.data)
    run.command = ""
    let missing = #expect(throws: DefenceError.self) { try run.run(into: ModelFolder(path: folder.path("colours"))) }
    #expect(missing == .inaccessible(file: "/nowhere.onnx", "open: No such file or directory"))
    #expect(contents.isEmpty)
  }

  @Test func `a state that was edited by hand traps nothing`() throws {
    var plan = TinyBundle.plan
    plan.count = 1
    #expect(throws: Interruption.self) {
      try TinyBundle.train(plan, in: folder) { run in run.report = { if case .step = $0 { throw Interruption() } } }
    }
    let path = folder.path("colours/.1.training/state.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let edited = text.replacing(/"seconds" : [0-9.e-]+/, with: #""seconds" : 1e300"#)
    #expect(edited != text)
    try Data(edited.utf8).write(to: URL(filePath: path))
    let bundle = try TinyBundle.train(plan, in: folder)
    #expect((1_000_000_000...1_000_001_000).contains(bundle.manifest.training.seconds))
  }
}
