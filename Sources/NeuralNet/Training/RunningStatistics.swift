/// The running means and variances of the batch normalisations that are trained.
///
/// `running = momentum · running + (1 − momentum) · batch` with ONNX's momentum and the batch's unbiased variance, as
/// PyTorch has it. With several shards the batch's statistics are the mean of the shards', weighted by their sizes:
/// each shard normalises by its own, as in PyTorch's DistributedDataParallel, which then keeps only the first shard's.
struct RunningStatistics: Sendable, Equatable {
  /// By parameter name.
  private(set) var values: [String: Tensor]

  init(_ values: [String: Tensor]) { self.values = values }

  /// - Parameter shards: the number of images in each, and what each of `normalizations` saw.
  mutating func update(
    _ normalizations: [GradientPlan.Normalization], shards: [(images: Int, statistics: [BatchStatistics])]
  ) {
    let total = Float(shards.reduce(0) { $0 + $1.images })
    for (index, normalization) in normalizations.enumerated() {
      func update(_ name: String, _ part: (BatchStatistics) -> [Float]) {
        values[name]!.withUnsafeMutableScalars { running in
          for channel in running.indices {
            let batch = shards.reduce(0 as Float) {
              $0 + Float($1.images) / total * part($1.statistics[index])[channel]
            }
            running[channel] = normalization.momentum * running[channel] + (1 - normalization.momentum) * batch
          }
        }
      }
      update(normalization.mean, \.mean)
      update(normalization.variance, \.variance)
    }
  }
}
