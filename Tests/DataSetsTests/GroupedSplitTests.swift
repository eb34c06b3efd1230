import DataSets
import Images
import TestSupport
import Testing

@Suite struct GroupedSplitTests {
  /// A data set with so many groups for each label, each of so many examples, all pictures different.
  private func dataSet(groups: [Int], size: Int = 1) -> DataSet {
    var examples: [Example] = []
    for (label, count) in groups.enumerated() {
      for group in 0..<count {
        for member in 0..<size {
          let picture = PictureFolder.picture(examples.count)
          examples.append(
            Example(name: "\(label)/\(group)_\(member)", label: label, group: "\(group)", picture: picture))
        }
      }
    }
    return DataSet(source: "made up", labels: groups.indices.map { "\($0)" }, examples: examples)
  }

  @Test(
    arguments: [
      (0.2, [2, 6, 1, 0, 0]), (0.25, [3, 8, 1, 1, 0]), (0.5, [5, 15, 2, 1, 0]), (0, [0, 0, 0, 0, 0]),
      (1, [9, 29, 3, 1, 0]),
    ] as [(Double, [Int])])
  func `about a share of each label's groups is withheld, and never all`(_ share: Double, _ expected: [Int]) {
    let data = dataSet(groups: [10, 30, 4, 2, 1], size: 3)
    let split = GroupedSplit(of: data, share: share, seed: 1)
    let groups = Set(split.withheld.map { "\(data.examples[$0].label) \(data.examples[$0].group)" })
    #expect((0..<5).map { label in groups.count { $0.hasPrefix("\(label) ") } } == expected)
    #expect(split.withheld.count == 3 * expected.reduce(0, +))
    #expect((split.training + split.withheld).sorted() == Array(data.examples.indices))
    #expect(split.training == split.training.sorted() && split.withheld == split.withheld.sorted())
    let trained = Set(split.training.map { "\(data.examples[$0].label) \(data.examples[$0].group)" })
    #expect(trained.isDisjoint(with: groups))
  }

  @Test func `the seed decides, and nothing else does`() {
    let data = dataSet(groups: [20, 20, 20])
    let splits = (0..<10).map { GroupedSplit(of: data, share: 0.3, seed: UInt64($0)) }
    #expect(splits == (0..<10).map { GroupedSplit(of: data, share: 0.3, seed: UInt64($0)) })
    #expect(Set(splits.map(\.withheld)).count == 10)
    // What one release withholds, the next must withhold too: calibration may not meet what was trained on.
    #expect(splits[1].withheld == [4, 6, 9, 15, 17, 18, 20, 21, 22, 33, 34, 35, 40, 44, 50, 51, 52, 57])
  }

  @Test func `what is held out comes first, and of the rest a share is withheld`() {
    let data = dataSet(groups: [20, 40], size: 2)
    let split = GroupedSplit(of: data, share: 0.25, holdOut: 0.2, seed: 3)
    func groups(_ part: [Int]) -> [Int] {
      (0..<2).map { label in Set(part.filter { data.examples[$0].label == label }.map { data.examples[$0].group }).count
      }
    }
    #expect(
      groups(split.heldOut) == [4, 8] && groups(split.withheld) == [4, 8] && groups(split.training) == [12, 24])
    #expect((split.heldOut + split.withheld + split.training).sorted() == Array(data.examples.indices))
    // Whoever measures knows how much was held out, and need not know how much was withheld.
    #expect(GroupedSplit(of: data, share: 0, holdOut: 0.2, seed: 3).heldOut == split.heldOut)
    #expect(GroupedSplit(of: data, share: 0, holdOut: 0.2, seed: 4).heldOut != split.heldOut)
    // A bundle that held nothing out was not trained on what a later one of the same seed holds out.
    let earlier = GroupedSplit(of: data, share: 0.2, seed: 3)
    #expect(earlier.withheld == split.heldOut && earlier.heldOut == [])
  }

  @Test func `of a label with few groups none is held out, and never all are put aside`() {
    let data = dataSet(groups: [1, 2, 4])
    let split = GroupedSplit(of: data, share: 0.15, holdOut: 0.1, seed: 1)
    #expect(split.heldOut == [] && split.withheld.count == 1)
    let most = GroupedSplit(of: data, share: 1, holdOut: 1, seed: 1)
    #expect(most.heldOut.count == 4 && most.withheld == [] && most.training.count == 3)
  }

  @Test func `each group is withheld as often as any other`() {
    let data = dataSet(groups: [10, 10])
    var counts = Array(repeating: 0, count: 20)
    for seed in 0..<1000 {
      for index in GroupedSplit(of: data, share: 0.3, seed: UInt64(seed)).withheld { counts[index] += 1 }
    }
    // 300 expected; the standard deviation is 14.5.
    #expect(counts.allSatisfy { (235...365).contains($0) }, "\(counts)")
  }

  @Test func `the same pixels land on the same side, whatever group or label they have`() {
    var random = SeededGenerator(seed: 5)
    let original = dataSet(groups: [30, 30, 30])
    let examples = original.examples.map { example in
      // Every fourth or so is the picture of some other.
      let isCopy = Int.random(in: 0..<4, using: &random) == 0
      let picture = isCopy ? original.examples.randomElement(using: &random)!.picture : example.picture
      return Example(name: example.name, label: example.label, group: example.group, picture: picture)
    }
    let data = DataSet(source: "made up", labels: original.labels, examples: examples)
    #expect(data.duplicates.count > 10)
    for seed in 0..<20 {
      let split = GroupedSplit(of: data, share: 0.25, seed: UInt64(seed))
      let withheld = Set(split.withheld)
      for set in data.duplicates { #expect(Set(set.map { withheld.contains($0) }).count == 1) }
      for label in 0..<3 {
        let count = split.withheld.count { data.examples[$0].label == label }
        #expect((5...11).contains(count), "\(count) of label \(label)")
      }
    }
  }

  @Test func `a label all of whose pictures are another's keeps some for training`() {
    var examples: [Example] = []
    for label in 0..<2 {
      for number in 0..<4 {
        let picture = PictureFolder.picture(number)
        examples.append(Example(name: "\(label)/\(number)", label: label, group: "\(number)", picture: picture))
      }
    }
    let data = DataSet(source: "made up", labels: ["a", "b"], examples: examples)
    let split = GroupedSplit(of: data, share: 1, seed: 3)
    #expect(Set(split.training.map { data.examples[$0].label }) == [0, 1])
    #expect(split.withheld.count == 6)
    #expect(data.duplicatesAcrossLabels.count == 4)
  }

  @Test func `groups of one name under two labels are two groups`() {
    let data = dataSet(groups: [2, 2], size: 2)
    let apart = (0..<20).contains { seed in
      let withheld = GroupedSplit(of: data, share: 0.5, seed: UInt64(seed)).withheld.map { data.examples[$0] }
      return Set(withheld.map(\.group)).count == 2
    }
    #expect(apart)
  }

  @Test func `a part can be parted again`() {
    let data = dataSet(groups: [20, 20])
    let first = GroupedSplit(of: data, share: 0.2, seed: 1)
    let second = GroupedSplit(of: data, among: first.training.reversed(), share: 0.25, seed: 2)
    #expect((second.training + second.withheld).sorted() == first.training)
    #expect(second.withheld.count == 8)
    #expect(GroupedSplit(of: data, among: [], share: 0.5, seed: 1).withheld == [])
  }
}
