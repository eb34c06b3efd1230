extension CouplingAnalysis {
  /// What is known of each of the node's outputs, after tying what it takes.
  ///
  /// Each rule answers for this: with zeros wherever a removed channel was, in its inputs and in its outputs, the
  /// operator gives the same as without those channels. That is why a function of one value passes channels on even
  /// if it does not keep a zero (sigmoid): the channel is zero in the result as well, since it is carried there.
  mutating func follow(_ node: Node) -> [LabelledAxis?] {
    let x = node.inputs.first.flatMap { axes[$0] }
    switch node.operation {
    case .activation, .dropout, .identity: return [x]
    case .convolution(let convolution): return [follow(convolution, node)]
    case .gemm(let gemm): return [follow(gemm, node)]
    case .matrixMultiplication: return [followProduct(node)]
    case .batchNormalization:
      guard let x, x.axis == 1 else { return [x] }
      guard node.inputs.dropFirst().allSatisfy(isParameter) else {
        return [holdInputs(of: node, because: node.place + " has computed statistics")]
      }
      for input in 1..<node.inputs.count { labels.unite(x.labels, labels(ofInput: input, axis: 0, of: node)) }
      return [x]
    case .parametricRelu, .binary: return [followElementwise(node)]
    case .softmax(let axis), .logSoftmax(let axis):
      return [x?.axis == axis ? holdInputs(of: node, because: node.place + " divides by a sum over it") : x]
    case .localResponseNormalization(let normalization):
      // Without a channel, its neighbours would become neighbours of one another.
      guard x?.axis == 1, normalization.size > 1 else { return [x] }
      return [holdInputs(of: node, because: node.place + " sums over its neighbours")]
    case .maxPool, .averagePool, .globalPool:
      guard let x, x.axis < 2 else {
        return [holdInputs(of: node, because: node.place + " slides along its channels")]
      }
      return [x]
    case .mean(let axes, let keepsDimensions):
      guard let x, !axes.contains(x.axis) else {
        return [holdInputs(of: node, because: node.place + " divides by their number")]
      }
      let dropped = keepsDimensions ? 0 : Set(axes).count { $0 < x.axis }
      return [LabelledAxis(axis: x.axis - dropped, labels: x.labels)]
    case .concatenation(let axis): return [followConcatenation(along: axis, node)]
    case .split(let axis, let sizes):
      guard let x, x.axis == axis else { return sizes.map { _ in x } }
      var start = 0
      return sizes.map { size in
        defer { start += size }
        return LabelledAxis(axis: axis, labels: Array(x.labels[start..<start + size]))
      }
    case .slice(let ranges): return [x.map { follow(ranges, $0) }]
    case .pad(let padding): return [follow(padding, node)]
    case .transpose(let permutation):
      return [x.flatMap { x in permutation.firstIndex(of: x.axis).map { LabelledAxis(axis: $0, labels: x.labels) } }]
    case .squeeze(let axes):
      // A squeezed axis has a single channel, which could not have gone.
      guard let x, !axes.contains(x.axis) else { return [nil] }
      return [LabelledAxis(axis: x.axis - Set(axes).count { $0 < x.axis }, labels: x.labels)]
    case .unsqueeze(let axes):
      guard let x else { return [nil] }
      let old = shape(of: node.outputs[0]).indices.filter { !axes.contains($0) }
      return [LabelledAxis(axis: old[x.axis], labels: x.labels)]
    case .flatten: return [followReshape(node, dimensions: nil)]
    case .reshape(let dimensions): return [followReshape(node, dimensions: dimensions)]
    }
  }

  /// Groups of more than one input channel must stay alike, so channels at the same position of every group are tied.
  /// With one input channel a group (depthwise), a group is removed whole.
  private mutating func follow(_ convolution: Operator.Convolution, _ node: Node) -> LabelledAxis? {
    guard node.inputs.dropFirst().allSatisfy(isParameter) else {
      return holdInputs(of: node, because: node.place + " has a computed weight")
    }
    if let x = axes[node.inputs[0]], x.axis != 1 { hold(node.inputs[0], because: node.place + " slides along it") }
    let input = axes[node.inputs[0]].flatMap { $0.axis == 1 ? $0.labels : nil }
    let fixed = "'\(node.inputs[0])', which \(node.place) reads, cannot be made smaller"
    let extents = shape(of: node.inputs[1])
    let output = labels(ofInput: 1, axis: 0, of: node)
    if node.inputs.count == 3 { labels.unite(output, labels(ofInput: 2, axis: 0, of: node)) }

    let (outputsPerGroup, inputsPerGroup) = (extents[0] / convolution.groups, extents[1])
    if convolution.groups > 1, inputsPerGroup == 1 {
      if let input {
        for (index, label) in output.enumerated() { labels.unite(label, input[index / outputsPerGroup]) }
      } else {
        labels.obstruct(output, because: fixed)
      }
    } else {
      let columns = labels(ofInput: 1, axis: 1, of: node)
      if let input {
        for (index, label) in input.enumerated() { labels.unite(label, columns[index % inputsPerGroup]) }
      } else {
        labels.obstruct(columns, because: fixed)
      }
      for (index, label) in output.enumerated() { labels.unite(label, output[index % outputsPerGroup]) }
    }
    return LabelledAxis(axis: 1, labels: output)
  }

  private mutating func follow(_ gemm: Operator.Gemm, _ node: Node) -> LabelledAxis? {
    guard isParameter(node.inputs[1]) else {
      return holdInputs(of: node, because: node.place + " has a computed weight")
    }
    contract(axis: gemm.transposesA ? 0 : 1, weightAxis: gemm.transposesB ? 1 : 0, node)
    let output = LabelledAxis(axis: 1, labels: labels(ofInput: 1, axis: gemm.transposesB ? 0 : 1, of: node))
    if node.inputs.count == 3 { tie(output, rank: 2, toInput: 2, of: node) }
    return output
  }

  private mutating func followProduct(_ node: Node) -> LabelledAxis? {
    guard isParameter(node.inputs[1]), !isParameter(node.inputs[0]), shape(of: node.inputs[1]).count == 2 else {
      return holdInputs(of: node, because: node.place + " is no product with a weight matrix on the right")
    }
    contract(axis: shape(of: node.inputs[0]).count - 1, weightAxis: 0, node)
    let rank = shape(of: node.outputs[0]).count
    return LabelledAxis(axis: rank - 1, labels: labels(ofInput: 1, axis: 1, of: node))
  }

  /// Ties the summed axis of a product's left side to the weight's.
  private mutating func contract(axis: Int, weightAxis: Int, _ node: Node) {
    let columns = labels(ofInput: 1, axis: weightAxis, of: node)
    if let x = axes[node.inputs[0]], x.axis == axis {
      labels.unite(x.labels, columns)
    } else {
      let reason = node.place + " sums along an axis that cannot be made smaller"
      hold(node.inputs[0], because: reason)
      labels.obstruct(columns, because: reason)
    }
  }

  /// The first input with several channels sets the axis, the others are tied to it.
  private mutating func followElementwise(_ node: Node) -> LabelledAxis? {
    let rank = shape(of: node.outputs[0]).count
    for input in node.inputs {
      guard var known = axes[input], known.labels.count > 1 else { continue }
      known.axis += rank - shape(of: input).count
      for other in node.inputs.indices { tie(known, rank: rank, toInput: other, of: node) }
      return known
    }
    return nil
  }
}
