import NeuralNet

/// Any bytes are arrays or an error, both as .npy and as .npz, and an array that is written is the same array again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNumPyArrays(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  if let file = try? NumPyFile(bytes: bytes[...], name: "fuzz.npy") { writeAndRead(file.tensor) }
  if let archive = try? NumPyArchive(bytes: bytes, name: "fuzz.npz") {
    for name in archive.names {
      if let tensor = try? archive.tensor(name) { writeAndRead(tensor) }
    }
  }
  return 0
}

private func writeAndRead(_ tensor: Tensor) {
  do {
    let again = try NumPyFile(bytes: try NumPyFile.bytes(of: tensor, name: "written.npy")[...], name: "written.npy")
    let isSame = again.tensor.scalars.map(\.bitPattern) == tensor.scalars.map(\.bitPattern)
    precondition(again.tensor.shape == tensor.shape && isSame, "an array of shape \(tensor.shape) has changed")
  } catch {
    fatalError("what was written is not read: \(error)")
  }
}
