internal import NeuralNet

/// Operators that take arrays apart, join and rearrange them.
extension GraphImporter {
  mutating func concatenation(_ node: NodeReader) throws(ONNXError) {
    guard let axis = try node.int("axis") else { throw .malformed("has no attribute 'axis'") }
    let operands = try operands(node)
    try emit(.concatenation(axis: try node.axis(axis, rank: operands[0].rank)), operands, for: node)
  }

  mutating func split(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    let axis = try node.axis(try node.int("axis") ?? 0, rank: x.rank)
    let given = node.opset >= 13 ? try integers(node, 1) : try node.ints("split")
    let sizes: [Int]
    if let given { sizes = given } else { sizes = try equalParts(node, x, axis) }
    guard sizes.count == node.outputs.count else {
      throw .malformed("splits into \(sizes.count) parts, but has \(node.outputs.count) outputs")
    }
    try emit(.split(axis: axis, sizes: sizes), [x], for: node)
  }

  private func equalParts(_ node: NodeReader, _ x: Operand, _ axis: Int) throws(ONNXError) -> [Int] {
    let parts = node.outputs.count
    if let declared = try node.int("num_outputs"), declared != parts {
      throw .malformed("attribute 'num_outputs' is \(declared), but there are \(parts) outputs")
    }
    guard let extent = x.extent(axis) else { throw dependsOnSize("the extent of axis \(axis), which is split,") }
    // Since opset 18 the last part may be smaller.
    let size = (extent + parts - 1) / parts
    let last = extent - size * (parts - 1)
    guard last == size || (node.opset >= 18 && last > 0) else {
      throw ONNXError(.graph(.shape("the extent \(extent) of axis \(axis) does not split into \(parts) parts")))
    }
    return Array(repeating: size, count: parts - 1) + [last]
  }

  mutating func slice(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    guard let starts = try integersByProbe(node, 1), let ends = try integersByProbe(node, 2) else {
      throw .malformed("starts or ends are left out")
    }
    let (axes, steps) = (try integers(node, 3), try integers(node, 4))
    var probes: [[SliceRange]] = []
    for probe in 0..<probeCount {
      probes.append(
        try node.sliceRanges(starts: starts[probe], ends: ends[probe], axes: axes, steps: steps, rank: x.rank))
    }
    guard probes.allSatisfy({ $0.count == probes[0].count }) else { throw dependsOnSize("the number of axes sliced") }
    var ranges = probes[0]
    for index in ranges.indices {
      let axis = ranges[index].axis
      ranges[index].start = try bound(probes.map { $0[index].start }, x, axis)
      ranges[index].end = try bound(probes.map { $0[index].end }, x, axis)
    }
    try emit(.slice(ranges), [x], for: node)
  }

  /// A bound that is the same at every probe, or always as far from the end of the axis.
  private func bound(_ values: [Int], _ x: Operand, _ axis: Int) throws(ONNXError) -> Int {
    if values.allSatisfy({ $0 == values[0] }) { return values[0] }
    let fromEnd = zip(values, x.shapes).map { value, shape in value.subtractingReportingOverflow(shape[axis]) }
    guard fromEnd.allSatisfy({ !$0.overflow && $0.partialValue == fromEnd[0].partialValue }) else {
      throw dependsOnSize("a bound along axis \(axis)")
    }
    let distance = fromEnd[0].partialValue
    return distance < 0 ? distance : Int.max
  }

  /// More than this many separate indices make more nodes than anybody can mean.
  private static let mostGathered = 256

  /// Gather by known indices is a slice, or a few that are joined. (GoogLeNet's `transform_input` takes each colour so.)
  mutating func gather(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    let axis = try node.axis(try node.int("axis") ?? 0, rank: x.rank)
    guard case .constant(let constant, _)? = value(node, 1), let indices = constant.integers else {
      throw .unsupported("indices that are not constant integers")
    }
    guard constant.shape.count <= 1, (1...Self.mostGathered).contains(indices.count) else {
      throw .unsupported("indices of shape \(constant.shape); one index or a list of up to \(Self.mostGathered) is")
    }
    for shape in x.shapes {
      guard let wrong = indices.first(where: { !(-shape[axis]..<shape[axis]).contains($0) }) else { continue }
      throw ONNXError(.graph(.shape("index \(wrong) is outside of the extent \(shape[axis]) of axis \(axis)")))
    }
    let ranges = indices.map { index in
      Operator.slice([SliceRange(axis: axis, start: index, end: index == -1 ? Int.max : index + 1)])
    }
    if constant.shape.isEmpty {
      let part = try step(ranges[0], [x], for: node)
      try emit(.squeeze(axes: [axis]), [part], for: node)
    } else if ranges.count == 1 {
      try emit(ranges[0], [x], for: node)
    } else {
      var parts: [Operand] = []
      for range in ranges { parts.append(try step(range, [x], for: node)) }
      try emit(.concatenation(axis: axis), parts, for: node)
    }
  }

  mutating func pad(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    let mode = try node.string("mode") ?? "constant"
    guard mode == "constant" else { throw .unsupported("the mode '\(mode)'; constant is") }
    guard let widths = try integers(node, 1) else { throw .malformed("pads are left out") }
    let axes: [Int]
    if let given = try integers(node, 3) {
      axes = try node.axes(given, rank: x.rank)
    } else {
      axes = Array(0..<x.rank)
    }
    guard widths.count == 2 * axes.count else {
      throw .malformed("has \(widths.count) widths, not \(2 * axes.count), two for each axis")
    }
    var padding = Operator.Padding(
      before: Array(repeating: 0, count: x.rank), after: Array(repeating: 0, count: x.rank),
      value: try float(node, 2) ?? 0)
    for (index, axis) in axes.enumerated() {
      padding.before[axis] = widths[index]
      padding.after[axis] = widths[index + axes.count]
    }
    try emit(.pad(padding), [x], for: node)
  }

  mutating func mean(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    let keepsDimensions = try node.int("keepdims") ?? 1 != 0
    let axes = try axes(node, input: 1, sinceOpset: 18, rank: x.rank) ?? []
    if axes.isEmpty, try node.bool("noop_with_empty_axes") {
      return try emit(.identity, [x], for: node)
    }
    let all = axes.isEmpty ? Array(0..<x.rank) : axes.sorted()
    try emit(.mean(axes: all, keepsDimensions: keepsDimensions), [x], for: node)
  }

  mutating func flatten(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    try emit(.flatten(axis: try node.flattenAxis(rank: x.rank)), [x], for: node)
  }

  mutating func transpose(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    try emit(.transpose(permutation: try node.permutation(rank: x.rank)), [x], for: node)
  }

  mutating func squeeze(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    let axes = try axes(node, input: 1, sinceOpset: 13, rank: x.rank) ?? (0..<x.rank).filter { x.extent($0) == 1 }
    try emit(.squeeze(axes: axes.sorted()), [x], for: node)
  }

  mutating func unsqueeze(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    // The axes count in the output, so that their number must be known before they can be read.
    let number = try node.opset >= 13 ? integers(node, 1)?.count : node.ints("axes")?.count
    guard let number else { throw .malformed("axes are left out") }
    guard x.rank + number <= [Int].largestRank else { throw .unsupported("an array of \(x.rank) + \(number) axes") }
    guard let axes = try axes(node, input: 1, sinceOpset: 13, rank: x.rank + number) else { return }
    try emit(.unsqueeze(axes: axes.sorted()), [x], for: node)
  }
}
