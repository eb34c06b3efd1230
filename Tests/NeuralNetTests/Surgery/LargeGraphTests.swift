import NeuralNet
import Testing

/// The size of EfficientNet-Lite0: inverted residuals up to 1,280 channels.
@Suite struct LargeGraphTests {
  private func mobileNetwork() -> (graph: Graph, input: [String: [Int]]) {
    var build = GraphBuilder()
    let image = build.image(batch: 1, size: Extent(32))
    var x = build.activation(
      .clip(lower: 0, upper: 6), build.batchNormalization(build.convolution(image, 32, stride: 2)))
    let stages = [(1, 16, 1), (6, 24, 2), (6, 40, 2), (6, 80, 3), (6, 112, 3), (6, 192, 4), (6, 320, 1)]
    for (stage, (expansion, channels, repeats)) in stages.enumerated() {
      for block in 0..<repeats {
        var y = x
        if expansion > 1 {
          y = build.convolution(y, build.channels(y) * expansion, kernel: 1, named: "expand\(stage).\(block)")
          y = build.activation(.clip(lower: 0, upper: 6), build.batchNormalization(y))
        }
        y = build.activation(.clip(lower: 0, upper: 6), build.batchNormalization(build.depthwise(y)))
        y = build.batchNormalization(build.convolution(y, channels, kernel: 1, named: "project\(stage).\(block)"))
        x = block > 0 ? build.add(.binary(.add), y, x) : y
      }
    }
    x = build.activation(.clip(lower: 0, upper: 6), build.batchNormalization(build.convolution(x, 1280, kernel: 1)))
    let output = build.head(x, classes: 1000)
    return (build.graph(outputs: output), [image: build.shapes[image] ?? []])
  }

  @Test func `the blocks of a mobile network are coupled by their sums and depthwise convolutions`() throws {
    let (graph, input) = mobileNetwork()
    let coupling = try ChannelCoupling(graph, input: input)

    // Blocks of one stage share their sum, and each expansion goes with its depthwise convolution alone.
    let tied = coupling.tiedLayers
    #expect(tied.contains { $0.layers == ["project3.0", "project3.1", "project3.2"] && $0.groups.count == 80 })
    let expanded = try #require(tied.first { $0.layers.contains("expand3.1") })
    #expect(expanded.layers.count == 2 && expanded.groups.count == 480)
  }

  @Test func `half the channels leave a quarter of the weights between layers`() throws {
    let (graph, input) = mobileNetwork()
    let coupling = try ChannelCoupling(graph, input: input)
    let removed = Set(coupling.tiedLayers.flatMap { $0.groups.prefix($0.groups.count / 2) })
    let pruned = try coupling.removing(groups: removed)
    try pruned.validate()
    let shapes = try pruned.shapes(of: input)
    #expect(shapes["logits"] == [1, 1000])
    #expect(shapes["project5.3"]?[1] == 96)
    let index = try #require(graph.nodes.first { $0.name == "project5.3" }).inputs[1]
    #expect(graph.parameters[index]?.shape == [192, 1152, 1, 1])
    #expect(pruned.parameters[index]?.shape == [96, 576, 1, 1])
  }
}
