import Foundation
@testable import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct InferencePlanTests {
  private static let network = Fixture(folder: "architectures", name: "mobilenet_v2")

  /// Three images of noise.
  private let images = Tensor(
    shape: [3, 3, 64, 64], scalars: (0..<3 * 3 * 64 * 64).map { Float(($0 * 7919) % 255) / 128 - 1 })

  @Test func `workers that share a plan compute the same at the same time`() async throws {
    let plan = try InferencePlan(try Self.network.graph())
    let expected = try InferenceWorker(plan).run(images)[0]
    let results = try await withThrowingTaskGroup(of: [Tensor].self) { [images] group in
      for _ in 0..<4 {
        group.addTask {
          let worker = try InferenceWorker(plan)
          return try (0..<5).map { _ in try worker.run(images)[0] }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(results.count == 20)
    #expect(results.allSatisfy { $0 == expected })
  }

  @Test func `an image gives the same logits alone and in a batch, and at other sizes in between`() throws {
    let worker = try InferenceWorker(try InferencePlan(try Self.network.graph()))
    let first = images.rows(1)
    let alone = try worker.run(first)[0]
    _ = try worker.run(Tensor(shape: [1, 3, 96, 32], repeating: 0.5))
    let together = try worker.run(images)[0]
    #expect(together.rows(1).relativeError(to: alone) < 1e-5)
    #expect(try worker.run(first)[0] == alone)
  }

  @Test func `two threads compute what one does`() throws {
    let plan = try InferencePlan(try Self.network.graph())
    let one = try InferenceWorker(plan, threads: 1).run(images)[0]
    let two = try InferenceWorker(plan, threads: 2).run(images)[0]
    #expect(two.relativeError(to: one) < 1e-5)
  }

  @Test func `every inner value can be asked for, and asking changes nothing`() throws {
    let graph = try Self.network.graph()
    let reference = try InferenceWorker(try InferencePlan(graph)).run(images)[0]
    let names = graph.nodes.flatMap(\.outputs)
    let all = try InferenceWorker(try InferencePlan(graph, outputs: names)).run(images)
    #expect(all.count == names.count)
    let logits = try #require(zip(names, all).first { $0.0 == graph.outputs[0] }).1
    #expect(logits.relativeError(to: reference) < 1e-5)
    // One by one, fused as far as each allows.
    for (name, value) in zip(names, all).filter({ names.firstIndex(of: $0.0)! % 7 == 0 }) {
      let single = try InferenceWorker(try InferencePlan(graph, outputs: [name])).run(images)[0]
      #expect(single.relativeError(to: value) < 1e-4, "\(name)")
    }
  }

  @Test func `a value that does not exist is named`() throws {
    let graph = try Self.network.graph()
    let error = #expect(throws: GraphError.self) { try InferencePlan(graph, outputs: ["block99"]) }
    #expect(error?.kind == .unknownValue("block99"))
  }

  @Test func `an input of a wrong shape is refused, and the worker goes on`() throws {
    let worker = try InferenceWorker(try InferencePlan(try Self.network.graph()))
    let error = #expect(throws: GraphError.self) { try worker.run(Tensor(shape: [1, 4, 64, 64], repeating: 0)) }
    #expect(error?.description.contains("wants extent 3 at axis 1, not 4") == true)
    #expect(throws: GraphError.self) { try worker.run(Tensor(shape: [3, 64, 64], repeating: 0)) }
    #expect(throws: GraphError.self) { try worker.run([:]) }
    #expect(try worker.run(images)[0].shape[0] == 3)
  }

  @Test func `a weight that is not finite is refused and named`() throws {
    var graph = try Self.network.graph()
    let name = try #require(graph.parameters.keys.sorted().first)
    var tensor = try #require(graph.parameters[name])
    tensor.withUnsafeMutableScalars { $0[0] = .nan }
    graph.parameters[name] = tensor
    let error = #expect(throws: GraphError.self) { try InferencePlan(graph) }
    #expect(error?.kind == .notFinite(parameter: name, index: 0))
  }

  @Test(.enabled(if: !Processor.computesBFloat16, "the processor has AVX-512"))
  func `bfloat16 is refused by name where the processor has no AVX-512, and auto is float32`() throws {
    let graph = try Fixture.all(in: "operators")[0].graph()
    let text = "bfloat16 on a processor without AVX-512; float32 and auto work on any"
    #expect(throws: GraphError(.unsupported(text))) { try InferencePlan(graph, precision: .bfloat16) }
    #expect(try InferencePlan(graph, precision: .auto).precision == .float32)
  }

  @Test(arguments: Fixture.all(in: "operators") + Fixture.all(in: "architectures"))
  func `a batch divided for the first layers gives what it gives whole`(_ fixture: Fixture) throws {
    let graph = try fixture.graph()
    let inputs =
      try fixture.folder == "operators"
      ? Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, try fixture.arrays().tensor($0.name).rows(7)) })
      : [graph.inputs[0].name: Fixture.networkInput().rows(7)]
    for precision in Processor.computesBFloat16 ? [PrecisionChoice.float32, .bfloat16] : [.float32] {
      let whole = try InferencePlan(graph, outputs: nil, precision: precision, tileBytes: .max / 16)
      let expected = try InferenceWorker(whole).run(inputs)
      // So small that every image is by itself; and so that groups of three do not divide seven.
      let (name, shape) = (graph.inputs[0].name, inputs[graph.inputs[0].name]!.shape)
      for bytes in [1, 3 * 2 * 4 * shape.dropFirst().reduce(1, *)] {
        let plan = try InferencePlan(graph, outputs: nil, precision: precision, tileBytes: bytes)
        let results = try InferenceWorker(plan).run(inputs)
        for (result, reference) in zip(results, expected) {
          #expect(result.relativeError(to: reference) <= (precision == .float32 ? 1e-5 : 1e-2), "\(name), \(bytes)")
        }
      }
    }
  }
}
