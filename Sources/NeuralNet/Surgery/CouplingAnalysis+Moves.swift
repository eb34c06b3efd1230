/// Operators that only move values about: what they do to data, they do to labels.
extension CouplingAnalysis {
  mutating func followConcatenation(along axis: Int, _ node: Node) -> LabelledAxis? {
    let known = node.inputs.compactMap { axes[$0] }
    guard let first = known.first(where: { $0.axis == axis }) ?? known.first else { return nil }
    guard first.axis == axis else {
      for input in node.inputs.indices {
        tie(first, rank: shape(of: node.outputs[0]).count, toInput: input, of: node)
      }
      return first
    }
    var all: [Label] = []
    for (index, input) in node.inputs.enumerated() {
      if let own = axes[input], own.axis == axis {
        all += own.labels
      } else if isParameter(input) {
        all += labels(ofInput: index, axis: axis, of: node)
      } else {
        hold(input, because: node.place + " joins it with channels along another axis")
        let fresh = labels.fresh(shape(of: input)[axis])
        labels.obstruct(fresh, because: "it is part of '\(input)', which cannot be made smaller")
        all += fresh
      }
    }
    return LabelledAxis(axis: axis, labels: all)
  }

  /// A step over channels must stay a step, so all channels from one taken to the next are tied.
  mutating func follow(_ ranges: [SliceRange], _ x: LabelledAxis) -> LabelledAxis {
    guard let range = ranges.first(where: { $0.axis == x.axis }) else { return x }
    let taken = Array(range.indices(in: x.labels.count))
    for (index, next) in zip(taken, taken.dropFirst()) {
      for between in stride(from: index, to: next, by: range.step.signum()) {
        labels.unite(x.labels[index], x.labels[between])
      }
    }
    return LabelledAxis(axis: x.axis, labels: taken.map { x.labels[$0] })
  }

  /// A border of channels is as good to remove as any: the operator's widths are what is left of it.
  mutating func follow(_ padding: Operator.Padding, _ node: Node) -> LabelledAxis? {
    guard let x = axes[node.inputs[0]] else { return nil }
    let (before, after) = (padding.before[x.axis], padding.after[x.axis])
    // Else a border could be all that is left, which shape inference refuses.
    guard min(before, after) >= 0 || max(before, after) <= 0 else {
      return holdInputs(of: node, because: node.place + " crops it and gives it a border")
    }
    let kept = x.labels.dropFirst(max(0, -before)).dropLast(max(0, -after))
    return LabelledAxis(axis: x.axis, labels: labels.fresh(max(0, before)) + kept + labels.fresh(max(0, after)))
  }

  /// Reshape and Flatten read the values in another grid of the same order. Cut both shapes where their products agree:
  /// the piece with the channel axis is a run of positions, each with its channel's label, and one axis of the new
  /// piece becomes the channel axis. Positions with the same index along it must go together and are tied.
  ///
  /// - Parameter dimensions: what Reshape is told; nil for Flatten, which takes what comes.
  mutating func followReshape(_ node: Node, dimensions: [ReshapeDimension]?) -> LabelledAxis? {
    guard let x = axes[node.inputs[0]], x.labels.count > 1 else { return nil }
    let (old, new) = (shape(of: node.inputs[0]), shape(of: node.outputs[0]))
    let (piece, newPiece) = Self.pieces(of: old, holding: x.axis, against: new)
    let length = old[piece].product
    guard length <= Self.longestPiece else {
      return holdInputs(of: node, because: node.place + " spreads it over \(length) positions")
    }
    let inner = old[(x.axis + 1)..<piece.upperBound].product
    let run = (0..<length).map { x.labels[$0 / inner % x.labels.count] }

    let candidates = newPiece.filter { axis in
      guard new[axis] > 1, let dimensions else { return new[axis] > 1 }
      // Other extents must not change with the number of channels, and this one must.
      let others = dimensions.indices.filter { $0 != axis }
      guard !others.contains(where: { dimensions[$0] == .copy(axis: x.axis) }) else { return false }
      guard case .copy(let copied) = dimensions[axis] else { return true }
      return copied == x.axis
    }
    func index(along axis: Int) -> (Int) -> Int {
      let inner = new[(axis + 1)..<newPiece.upperBound].product
      return { $0 / inner % new[axis] }
    }
    // The axis that leaves the most freedom; the last of equals, as a shuffle's groups come before the channels in them.
    var best: (axis: Int, groups: Int)?
    for axis in candidates {
      let groups = candidates.count == 1 ? 1 : countOfGroups(of: run, tiedBy: index(along: axis))
      if groups >= best?.groups ?? 0 { best = (axis, groups) }
    }
    guard let axis = best?.axis else {
      return holdInputs(of: node, because: node.place + " has no axis for its channels alone")
    }
    var result = [Label?](repeating: nil, count: new[axis])
    let position = index(along: axis)
    for (offset, label) in run.enumerated() {
      if let first = result[position(offset)] {
        labels.unite(first, label)
      } else {
        result[position(offset)] = label
      }
    }
    return LabelledAxis(axis: axis, labels: result.compactMap(\.self))
  }

  /// Longer runs than this are not worth their memory: 16 M labels.
  private static let longestPiece = 1 << 24

  private mutating func countOfGroups(of run: [Label], tiedBy index: (Int) -> Int) -> Int {
    var trial = labels
    var first: [Int: Label] = [:]
    for (offset, label) in run.enumerated() {
      let position = index(offset)
      trial.unite(first[position, default: label], label)
      first[position] = label
    }
    return Set(run.map { trial.root(of: $0) }).count
  }

  /// The smallest runs of axes of two shapes of equal product that hold `axis` of the first and match each other.
  static func pieces(of old: [Int], holding axis: Int, against new: [Int]) -> (old: Range<Int>, new: Range<Int>) {
    func products(_ shape: [Int]) -> [Int] { shape.reduce(into: [1]) { $0.append($0[$0.count - 1] * $1) } }
    let (oldProducts, newProducts) = (products(old), products(new))
    var (start, end) = (axis, axis + 1)
    while !newProducts.contains(oldProducts[start]) { start -= 1 }
    while !newProducts.contains(oldProducts[end]) { end += 1 }
    // Extents of 1 repeat a product; they are left out of the piece at both ends.
    let newStart = newProducts.lastIndex(of: oldProducts[start])!
    let newEnd = newProducts.firstIndex(of: oldProducts[end])!
    return (start..<end, newStart..<newEnd)
  }
}
