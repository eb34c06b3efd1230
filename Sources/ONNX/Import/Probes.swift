internal import NeuralNet

/// Sizes for a graph's free extents, at which its shapes are tried out.
///
/// What an exporter computes from the input's shape at run time is evaluated at each of a few sizes. What comes out the
/// same everywhere is a number; what follows an extent of the input everywhere is that extent.
struct Probes {
  /// One size for each free extent, by its name; at least one such choice.
  let sizes: [[String: Int]]
  /// Free extents which have the same size in all probes, so that nothing is known about others.
  let pinned: [String: Int]

  /// The input's shape at each probe.
  func shapes(of input: Graph.Input) -> [[Int]] {
    sizes.map { sizes in
      input.shape.map { dimension in
        switch dimension {
        case .fixed(let extent): extent
        case .free(let name): sizes[name]!
        }
      }
    }
  }

  /// The input with its pinned extents fixed.
  func pinning(_ input: Graph.Input) -> Graph.Input {
    var input = input
    input.shape = input.shape.map { dimension in
      if case .free(let name) = dimension, let size = pinned[name] { .fixed(size) } else { dimension }
    }
    return input
  }

  /// What to try, most general first.
  ///
  /// Nearly every network takes the first. One whose classifier follows a Flatten without pooling takes images of one size
  /// only, though its file may declare them free: the usual sizes are tried.
  static func candidates(for inputs: [Graph.Input]) -> [Probes] {
    var roles: [String: Role] = [:]
    var names: [String] = []
    for input in inputs {
      for (axis, dimension) in input.shape.enumerated() {
        guard case .free(let name) = dimension, roles[name] == nil else { continue }
        names.append(name)
        roles[name] =
          switch (axis, input.shape.count) {
          case (0, _): .batch
          case (2, 4): .height
          case (3, 4): .width
          default: .other
          }
      }
    }
    let isSpatial = roles.values.contains { $0 == .height || $0 == .width }
    let hasOther = roles.values.contains(.other)
    var choices = [Choice()]
    if isSpatial { choices += [Choice(dividesEvenly: true)] + Choice.usualSizes.map { Choice(size: $0) } }
    if hasOther { choices += choices.flatMap { choice in [3, 1].map { choice.with(other: $0) } } }
    if roles.values.contains(.batch) { choices.append(Choice(batch: 1)) }
    return choices.map { choice in
      let sizes = (0..<3).map { probe in
        Dictionary(uniqueKeysWithValues: names.map { ($0, choice.size(for: roles[$0]!, probe)) })
      }
      guard !names.isEmpty else { return Probes(sizes: [[:]], pinned: [:]) }
      return Probes(sizes: sizes, pinned: sizes[0].filter { name, size in sizes.allSatisfy { $0[name] == size } })
    }
  }

  private enum Role { case batch, height, width, other }

  /// Sizes for each role; nil for ones that differ between probes.
  private struct Choice {
    var size: Int?
    var dividesEvenly = false
    var other: Int?
    var batch: Int?

    static let usualSizes = [224, 32, 28, 64, 96, 128, 192, 240, 256, 299, 384, 512]

    func size(for role: Role, _ probe: Int) -> Int {
      switch role {
      case .batch: batch ?? [2, 3, 5][probe]
      // Not all even: a border that makes up for what does not divide would look constant. (TensorFlow's SAME.)
      // Multiples of 32 are for networks that can halve nothing else five times.
      case .height: size ?? (dividesEvenly ? [224, 320, 288] : [224, 301, 275])[probe]
      case .width: size ?? (dividesEvenly ? [256, 224, 352] : [256, 227, 333])[probe]
      case .other: other ?? [6, 11, 17][probe]
      }
    }

    func with(other: Int) -> Choice {
      var choice = self
      choice.other = other
      return choice
    }
  }
}
