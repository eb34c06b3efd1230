/// Numbers that are joined to sets, two sets at a time (Tarjan 1975, with path halving).
struct DisjointSets {
  private var parents: [Int]

  /// Each number below `count` by itself.
  init(count: Int) { parents = Array(0..<count) }

  /// The number that stands for all in the set of this one: the least of them.
  mutating func representative(of number: Int) -> Int {
    var number = number
    while parents[number] != number {
      parents[number] = parents[parents[number]]
      number = parents[number]
    }
    return number
  }

  /// Joins the sets of two numbers.
  mutating func unite(_ first: Int, _ second: Int) {
    let (a, b) = (representative(of: first), representative(of: second))
    parents[max(a, b)] = min(a, b)
  }
}
