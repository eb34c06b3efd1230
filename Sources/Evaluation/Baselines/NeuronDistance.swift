internal import Defence
internal import Images

/// Neuron-distance injection (Wang et al., USENIX Security 2018, section 7): the Student is retrained in all layers so that its
/// features at the cut are at least a distance from the Teacher's, and whoever mimics the Teacher's features misses its own.
///
/// The loss is that of the authors' program, see ``NeuralNet/FeatureDistance``, with its two deviations. Others: the steps are
/// AdamW's with this project's augmentation, not plain gradient descent's; the distance grows with each step for half
/// of the training, not with each epoch; and the retrained network does not take the Student's place, but scores its label.
struct NeuronDistance: PriorDefence {
  let name = "neuron-distance"
  /// The retrained Student.
  let network: StudentAnswers
  /// How far the features were to be from the Teacher's, as a share of the norm of these.
  let least: Double
  let epochs: Int

  var method: String {
    "Wang et al. 2018: the probability for the Student's label of a Student that was retrained in all layers (\(epochs) "
      + "epochs), its features at the cut \(least) times the norm of the Teacher's or more away from them; the paper "
      + "lets it answer in the Student's place, states the distance in absolute numbers and weights neurons"
  }

  func scores(of pictures: [Picture], labelled students: [Int]) throws -> [Double] {
    zip(try network.probabilities(of: pictures), students).map { $0[$1] }
  }

  func known(defending bundle: ModelBundle, threshold: Double) throws -> KnownDefence {
    try KnownDefence(bundle, asking: [network.graph], enough: threshold)
  }
}
