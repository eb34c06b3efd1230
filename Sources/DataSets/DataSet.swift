internal import Foundation

/// Labelled pictures.
public struct DataSet: Sendable {
  /// Where they were read from: one path, or several that make one data set.
  public let sources: [String]
  /// The labels: sorted, or as the reader was told to expect them. ``Example/label`` counts in this order.
  public let labels: [String]
  /// The pictures: those of one source after those of another, and of each sorted by name.
  public let examples: [Example]
  /// Those that could not be decoded, in the same order.
  public let broken: [BrokenPicture]
  /// Which of the examples are from which of the sources.
  let parts: [Range<Int>]
  /// For each example the first one with the same pixels, as indices: its own if it is that.
  let firstAlike: [Int]

  /// A data set from its parts. Each example's label must be an index into `labels`.
  public init(source: String, labels: [String], examples: [Example], broken: [BrokenPicture] = []) {
    precondition(examples.allSatisfy { labels.indices.contains($0.label) }, "an example's label is none of the labels")
    sources = [source]
    self.labels = labels
    self.examples = examples
    self.broken = broken
    parts = [examples.indices]
    firstAlike = PixelKey.firstAlike(in: examples)
  }

  /// Data sets of the same labels as one. If they are several, the names of their pictures begin with their sources.
  init(joining dataSets: [DataSet]) {
    precondition(Set(dataSets.map(\.labels)).count == 1, "data sets of different labels")
    guard dataSets.count > 1 else {
      self = dataSets[0]
      return
    }
    sources = dataSets.flatMap(\.sources)
    labels = dataSets[0].labels
    examples = dataSets.flatMap { set in
      set.examples.map {
        Example(name: "\(set.sources[0])/\($0.name)", label: $0.label, group: $0.group, picture: $0.picture)
      }
    }
    broken = dataSets.flatMap { set in
      set.broken.map { BrokenPicture(name: "\(set.sources[0])/\($0.name)", reason: $0.reason) }
    }
    var start = 0
    parts = dataSets.map { set in
      defer { start += set.examples.count }
      return start..<(start + set.examples.count)
    }
    firstAlike = PixelKey.firstAlike(in: examples)
  }

  /// What people call it: the last part of each source's path.
  public var name: String { sources.map { URL(filePath: $0).lastPathComponent }.joined(separator: ", ") }
}
