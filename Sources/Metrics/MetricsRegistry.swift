internal import Base

/// Every metric of a process, and their text.
public final class MetricsRegistry: Sendable {
  private struct State {
    var sources: [any MetricSource] = []
    /// Each name under which a sample may stand, with the metric whose it is.
    var owners: [String: String] = [:]
  }

  private let limits: MetricsLimits
  private let state = LockBox(State())

  /// A registry with no metrics.
  public init(limits: MetricsLimits = .init()) { self.limits = limits }

  /// Registers counters, one for each combination of the labels' values.
  ///
  /// - Throws: ``MetricsError``, as each of these does, also if a name is taken.
  public func counters(
    _ name: String, help: String, labels: [String]
  ) throws(MetricsError) -> MetricFamily<Counter> {
    try family(name, help, .counter, labels) { Counter() }
  }

  /// Registers gauges, one for each combination of the labels' values.
  public func gauges(_ name: String, help: String, labels: [String]) throws(MetricsError) -> MetricFamily<Gauge> {
    try family(name, help, .gauge, labels) { Gauge() }
  }

  /// Registers histograms, one for each combination of the labels' values.
  ///
  /// - Parameter bounds: the buckets' upper bounds, inclusive, rising and finite.
  public func histograms(
    _ name: String, help: String, labels: [String], bounds: [Double]
  ) throws(MetricsError) -> MetricFamily<Histogram> {
    guard !bounds.isEmpty, bounds.allSatisfy(\.isFinite), zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw .badBounds(name)
    }
    return try family(name, help, .histogram, labels) { Histogram(bounds: bounds) }
  }

  /// Registers one counter; it is there, as 0, from now on.
  public func counter(_ name: String, help: String) throws(MetricsError) -> Counter {
    try counters(name, help: help, labels: [])[]
  }

  /// Registers one gauge; it is there, as 0, from now on.
  public func gauge(_ name: String, help: String) throws(MetricsError) -> Gauge {
    try gauges(name, help: help, labels: [])[]
  }

  /// Registers one histogram; it is there, empty, from now on.
  public func histogram(_ name: String, help: String, bounds: [Double]) throws(MetricsError) -> Histogram {
    try histograms(name, help: help, labels: [], bounds: bounds)[]
  }

  /// Registers a gauge whose number is asked for whenever the metrics are; nil leaves it out.
  public func gauge(
    _ name: String, help: String, number: @escaping @Sendable () -> Double?
  ) throws(MetricsError) {
    try register([MetricDescription(name, help: help, kind: .gauge)]) {
      [number().map { [MetricSample(.number($0))] } ?? []]
    }
  }

  /// Registers a counter whose number, which never falls, is asked for whenever the metrics are.
  public func counter(
    _ name: String, help: String, number: @escaping @Sendable () -> Double
  ) throws(MetricsError) {
    try register([MetricDescription(name, help: help, kind: .counter)]) { [[MetricSample(.number(number()))]] }
  }

  /// Registers families whose samples are asked for together, whenever the metrics are.
  ///
  /// - Parameter collect: gives the samples of each description, in their order. May be called by several threads at
  ///   once.
  public func register(
    _ descriptions: [MetricDescription], collect: @escaping @Sendable () -> [[MetricSample]]
  ) throws(MetricsError) {
    try add(ClosureSource(descriptions: descriptions, collect: collect), descriptions)
  }

  /// All metrics as text, families in the order of their names and series in that of their labels' values.
  public func text(_ format: ExpositionFormat = .prometheus) -> [UInt8] {
    // Asked for outside the lock: a closure may take its time, and may record.
    let sources = state.withLock { $0.sources }
    let families = sources.flatMap(\.families).sorted { $0.0.name < $1.0.name }
    var writer = ExpositionWriter(format)
    for (description, samples) in families { writer.append(description, samples) }
    return writer.finish()
  }

  private func family<Series: Metric>(
    _ name: String, _ help: String, _ kind: MetricDescription.Kind, _ labels: [String],
    make: @escaping @Sendable () -> Series
  ) throws(MetricsError) -> MetricFamily<Series> {
    let description = try MetricDescription(name, help: help, kind: kind, labels: labels)
    let family = MetricFamily(description, limits: limits, make: make)
    try add(family, [description])
    return family
  }

  private func add(_ source: any MetricSource, _ descriptions: [MetricDescription]) throws(MetricsError) {
    try state.withLock { state throws(MetricsError) in
      var owners = state.owners
      for description in descriptions {
        for name in description.reservedNames {
          if let owner = owners.updateValue(description.name, forKey: name) {
            throw .taken(description.name, by: owner)
          }
        }
      }
      state.owners = owners
      state.sources.append(source)
    }
  }
}
