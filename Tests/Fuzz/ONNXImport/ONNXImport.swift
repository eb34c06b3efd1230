import NeuralNet
import ONNX

/// Any bytes are a graph or an error, and a graph that is written is a graph again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzONNXImport(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
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
  return 0
}
