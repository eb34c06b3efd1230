import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct OperatorTests {
  static let cases = Fixture.all(in: "operators")

  @Test(arguments: cases) func `an operator computes what onnxruntime computes, in float32`(_ fixture: Fixture) throws {
    try compare(fixture, .float32, within: 1e-4)
  }

  @Test(.enabled(if: Processor.computesBFloat16, "the processor has no AVX-512"), arguments: cases)
  func `an operator computes nearly that in bfloat16`(_ fixture: Fixture) throws {
    try compare(fixture, .bfloat16, within: 2e-2)
  }

  private func compare(_ fixture: Fixture, _ precision: PrecisionChoice, within tolerance: Float) throws {
    let graph = try fixture.graph()
    let arrays = try fixture.arrays()
    let worker = try InferenceWorker(try InferencePlan(graph, precision: precision))
    for batch in [1, 3, 16] {
      let inputs = try Dictionary(
        uniqueKeysWithValues: worker.plan.inputs.map { ($0.name, try arrays.tensor($0.name).rows(batch)) })
      let results = try worker.run(inputs)
      for (name, result) in zip(worker.plan.outputs, results) {
        let expected = try arrays.tensor("output:\(name)").rows(batch)
        #expect(result.shape == expected.shape, "batch \(batch)")
        #expect(result.relativeError(to: expected) <= tolerance, "batch \(batch)")
      }
    }
  }
}
