/// What a family of metrics is called and means.
public struct MetricDescription: Sendable, Hashable {
  /// What kind of number it has.
  public enum Kind: String, Sendable, Hashable {
    /// A sum that only grows, until the process ends.
    case counter
    /// A number that goes up and down.
    case gauge
    /// How many observations were at most so large.
    case histogram
  }

  /// The name, as it stands in the text format. A counter's ends in `_total`.
  public let name: String
  /// A sentence for people.
  public let help: String
  /// The kind.
  public let kind: Kind
  /// The labels' names; each series of the family has a value for each of them.
  public let labels: [String]

  /// A description, checked against the rules of both formats and Prometheus' conventions.
  ///
  /// - Throws: ``MetricsError``, which names what is wrong.
  public init(
    _ name: String, help: String, kind: Kind, labels: [String] = []
  ) throws(MetricsError) {
    guard Self.isName(name, colons: true) else { throw .badName(name) }
    guard !help.isEmpty else { throw .noHelp(name) }
    guard (kind == .counter) == name.hasSuffix("_total") else {
      throw kind == .counter ? .counterWithoutTotal(name) : .reservedSuffix(name, "_total")
    }
    // OpenMetrics 1.0 gives these to the samples of histograms and counters.
    for suffix in ["_bucket", "_count", "_sum", "_created"] where name.hasSuffix(suffix) {
      throw .reservedSuffix(name, suffix)
    }
    for (index, label) in labels.enumerated() {
      guard Self.isName(label, colons: false), !label.hasPrefix("__") else { throw .badLabel(label, of: name) }
      // Histograms say their buckets' bounds by it.
      guard kind != .histogram || label != "le" else { throw .badLabel(label, of: name) }
      guard !labels[..<index].contains(label) else { throw .repeatedLabel(label, of: name) }
    }
    self.name = name
    self.help = help
    self.kind = kind
    self.labels = labels
  }

  /// The name without what OpenMetrics adds to a counter's for its sample.
  var familyName: String { kind == .counter ? String(name.dropLast("_total".count)) : name }

  /// The names under which samples stand, in either format, and the family's own.
  var reservedNames: [String] {
    switch kind {
    case .counter: [familyName, name]
    case .gauge: [name]
    case .histogram: [name, name + "_bucket", name + "_count", name + "_sum"]
    }
  }

  /// `[a-zA-Z_:][a-zA-Z0-9_:]*`, or without the colons.
  private static func isName(_ text: String, colons: Bool) -> Bool {
    guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
      case UInt8(ascii: ":"): colons
      default: false
      }
    }
  }
}
