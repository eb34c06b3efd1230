@testable import Defence
import NeuralNet
import TestSupport
import Testing

@Suite struct CutTests {
  private let graph = TinyNetwork.graph()

  @Test func `everything passes through the values outside of a residual block`() {
    let passages = graph.passages
    #expect(
      passages.map(\.value) == [
        "conv1", "norm1", "stem", "sum", "block1", "conv4", "norm4", "block2", "pool", "features", "logits",
      ])
    #expect(passages.map(\.layers) == [1, 1, 1, 3, 3, 4, 4, 4, 4, 4, 5])
  }

  @Test func `a value that is used again at the end is no passage in between`() {
    var graph = graph
    graph.outputs = ["stem", "logits"]
    #expect(graph.passages.map(\.value) == ["conv1", "norm1", "stem"])
  }

  @Test func `an input that goes around everything leaves no passage`() {
    let graph = Graph(
      name: "around", inputs: [.init(name: "x", shape: [.free("N"), .fixed(3)])],
      nodes: [Node(.activation(.relu), ["x"], "y"), Node(.binary(.add), ["x", "y"], "z")], outputs: ["z"])
    #expect(graph.passages.map(\.value) == ["z"])
  }

  @Test func `the features are what the last layer reads`() throws {
    #expect(try Cut.features.value(in: graph, features: "features") == "features")
  }

  @Test(arguments: ["stem", "block1", "pool", "features"])
  func `a passage can be named`(_ name: String) throws {
    #expect(try Cut.named(name).value(in: graph, features: "features") == name)
  }

  @Test(arguments: [
    ("inner", "does not have everything passing through it"),
    ("nowhere", "is no value of the network, nor a share in 0...1"),
    ("logits", "leaves nothing behind it to retrain"),
  ]) func `a name that is no passage is answered with those that are`(_ name: String, _ reason: String) {
    #expect(
      throws: DefenceError.cut(
        name, reason: reason,
        candidates: ["conv1", "norm1", "stem", "sum", "block1", "conv4", "norm4", "block2", "pool", "features"])
    ) { try Cut.named(name).value(in: graph, features: "features") }
  }

  @Test(arguments: [(0, "stem"), (0.3, "stem"), (0.7, "block1"), (0.75, "block1"), (0.9, "features"), (1, "features")])
  func `a share is taken of the layers before the features, the last of equally near values`(
    _ share: Double, _ value: String
  ) throws {
    #expect(try Cut.share(share).value(in: graph, features: "features") == value)
  }

  @Test(arguments: [-0.1, 1.1, .nan, .infinity]) func `a share outside of 0 to 1 is named`(_ share: Double) {
    let error = #expect(throws: DefenceError.self) { try Cut.share(share).value(in: graph, features: "features") }
    #expect(error?.description.contains("the cut '\(share)' is no share in 0...1") == true)
  }

  @Test func `of many passages only some are proposed, those with short names first`() {
    let names = (0..<40).map { $0 % 2 == 0 ? "v\($0)" : "a.long.name.\($0)" }
    let graph = Graph(
      name: "long", inputs: [.init(name: "x", shape: [.free("N"), .fixed(3)])],
      nodes: names.enumerated().map { Node(.activation(.relu), [$0 == 0 ? "x" : names[$0 - 1]], $1) },
      outputs: [names[39]])
    let error = #expect(throws: DefenceError.self) { try Cut.named("z").value(in: graph, features: names[39]) }
    guard case .cut(_, _, let candidates)? = error else { return }
    let proposed = names.filter { $0.hasPrefix("v") || ["3", "5", "7", "9"].map { "a.long.name.\($0)" }.contains($0) }
    #expect(candidates == proposed)
  }
}
