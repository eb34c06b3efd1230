internal import Base

/// The series of one metric, by their labels' values. They come to be when they are first asked for, up to a limit:
/// what is beyond it is recorded as ``overflow``, so that nobody can fill the memory with labels.
public final class MetricFamily<Series: Metric>: Sendable {
  private let description: MetricDescription
  private let limits: MetricsLimits
  private let make: @Sendable () -> Series
  private let series: LockBox<[[String]: Series]>

  init(_ description: MetricDescription, limits: MetricsLimits, make: @escaping @Sendable () -> Series) {
    self.description = description
    self.limits = limits
    self.make = make
    series = LockBox([:])
  }

  /// The value of every label of the series that stands for those for which there was no place.
  public static var overflow: String { "other" }

  /// The series with these values of the labels, in the order in which the labels were registered.
  ///
  /// Fast enough for each record; who records always under the same values keeps the series instead.
  public subscript(_ values: String...) -> Series { series(values) }

  /// Makes these series the only ones, each with what `change` does to it; what the others had is forgotten.
  ///
  /// Nobody who asks meanwhile sees a part of it. For what describes the state of things, not for counters.
  public func replaceAll(with labels: [[String]], _ change: (Series) -> Void) {
    let replacement = LockBox([[String]: Series]())
    for values in labels { change(find(values, in: replacement)) }
    let found = replacement.withLock { $0 }
    series.withLock { $0 = found }
  }

  private func series(_ values: [String]) -> Series { find(values, in: series) }

  private func find(_ values: [String], in box: LockBox<[[String]: Series]>) -> Series {
    precondition(
      values.count == description.labels.count,
      "metric '\(description.name)' has the labels \(description.labels), but was asked for \(values)")
    return box.withLock { series in
      if let known = series[values] { return known }
      let fits = series.count < limits.series && values.allSatisfy { $0.utf8.count <= limits.labelBytes }
      let key = fits ? values : values.map { _ in Self.overflow }
      if let known = series[key] { return known }
      let new = make()
      series[key] = new
      return new
    }
  }
}

extension MetricFamily: MetricSource {
  var families: [(MetricDescription, [MetricSample])] {
    let series = series.withLock { $0 }
    return [(description, series.map { MetricSample($0.value.value, labels: $0.key) })]
  }
}
