internal import Defence
internal import Images

/// A defence from the literature, to compare with on the same pictures: a score for each, below whose threshold it is rejected.
protocol PriorDefence: Sendable {
  /// Such as `feature-squeezing`.
  var name: String { get }
  /// What it does, with its source and how it deviates.
  var method: String { get }

  /// - Parameter students: the Student's label for each picture.
  /// - Returns: for each the score, the higher the more genuine.
  func scores(of pictures: [Picture], labelled students: [Int]) throws -> [Double]

  /// What an attacker follows who knows the defence and its threshold.
  func known(defending bundle: ModelBundle, threshold: Double) throws -> KnownDefence
}
