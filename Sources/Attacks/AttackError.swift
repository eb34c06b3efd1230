/// What is wrong with a request to attack.
public enum AttackError: Error, Equatable, CustomStringConvertible {
  /// A picture has another size than is needed; the text says which picture.
  case pictureSize(of: String, width: Int, height: Int, wanted: (width: Int, height: Int))
  /// The network has no input of this name.
  case unknownInput(String, inputs: [String])
  /// The network has no value of this name to cut at.
  case unknownCut(String)
  /// The value does not depend on the picture, or on other inputs too.
  case cutNeeds(inputs: [String], cut: String, wanted: String)
  /// The features do not have a row for each picture.
  case featureShape([Int], cut: String, pictures: Int)
  /// A setting out of its range; the text says which and what would be right.
  case setting(String)
  /// There is nothing to mimic for this source.
  case noTarget(source: Int)
  /// Features or their gradient are not finite numbers.
  case notFinite(source: Int, step: Int)

  /// One line for people.
  public var description: String {
    switch self {
    case .pictureSize(let picture, let width, let height, let wanted):
      "\(picture) has \(width)×\(height) pixels, not \(wanted.width)×\(wanted.height)"
    case .unknownInput(let name, let inputs):
      "the network has no input '\(name)'; it has \(inputs.map { "'\($0)'" }.joined(separator: ", "))"
    case .unknownCut(let name): "the network has no value '\(name)' to cut at"
    case .cutNeeds(let inputs, let cut, let wanted):
      inputs.isEmpty
        ? "the value '\(cut)' does not depend on the input '\(wanted)'"
        : "the value '\(cut)' needs the inputs \(inputs.map { "'\($0)'" }.joined(separator: ", ")), not only '\(wanted)'"
    case .featureShape(let shape, let cut, let pictures):
      "the value '\(cut)' has the shape \(shape) for \(pictures) pictures; its first extent must be theirs"
    case .setting(let text): text
    case .noTarget(let source): "source \(source) has no target to mimic"
    case .notFinite(let source, let step):
      "at step \(step) the features of source \(source), or their gradient, are not finite"
    }
  }

  /// Whether both say the same.
  public static func == (a: Self, b: Self) -> Bool { a.description == b.description }
}
