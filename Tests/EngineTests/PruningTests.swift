import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct PruningTests {
  @Test(arguments: Fixture.all(in: "architectures"))
  func `a pruned network is smaller and gives the original's logits with those channels zeroed`(
    _ fixture: Fixture
  ) throws {
    let images = try Fixture.networkInput().rows(3)
    let network = try PrunedNetwork(fixture, input: images.shape)
    #expect(network.pruned.parameterCount < network.original.parameterCount * 4 / 5)
    let expected = try InferenceWorker(try InferencePlan(network.zeroed)).run(images)[0]
    let logits = try InferenceWorker(try InferencePlan(network.pruned)).run(images)[0]
    #expect(logits.shape == expected.shape)
    #expect(logits.relativeError(to: expected) < 1e-4)
    let whole = try InferenceWorker(try InferencePlan(network.original)).run(images)[0]
    #expect(whole.relativeError(to: expected) > 1e-3, "zeroing changed nothing")
  }

  @Test(arguments: Fixture.all(in: "architectures"))
  func `a pruned network survives a file`(_ fixture: Fixture) throws {
    let images = try Fixture.networkInput().rows(3)
    let pruned = try PrunedNetwork(fixture, input: images.shape).pruned
    let again = try ONNXFile.decode(try ONNXFile.encode(pruned), name: "pruned")
    #expect(again.parameterCount == pruned.parameterCount)
    let expected = try InferenceWorker(try InferencePlan(pruned)).run(images)[0]
    let logits = try InferenceWorker(try InferencePlan(again)).run(images)[0]
    #expect(logits.relativeError(to: expected) < 1e-4)
  }
}
