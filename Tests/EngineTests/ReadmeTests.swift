import NeuralNet
import ONNX
import TestSupport
import Testing

/// The README's Swift, word for word but for the names of files and values.
@Suite struct ReadmeTests {
  @Test func `what the README shows compiles and runs`() throws {
    let folder = try TemporaryFolder()
    let graph = try Fixture(folder: "architectures", name: "mobilenet_v2").graph()
    let images = try Fixture.networkInput()
    let labels = (0..<16).map { $0 % 4 }

    let plan = try InferencePlan(graph, precision: .auto)
    let worker = try InferenceWorker(plan, threads: 1)
    let logits = try worker.run(images)[0]
    #expect(logits.shape[0] == 16)

    var settings = TrainingSettings(optimizer: .sgd(momentum: 0.9), schedule: .constant(0.01))
    settings.threads = 2
    let trainer = try Trainer(graph, settings: settings)
    let first = try trainer.step(images: images, labels: labels)
    for _ in 0..<15 { try trainer.step(images: images, labels: labels) }
    #expect(try trainer.step(images: images, labels: labels).loss < first.loss)

    let gradients = try GradientWorker(try GradientPlan(graph, inputs: [graph.inputs[0].name]))
    let outputs = try gradients.forward([graph.inputs[0].name: images])
    let result = try gradients.backward([graph.outputs[0]: Tensor(shape: outputs[0].shape, repeating: 1)])
    #expect(result.inputs[graph.inputs[0].name]?.shape == images.shape)

    let coupling = try ChannelCoupling(trainer.graph, input: [graph.inputs[0].name: images.shape])
    let layer = try #require(coupling.prunableLayers.first)
    let smaller = try coupling.removing([layer: [0]])
    try ONNXFile.write(smaller, to: folder.path("smaller.onnx"), weights: .float16)
    #expect(try ONNXFile.read(path: folder.path("smaller.onnx")).parameterCount < graph.parameterCount)
  }
}
