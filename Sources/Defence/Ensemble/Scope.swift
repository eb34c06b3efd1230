/// The classes that a differentiator tells apart.
public struct Scope: Sendable, Hashable {
  /// Indices of the Student's labels, ascending.
  public let labels: [Int]
  /// Whether it has one further output, for every class outside.
  public let hasOther: Bool

  /// All classes of a Student, or some of them and `other`.
  public init(labels: [Int], of count: Int) {
    self.labels = Array(Set(labels)).sorted()
    hasOther = self.labels.count < count
  }

  /// How many outputs a differentiator of this scope has.
  public var outputs: Int { labels.count + (hasOther ? 1 : 0) }

  /// The output for a label of the Student; nil for a class outside of a scope without `other`.
  public func output(for label: Int) -> Int? { labels.firstIndex(of: label) ?? (hasOther ? labels.count : nil) }

  /// Whether a differentiator of this scope can be asked about a label.
  public func holds(_ label: Int) -> Bool { labels.contains(label) }
}
