import NeuralNet
import TestSupport
import Testing

@Suite struct GradientPlanTests {
  /// `Σ seed · output` in double precision.
  private func objective(
    _ graph: Graph, _ inputs: [String: ReferenceArray], _ seed: ReferenceArray
  ) -> Double {
    let output = ReferenceInterpreter(graph).values(for: inputs)[graph.outputs[0]]!
    return zip(output.scalars, seed.scalars).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test(arguments: UInt64(0)..<60)
  func `gradients of a random graph are its central differences in double precision`(_ seed: UInt64) throws {
    let made = RandomGraph(seed: seed)
    var random = SeededGenerator(seed: seed &+ 1000)
    func noise(_ shape: [Int]) -> Tensor {
      Tensor(shape: shape, scalars: (0..<shape.product).map { _ in Float.random(in: -1...1, using: &random) })
    }
    let graph = made.graph
    let parameters = Set(graph.trainableParameters)
    let plan = try GradientPlan(
      graph, parameters: parameters, inputs: Set(made.input.keys), batchStatistics: .never)
    let worker = try GradientWorker(plan)
    let inputs = made.input.mapValues(noise)
    let outputs = try worker.forward(inputs)
    let arrived = noise(outputs[0].shape)
    let gradients = try worker.backward([graph.outputs[0]: arrived])

    let all = gradients.parameters.merging(gradients.inputs) { first, _ in first }
    let scale = all.values.reduce(1e-3) { $1.scalars.reduce($0) { max($0, Double(abs($1))) } }
    for (name, gradient) in all.sorted(by: { $0.key < $1.key }) {
      for _ in 0..<2 {
        let place = Int.random(in: 0..<gradient.count, using: &random)
        func moved(_ step: Double) -> Double {
          var arrays = inputs.mapValues(ReferenceArray.init)
          // Parameters are values like any others: given ones take the place of the graph's.
          var array = arrays[name] ?? ReferenceArray(graph.parameters[name]!)
          array.scalars[place] += step
          arrays[name] = array
          return objective(graph, arrays, ReferenceArray(arrived))
        }
        let step = 1e-6
        let difference = (moved(step) - moved(-step)) / (2 * step)
        let error = abs(difference - Double(gradient.scalars[place]))
        // Behind a saturated softmax all gradients are what is left of 1 − 1 in single precision.
        let tolerance = max(1e-3 * max(abs(difference), 1e-2 * scale), 3e-6)
        #expect(error <= tolerance, "\(name)[\(place)]")
      }
    }
  }

  private func norm(_ size: Int) -> Graph {
    Graph(
      name: "norm", inputs: [.init(name: "x", shape: [.free("N"), .fixed(2), .free("H"), .free("W")])],
      nodes: [Node(.batchNormalization(.init()), ["x", "scale", "shift", "mean", "variance"], "y")], outputs: ["y"],
      parameters: [
        "scale": Tensor(shape: [2], repeating: 1), "shift": Tensor(shape: [2], repeating: 0),
        "mean": Tensor(shape: [2], repeating: 0), "variance": Tensor(shape: [2], repeating: 1),
      ])
  }

  @Test func `statistics of a single value are refused, and the node is named`() throws {
    let plan = try GradientPlan(norm(1), parameters: ["scale"])
    let error = #expect(throws: GraphError.self) { try plan.prepare(["x": [1, 2, 1, 1]]) }
    #expect(error?.node == "y")
    #expect(throws: Never.self) { try plan.prepare(["x": [2, 2, 1, 1]]) }
  }

  @Test func `unknown parameters, inputs and outputs are refused`() {
    #expect(throws: GraphError(.unknownValue("a"))) { try GradientPlan(norm(1), parameters: ["a"]) }
    #expect(throws: GraphError(.unknownValue("b"))) { try GradientPlan(norm(1), inputs: ["b"]) }
    #expect(throws: GraphError(.unknownValue("c"))) { try GradientPlan(norm(1), outputs: ["c"]) }
  }

  @Test func `a gradient with respect to running statistics is refused, and the node is named`() throws {
    let plan = try GradientPlan(norm(1), parameters: ["mean"], batchStatistics: .never)
    let error = #expect(throws: GraphError.self) { try plan.prepare(["x": [2, 2, 1, 1]]) }
    #expect(error?.node == "y")
  }

  @Test func `each backward run needs a forward run of its own`() throws {
    let worker = try GradientWorker(try GradientPlan(norm(1), parameters: ["shift"]))
    let x = Tensor(shape: [2, 2, 1, 1], scalars: [1, 2, 3, 4])
    #expect(throws: TrainingError.noForwardRun) { try worker.backward(["y": x]) }
    _ = try worker.forward(["x": x])
    #expect(throws: TrainingError.shape(of: "the seed of 'y'", [4], wanted: [2, 2, 1, 1])) {
      try worker.backward(["y": Tensor(shape: [4], repeating: 1)])
    }
    #expect(try worker.backward(["y": x]).parameters["shift"] == Tensor(shape: [2], scalars: [4, 6]))
    #expect(throws: TrainingError.noForwardRun) { try worker.backward(["y": x]) }
  }

  @Test func `a parameter that no output depends on has a gradient of zeros`() throws {
    var graph = norm(1)
    graph.nodes.append(Node(.binary(.add), ["x", "unused"], "z"))
    graph.parameters["unused"] = Tensor(shape: [1], repeating: 1)
    let worker = try GradientWorker(
      try GradientPlan(graph, outputs: ["y"], parameters: ["unused", "shift"]))
    _ = try worker.forward(["x": Tensor(shape: [2, 2, 1, 1], scalars: [1, 2, 3, 4])])
    let gradients = try worker.backward(["y": Tensor(shape: [2, 2, 1, 1], repeating: 1)])
    #expect(gradients.parameters["unused"] == Tensor(shape: [1], repeating: 0))
  }

  @Test func `dropout drops its share, scales the rest, and drops the same places of the gradient`() throws {
    let graph = Graph(
      name: "dropout", inputs: [.init(name: "x", shape: [.free("N")])],
      nodes: [Node(.dropout(ratio: 0.25), ["x"], "y")], outputs: ["y"])
    let ones = Tensor(shape: [10_000], repeating: 1)
    let worker = try GradientWorker(try GradientPlan(graph, inputs: ["x"], dropsOut: true))
    let first = try worker.forward(["x": ones], dropoutKey: 1)[0]
    let gradient = try worker.backward(["y": ones]).inputs["x"]
    #expect(gradient == first)
    #expect(Set(first.scalars) == [0, 1 / 0.75])
    let dropped = first.scalars.count { $0 == 0 }
    // Five standard deviations: 5 · √(10,000 · ¼ · ¾) ≈ 217.
    #expect(abs(dropped - 2500) < 217)
    #expect(try worker.forward(["x": ones], dropoutKey: 1)[0] == first)
    #expect(try worker.forward(["x": ones], dropoutKey: 2)[0] != first)
    let inferring = try GradientWorker(try GradientPlan(graph, inputs: ["x"]))
    #expect(try inferring.forward(["x": ones], dropoutKey: 1)[0] == ones)
  }

  @Test func `at their bounds activations have PyTorch's derivatives`() throws {
    let graph = Graph(
      name: "bounds", inputs: [.init(name: "x", shape: [.free("N")])],
      nodes: [Node(.activation(.clip(lower: 0, upper: 6)), ["x"], "y"), Node(.activation(.relu), ["x"], "z")],
      outputs: ["y", "z"])
    let worker = try GradientWorker(try GradientPlan(graph, inputs: ["x"]))
    let x = Tensor(shape: [5], scalars: [-1, 0, 3, 6, 7])
    let ones = Tensor(shape: [5], repeating: 1)
    _ = try worker.forward(["x": x])
    #expect(try worker.backward(["y": ones]).inputs["x"]?.scalars == [0, 0, 1, 0, 0])
    _ = try worker.forward(["x": x])
    #expect(try worker.backward(["z": ones]).inputs["x"]?.scalars == [0, 0, 1, 1, 1])
  }
}
