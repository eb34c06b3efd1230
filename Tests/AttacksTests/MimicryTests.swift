import Attacks
import Images
import NeuralNet
import TestSupport
import Testing

@Suite struct MimicryTests {
  private static func settings(_ budget: Double, steps: Int = 40) -> MimicrySettings {
    var settings = MimicrySettings(budget: budget)
    settings.steps = steps
    return settings
  }

  @Test(arguments: ["mobilenet_v2", "resnet_basic"])
  func `features come much closer within the budget, in the picture that a PNG holds`(_ name: String) throws {
    let network = try AttackedNetwork(name)
    let aims = network.aims(3)
    let found = try network.mimicry().attack(aims, Self.settings(0.03, steps: 60))
    #expect(found.count == aims.count)
    for (aim, found) in zip(aims, found) {
      let read = try ImageDecoder.decode(try ImageEncoder.png(found.picture))
      let dissimilarity = try MultiScaleSSIM(reference: aim.source).dissimilarity(of: read)
      #expect(dissimilarity <= 0.03)
      #expect(abs(dissimilarity - found.dissimilarity) < 1e-9)
      let (before, after) = (
        try network.distance(aim.source, aim.targets[0]), try network.distance(read, aim.targets[0])
      )
      #expect(abs(found.distanceBefore - before) < 1e-3 * before)
      #expect(abs(found.distanceAfter - after) < 1e-3 * before)
      #expect(after < 0.15 * before)
    }
  }

  @Test func `a fingerprint's features come near zero within the budget`() throws {
    let network = try AttackedNetwork()
    let sources = Array(network.pictures.prefix(3))
    let found = try network.mimicry().fingerprint(sources, Self.settings(0.03, steps: 60))
    func norm(_ picture: Picture) throws -> Double {
      try network.features(picture).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    for (source, found) in zip(sources, found) {
      #expect(found.target == nil && found.dissimilarity <= 0.03)
      #expect(abs(try norm(found.picture) - found.distanceAfter) < 1e-3 * found.distanceBefore)
      #expect(abs(try norm(source) - found.distanceBefore) < 1e-3 * found.distanceBefore)
      // In a network with random weights there is not much to gain.
      #expect(found.distanceAfter < 0.99 * found.distanceBefore, "\(found.distanceAfter / found.distanceBefore)")
    }
    let small = Picture(width: 1, height: 1, pixels: [0, 0, 0])
    #expect(throws: AttackError.pictureSize(of: "source 0", width: 1, height: 1, wanted: (64, 64))) {
      try network.mimicry().fingerprint([small], Self.settings(0.03))
    }
  }

  @Test func `a larger budget brings features closer`() throws {
    let network = try AttackedNetwork()
    let mimicry = try network.mimicry()
    let sums = try [0.0003, 0.003, 0.03].map { budget in
      try mimicry.attack(network.aims(3), Self.settings(budget)).map { $0.distanceAfter / $0.distanceBefore }
        .reduce(0, +)
    }
    #expect(sums[0] < 3)
    #expect(sums[1] < 0.9 * sums[0])
    #expect(sums[2] < 0.9 * sums[1])
  }

  @Test func `the same attack makes the same pictures on any number of threads`() throws {
    let network = try AttackedNetwork()
    var settings = Self.settings(0.01, steps: 8)
    settings.batchSize = 2
    let first = try network.mimicry().attack(network.aims(5), settings)
    #expect(try network.mimicry().attack(network.aims(5), settings) == first)
    settings.threads = 3
    #expect(try network.mimicry().attack(network.aims(5), settings) == first)
  }

  @Test func `of several targets the one is kept that came closest`() throws {
    let network = try AttackedNetwork()
    let mimicry = try network.mimicry()
    var settings = Self.settings(0.01, steps: 10)
    settings.batchSize = 1
    let sources = network.pictures[0..<2]
    let targets = Array(network.pictures[2..<6])
    let found = try mimicry.attack(sources.map { MimicryAim(source: $0, targets: targets) }, settings)
    for (source, found) in zip(sources, found) {
      let single = try mimicry.attack(targets.map { MimicryAim(source: source, target: $0) }, settings)
      let nearest = single.indices.min { single[$0].distanceAfter < single[$1].distanceAfter }!
      #expect(found.target == nearest)
      #expect(found.picture == single[nearest].picture)
    }
  }

  @Test func `a source that is its own target stays as it is`() throws {
    let network = try AttackedNetwork()
    let picture = network.pictures[0]
    let found = try network.mimicry().attack(
      [MimicryAim(source: picture, target: picture)], Self.settings(0.01, steps: 3))
    #expect(found[0].picture == picture)
    #expect(found[0].distanceAfter == 0)
    #expect(found[0].dissimilarity == 0)
    #expect(!found[0].isCloser)
  }

  @Test(arguments: [UInt8(0), 255]) func `a black or white source is begun from as it is, and moves`(_ level: UInt8)
    throws
  {
    let network = try AttackedNetwork()
    let source = Picture(width: 64, height: 64, pixels: [UInt8](repeating: level, count: 3 * 64 * 64))
    let aim = MimicryAim(source: source, target: network.pictures[0])
    let found = try network.mimicry().attack([aim], Self.settings(0.03))[0]
    let before = try network.distance(source, network.pictures[0])
    #expect(abs(found.distanceBefore - before) < 1e-3 * before)
    #expect(found.distanceAfter < 0.9 * before)
    #expect(found.dissimilarity <= 0.03)
  }

  @Test func `nothing to attack makes nothing`() throws {
    #expect(try AttackedNetwork().mimicry().attack([], Self.settings(0.01)).isEmpty)
  }

  @Test func `progress is told step by step`() throws {
    let network = try AttackedNetwork()
    var settings = Self.settings(0.01, steps: 3)
    settings.batchSize = 2
    nonisolated(unsafe) var told: [AttackProgress] = []  // One thread at a time, and all have ended when it is read.
    _ = try network.mimicry().attack(network.aims(3), settings) { told.append($0) }
    #expect(told.map(\.steps) == [2, 4, 6, 7, 8, 9])
    #expect(told.allSatisfy { $0.total == 9 })
  }

  private struct Enough: Error {}

  @Test func `what is thrown at progress ends the attack`() throws {
    let network = try AttackedNetwork()
    var settings = Self.settings(0.01, steps: 1_000_000)
    settings.threads = 2
    settings.batchSize = 1
    #expect(throws: Enough.self) {
      try network.mimicry().attack(network.aims(4), settings) { if $0.steps >= 4 { throw Enough() } }
    }
  }
}
