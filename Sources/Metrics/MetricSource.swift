/// Where samples come from when they are asked for.
protocol MetricSource: Sendable {
  /// Families with what their series say at the moment.
  var families: [(MetricDescription, [MetricSample])] { get }
}

/// Families whose samples a closure gives.
struct ClosureSource: MetricSource {
  let descriptions: [MetricDescription]
  /// The samples of each of them.
  let collect: @Sendable () -> [[MetricSample]]

  var families: [(MetricDescription, [MetricSample])] {
    let samples = collect()
    precondition(samples.count == descriptions.count, "\(samples.count) families for \(descriptions.map(\.name))")
    return Array(zip(descriptions, samples))
  }
}
