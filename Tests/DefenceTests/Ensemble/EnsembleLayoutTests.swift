import Defence
import Testing

@Suite struct ScopeTests {
  @Test func `a scope of all labels has no other`() {
    let scope = Scope(labels: [2, 0, 1], of: 3)
    #expect(scope.labels == [0, 1, 2])
    #expect(!scope.hasOther)
    #expect(scope.outputs == 3)
    #expect((0..<3).map(scope.output) == [0, 1, 2])
    #expect(scope.output(for: 3) == nil)
  }

  @Test func `a scope of some labels sends the rest to other`() {
    let scope = Scope(labels: [4, 1, 4], of: 6)
    #expect(scope.labels == [1, 4])
    #expect(scope.hasOther)
    #expect(scope.outputs == 3)
    #expect((0..<6).map(scope.output) == [2, 0, 2, 2, 1, 2])
    #expect((0..<6).map(scope.holds) == [false, true, false, false, true, false])
  }
}

@Suite struct EnsembleLayoutTests {
  private func layout(
    _ scopes: EnsembleLayout.Scopes, classes: Int = 6, count: Int = 4, asked: Int = 3, ratios: [Double] = [0.5, 0.7],
    seed: UInt64 = 1
  ) throws -> [EnsembleLayout.Member] {
    try EnsembleLayout(scopes, classes: classes, count: count, asked: asked, ratios: ratios, seed: seed).members
  }

  @Test func `all: each tells all classes apart`() throws {
    let members = try layout(.all)
    #expect(members.map(\.scope) == Array(repeating: Scope(labels: Array(0..<6), of: 6), count: 4))
    #expect(members.map(\.id) == ["d01", "d02", "d03", "d04"])
  }

  @Test func `one-vs-rest: each protected label has as many as are counted`() throws {
    let members = try layout(.oneVersusRest([4, 2]), count: 3)
    #expect(members.map(\.scope.labels) == [[4], [2], [4], [2], [4], [2]])
    #expect(members.allSatisfy { $0.scope.hasOther && $0.scope.outputs == 2 })
  }

  @Test func `pairwise: one for each pair`() throws {
    let members = try layout(.pairwise, classes: 4)
    #expect(members.map(\.scope.labels) == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
    #expect(try layout(.pairwise, classes: 2).map(\.scope) == [Scope(labels: [0, 1], of: 2)])
  }

  @Test(arguments: [(6, 2), (6, 5), (7, 3), (43, 11), (3, 2)])
  func `groups: each class is in as many as are asked`(_ classes: Int, _ size: Int) throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let members = try layout(.groups(size: size), classes: classes, asked: 4, seed: seed)
      #expect(members.allSatisfy { $0.scope.labels.count == size && $0.scope.hasOther })
      #expect(members.count == 4 * ((classes + size - 1) / size))
      for label in 0..<classes { #expect(members.count { $0.scope.holds(label) } >= 4) }
    }
  }

  @Test func `groups differ between rounds and seeds`() throws {
    let members = try layout(.groups(size: 3), classes: 12, asked: 2)
    #expect(members.prefix(4).map(\.scope) != members.suffix(4).map(\.scope))
    #expect(try layout(.groups(size: 3), classes: 12, asked: 2, seed: 2).map(\.scope) != members.map(\.scope))
  }

  @Test func `ratios are given out in turn`() throws {
    #expect(try layout(.all, count: 5, ratios: [0.5, 0.6]).map(\.pruningRatio) == [0.5, 0.6, 0.5, 0.6, 0.5])
  }

  @Test func `each has a seed of its own, which follows from the layout's`() throws {
    let seeds = try layout(.all, count: 256).map(\.seed)
    #expect(Set(seeds).count == 256)
    #expect(try layout(.all, count: 256).map(\.seed) == seeds)
    #expect(Set(try layout(.all, count: 256, seed: 2).map(\.seed)).isDisjoint(with: seeds))
    // So that JavaScript's and JSON's numbers hold them.
    #expect(seeds.allSatisfy { $0 < 1 << 53 })
  }

  @Test func `ids have as many digits as the number of differentiators`() throws {
    let ids = try layout(.all, count: 256).map(\.id)
    #expect(ids.first == "d001" && ids.last == "d256")
    #expect(ids == ids.sorted())
  }

  static let wrong:
    [(scopes: EnsembleLayout.Scopes, classes: Int, count: Int, asked: Int, ratios: [Double], text: String)] = [
      (.all, 6, 0, 3, [0.5], "0 differentiators; there must be 1 to 256"),
      (.all, 6, 257, 3, [0.5], "257 differentiators; there must be 1 to 256"),
      (.all, 6, .max, 3, [0.5], "\(Int.max) differentiators; there must be 1 to 256"),
      (.all, 6, 4, 0, [0.5], "0 differentiators asked; there must be 1 to 256"),
      (.groups(size: 2), 6, 4, .max, [0.5], "\(Int.max) differentiators asked; there must be 1 to 256"),
      (.all, 6, 4, 3, [], "there must be one pruning ratio at least"),
      (.all, 6, 4, 3, [0.5, 1], "a pruning ratio of 1.0; it must be at least 0 and less than 1"),
      (.all, 6, 4, 3, [-0.1], "a pruning ratio of -0.1; it must be at least 0 and less than 1"),
      (.all, 6, 4, 3, [.nan], "a pruning ratio of nan; it must be at least 0 and less than 1"),
      (.all, 1, 4, 3, [0.5], "1 classes; there must be two at least"),
      (.oneVersusRest([]), 6, 4, 3, [0.5], "one-vs-rest needs the labels to protect"),
      (.oneVersusRest([6]), 6, 4, 3, [0.5], "label 6 to protect; there are 6, from 0"),
      (.oneVersusRest([-1]), 6, 4, 3, [0.5], "label -1 to protect; there are 6, from 0"),
      (.oneVersusRest([1, 1]), 6, 4, 3, [0.5], "the labels to protect must be different"),
      (.groups(size: 1), 6, 4, 3, [0.5], "groups of 1 of 6 classes; they must have 2 to 5"),
      (.groups(size: 6), 6, 4, 3, [0.5], "groups of 6 of 6 classes; they must have 2 to 5"),
      (
        .pairwise, 24, 4, 3, [0.5],
        "more than 256 differentiators; choose fewer, or the scopes 'groups' or 'all'"
      ),
      (
        .oneVersusRest(Array(0..<6)), 6, 43, 3, [0.5],
        "more than 256 differentiators; choose fewer, or the scopes 'groups' or 'all'"
      ),
      (
        .groups(size: 2), 100_000, 4, 256, [0.5],
        "more than 256 differentiators; choose fewer, or the scopes 'groups' or 'all'"
      ),
    ]

  @Test(arguments: wrong.indices) func `numbers that make no ensemble are named`(_ index: Int) {
    let one = Self.wrong[index]
    #expect(throws: DefenceError.setting(one.text)) {
      try EnsembleLayout(
        one.scopes, classes: one.classes, count: one.count, asked: one.asked, ratios: one.ratios, seed: 1)
    }
  }
}
