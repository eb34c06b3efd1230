import Defence
import Foundation
import Images
import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct WrongTrainingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path("colours"))) ?? []).sorted()
  }

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
    ({ $0.adversarialRadii = [] }, "there must be one adversarial radius at least; 0 for none"),
    ({ $0.adversarialRadii = [0, 65] }, "an adversarial radius of 65.0; it must be 0 to 64 pixel values"),
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

  @Test func `a share that holds no picture out is named`() {
    var data = TinyBundle.data
    data.holdOutShare = 0.01
    let error = #expect(throws: DefenceError.self) { try TinyBundle.train(TinyBundle.plan, data, in: folder) }
    #expect(error?.description.hasPrefix("a share of 0.01 holds no picture out") == true)
    #expect(contents.isEmpty)
  }

  @Test func `a bundle of other labels is no start`() throws {
    let tiny = try TinyBundle()
    var plan = TinyBundle.plan
    plan.origin = .warmStart(TrainingPlan.Predecessor(try tiny.bundle().record))
    let data = TrainingData(
      source: "d", labels: ["red", "blue"], training: [0, 1].map(Self.item),
      withheld: (0..<40).map { Self.item($0 % 2) })
    var run = TrainingRun(plan, network: "\(tiny.path)/student.onnx", data: data)
    run.command = ""
    let error = #expect(throws: DefenceError.self) { try run.run(into: ModelFolder(path: folder.path("colours"))) }
    #expect(error?.description.contains("it tells 3 classes apart, and the pictures have 2 labels") == true)
    #expect(contents.isEmpty)
  }

  private static func item(_ label: Int) -> TrainingData.Item {
    TrainingData.Item(picture: ColoredPictures.picture(label, seed: 1), label: label)
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
}
