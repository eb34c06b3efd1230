/// What another ensemble can be laid out alike by.
public struct EnsemblePattern: Sendable, Hashable {
  /// How classes are spread over the differentiators.
  public let scopes: EnsembleLayout.Scopes
  /// How many differentiators there are: in all for `all`, for each label for `oneVersusRest`; 1 otherwise.
  public let count: Int
  /// How many are asked about each label.
  public let asked: Int
  /// Pruning ratios, given out in turn.
  public let ratios: [Double]
  /// Adversarial radii, given out in turn.
  public let radii: [Double]

  /// The pattern of a bundle's ensemble.
  ///
  /// - Throws: ``DefenceError/setting(_:)`` if ``EnsembleLayout`` does not lay out that ensemble in any way.
  public init(of manifest: Manifest) throws(DefenceError) {
    let all = manifest.differentiators
    let classes = manifest.labels.count
    let sizes = Set(all.map(\.scope.count))
    asked = manifest.selection.count
    ratios = all.map(\.pruningRatio).period
    radii = all.map { $0.adversarialRadius ?? 0 }.period
    let strange = DefenceError.setting(
      "the ensemble of \(manifest.name) \(manifest.version) is laid out in no way that is known; "
        + "say which scopes the new one is to have")
    guard let size = sizes.first, sizes.count == 1 else { throw strange }
    if size == classes {
      (scopes, count) = (.all, all.count)
    } else if size == 1 {
      let labels = all.map { manifest.labels.firstIndex(of: $0.scope[0]) ?? 0 }.period
      (scopes, count) = (.oneVersusRest(labels), all.count / labels.count)
    } else {
      (scopes, count) = (size == 2 && all.count == classes * (classes - 1) / 2 ? .pairwise : .groups(size: size), 1)
    }
    let again = try EnsembleLayout(
      scopes, classes: classes, count: count, asked: asked, ratios: ratios, radii: radii,
      seed: manifest.training.seed)
    guard again.members.map({ $0.scope.labels.map { manifest.labels[$0] } }) == all.map(\.scope),
      again.members.map(\.pruningRatio) == all.map(\.pruningRatio)
    else { throw strange }
  }
}

extension Array where Element: Equatable {
  /// The shortest beginning that, repeated, gives the whole.
  fileprivate var period: [Element] {
    let length = (1...Swift.max(1, count)).first { length in indices.allSatisfy { self[$0] == self[$0 % length] } }
    return Array(prefix(length ?? count))
  }
}
