internal import NeuralNet

/// How strongly each channel of a network's layers answers to some images.
struct ActivationStatistics {
  /// The mean absolute value of each channel over images and pixels, by the layer's value name. It is taken behind the
  /// layer's normalisation and activation function; where none follows (a linear bottleneck), behind its normalisation.
  private(set) var means: [String: [Double]] = [:]
  /// The layers that an activation function follows directly.
  let activated: Set<String>

  /// Runs the images through the network.
  ///
  /// - Parameters:
  ///   - layers: value names of layers' outputs that carry channels.
  ///   - images: batches of the network's only input.
  /// - Throws: what a plan and a run of it throw.
  init(_ graph: Graph, layers: [String], coupling: ChannelCoupling, images: some Sequence<Tensor>) throws {
    let consumers = graph.consumers()
    let measured = layers.map { layer in
      Self.measured(layer, graph, consumers) { coupling.axis(of: $0) != nil }
    }
    let producers = graph.producers()
    activated = Set(
      zip(layers, measured).filter { _, value in
        guard let producer = producers[value] else { return false }
        switch graph.nodes[producer].operation {
        case .activation, .parametricRelu: return true
        default: return false
        }
      }.map(\.0))
    let wanted = Array(Set(measured)).sorted()
    let worker = try InferenceWorker(try InferencePlan(graph, outputs: wanted))
    var sums: [String: [Double]] = [:]
    var counts: [String: Int] = [:]
    for batch in images {
      for (name, value) in zip(wanted, try worker.run(batch)) {
        guard let axis = coupling.axis(of: name)?.axis else { continue }
        let channels = value.shape[axis]
        let (outer, inner) = (value.shape[..<axis].product, value.shape[(axis + 1)...].product)
        var sum = sums[name] ?? [Double](repeating: 0, count: channels)
        value.scalars.withUnsafeBufferPointer { scalars in
          for index in 0..<(outer * channels) {
            var part: Float = 0
            for place in 0..<inner { part += scalars[index * inner + place].magnitude }
            sum[index % channels] += Double(part)
          }
        }
        sums[name] = sum
        counts[name, default: 0] += outer * inner
      }
    }
    for (layer, name) in zip(layers, measured) {
      means[layer] = sums[name]?.map { $0 / Double(counts[name] ?? 1) }
    }
  }

  /// The value behind a layer's bias, normalisation and activation function.
  private static func measured(
    _ layer: String, _ graph: Graph, _ consumers: [String: [Int]], carries: (String) -> Bool
  ) -> String {
    var value = layer
    while let users = consumers[value], users.count == 1, !graph.outputs.contains(value) {
      let node = graph.nodes[users[0]]
      guard let next = node.outputs.first, carries(next) else { break }
      switch node.operation {
      case .activation, .parametricRelu: return next
      case .batchNormalization, .identity: value = next
      case .binary where node.inputs.contains { graph.parameters[$0] != nil }: value = next
      default: return value
      }
    }
    return value
  }
}
