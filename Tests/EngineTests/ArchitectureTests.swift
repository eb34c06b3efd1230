import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct ArchitectureTests {
  static let cases = Fixture.all(in: "architectures")

  @Test(arguments: cases) func `a network gives onnxruntime's logits, in float32`(_ fixture: Fixture) throws {
    try compare(fixture, .float32, within: 1e-4)
  }

  @Test(.enabled(if: Processor.computesBFloat16, "the processor has no AVX-512"), arguments: cases)
  func `a network gives nearly those in bfloat16`(_ fixture: Fixture) throws {
    try compare(fixture, .bfloat16, within: 2e-2)
  }

  private func compare(_ fixture: Fixture, _ precision: PrecisionChoice, within tolerance: Float) throws {
    let input = try Fixture.networkInput()
    let expected = try fixture.arrays().tensor("logits")
    let worker = try InferenceWorker(try InferencePlan(try fixture.graph(), precision: precision))
    for batch in [1, 3, 16] {
      let logits = try worker.run(input.rows(batch))[0]
      #expect(logits.shape == [batch, expected.shape[1]])
      #expect(logits.relativeError(to: expected.rows(batch)) <= tolerance, "batch \(batch)")
    }
  }
}
