/// Writes families of metrics down.
///
/// Sources: Prometheus, "Exposition formats", text format 0.0.4; OpenMetrics 1.0 (draft-richih-opsawg-openmetrics-00).
struct ExpositionWriter {
  private let format: ExpositionFormat
  private var bytes: [UInt8] = []

  init(_ format: ExpositionFormat) {
    self.format = format
    bytes.reserveCapacity(16 << 10)
  }

  /// Writes a family, its series in the order of their labels' values. One without series is left out.
  mutating func append(_ description: MetricDescription, _ samples: [MetricSample]) {
    guard !samples.isEmpty else { return }
    let family = format == .openMetrics ? description.familyName : description.name
    put("# HELP \(family) ")
    put(description.help, escaping: format == .openMetrics)
    put("\n# TYPE \(family) \(description.kind.rawValue)\n")
    for sample in samples.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
      precondition(sample.labels.count == description.labels.count, "\(description.name) with \(sample.labels)")
      let labels = Array(zip(description.labels, sample.labels))
      switch sample.value {
      case .count(let count): line(description.name, labels, String(count))
      case .number(let number): line(description.name, labels, Self.text(number))
      case .distribution(let distribution): append(distribution, description.name, labels)
      }
    }
  }

  /// The whole text.
  consuming func finish() -> [UInt8] {
    if format == .openMetrics { put("# EOF\n") }
    return bytes
  }

  private mutating func append(_ distribution: Distribution, _ name: String, _ labels: [(String, String)]) {
    var count = 0
    for (bound, inBucket) in zip(distribution.bounds + [.infinity], distribution.counts) {
      // Each bucket counts those below it, too.
      count += inBucket
      // OpenMetrics has a bound as a float, always with its point; the same in both formats keeps it one series.
      line(name + "_bucket", labels + [("le", bound.isFinite ? bound.description : "+Inf")], String(count))
    }
    line(name + "_sum", labels, Self.text(distribution.sum))
    line(name + "_count", labels, String(count))
  }

  private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
    put(name)
    for (index, (label, value)) in labels.enumerated() {
      put(index == 0 ? "{" : ",")
      put(label)
      put("=\"")
      put(value, escaping: true)
      put("\"")
    }
    if !labels.isEmpty { put("}") }
    put(" ")
    put(value)
    put("\n")
  }

  private mutating func put(_ text: String) { bytes += text.utf8 }

  /// Backslashes and line feeds are escaped everywhere, quotes where they would end something, or OpenMetrics says so.
  private mutating func put(_ text: String, escaping quotes: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): put("\\\\")
      case UInt8(ascii: "\n"): put("\\n")
      case UInt8(ascii: "\"") where quotes: put("\\\"")
      default: bytes.append(byte)
      }
    }
  }

  /// Whole numbers without a fraction; what is not finite as both formats spell it.
  private static func text(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number > 0 ? "+Inf" : "-Inf" }
    // Beyond 2⁵³ there are whole numbers that a Double has not.
    if number == number.rounded(), abs(number) < 0x1p53 { return String(Int(number)) }
    return number.description
  }
}
