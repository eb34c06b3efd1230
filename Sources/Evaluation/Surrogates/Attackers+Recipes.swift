internal import Defence

extension Attackers {
  /// By which recipes they train networks like a bundle's.
  ///
  /// - Parameter pictures: how many a network sees at most, repeated ones counted; nil for as many as the recipe says.
  func recipes(
    for bundle: ModelBundle, _ preset: EvaluationPreset, pictures most: Int?
  ) throws -> (student: Recipe, differentiator: Recipe) {
    let features = try bundle.student.features
    let pictures = data.training.count
    var recipes = (preset == .quick ? Preset.quick : .standard).recipes(
      pictures: pictures, headOnly: features.name == bundle.manifest.student.cut, features: features.count,
      invariances: invariances)
    if let most {
      let epochs = max(2, most / max(1, pictures))
      recipes.student.epochs = min(recipes.student.epochs, epochs)
      recipes.differentiator.epochs = min(recipes.differentiator.epochs, epochs)
    }
    return recipes
  }
}
