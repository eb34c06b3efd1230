import NeuralNet
import ONNX

/// Any bytes are a graph or an error; a graph that is written is a graph again; and a graph that is small can be run, or
/// an error says why not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzONNXImport(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let graph = try? ONNXFile.decode(bytes, name: "fuzz") else { return 0 }
  for weights in [ONNXFile.WeightPrecision.float32, .float16] {
    guard let written = try? ONNXFile.encode(graph, weights: weights) else { continue }
    do {
      _ = try ONNXFile.decode(written, name: "written")
    } catch {
      fatalError("what was written is not read: \(error)")
    }
  }
  do {
    try graph.validate()
  } catch {
    fatalError("what was read is not valid: \(error)")
  }
  for extent in [1, 7] { runIfSmall(graph, freeExtent: extent) }
  return 0
}

/// Compiles and runs the graph on batches of two, if it takes no more than some milliseconds.
private func runIfSmall(_ graph: Graph, freeExtent: Int) {
  let shapes = graph.inputs.map { input in
    let extents = input.shape.enumerated().map { axis, dimension in
      if case .fixed(let extent) = dimension { extent } else { axis == 0 ? 2 : freeExtent }
    }
    return (input.name, extents)
  }
  let given = Dictionary(uniqueKeysWithValues: shapes)
  guard let all = try? graph.shapes(of: given), let costs = try? graph.costs(of: given) else { return }
  let values = all.values.reduce(0) { $0 + $1.product }
  let multiplyAdds = costs.reduce(0) { $0 + $1.multiplyAdds }
  guard values <= 1 << 16, multiplyAdds <= 1 << 20, graph.nodes.count <= 100 else { return }
  for precision in [PrecisionChoice.float32, .bfloat16] {
    guard let plan = try? InferencePlan(graph, precision: precision), let worker = try? InferenceWorker(plan) else {
      continue
    }
    let inputs = plan.inputs.map { ($0.name, Tensor(shape: given[$0.name]!, repeating: 0.5)) }
    guard let results = try? worker.run(Dictionary(uniqueKeysWithValues: inputs)) else { continue }
    for (name, result) in zip(plan.outputs, results) {
      precondition(result.shape == all[name], "'\(name)' has shape \(result.shape) instead of \(all[name] ?? [])")
    }
  }
}
