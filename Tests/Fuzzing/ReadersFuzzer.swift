import NeuralNet
import ONNX

/// libFuzzer's entry: whatever the bytes are, each reader must answer with a value or a typed error.
///
/// A graph that is read must also survive shape inference and being written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  // libFuzzer owns the bytes for the length of this call; they are copied.
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  _ = try? NumPyFile(bytes: bytes[...], name: "fuzz.npy").tensor.count
  if let archive = try? NumPyArchive(bytes: bytes, name: "fuzz.npz") {
    for name in archive.names { _ = try? archive.tensor(name).count }
  }
  guard let graph = try? ONNXFile.decode(bytes, name: "fuzz.onnx") else { return 0 }
  let shapes = graph.inputs.map { input in
    let extents = input.shape.map { if case .fixed(let extent) = $0 { extent } else { 2 } }
    return (input.name, extents)
  }
  _ = try? graph.shapes(of: Dictionary(shapes, uniquingKeysWith: { first, _ in first }))
  guard let written = try? ONNXFile.encode(graph) else { return 0 }
  do {
    _ = try ONNXFile.decode(written, name: "written.onnx")
  } catch {
    fatalError("what was written cannot be read again: \(error)")
  }
  return 0
}
