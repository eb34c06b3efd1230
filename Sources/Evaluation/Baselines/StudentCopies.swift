internal import Defence
internal import NeuralNet

/// Trains the networks of those prior defences that have any, by the attacked bundle's recipe, on the pictures that its
/// attackers have: once for an evaluation, and kept in its folder.
struct StudentCopies {
  let bundle: ModelBundle
  let attackers: Attackers
  let settings: EvaluationSettings
  let preset: EvaluationPreset
  let seed: UInt64
  let threads: Int
  /// Where what is trained is kept.
  let folder: String
  /// Told which network is trained, and the share, 0...1, of it that is done; what it throws ends the training.
  let report: (String, Double) throws -> Void

  /// As far from the Student's features as these are from 0, in the second half of the training. The penalty's weight is
  /// such that missing all of it costs about as much as guessing among a thousand labels.
  private static let distance = CopyTraining.Distance(least: 1, weight: 8, ramp: 0.5)

  /// The Student retrained with its features at a distance from the Teacher's.
  func distant() throws -> NeuronDistance {
    // The paper's retraining sees pictures as they are; noise and blur are this project's.
    var recipe = try recipe()
    (recipe.augmentation.noise, recipe.augmentation.blur) = (0, 0)
    let graph = try train("neuron-distance", recipe, number: 0, distance: Self.distance)
    return NeuronDistance(
      network: try StudentAnswers(graph, bundle.manifest.input, threads: threads), least: Self.distance.least,
      epochs: recipe.epochs)
  }

  /// Copies fine-tuned as differentiators are.
  func unpruned() throws -> UnprunedEnsemble {
    let radii = bundle.manifest.differentiators.map { $0.adversarialRadius ?? 0 }
    let count = settings.unprunedCopies ?? bundle.manifest.selection.count
    var recipe = try recipe()
    let epochs = recipe.epochs
    let networks = try (1...max(1, count)).map { number in
      recipe.adversarialRadius = radii.isEmpty ? 0 : radii[(number - 1) % radii.count]
      let graph = try train("unpruned-\(number)", recipe, number: UInt64(number))
      return try StudentAnswers(graph, bundle.manifest.input, threads: threads)
    }
    return UnprunedEnsemble(networks: networks, epochs: epochs)
  }

  private func recipe() throws -> Recipe {
    try attackers.recipes(for: bundle, preset, pictures: settings.baselinePictures).differentiator
  }

  private func train(
    _ name: String, _ recipe: Recipe, number: UInt64, distance: CopyTraining.Distance? = nil
  ) throws -> Graph {
    // None of the bundle's own seeds.
    let seed = bundle.manifest.training.seed &+ seed &* 1000 &+ 500 &+ number
    return try CopyTraining(of: bundle, data: attackers.data, threads: threads)
      .copy(name, recipe: recipe, seed: seed, distance: distance, in: folder) { try report(name, $0) }
  }
}
