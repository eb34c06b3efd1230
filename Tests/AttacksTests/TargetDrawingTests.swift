import Attacks
import Testing

@Suite struct TargetDrawingTests {
  private let pool = [0, 0, 0, 1, 1, 2, 3, 3, 3, 3]

  @Test func `targets are of different classes, none of them the source's`() throws {
    let sources = [0, 1, 2, 3, 0, 7]
    let draws = try MimicryAim.drawTargets(for: sources, among: pool, classes: 3, seed: 5)
    #expect(draws.count == sources.count)
    for (source, draw) in zip(sources, draws) {
      let labels = draw.map { pool[$0] }
      #expect(Set(labels).count == 3)
      #expect(!labels.contains(source))
    }
  }

  @Test func `the same seed draws the same, another one others`() throws {
    let sources = [Int](repeating: 2, count: 50)
    let draws = try MimicryAim.drawTargets(for: sources, among: pool, classes: 1, seed: 5)
    #expect(try MimicryAim.drawTargets(for: sources, among: pool, classes: 1, seed: 5) == draws)
    #expect(try MimicryAim.drawTargets(for: sources, among: pool, classes: 1, seed: 6) != draws)
    // Each of the nine pictures of other classes at some time: one stays out with a chance of less than 2 % (11/12)⁵⁰.
    #expect(Set(draws.flatMap { $0 }) == Set(pool.indices).subtracting([5]))
  }

  @Test(arguments: [0, -1, 4]) func `a number of classes that cannot be had is refused`(_ classes: Int) {
    #expect(throws: AttackError.setting("\(classes) classes to mimic; source 0 has 3 others to choose from")) {
      try MimicryAim.drawTargets(for: [1], among: pool, classes: classes, seed: 0)
    }
  }

  @Test func `a pool of one class has no targets for it`() {
    #expect(throws: AttackError.setting("1 classes to mimic; source 1 has 0 others to choose from")) {
      try MimicryAim.drawTargets(for: [4, 3], among: [3, 3], classes: 1, seed: 0)
    }
  }
}
