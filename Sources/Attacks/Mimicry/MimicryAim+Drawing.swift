internal import Base

extension MimicryAim {
  /// Draws which pictures of a pool attacks are to mimic: for each source one of each of `classes` classes, none of them
  /// its own. One class makes targeted attacks, five are usual for non-targeted ones.
  ///
  /// - Parameters:
  ///   - sources: the sources' labels.
  ///   - pool: the labels of the pictures to choose from.
  ///   - seed: what is drawn by; the same seed draws the same.
  /// - Returns: for each source, places in `pool`.
  /// - Throws: ``AttackError/setting(_:)`` if the pool has fewer other classes than wanted.
  public static func drawTargets(
    for sources: [Int], among pool: [Int], classes: Int, seed: UInt64
  ) throws(AttackError) -> [[Int]] {
    let places = Dictionary(grouping: pool.indices) { pool[$0] }
    let labels = places.keys.sorted()
    var draws: [[Int]] = []
    for (index, label) in sources.enumerated() {
      let numbers = CounterGenerator(seed, UInt64(index))
      var others = labels.filter { $0 != label }
      guard (1...max(others.count, 1)).contains(classes), !others.isEmpty else {
        throw .setting("\(classes) classes to mimic; source \(index) has \(others.count) others to choose from")
      }
      draws.append(
        (0..<classes).map { draw in
          let chosen = others.remove(at: numbers.draw(UInt64(2 * draw), below: others.count))
          let pictures = places[chosen]!
          return pictures[numbers.draw(UInt64(2 * draw + 1), below: pictures.count)]
        })
    }
    return draws
  }
}

extension CounterGenerator {
  /// The number at `index` as one of `0..<bound`; for bounds far below 2⁶⁴, whose remainder does not tell.
  fileprivate func draw(_ index: UInt64, below bound: Int) -> Int { Int(bits(index) % UInt64(bound)) }
}
