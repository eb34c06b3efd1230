internal import NeuralNet

/// Removes the channels that answer least to some images (Wu et al. 2019, section 4.1), in every layer that shares them.
///
/// Deviation: channels that a residual sum or a depthwise convolution ties are judged together, by the mean of their
/// layers' activations, each as a share of its layer's mean, since the sum needs the same channels from all of them.
struct ActivationPruning {
  /// The share of each layer's channels that goes, in 0..<1.
  var ratio: Double
  /// The share of `ratio` that goes where no activation function follows directly: in the channels that residual sums and
  /// linear bottlenecks carry from block to block. All that a network knows passes through these few channels, and
  /// losing many of them costs far more accuracy than it saves time.
  var streamShare = 0.3
  /// No layer gets narrower than this by pruning, in channels.
  var minimumWidth = 8
  /// Widths are rounded up to a multiple of this, which the kernels' vectors like. A layer that is narrower stays whole.
  var multiple = 8

  /// The smaller network.
  ///
  /// - Parameter images: batches of the network's only input.
  /// - Throws: ``GraphError`` or ``SurgeryError`` for a network that surgery cannot handle.
  func pruned(_ graph: Graph, images: [Tensor]) throws -> Graph {
    guard let first = images.first, let input = graph.inputs.first else { return graph }
    let coupling = try ChannelCoupling(graph, input: [input.name: first.shape])
    let layers = Array(Set(coupling.tiedLayers.flatMap(\.layers))).sorted()
    let statistics = try ActivationStatistics(graph, layers: layers, coupling: coupling, images: images)
    let shares = statistics.means.mapValues { means in
      let mean = means.reduce(0, +) / Double(means.count)
      return means.map { mean > 0 ? $0 / mean : 0 }
    }
    var removed: Set<Int> = []
    for tied in coupling.tiedLayers {
      let scored = tied.groups.map { id -> (id: Int, score: Double) in
        let members = coupling.groups[id].members
        let scores = members.compactMap { shares[$0.layer]?[$0.channel] }
        return (id, scores.reduce(0, +) / Double(max(1, scores.count)))
      }
      let isStream = !tied.layers.allSatisfy(statistics.activated.contains)
      let dropped = scored.count - width(of: scored.count, ratio: isStream ? streamShare * ratio : ratio)
      removed.formUnion(scored.sorted { ($0.score, $0.id) < ($1.score, $1.id) }.prefix(dropped).map(\.id))
    }
    return try coupling.removing(groups: removed)
  }

  /// How many of a layer's channels stay.
  func width(of channels: Int, ratio: Double) -> Int {
    // 80 · (1 − 0.7) must not rise to 25.
    let wanted = max(minimumWidth, Int((Double(channels) * (1 - ratio) - 1e-9).rounded(.up)))
    return min(channels, (wanted + multiple - 1) / multiple * multiple)
  }
}
