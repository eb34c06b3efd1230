internal import Defence
internal import Images

/// Differentiators without their pruning: copies of the Student, fine-tuned in all layers as those are, each for all labels.
/// What they miss and the differentiators do not is what the pruning earns.
///
/// All are asked about each picture, none by a key.
struct UnprunedEnsemble: PriorDefence {
  let name = "unpruned-ensemble"
  /// The copies, one at least.
  let networks: [StudentAnswers]
  let epochs: Int

  var method: String {
    "the mean probability for the Student's label of \(networks.count) unpruned copies of the Student, fine-tuned in all "
      + "layers as differentiators are (\(epochs) epochs)"
  }

  func scores(of pictures: [Picture], labelled students: [Int]) throws -> [Double] {
    var sums = [Double](repeating: 0, count: pictures.count)
    for network in networks {
      for (index, row) in try network.probabilities(of: pictures).enumerated() { sums[index] += row[students[index]] }
    }
    return sums.map { $0 / Double(networks.count) }
  }

  func known(defending bundle: ModelBundle, threshold: Double) throws -> KnownDefence {
    try KnownDefence(bundle, asking: networks.map(\.graph), enough: threshold)
  }
}
