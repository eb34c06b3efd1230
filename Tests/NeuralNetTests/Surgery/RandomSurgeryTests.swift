import NeuralNet
import TestSupport
import Testing

@Suite struct RandomSurgeryTests {
  @Test(arguments: 0..<16)
  func `a pruned random graph equals the original with those channels zeroed`(batch: Int) throws {
    for seed in UInt64(batch * 25)..<UInt64(batch * 25 + 25) {
      let random = RandomGraph(seed: seed)
      let oracle = try SurgeryOracle(random.graph, random.input)
      var generator = SeededGenerator(seed: seed &+ 1_000_000)
      let removed = oracle.coupling.randomGroups(share: 0.5, using: &generator)
      let pruned = try oracle.coupling.removing(groups: removed)
      try oracle.expectEqual(pruned, without: removed, seed: seed, "seed \(seed)")

      let hasMembers = removed.contains { !oracle.coupling.groups[$0].members.isEmpty }
      #expect(!hasMembers || pruned.parameterCount < random.graph.parameterCount, "seed \(seed)")
      let channels = oracle.coupling.members(of: removed)
      #expect(try oracle.coupling.groups(of: channels).isSubset(of: removed), "seed \(seed)")

      let other: [String: [Int]] = ["image": random.hasFreeSize ? [5, 3, 9, 7] : [5] + (random.input["image"]![1...])]
      let output = random.graph.outputs[0]
      #expect(try pruned.shapes(of: other)[output] == random.graph.shapes(of: other)[output], "seed \(seed)")
    }
  }

  @Test func `random graphs have channels to remove`() throws {
    var removable = 0
    for seed in UInt64(0)..<100 {
      let random = RandomGraph(seed: seed)
      let coupling = try ChannelCoupling(random.graph, input: random.input)
      if !coupling.prunableLayers.isEmpty { removable += 1 }
      #expect(try coupling.removing([:]) == random.graph)
      #expect(try coupling.removing(groups: []) == random.graph)
    }
    #expect(removable >= 90)
  }

  @Test func `pruning twice is as good as pruning once`() throws {
    for seed in UInt64(2000)..<2050 {
      let random = RandomGraph(seed: seed)
      let coupling = try ChannelCoupling(random.graph, input: random.input)
      var generator = SeededGenerator(seed: seed)
      let removed = coupling.randomGroups(share: 0.5, using: &generator)
      guard let last = removed.max(), !coupling.groups[last].members.isEmpty else { continue }
      let first = removed.subtracting([last])
      let smaller = try coupling.removing(groups: first)
      // A grouped convolution that is left with one channel a group has become depthwise, whose groups may go singly.
      guard smaller.countOfDepthwise == random.graph.countOfDepthwise else { continue }
      let once = try ChannelCoupling(smaller, input: random.input)
      // The last group's channel under its number in the smaller graph.
      let member = coupling.groups[last].members[0]
      let before = coupling.axis(of: member.layer)!.groups[..<member.channel].count { first.contains($0) }
      let twice = try once.removing([member.layer: [member.channel - before]])
      #expect(twice == (try coupling.removing(groups: removed)), "seed \(seed)")
    }
  }
}

extension Graph {
  fileprivate var countOfDepthwise: Int {
    nodes.count { node in
      guard case .convolution(let convolution) = node.operation else { return false }
      return convolution.groups > 1 && parameters[node.inputs[1]]?.shape[1] == 1
    }
  }
}

extension ChannelCoupling {
  fileprivate func members(of removed: Set<Int>) -> [String: Set<Int>] {
    removed.flatMap { groups[$0].members }.reduce(into: [:]) { $0[$1.layer, default: []].insert($1.channel) }
  }
}
