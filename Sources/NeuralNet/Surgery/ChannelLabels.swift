/// Labels for channels, united where one cannot go without the other: a disjoint-set forest.
///
/// A set may have an obstacle, the reason why it must stay.
struct ChannelLabels {
  typealias Label = Int

  private var parents: [Label] = []
  /// By root.
  private var obstacles: [Label: String] = [:]

  mutating func fresh(_ count: Int) -> [Label] {
    let first = parents.count
    parents.append(contentsOf: first..<first + count)
    return Array(first..<first + count)
  }

  mutating func root(of label: Label) -> Label {
    var label = label
    while parents[label] != label {
      parents[label] = parents[parents[label]]
      label = parents[label]
    }
    return label
  }

  /// The older root stays root, so that the outcome does not depend on hashing.
  mutating func unite(_ first: Label, _ second: Label) {
    let (first, second) = (root(of: first), root(of: second))
    guard first != second else { return }
    let (older, younger) = (min(first, second), max(first, second))
    parents[younger] = older
    if let obstacle = obstacles.removeValue(forKey: younger), obstacles[older] == nil { obstacles[older] = obstacle }
  }

  mutating func unite(_ first: [Label], _ second: [Label]) {
    precondition(first.count == second.count, "\(first.count) labels cannot be tied to \(second.count)")
    for (one, other) in zip(first, second) { unite(one, other) }
  }

  /// The first reason stays.
  mutating func obstruct(_ labels: some Sequence<Label>, because reason: String) {
    for label in labels {
      let root = root(of: label)
      if obstacles[root] == nil { obstacles[root] = reason }
    }
  }

  mutating func obstacle(of label: Label) -> String? { obstacles[root(of: label)] }
}
