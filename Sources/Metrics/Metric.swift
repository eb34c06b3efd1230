/// One series: what is recorded under one set of label values.
public protocol Metric: AnyObject, Sendable {
  /// What it says at the moment.
  var value: MetricValue { get }
}
