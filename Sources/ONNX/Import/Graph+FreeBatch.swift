internal import NeuralNet

extension Graph {
  /// The same graph for any batch size, if it was written for batches of one and computes each image by itself.
  ///
  /// PyTorch writes a batch of one unless told otherwise, and then reshapes to `[1, …]`, which becomes a copy of the batch.
  /// That the images stay apart is checked and not assumed: every computed value must have the batch as its first axis,
  /// grow with it there and nowhere else, and no operator may work along it.
  func withFreeBatch() -> Graph? {
    guard inputs.allSatisfy({ $0.shape.first == .fixed(1) }), !inputs.isEmpty else { return nil }
    let symbol = Dimension.free("N")
    guard !inputs.contains(where: { $0.shape.contains(symbol) }) else { return nil }
    var freed = self
    for index in freed.inputs.indices { freed.inputs[index].shape[0] = symbol }
    for index in freed.nodes.indices { freed.nodes[index].copyBatch() }
    for probes in Probes.candidates(for: inputs) {
      guard let one = try? shapes(of: inputShapes(probes)) else { continue }
      guard let two = try? freed.shapes(of: inputShapes(probes).mapValues { [2] + $0.dropFirst() }),
        freed.keepsBatchFirst(one, two)
      else { return nil }
      return freed
    }
    return nil
  }

  private func inputShapes(_ probes: Probes) -> [String: [Int]] {
    Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, probes.shapes(of: $0)[0]) })
  }

  /// Whether the images of a batch stay apart, given all shapes for one image and for two.
  private func keepsBatchFirst(_ one: [String: [Int]], _ two: [String: [Int]]) -> Bool {
    var computed = Set(inputs.map(\.name))
    for node in nodes {
      let ranks = node.inputs.map { computed.contains($0) ? one[$0]!.count : nil }
      guard ranks.contains(where: { $0 != nil }) else { continue }
      guard node.operation.keepsBatchApart(ranks) else { return false }
      for output in node.outputs {
        guard one[output]!.first == 1, two[output]! == [2] + one[output]!.dropFirst() else { return false }
      }
      computed.formUnion(node.outputs)
    }
    return outputs.allSatisfy(computed.contains)
  }
}

extension Node {
  fileprivate mutating func copyBatch() {
    guard case .reshape(var dimensions) = operation, dimensions.first == .fixed(1) else { return }
    dimensions[0] = .copy(axis: 0)
    operation = .reshape(dimensions)
  }
}

extension Operator {
  /// Whether this does not work along the first axis; `ranks` are the numbers of axes of the inputs that have the batch
  /// as their first.
  fileprivate func keepsBatchApart(_ ranks: [Int?]) -> Bool {
    switch self {
    case .activation, .dropout, .identity, .globalPool, .maxPool, .averagePool, .localResponseNormalization: true
    // Weights which depend on the image would be shared by the batch.
    case .convolution, .batchNormalization: ranks.dropFirst().allSatisfy { $0 == nil }
    case .gemm(let gemm): !gemm.transposesA && ranks.dropFirst().allSatisfy { $0 == nil }
    // Broadcasting aligns last axes, so that first axes of different numbers of axes do not meet.
    case .binary, .parametricRelu: Set(ranks.compactMap(\.self)).count == 1
    case .matrixMultiplication:
      ranks[0].map { $0 >= 2 } == true && (ranks[1] == nil || (ranks[1] == ranks[0] && ranks[0]! > 2))
    case .softmax(let axis), .logSoftmax(let axis), .split(let axis, _): axis > 0
    case .concatenation(let axis): axis > 0 && !ranks.contains(nil)
    case .slice(let ranges): ranges.allSatisfy { $0.axis > 0 }
    case .mean(let axes, _), .squeeze(let axes), .unsqueeze(let axes): !axes.contains(0)
    case .flatten(let axis): axis > 0
    // Row-major order keeps images apart as long as the first axis stays what it is, which the shapes tell.
    case .reshape: true
    case .transpose(let permutation): permutation.first == 0
    case .pad(let padding): padding.before.first == 0 && padding.after.first == 0
    }
  }
}
