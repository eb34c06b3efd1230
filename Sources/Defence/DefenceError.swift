/// Why a defence cannot be made, read or asked. What stands in a file names the file.
public enum DefenceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A network that no Student or differentiator can be made of; `name` is the Teacher's or Student's file.
  case network(name: String, String)
  /// There is no such value, or not everything passes through it; some that would do.
  case cut(String, reason: String, candidates: [String])
  /// A setting out of range; the text names it and says what would be right.
  case setting(String)
  /// Pictures that no defence can be trained or calibrated with; the text says why and what would be right.
  case data(String)
  /// A bundle, or what stands where one is looked for, that is not sound; `file` is the one at fault.
  case bundle(file: String, String)
  /// A file or folder that cannot be read or written.
  case inaccessible(file: String, String)
  /// The output is there already.
  case exists(String)

  /// One line for people.
  public var description: String {
    switch self {
    case .network(let name, let text): "\(name): \(text)"
    case .cut(let name, let reason, let candidates):
      "the cut '\(name)' \(reason); it can be one of: \(candidates.joined(separator: ", "))"
    case .setting(let text), .data(let text): text
    case .bundle(let file, let text), .inaccessible(let file, let text):
      // What reads ONNX and NumPy files names them already.
      text.hasPrefix(file) ? text : "\(file): \(text)"
    case .exists(let path): "\(path) exists already; nothing was changed"
    }
  }
}
