/// Labelled pictures.
public struct DataSet: Sendable {
  /// Where they were read from.
  public let source: String
  /// The labels: sorted, or as the reader was told to expect them. ``Example/label`` counts in this order.
  public let labels: [String]
  /// The pictures, sorted by name.
  public let examples: [Example]
  /// Those that could not be decoded, sorted by name.
  public let broken: [BrokenPicture]
  /// For each example the first one with the same pixels, as indices: its own if it is that.
  let firstAlike: [Int]

  /// A data set from its parts. Each example's label must be an index into `labels`.
  public init(source: String, labels: [String], examples: [Example], broken: [BrokenPicture] = []) {
    precondition(examples.allSatisfy { labels.indices.contains($0.label) }, "an example's label is none of the labels")
    self.source = source
    self.labels = labels
    self.examples = examples
    self.broken = broken
    firstAlike = PixelKey.firstAlike(in: examples)
  }
}
