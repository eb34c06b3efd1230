import NeuralNet
import Testing

/// One test for each way in which channels are tied, each held against the zeroed original.
@Suite struct ChannelCouplingTests {
  private static let size = Extent(height: 5, width: 4)

  private func oracle(_ classes: Int = 3, _ body: (inout GraphBuilder, String) -> String) throws -> SurgeryOracle {
    var build = GraphBuilder()
    let image = build.image(size: Self.size)
    let output = build.head(body(&build, image), classes: classes)
    return try SurgeryOracle(build.graph(outputs: output), [image: build.shapes[image] ?? []])
  }

  @Test func `a convolution's outputs are the next one's inputs`() throws {
    let oracle = try oracle { build, image in
      let first = build.convolution(image, 4, named: "first")
      let active = build.activation(.relu, build.batchNormalization(first))
      return build.convolution(active, 5, named: "second")
    }
    let pruned = try oracle.expectRemoval(["first": [1, 3], "second": [0]])
    #expect(pruned.parameters["w0"]?.shape == [2, 3, 3, 3])
    #expect(pruned.parameters["w1"]?.shape == [2])
    #expect((2...5).allSatisfy { pruned.parameters["w\($0)"]?.shape == [2] })
    #expect(pruned.parameters["w6"]?.shape == [4, 2, 3, 3])
    #expect(pruned.parameters["w8"]?.shape == [3, 4])
    #expect(try oracle.tied(to: "first", 1) == ["first:1"])
    #expect(oracle.coupling.prunableLayers == ["first", "second"])
    #expect(oracle.coupling.tiedLayers.map(\.layers) == [["first"], ["second"]])
  }

  @Test func `where no function moves a zero, a pruned layer is one whose weights are zero`() throws {
    var build = GraphBuilder()
    let image = build.image(size: Self.size)
    let first = build.activation(.relu, build.convolution(image, 4, named: "first"))
    let second = build.activation(.hardSwish, build.depthwise(first))
    let output = build.head(build.convolution(second, 3))
    let graph = build.graph(outputs: output)
    let shape = build.shapes[image] ?? []
    let pruned = try ChannelCoupling(graph, input: [image: shape]).removing(["first": [2]])

    var zeroed = graph
    for name in ["w0", "w1", "w2", "w3"] {
      guard let tensor = graph.parameters[name] else { continue }
      let each = tensor.count / tensor.shape[0]
      let scalars = tensor.scalars.enumerated().map { $0.offset / each == 2 ? 0 : $0.element }
      zeroed.parameters[name] = Tensor(shape: tensor.shape, scalars: scalars)
    }
    let input = [image: ReferenceArray(shape: shape) { Double($0.reduce(0) { $0 * 7 + $1 } % 11) / 11 }]
    let expected = ReferenceInterpreter(zeroed).values(for: input)["logits"]!
    let result = ReferenceInterpreter(pruned).values(for: input)["logits"]!
    #expect(expected.relativeError(of: result) < 1e-12)
  }

  @Test func `a depthwise convolution loses the channels it filters`() throws {
    let oracle = try oracle { build, image in
      let wide = build.convolution(image, 4, named: "wide")
      return build.convolution(build.depthwise(wide, multiplier: 2, named: "depthwise"), 3)
    }
    #expect(try oracle.tied(to: "depthwise", 5) == ["wide:2", "depthwise:4", "depthwise:5"])
    let pruned = try oracle.expectRemoval(["wide": [2]])
    #expect(pruned.nodes[1].operation == .convolution(.init(padding: .all(1), groups: 3)))
    #expect(pruned.parameters["w2"]?.shape == [6, 1, 3, 3])
  }

  @Test func `groups of a convolution stay alike`() throws {
    let oracle = try oracle { build, image in
      let wide = build.convolution(image, 6, named: "wide")
      return build.convolution(wide, 4, groups: 2, named: "grouped")
    }
    #expect(try oracle.tied(to: "wide", 1) == ["wide:1", "wide:4"])
    #expect(try oracle.tied(to: "grouped", 3) == ["grouped:1", "grouped:3"])
    let pruned = try oracle.expectRemoval(["wide": [1], "grouped": [0]])
    #expect(pruned.parameters["w2"]?.shape == [2, 2, 3, 3])
  }

  @Test func `a residual sum ties its branches, however many follow`() throws {
    let oracle = try oracle { build, image in
      let stem = build.convolution(image, 4, named: "stem")
      let first = build.add(.binary(.add), stem, build.convolution(build.convolution(stem, 3), 4, named: "first"))
      return build.add(.binary(.add), build.convolution(first, 4, named: "second"), first)
    }
    #expect(try oracle.tied(to: "first", 2) == ["stem:2", "first:2", "second:2"])
    #expect(oracle.coupling.tiedLayers.map(\.layers) == [["stem", "first", "second"], ["v1"]])
    #expect(oracle.coupling.tiedLayers[0].groups.count == 4)
    try oracle.expectRemoval(["first": [2], "stem": [0]])
  }

  @Test func `a concatenation lays channels side by side`() throws {
    let oracle = try oracle { build, image in
      let first = build.convolution(image, 2, named: "first")
      let second = build.convolution(image, 3, named: "second")
      let both = build.add(.concatenation(axis: 1), first, second)
      return build.add(.binary(.add), both, build.convolution(image, 5, named: "third"))
    }
    #expect(try oracle.tied(to: "third", 3) == ["second:1", "third:3"])
    try oracle.expectRemoval(["second": [1], "first": [0]])
    #expect(throws: Never.self) { try oracle.coupling.removing(["third": [0, 2, 4]]) }
  }

  @Test func `channels beside an image in a concatenation can go, the image's cannot`() throws {
    let oracle = try oracle { build, image in
      let both = build.add(.concatenation(axis: 1), image, build.convolution(image, 3, named: "first"), named: "both")
      return build.convolution(both, 4)
    }
    try oracle.expectRemoval(["first": [0, 2]])
    let error = #expect(throws: SurgeryError.self) { try oracle.coupling.removing(["both": [1]]) }
    #expect(
      error == .locked(layer: "both", channel: 1, obstacle: "it is part of 'image', which cannot be made smaller"))
  }

  @Test func `a gate goes with what it gates`() throws {
    let oracle = try oracle { build, image in
      let x = build.activation(.swish, build.convolution(image, 4, named: "x"))
      let squeezed = build.convolution(build.add(.globalPool(.average), x), 2, kernel: 1, named: "squeeze")
      let gate = build.activation(.sigmoid, build.convolution(squeezed, 4, kernel: 1, named: "excite"))
      return build.add(.binary(.multiply), x, gate)
    }
    #expect(try oracle.tied(to: "excite", 1) == ["x:1", "excite:1"])
    try oracle.expectRemoval(["x": [1, 2], "squeeze": [0]])
  }

  @Test func `one channel that is broadcast over all ties none`() throws {
    let oracle = try oracle { build, image in
      let x = build.convolution(image, 4, named: "x")
      return build.add(.binary(.multiply), build.activation(.sigmoid, build.convolution(x, 1, named: "map")), x)
    }
    #expect(try oracle.tied(to: "x", 0) == ["x:0"])
    try oracle.expectRemoval(["x": [0]])
    let error = #expect(throws: SurgeryError.self) { try oracle.coupling.removing(["map": [0]]) }
    #expect(error == .locked(layer: "map", channel: 0, obstacle: "nothing would be left of 'map'"))
  }

  @Test func `slopes and constants lose the channels they belong to`() throws {
    let oracle = try oracle { build, image in
      let x = build.convolution(image, 4, named: "x")
      let bent = build.add(.parametricRelu, x, build.parameter([4, 1, 1]))
      let scaled = build.add(.binary(.multiply), build.parameter([1, 4, 1, 1]), bent)
      return build.add(.binary(.add), scaled, build.parameter([1]))
    }
    let pruned = try oracle.expectRemoval(["x": [3]])
    #expect(pruned.parameters["w2"]?.shape == [3, 1, 1])
    #expect(pruned.parameters["w3"]?.shape == [1, 3, 1, 1])
    #expect(pruned.parameters["w4"]?.shape == [1])
  }

  @Test func `a classifier loses a column for each pixel of a flattened channel`() throws {
    var build = GraphBuilder()
    let image = build.image(size: Extent(height: 2, width: 3))
    let flat = build.add(.flatten(axis: 1), build.convolution(image, 4, named: "x"))
    let output = build.linear(flat, 5)
    let oracle = try SurgeryOracle(build.graph(outputs: output), [image: build.shapes[image] ?? []])
    #expect(oracle.coupling.axis(of: flat)?.groups.count == 24)
    let pruned = try oracle.expectRemoval(["x": [0, 3]])
    #expect(pruned.parameters["w2"]?.shape == [5, 12])
  }

  @Test func `splits and slices take what is left`() throws {
    let oracle = try oracle { build, image in
      let x = build.convolution(image, 6, named: "x")
      let parts = build.split(x, 2)
      let back = build.add(.slice([SliceRange(axis: 1, start: -1, end: .min, step: -1)]), parts[1])
      let tail = build.add(.slice([SliceRange(axis: 1, start: 1, end: .max)]), x)
      return build.add(.concatenation(axis: 1), parts[0], back, tail)
    }
    let pruned = try oracle.expectRemoval(["x": [0, 3]])
    #expect(pruned.nodes[1].operation == .split(axis: 1, sizes: [1, 3]))
    #expect(pruned.nodes[2].operation == .slice([SliceRange(axis: 1, start: 2, end: .min, step: -1)]))
    #expect(pruned.nodes[3].operation == .slice([SliceRange(axis: 1, start: 0, end: 4)]))
  }

  @Test func `a slice with a step keeps its step`() throws {
    let oracle = try oracle { build, image in
      let x = build.convolution(image, 7, named: "x")
      return build.convolution(build.add(.slice([SliceRange(axis: 1, start: 1, end: .max, step: 2)]), x), 3)
    }
    #expect(try oracle.tied(to: "x", 2) == ["x:1", "x:2"])
    #expect(try oracle.tied(to: "x", 5) == ["x:5"])
    let pruned = try oracle.expectRemoval(["x": [2]])
    #expect(pruned.nodes[1].operation == .slice([SliceRange(axis: 1, start: 1, end: 4, step: 2)]))
  }

  @Test func `a channel shuffle ties the channels that it brings together`() throws {
    let oracle = try oracle { build, image in
      build.convolution(build.shuffle(build.convolution(image, 6, named: "x"), groups: 2), 3)
    }
    #expect(try oracle.tied(to: "x", 1) == ["x:1", "x:4"])
    let pruned = try oracle.expectRemoval(["x": [1]])
    #expect(
      pruned.nodes[1].operation
        == .reshape([.copy(axis: 0), .fixed(2), .fixed(2), .copy(axis: 2), .copy(axis: 3)]))
    #expect(
      pruned.nodes[3].operation == .reshape([.copy(axis: 0), .fixed(4), .copy(axis: 3), .copy(axis: 4)]))
  }

  @Test func `a reshape that measures another axis by the channels holds them`() throws {
    var build = GraphBuilder()
    let image = build.image(size: Extent(2))
    let x = build.convolution(image, 4, named: "x")
    let square = build.add(.reshape([.copy(axis: 0), .fixed(4), .copy(axis: 1)]), x, named: "square")
    let output = build.linear(build.add(.mean(axes: [2], keepsDimensions: false), square), 3)
    let coupling = try ChannelCoupling(build.graph(outputs: output), input: [image: build.shapes[image] ?? []])
    #expect(
      throws: SurgeryError.locked(
        layer: "x", channel: 0, obstacle: "node 'square' (Reshape) has no axis for its channels alone")
    ) { try coupling.removing(["x": [0]]) }
  }

  @Test func `a constant in a concatenation goes with what it is added to, but not all of it`() throws {
    let oracle = try oracle { build, image in
      let constant = build.parameter([2, 2, Self.size.height, Self.size.width])
      let both = build.add(.concatenation(axis: 1), build.convolution(image, 2, named: "x"), constant)
      return build.add(.binary(.add), both, build.convolution(image, 4, named: "y"))
    }
    let pruned = try oracle.expectRemoval(["y": [0, 3]])
    #expect(pruned.parameters["w0"]?.shape == [2, 1, 5, 4])
    let error = #expect(throws: SurgeryError.self) { try oracle.coupling.removing(["y": [2, 3]]) }
    #expect(error == .emptied(value: "w0", layer: "y", channel: 2))
  }

  @Test func `a computed scale of a batch normalisation holds what it scales`() throws {
    let oracle = try oracle { build, image in
      let x = build.convolution(image, 3, named: "x")
      let scale = build.add(
        .squeeze(axes: [0]),
        build.add(
          .mean(axes: [2, 3], keepsDimensions: false), build.add(.slice([SliceRange(axis: 0, start: 0, end: 1)]), x)))
      let rest = [build.parameter([3]), build.parameter([3]), build.parameter([3], in: 1...2)]
      return build.add(.batchNormalization(.init()), [x, scale] + rest, outputs: ["normalized"])[0]
    }
    #expect(
      throws: SurgeryError.locked(
        layer: "x", channel: 1, obstacle: "node 'normalized' (BatchNormalization) has computed statistics")
    ) { try oracle.coupling.removing(["x": [1]]) }
  }

  @Test func `a border of channels shrinks with what it is added to`() throws {
    let oracle = try oracle { build, image in
      let x = build.convolution(image, 2, named: "x")
      let padded = build.add(.pad(.init(before: [0, 1, 0, 0], after: [0, 2, 0, 0])), x)
      return build.add(.binary(.add), padded, build.convolution(image, 5, named: "wide"))
    }
    let pruned = try oracle.expectRemoval(["wide": [0, 2, 4]])
    #expect(pruned.nodes[1].operation == .pad(.init(before: [0, 0, 0, 0], after: [0, 1, 0, 0])))
  }

  @Test func `one weight of two layers is cut once for both`() throws {
    let oracle = try oracle { build, image in
      let x = build.convolution(image, 3, named: "x")
      let weight = build.parameter([3, 3, 1, 1])
      let first = build.add(.convolution(.init()), x, weight, named: "first")
      return build.add(.convolution(.init()), build.activation(.tanh, first), weight, named: "second")
    }
    #expect(try oracle.tied(to: "x", 1) == ["x:1", "first:1", "second:1"])
    try oracle.expectRemoval(["second": [1]])
  }

  @Test func `a weight that also meets an image stays whole`() throws {
    let oracle = try oracle { build, image in
      let slope = build.parameter([3, 1, 1])
      let bent = build.add(.parametricRelu, image, slope)
      return build.add(.parametricRelu, build.convolution(bent, 3, named: "x"), slope, named: "y")
    }
    let error = #expect(throws: SurgeryError.self) { try oracle.coupling.removing(["x": [0]]) }
    #expect(
      error == .locked(layer: "x", channel: 0, obstacle: "node 'v1' (PRelu) needs all of the weight 'w0'")
        || error == .locked(layer: "x", channel: 0, obstacle: "node 'v0' (PRelu) needs all of the weight 'w0'"))
  }

  @Test func `features of a transformer's kind are followed along the last axis`() throws {
    let oracle = try oracle { build, image in
      let x = build.convolution(image, 4, named: "x")
      let last = build.add(.transpose(permutation: [0, 2, 3, 1]), x)
      let features = build.add(.matrixMultiplication, last, build.parameter([4, 6]), named: "features")
      let shifted = build.add(.binary(.add), features, build.parameter([6]))
      return build.add(.transpose(permutation: [0, 3, 1, 2]), shifted)
    }
    let pruned = try oracle.expectRemoval(["x": [0], "features": [1, 5]])
    #expect(pruned.parameters["w2"]?.shape == [3, 4])
    #expect(pruned.parameters["w3"]?.shape == [4])
  }

  @Test(
    arguments: [
      (Operator.softmax(axis: 1), "node 'held' (Softmax) divides by a sum over it"),
      (.logSoftmax(axis: 1), "node 'held' (LogSoftmax) divides by a sum over it"),
      (.localResponseNormalization(.init(size: 3)), "node 'held' (LRN) sums over its neighbours"),
      (.mean(axes: [1], keepsDimensions: true), "node 'held' (ReduceMean) divides by their number"),
    ])
  func `what looks at all channels at once holds them`(operation: Operator, obstacle: String) throws {
    let oracle = try oracle { build, image in
      build.convolution(build.add(operation, build.convolution(image, 4, named: "x"), named: "held"), 3)
    }
    let error = #expect(throws: SurgeryError.self) { try oracle.coupling.removing(["x": [0]]) }
    #expect(error == .locked(layer: "x", channel: 0, obstacle: obstacle))
    #expect(!oracle.coupling.prunableLayers.contains("x"))
  }

  @Test func `a product of two computed matrices holds both`() throws {
    var build = GraphBuilder()
    let image = build.image(size: Self.size)
    let features = build.add(
      .flatten(axis: 1), build.add(.globalPool(.maximum), build.convolution(image, 4, named: "x")))
    let product = build.add(.matrixMultiplication, features, build.add(.transpose(permutation: [1, 0]), features))
    let coupling = try ChannelCoupling(build.graph(outputs: product), input: [image: build.shapes[image] ?? []])
    #expect(coupling.prunableLayers.isEmpty)
  }

  @Test func `the classes stay`() throws {
    let oracle = try oracle { build, image in build.convolution(image, 4) }
    let error = #expect(throws: SurgeryError.self) { try oracle.coupling.removing(["logits": [2]]) }
    #expect(
      error == .locked(layer: "logits", channel: 2, obstacle: "it is part of the graph's output 'logits'"))
  }

  @Test func `selections that cannot be are refused by name`() throws {
    let oracle = try oracle { build, image in
      let x = build.convolution(image, 2, named: "x")
      let both = build.add(.concatenation(axis: 1), x, build.convolution(image, 2, named: "y"))
      return build.add(.binary(.add), both, build.convolution(image, 4, named: "z"))
    }
    let coupling = oracle.coupling
    func error(_ channels: [String: Set<Int>]) -> SurgeryError? {
      #expect(throws: SurgeryError.self) { try coupling.removing(channels) }
    }
    #expect(error(["nowhere": [0]]) == .unknownLayer("nowhere"))
    #expect(error(["image": [0]]) == .unknownLayer("image"))
    #expect(error(["x": [2]]) == .channelOutOfRange(layer: "x", channel: 2, count: 2))
    #expect(error(["x": [-1]]) == .channelOutOfRange(layer: "x", channel: -1, count: 2))
    #expect(error(["x": [1], "z": [0]]) == .emptied(value: "x", layer: "x", channel: 1))
    #expect(
      error(["z": [2, 3]])?.description
        == "channel 2 of layer 'z' is tied to the last ones left of 'y', which would have none")
    #expect(throws: SurgeryError.unknownGroup(99)) { try coupling.removing(groups: [99]) }
    #expect(coupling.valuesEmptied(without: []) == [])
  }

  @Test func `an unsound graph is refused`() throws {
    let graph = Graph(
      name: "g", inputs: [.init(name: "x", shape: [.fixed(1)])],
      nodes: [Node(.identity, ["x"], "y"), Node(.identity, ["x"], "y")], outputs: ["y"])
    #expect(throws: GraphError.self) { try ChannelCoupling(graph, input: ["x": [1]]) }
    #expect(throws: GraphError.self) { try ChannelCoupling(graph, input: [:]) }
  }
}
