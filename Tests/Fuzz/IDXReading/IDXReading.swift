import DataSets
import Foundation
import Images

/// In memory: on a disk there are a twentieth of the runs.
private let path = "/dev/shm/distinguo-fuzz-\(getpid())"

private let folder: String = {
  try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  atexit { try? FileManager.default.removeItem(atPath: path) }
  return path
}()

/// Any two files are pictures with labels, as many as they say and of the size they say, or an error.
///
/// The first byte says where the labels' file ends and the pictures' begins.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIDXReading(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  let split = min(1 + Int(bytes[0]), count)
  let (labels, images) = ("\(folder)/labels-idx1", "\(folder)/images-idx3")
  try! Data(bytes[1..<split]).write(to: URL(filePath: labels))
  try! Data(bytes[split...]).write(to: URL(filePath: images))
  var reader = DataSetReader()
  (reader.threads, reader.memory) = (1, 1 << 20)
  (reader.archiveLimits.entries, reader.archiveLimits.bytes) = (100, 1 << 20)
  for source in [folder, images] {
    guard let data = try? reader.read(source) else { continue }
    let pictures = data.examples.map(\.picture)
    precondition(Set(pictures.map { [$0.width, $0.height] }).count == 1, "pictures of several sizes")
    precondition(data.labels == data.labels.sorted() && data.labels.count <= 256)
    precondition(Set(data.examples.map(\.label)).count == data.labels.count)
  }
  return 0
}
