extension ChannelCoupling {
  /// The graph without these channels, and without all that are tied to them.
  ///
  /// - Parameter channels: Channels by the value name of a layer's output, or of any other value that carries them.
  /// - Throws: ``SurgeryError`` for a layer or channel that is not there or must stay, and if nothing would be left of
  ///   a value.
  public func removing(_ channels: [String: Set<Int>]) throws(SurgeryError) -> Graph {
    let removed = try groups(of: channels)
    if let (value, left) = emptied(without: removed).first {
      for (layer, indices) in channels.sorted(by: { $0.key < $1.key }) {
        for channel in indices.sorted() where left.contains(axes[layer]?.groups[channel] ?? -1) {
          throw .emptied(value: value, layer: layer, channel: channel)
        }
      }
    }
    return remaining(without: removed)
  }

  /// The graph without these groups of channels.
  ///
  /// - Throws: ``SurgeryError`` for a group that is not there or must stay, and if nothing would be left of a value.
  public func removing(groups removed: Set<Int>) throws(SurgeryError) -> Graph {
    for id in removed.sorted() {
      guard groups.indices.contains(id) else { throw .unknownGroup(id) }
      if let obstacle = groups[id].obstacle { throw .lockedGroup(id, obstacle: obstacle) }
    }
    if let (value, left) = emptied(without: removed).first, let id = left.min() {
      // What no layer computes, a constant in a concatenation, is named itself.
      let member = groups[id].members.first ?? ChannelGroup.Member(layer: value, channel: 0)
      throw .emptied(value: value, layer: member.layer, channel: member.channel)
    }
    return remaining(without: removed)
  }

  private func remaining(without removed: Set<Int>) -> Graph {
    guard !removed.isEmpty else { return graph }
    var smaller = graph
    for (parameter, axes) in parameterAxes {
      for (axis, groups) in axes {
        let kept = groups.indices.filter { !removed.contains(groups[$0]) }
        if kept.count < groups.count {
          smaller.parameters[parameter] = smaller.parameters[parameter]?.keeping(kept, axis)
        }
      }
    }
    smaller.nodes = graph.nodes.map { node in
      var node = node
      node.operation = operation(of: node, without: removed)
      return node
    }
    return smaller
  }

  /// The node's operator, with the numbers that count channels brought down.
  private func operation(of node: Node, without removed: Set<Int>) -> Operator {
    func kept(_ groups: some Collection<Int>) -> Int { groups.count { !removed.contains($0) } }
    func keptOnAxis(_ value: String) -> Int? { axes[value].map { kept($0.groups) } }
    let (x, y) = (node.inputs.first.flatMap { axes[$0] }, node.outputs.first.flatMap { axes[$0] })

    switch node.operation {
    case .convolution(var convolution):
      guard let x, graph.isDepthwise(node, convolution) else { return node.operation }
      convolution.groups = kept(x.groups)
      return .convolution(convolution)
    case .split(let axis, let sizes):
      guard let x, x.axis == axis else { return node.operation }
      return .split(axis: axis, sizes: zip(node.outputs, sizes).map { keptOnAxis($0) ?? $1 })
    case .slice(let ranges):
      guard let x, x.groups.contains(where: removed.contains) else { return node.operation }
      return .slice(ranges.map { $0.axis == x.axis ? $0.among(x.groups, without: removed) : $0 })
    case .pad(var padding):
      guard let x, let y else { return node.operation }
      let (before, after) = (padding.before[x.axis], padding.after[x.axis])
      padding.before[x.axis] = before > 0 ? kept(y.groups.prefix(before)) : -kept(x.groups.prefix(-before))
      padding.after[x.axis] = after > 0 ? kept(y.groups.suffix(after)) : -kept(x.groups.suffix(-after))
      return .pad(padding)
    case .reshape(var dimensions):
      guard let y, case .fixed = dimensions[y.axis] else { return node.operation }
      dimensions[y.axis] = .fixed(kept(y.groups))
      return .reshape(dimensions)
    case .batchNormalization, .activation, .parametricRelu, .binary, .softmax, .logSoftmax, .concatenation, .maxPool,
      .averagePool, .globalPool, .mean, .flatten, .transpose, .squeeze, .unsqueeze, .gemm, .matrixMultiplication,
      .dropout, .identity, .localResponseNormalization:
      return node.operation
    }
  }
}

extension Graph {
  fileprivate func isDepthwise(_ node: Node, _ convolution: Operator.Convolution) -> Bool {
    convolution.groups > 1 && parameters[node.inputs[1]]?.shape[1] == 1
  }
}

extension SliceRange {
  /// The range that takes what is left of what this one takes.
  fileprivate func among(_ groups: [Int], without removed: Set<Int>) -> SliceRange {
    let taken = indices(in: groups.count).filter { !removed.contains(groups[$0]) }
    guard let first = taken.first, let last = taken.last else { return self }
    func place(_ index: Int) -> Int { groups[..<index].count { !removed.contains($0) } }
    let end = place(last) + step.signum()
    return SliceRange(axis: axis, start: place(first), end: end < 0 ? Int.min : end, step: step)
  }
}

extension Tensor {
  /// Only these indices of one axis, in this order.
  func keeping(_ indices: [Int], _ axis: Int) -> Tensor {
    let inner = shape[(axis + 1)...].reduce(1, *)
    var kept: [Float] = []
    kept.reserveCapacity(count / max(1, shape[axis]) * indices.count)
    for block in stride(from: 0, to: count, by: max(1, shape[axis] * inner)) {
      for index in indices {
        let start = block + index * inner
        kept += scalars[start..<start + inner]
      }
    }
    return Tensor(shape: shape.replacing(axis, with: indices.count), scalars: kept)
  }
}
