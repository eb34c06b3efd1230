@testable import Defence
import TestSupport
import Testing

@Suite struct EnsemblePatternTests {
  /// A manifest with the ensemble that a layout has, of labels a, b, c, …
  private func manifest(
    _ scopes: EnsembleLayout.Scopes, classes: Int, count: Int = 4, asked: Int = 3, ratios: [Double] = [0.5, 0.7],
    radii: [Double] = [0, 4, 8]
  ) throws -> Manifest {
    var manifest = try TinyBundle().bundle().manifest
    manifest.labels = (0..<classes).map { String(UnicodeScalar(UInt8(97 + $0))) }
    manifest.selection.count = asked
    manifest.training.seed = 9
    let layout = try EnsembleLayout(
      scopes, classes: classes, count: count, asked: asked, ratios: ratios, radii: radii,
      seed: manifest.training.seed)
    manifest.differentiators = layout.members.map { member in
      .init(
        id: member.id, file: "\(member.id).onnx", scope: member.scope.labels.map { manifest.labels[$0] },
        other: member.scope.hasOther, pruningRatio: member.pruningRatio,
        adversarialRadius: member.adversarialRadius > 0 ? member.adversarialRadius : nil, seed: member.seed)
    }
    return manifest
  }

  @Test(
    arguments: [
      (.all, 6, 4), (.all, 2, 1), (.oneVersusRest([4, 2]), 6, 3), (.oneVersusRest([0]), 3, 5), (.pairwise, 5, 1),
      (.groups(size: 3), 7, 1), (.groups(size: 2), 7, 1),
    ] as [(EnsembleLayout.Scopes, Int, Int)])
  func `an ensemble's layout is found in its manifest`(
    _ scopes: EnsembleLayout.Scopes, _ classes: Int, _ count: Int
  ) throws {
    let pattern = try EnsemblePattern(of: try manifest(scopes, classes: classes, count: count))
    #expect(pattern.scopes == scopes && pattern.count == count && pattern.asked == 3)
    // One or two differentiators do not show how the ratios would go on.
    #expect(pattern.ratios == (scopes == .all && count == 1 ? [0.5] : [0.5, 0.7]))
  }

  @Test func `one pair of two classes is all there is`() throws {
    #expect(try EnsemblePattern(of: try manifest(.pairwise, classes: 2)).scopes == .all)
  }

  @Test func `radii are found as ratios are`() throws {
    for radii in [[0], [4], [0, 4, 8], [0, 0, 4]] as [[Double]] {
      #expect(try EnsemblePattern(of: try manifest(.all, classes: 5, count: 8, radii: radii)).radii == radii)
    }
  }

  @Test func `ratios that do not repeat are taken as they are`() throws {
    let ratios = [0.5, 0.6, 0.5, 0.7]
    #expect(try EnsemblePattern(of: try manifest(.all, classes: 3, ratios: ratios)).ratios == ratios)
  }

  typealias Change = @Sendable (inout Manifest) -> Void

  static let strange: [Change] = [
    { $0.differentiators = [] },
    { $0.differentiators[0].scope = ["a"] },
    { $0.differentiators.removeLast() },
    { $0.differentiators.swapAt(0, 1) },
    { $0.training.seed = 10 },
  ]

  @Test(arguments: strange.indices) func `an ensemble that no layout gives is not guessed at`(_ index: Int) throws {
    var manifest = try manifest(.groups(size: 3), classes: 7)
    Self.strange[index](&manifest)
    #expect(
      throws: DefenceError.setting(
        "the ensemble of colours 1 is laid out in no way that is known; say which scopes the new one is to have")
    ) { try EnsemblePattern(of: manifest) }
  }
}
