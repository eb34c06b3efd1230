import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct GradientFixtureTests {
  static let cases = Fixture.all(in: "gradients")

  @Test(arguments: cases) func `gradients are PyTorch's`(_ fixture: Fixture) throws {
    let graph = try fixture.graph()
    let arrays = try fixture.arrays()
    func names(_ kind: String) -> [String] {
      arrays.names.filter { $0.hasPrefix("\(kind):") }.map { String($0.dropFirst(kind.count + 1)) }
    }
    let inputs = Set(graph.inputs.map(\.name))
    let parameters = Set(names("gradient")).subtracting(inputs)
    // PyTorch updates the running statistics only where it uses the batch's.
    let isTraining = !names("running").isEmpty
    let plan = try GradientPlan(
      graph, parameters: parameters, inputs: inputs, batchStatistics: isTraining ? .whereTrained : .never)
    let worker = try GradientWorker(plan)
    var given: [String: Tensor] = [:]
    for name in inputs { given[name] = try arrays.tensor(name) }
    let outputs = try worker.forward(given)
    for (name, output) in zip(plan.outputs, outputs) {
      #expect(output.relativeError(to: try arrays.tensor("output:\(name)")) <= 1e-4, "output \(name)")
    }
    var seeds: [String: Tensor] = [:]
    for name in plan.outputs { seeds[name] = try arrays.tensor("seed:\(name)") }
    let gradients = try worker.backward(seeds)
    for (name, gradient) in gradients.parameters.merging(gradients.inputs, uniquingKeysWith: { first, _ in first }) {
      let expected = try arrays.tensor("gradient:\(name)")
      #expect(gradient.shape == expected.shape)
      #expect(gradient.relativeError(to: expected) <= 1e-4, "gradient of \(name)")
    }
  }

  @Test(arguments: cases.filter { !$0.name.hasSuffix("_training") })
  func `with frozen parameters an input's gradient is PyTorch's too`(_ fixture: Fixture) throws {
    let graph = try fixture.graph()
    let arrays = try fixture.arrays()
    let worker = try GradientWorker(try GradientPlan(graph, inputs: Set(graph.inputs.map(\.name))))
    var given: [String: Tensor] = [:]
    for input in graph.inputs { given[input.name] = try arrays.tensor(input.name) }
    _ = try worker.forward(given)
    var seeds: [String: Tensor] = [:]
    for name in graph.outputs { seeds[name] = try arrays.tensor("seed:\(name)") }
    let gradients = try worker.backward(seeds)
    #expect(gradients.parameters.isEmpty)
    for (name, gradient) in gradients.inputs {
      #expect(gradient.relativeError(to: try arrays.tensor("gradient:\(name)")) <= 1e-4, "gradient of \(name)")
    }
  }
}
