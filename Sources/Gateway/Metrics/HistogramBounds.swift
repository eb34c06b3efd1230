/// The buckets of the gateway's histograms.
enum HistogramBounds {
  /// Seconds: from a tenth of a millisecond, which a health probe takes, to the longest deadline anybody would set.
  static let durations = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
  ]
  /// Probabilities: finest at both ends, where nearly all of them are.
  static let scores = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1]
  /// Pictures of one run.
  static let batches: [Double] = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64]
}
