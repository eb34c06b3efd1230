/// A file that lies where a picture should, and cannot be decoded.
public struct BrokenPicture: Sendable, Hashable, CustomStringConvertible {
  /// Its path in the data set.
  public let name: String
  /// What is wrong with it.
  public let reason: String

  /// A broken picture from its parts.
  public init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  /// One line for people.
  public var description: String { "\(name): \(reason)" }
}
