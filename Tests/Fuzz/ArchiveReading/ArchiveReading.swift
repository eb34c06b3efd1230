import Archives
import Compression

/// Any bytes are an archive within its limits or an error, and inflate to the same in one piece as in many.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzArchiveReading(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  read(bytes)
  read(withRightChecksums(bytes))
  for format in [Inflater.Format.deflate, .zlib, .gzip] {
    let (whole, parts) = (inflated(bytes, format, step: .max), inflated(bytes, format, step: 7))
    // After an error less may have come out of the one than of the other.
    precondition(whole.error == parts.error, "\(format): \(String(describing: whole.error))")
    precondition(whole.error != nil || whole.bytes == parts.bytes, "\(format) gives other bytes in parts")
  }
  return 0
}

private func read(_ bytes: [UInt8]) {
  var limits = ArchiveLimits()
  (limits.entries, limits.bytes, limits.bytesPerEntry) = (50, 1 << 20, 1 << 18)
  guard let archive = try? ArchiveReader(bytes: bytes, name: "fuzz", limits: limits) else { return }
  var (entries, total) = (0, 0)
  while let entry = try? archive.next() {
    entries += 1
    total += entry.size
    precondition(entries <= limits.entries && total <= limits.bytes && entry.size <= limits.bytesPerEntry)
    let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = parts.allSatisfy { !["", ".", ".."].contains($0) } || entry.kind == .folder && entry.name == ""
    precondition(isSafe, "the name \(entry.name.debugDescription)")
    guard entries % 3 != 0 else { continue }
    if let content = try? archive.content() { precondition(content.count == entry.size) }
  }
}

/// Nobody guesses a checksum: each block is given the one it would need as a tar's header.
private func withRightChecksums(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes
  for start in stride(from: 0, through: bytes.count - 512, by: 512) where bytes[start] != 0 {
    bytes.replaceSubrange((start + 148)..<(start + 156), with: Array(repeating: 32, count: 8))
    let sum = String(bytes[start..<(start + 512)].reduce(0) { $0 + Int($1) }, radix: 8)
    bytes.replaceSubrange((start + 148)..<(start + 148 + sum.utf8.count), with: Array(sum.utf8))
  }
  return bytes
}

private func inflated(_ bytes: [UInt8], _ format: Inflater.Format, step: Int) -> (bytes: [UInt8], error: InflateError?)
{
  var output: [UInt8] = []
  do throws(InflateError) {
    let inflater = try Inflater(format, limit: 1 << 18)
    var start = 0
    while start < bytes.count {
      let end = start + min(step, bytes.count - start)
      var input = bytes[start..<end]
      try inflater.inflate(&input, appendingTo: &output)
      precondition(input.isEmpty && output.count == inflater.produced && output.count <= 1 << 18)
      start = end
    }
    try inflater.finish()
    return (output, nil)
  } catch {
    return (output, error)
  }
}
