/// Writes tar archives (ustar), such as no program would write, too.
public struct TarBuilder {
  private var bytes: [UInt8] = []

  /// An archive with nothing in it.
  public init() {}

  /// An archive with these files.
  public init(files: [(name: String, content: [UInt8])]) {
    for file in files { add(file.name, file.content) }
  }

  /// Adds an entry. The header says `size`, if there is one, and not what the content has.
  public mutating func add(_ name: String, _ content: [UInt8] = [], type: Character = "0", size: Int? = nil) {
    add(nameBytes: Array(name.utf8), content, type: type, size: octal(size ?? content.count, digits: 11))
  }

  /// Adds an entry whose name is any bytes, up to 100 of them, and whose size is written as it comes.
  public mutating func add(nameBytes: [UInt8], _ content: [UInt8], type: Character, size: [UInt8]) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ field: [UInt8], at offset: Int) { header.replaceSubrange(offset..<(offset + field.count), with: field) }
    put(Array(nameBytes.prefix(100)), at: 0)
    put(octal(0o644, digits: 7), at: 100)
    put(size, at: 124)
    put(octal(0, digits: 11), at: 136)
    put(Array(repeating: 32, count: 8), at: 148)
    put([type.asciiValue!], at: 156)
    put(Array("ustar\u{0}00".utf8), at: 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + [0], at: 148)
    bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// The archive, with its end.
  public var archive: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  private func octal(_ number: Int, digits: Int) -> [UInt8] {
    let text = String(number, radix: 8)
    return Array((String(repeating: "0", count: max(digits - text.count, 0)) + text).utf8)
  }
}
