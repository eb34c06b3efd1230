/// All that is wrong with a configuration, not only the first thing.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
  /// One thing that is wrong.
  public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// Where: a file and its line, a variable, a flag; empty if it is not any one's fault.
    public let place: String
    /// What, and what would be right.
    public let text: String

    /// A problem from its parts.
    public init(_ place: String, _ text: String) {
      self.place = place
      self.text = text
    }

    /// Place and text.
    public var description: String { place.isEmpty ? text : "\(place): \(text)" }
  }

  /// At least one.
  public let problems: [Problem]

  /// - Parameter problems: at least one.
  public init(_ problems: [Problem]) { self.problems = problems }

  /// A line for each problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
