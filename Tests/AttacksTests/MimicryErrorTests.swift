import Attacks
import Images
import NeuralNet
import TestSupport
import Testing

@Suite struct MimicryErrorTests {
  @Test func `a cut that is not there is named`() throws {
    let network = try AttackedNetwork()
    #expect(throws: AttackError.unknownCut("block99")) {
      try Mimicry(network.graph, cut: "block99", input: AttackedNetwork.input)
    }
  }

  @Test func `an input that is not there is named, with those that are`() throws {
    let network = try AttackedNetwork()
    var input = AttackedNetwork.input
    input.name = "picture"
    #expect(throws: AttackError.unknownInput("picture", inputs: ["image"])) {
      try Mimicry(network.graph, cut: network.cut, input: input)
    }
  }

  @Test func `a network for pictures of another size is refused`() throws {
    let network = try AttackedNetwork()
    var graph = network.graph
    graph.inputs[0].shape = [.free("N"), .fixed(3), .fixed(32), .fixed(32)]
    #expect(throws: GraphError.self) {
      try Mimicry(graph, cut: network.cut, input: AttackedNetwork.input)
    }
  }

  /// `y = image · weight`, and `z = y + other`, of which a second input or no picture is part.
  private func products(weight: Float) -> Graph {
    Graph(
      name: "products",
      inputs: [
        .init(name: "image", shape: [.free("N"), .fixed(3), .fixed(2), .fixed(2)]),
        .init(name: "other", shape: [.free("N"), .fixed(3), .fixed(2), .fixed(2)]),
      ],
      nodes: [
        Node(.binary(.multiply), ["image", "weight"], "y"), Node(.binary(.multiply), ["y", "weight"], "large"),
        Node(.binary(.add), ["y", "other"], "z"), Node(.activation(.relu), ["other"], "apart"),
        Node(.reshape([.fixed(1), .inferred]), ["y"], "mixed"),
      ], outputs: ["z"], parameters: ["weight": Tensor(weight)])
  }

  private var small: NetworkInput {
    NetworkInput(name: "image", width: 2, height: 2, mean: [0, 0, 0], deviation: [1, 1, 1])
  }

  @Test(arguments: [("z", ["image", "other"]), ("apart", ["other"])])
  func `a cut that needs other inputs is refused`(_ cut: String, _ inputs: [String]) throws {
    #expect(throws: AttackError.cutNeeds(inputs: inputs, cut: cut, wanted: "image")) {
      try Mimicry(products(weight: 1), cut: cut, input: small)
    }
  }

  @Test func `features without a row for each picture are refused`() throws {
    let mimicry = try Mimicry(products(weight: 1), cut: "mixed", input: small)
    let aim = MimicryAim(source: picture(2, 2, level: 1), target: picture(2, 2, level: 9))
    #expect(throws: AttackError.featureShape([1, 24], cut: "mixed", pictures: 2)) {
      try mimicry.attack([aim, aim], MimicrySettings(budget: 0.1))
    }
  }

  @Test func `features that are not finite are refused, and the source is named`() throws {
    let mimicry = try Mimicry(products(weight: 1e19), cut: "large", input: small)
    let dark = MimicryAim(source: picture(2, 2, level: 0), target: picture(2, 2, level: 0))
    let bright = MimicryAim(source: picture(2, 2, level: 255), target: picture(2, 2, level: 0))
    #expect(throws: AttackError.notFinite(source: 1, step: 0)) {
      try mimicry.attack([dark, bright], MimicrySettings(budget: 0.1))
    }
  }

  private func picture(_ width: Int, _ height: Int, level: UInt8 = 0) -> Picture {
    Picture(width: width, height: height, pixels: [UInt8](repeating: level, count: 3 * width * height))
  }

  @Test func `pictures of another size are refused by name`() throws {
    let network = try AttackedNetwork()
    let mimicry = try network.mimicry()
    let right = network.pictures[0]
    let settings = MimicrySettings(budget: 0.01)
    #expect(throws: AttackError.pictureSize(of: "source 1", width: 63, height: 64, wanted: (64, 64))) {
      let aims = [MimicryAim(source: right, target: right), MimicryAim(source: picture(63, 64), target: right)]
      _ = try mimicry.attack(aims, settings)
    }
    #expect(throws: AttackError.pictureSize(of: "target 1 of source 0", width: 64, height: 1, wanted: (64, 64))) {
      try mimicry.attack([MimicryAim(source: right, targets: [right, picture(64, 1)])], settings)
    }
    #expect(throws: AttackError.noTarget(source: 0)) {
      try mimicry.attack([MimicryAim(source: right, targets: [])], settings)
    }
  }

  @Test(arguments: [
    ("budget", 0, "a DSSIM budget of 0.0; it must be above 0 and at most 0.5"),
    ("budget", -1, "a DSSIM budget of -1.0; it must be above 0 and at most 0.5"),
    ("budget", 0.51, "a DSSIM budget of 0.51; it must be above 0 and at most 0.5"),
    ("budget", .nan, "a DSSIM budget of nan; it must be above 0 and at most 0.5"),
    ("rate", 0, "a rate of 0.0; it must be above 0 and at most 1"),
    ("rate", .infinity, "a rate of inf; it must be above 0 and at most 1"),
    ("steps", 0, "0 steps; there must be 1 to 1,000,000"),
    ("batchSize", 0, "batches of 0 pictures; there must be 1 to 1024"),
    ("threads", 1025, "1025 threads; there must be 1 to 1024"),
  ]) func `a setting out of its range is named with its range`(
    _ setting: String, _ value: Double, _ text: String
  ) throws {
    var settings = MimicrySettings(budget: 0.01)
    switch setting {
    case "budget": settings.budget = value
    case "rate": settings.rate = value
    case "steps": settings.steps = Int(value)
    case "batchSize": settings.batchSize = Int(value)
    default: settings.threads = Int(value)
    }
    #expect(throws: AttackError.setting(text)) { try AttackedNetwork().mimicry().attack([], settings) }
  }

  @Test(arguments: [(0.003, 0.02), (0.012, 0.04), (0.00003, 0.002), (0.5, 0.1)])
  func `the rate goes with the square root of the budget`(_ budget: Double, _ rate: Double) {
    #expect(abs(MimicrySettings(budget: budget).rate - rate) < 1e-12)
  }

  @Test func `an input's numbers are checked`() throws {
    let network = try AttackedNetwork()
    func mimicry(_ change: (inout NetworkInput) -> Void) throws {
      var input = AttackedNetwork.input
      change(&input)
      _ = try Mimicry(network.graph, cut: network.cut, input: input)
    }
    #expect(throws: AttackError.setting("an input of 0×64 pixels; each side must be 1 to 8192")) {
      try mimicry { $0.width = 0 }
    }
    #expect(throws: AttackError.setting("the input's means [1.0, 2.0]; there must be three finite ones")) {
      try mimicry { $0.mean = [1, 2] }
    }
    #expect(throws: AttackError.setting("the input's deviations [1.0, 0.0, 1.0]; there must be three positive ones")) {
      try mimicry { $0.deviation = [1, 0, 1] }
    }
  }
}
