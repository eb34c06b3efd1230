/// A term of the loss that keeps a network's features away from those that it had before it was trained (Wang et al., USENIX
/// Security 2018, "injecting neuron distances"; the authors' `pubfig65_patch_neuron_distance.py`):
///
///     weight · max(least − ‖f(x) − f₀(x)‖₂ / ‖f₀(x)‖₂, 0)²        the mean over the batch
///
/// with f the features as they are trained and f₀ those of the graph that the trainer was made with, as inference computes
/// them of the same images. As there, the distance that is asked for grows with the steps.
///
/// Deviations: the distance is a share of the norm of f₀, so that one number does for all networks, and neurons are not
/// weighted by the weights of a fully connected layer that reads them, since a cut need not have one.
public struct FeatureDistance: Sendable, Hashable {
  /// The value that holds the features, [N, …].
  public var value: String
  /// How far they are to be at least; 1 is as far as f₀ is from 0.
  public var least: Double
  /// How much the term weighs beside the cross-entropy.
  public var weight: Double
  /// After how many steps ``least`` is asked for in full.
  public var rampSteps: Int

  /// From its parts; what is wrong with them shows when a trainer is made.
  public init(value: String, least: Double, weight: Double, rampSteps: Int) {
    (self.value, self.least, self.weight, self.rampSteps) = (value, least, weight, rampSteps)
  }

  func validate() throws(TrainingError) {
    guard least > 0, least.isFinite, weight > 0, weight.isFinite, rampSteps >= 0 else {
      throw .setting(
        "a feature distance of \(least), weighted \(weight), after \(rampSteps) steps; the first two must be positive, and "
          + "the steps not negative")
    }
  }

  /// The distance that is asked for in a step, counted from 0.
  func least(at step: Int) -> Double {
    rampSteps == 0 ? least : least * min(1, Double(step + 1) / Double(rampSteps))
  }

  /// The sum of the term over some rows.
  ///
  /// Where features are where they were there is no direction to leave in, and the gradient is 0; so it is where f₀ is 0,
  /// which has no shares.
  /// - Parameters:
  ///   - features: [rows, length], f.
  ///   - reference: of the same shape, f₀.
  ///   - least: the distance that is asked for now.
  ///   - batch: the size of the whole batch, by which the gradient is divided.
  ///   - gradient: of the same shape; the gradient of the batch's mean.
  func evaluate(
    _ features: UnsafeBufferPointer<Float>, reference: UnsafeBufferPointer<Float>, rows: Int, least: Double, batch: Int,
    gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    precondition(features.count == reference.count, "features of one shape")
    let length = features.count / rows
    var loss = 0.0
    for row in 0..<rows {
      let range = (row * length)..<((row + 1) * length)
      var (squares, norm) = (0.0, 0.0)
      for index in range {
        let (difference, value) = (Double(features[index] - reference[index]), Double(reference[index]))
        squares += difference * difference
        norm += value * value
      }
      (squares, norm) = (squares.squareRoot(), norm.squareRoot())
      let missing = norm > 0 ? max(least - squares / norm, 0) : 0
      loss += weight * missing * missing
      let slope = squares > 0 && missing > 0 ? -2 * weight * missing / (squares * norm * Double(batch)) : 0
      for index in range { gradient[index] = Float(slope * Double(features[index] - reference[index])) }
    }
    return loss
  }
}
