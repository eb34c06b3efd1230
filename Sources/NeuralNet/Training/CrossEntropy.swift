internal import Foundation

/// The softmax cross-entropy of logits, and its gradient: `−Σ target · log softmax(logits)`, the mean over the batch.
///
/// As PyTorch's `cross_entropy`, labels and soft targets alike: with label smoothing ε (Szegedy et al. 2016) a target t
/// of K classes becomes `(1 − ε) · t + ε / K`.
struct CrossEntropy: Sendable {
  /// What is right for each image of a batch.
  enum Targets: Sendable {
    /// The class of each image.
    case labels([Int])
    /// [N, classes], each row adding up to 1.
    case distributions(Tensor)
  }

  let labelSmoothing: Double

  /// The sum of the losses of some rows and the number that has its largest logit where the target has its largest.
  ///
  /// - Parameters:
  ///   - logits: [rows, classes]
  ///   - first: the batch's row that is the first one here.
  ///   - batch: the size of the whole batch, by which the gradient is divided.
  ///   - gradient: [rows, classes], the gradient of the batch's mean loss.
  func evaluate(
    _ logits: UnsafeBufferPointer<Float>, classes: Int, targets: Targets, first: Int, batch: Int,
    gradient: UnsafeMutablePointer<Float>
  ) -> (loss: Double, correct: Int) {
    var (loss, correct) = (0.0, 0)
    var target = [Double](repeating: 0, count: classes)
    var exponentials = target
    for row in 0..<(logits.count / classes) {
      let scores = logits[(row * classes)..<((row + 1) * classes)]
      fill(&target, targets, row: first + row)
      var largest = -Float.infinity
      var guess = 0
      for (index, score) in scores.enumerated() where score > largest { (largest, guess) = (score, index) }
      var sum = 0.0
      for (index, score) in scores.enumerated() {
        exponentials[index] = exp(Double(score) - Double(largest))
        sum += exponentials[index]
      }
      let logarithm = Double(largest) + log(sum)
      var truth = 0
      for index in 0..<classes {
        if target[index] > target[truth] { truth = index }
        let share = target[index] * (1 - labelSmoothing) + labelSmoothing / Double(classes)
        // A share of 0 takes part in no way, not even where the logit is −∞.
        if share > 0 { loss += share * (logarithm - Double(scores[scores.startIndex + index])) }
        gradient[row * classes + index] = Float((exponentials[index] / sum - share) / Double(batch))
      }
      if guess == truth { correct += 1 }
    }
    return (loss, correct)
  }

  private func fill(_ target: inout [Double], _ targets: Targets, row: Int) {
    switch targets {
    case .labels(let labels):
      for index in target.indices { target[index] = index == labels[row] ? 1 : 0 }
    case .distributions(let tensor):
      for index in target.indices { target[index] = Double(tensor.scalars[row * target.count + index]) }
    }
  }
}

extension CrossEntropy.Targets {
  /// - Throws: ``TrainingError`` unless there is one target for each image, and each is sound.
  func validate(images: Int, classes: Int) throws(TrainingError) {
    switch self {
    case .labels(let labels):
      guard labels.count == images else { throw .labelCount(labels.count, images: images) }
      for (index, label) in labels.enumerated() where !(0..<classes).contains(label) {
        throw .label(label, classes: classes, index: index)
      }
    case .distributions(let tensor):
      guard tensor.shape == [images, classes] else {
        throw .shape(of: "the targets", tensor.shape, wanted: [images, classes])
      }
      for row in 0..<images {
        let values = tensor.scalars[(row * classes)..<((row + 1) * classes)]
        guard values.allSatisfy({ $0 >= 0 }), abs(values.reduce(0, +) - 1) < 1e-3 else { throw .target(row: row) }
      }
    }
  }
}
