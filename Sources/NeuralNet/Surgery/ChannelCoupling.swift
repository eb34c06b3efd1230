/// Which channels of a graph can only be removed together, found from the graph alone.
///
/// Residual sums, depthwise convolutions, gates, concatenations and reshapes tie channels of different layers into
/// ``groups``. Removing a group takes it out of every value and weight that carries it, and the smaller graph equals
/// this one with that group set to zero in every value that carries it. (A value *carries* a channel if the channel's
/// group stands on its ``axis(of:)``: what a convolution computes, and on through batch normalisation, activations and
/// so on up to the next convolution. The zero is taken after each of them, so a batch normalisation's shift or
/// sigmoid(0) = ½ are gone too.) Weights are taken to be finite.
///
/// What is called a layer is the output value of a convolution or of a product with a weight; wherever a layer is asked
/// for, any other value that carries channels will do as well, such as an activation's output.
public struct ChannelCoupling: Sendable {
  /// What was analysed, and what channels are removed from.
  public let graph: Graph
  /// By ``ChannelGroup/id``.
  public let groups: [ChannelGroup]
  /// The layers' value names, in the graph's order.
  public let layers: [String]
  /// Layers with removable channels, in sets of those that share groups; in the graph's order of their first ones.
  public let tiedLayers: [TiedLayers]

  let axes: [String: ChannelAxis]
  /// The groups along those axes of each weight that carry channels, by axis.
  let parameterAxes: [String: [Int: [Int]]]

  /// Analyses a graph.
  ///
  /// - Parameters:
  ///   - graph: What to remove channels from.
  ///   - input: A shape for each input; batch size, height and width matter only where the graph fixes them, as a
  ///     Flatten over space does.
  /// - Throws: ``GraphError`` if the graph is not sound, or does not fit these shapes.
  public init(_ graph: Graph, input: [String: [Int]]) throws(GraphError) {
    try graph.validateNames()
    var analysis = CouplingAnalysis(graph, shapes: try graph.shapes(of: input))
    self.graph = graph
    layers = analysis.layers

    var ids: [ChannelLabels.Label: Int] = [:]
    var groups: [ChannelGroup] = []
    func group(_ labels: [ChannelLabels.Label]) -> [Int] {
      labels.map { label in
        let root = analysis.labels.root(of: label)
        if let id = ids[root] { return id }
        ids[root] = groups.count
        groups.append(ChannelGroup(id: groups.count, members: [], obstacle: analysis.labels.obstacle(of: root)))
        return groups.count - 1
      }
    }
    var axes: [String: ChannelAxis] = [:]
    for value in graph.nodes.flatMap(\.outputs) {
      if let axis = analysis.axes[value] { axes[value] = ChannelAxis(axis: axis.axis, groups: group(axis.labels)) }
    }
    var parameterAxes: [String: [Int: [Int]]] = [:]
    let order = analysis.parameterAxes.keys.sorted { ($0.parameter, $0.axis) < ($1.parameter, $1.axis) }
    for key in order { parameterAxes[key.parameter, default: [:]][key.axis] = group(analysis.parameterAxes[key] ?? []) }
    for layer in layers {
      for (channel, id) in (axes[layer]?.groups ?? []).enumerated() {
        groups[id].members.append(ChannelGroup.Member(layer: layer, channel: channel))
      }
    }
    self.axes = axes
    self.parameterAxes = parameterAxes
    self.groups = groups
    tiedLayers = Self.tied(layers, axes, groups)
  }

  /// Where a computed value holds channels, and their groups; nil for a value that cannot be made smaller.
  public func axis(of value: String) -> ChannelAxis? { axes[value] }

  /// The layers with at least one removable channel, in the graph's order.
  public var prunableLayers: [String] {
    layers.filter { layer in axes[layer]?.groups.contains { groups[$0].isRemovable } ?? false }
  }

  /// The group that a layer's channel belongs to.
  ///
  /// - Throws: ``SurgeryError`` if there is no such layer or channel.
  public func group(of layer: String, channel: Int) throws(SurgeryError) -> ChannelGroup {
    guard let axis = axes[layer] else { throw .unknownLayer(layer) }
    guard axis.groups.indices.contains(channel) else {
      throw .channelOutOfRange(layer: layer, channel: channel, count: axis.groups.count)
    }
    return groups[axis.groups[channel]]
  }

  /// The groups of these channels, which are all that must go with them.
  ///
  /// - Throws: ``SurgeryError`` for a layer or channel that is not there, or that must stay.
  public func groups(of channels: [String: Set<Int>]) throws(SurgeryError) -> Set<Int> {
    var chosen: Set<Int> = []
    for (layer, indices) in channels.sorted(by: { $0.key < $1.key }) {
      guard axes[layer] != nil else { throw .unknownLayer(layer) }
      for channel in indices.sorted() {
        let group = try group(of: layer, channel: channel)
        if let obstacle = group.obstacle { throw .locked(layer: layer, channel: channel, obstacle: obstacle) }
        chosen.insert(group.id)
      }
    }
    return chosen
  }

  /// The computed values, in the graph's order, and then the weights that would have nothing left without these groups.
  ///
  /// An empty answer means that the groups can be removed, if each is removable by itself.
  public func valuesEmptied(without removed: Set<Int>) -> [String] {
    emptied(without: removed).map(\.value)
  }

  /// The same, with the groups that each value consists of.
  func emptied(without removed: Set<Int>) -> [(value: String, groups: Set<Int>)] {
    guard !removed.isEmpty else { return [] }
    let values = graph.nodes.flatMap(\.outputs).compactMap { value in axes[value].map { (value, $0.groups) } }
    // A weight may be emptied alone, where it is a constant beside other channels in a concatenation.
    let parameters = parameterAxes.sorted { $0.key < $1.key }
      .flatMap { parameter, axes in axes.values.map { (parameter, $0) } }
    return (values + parameters).filter { $0.1.allSatisfy(removed.contains) }.map { ($0.0, Set($0.1)) }
  }

  private static func tied(_ layers: [String], _ axes: [String: ChannelAxis], _ groups: [ChannelGroup]) -> [TiedLayers]
  {
    var sets = ChannelLabels()
    let labels = sets.fresh(groups.count)
    func removable(_ layer: String) -> [Int] { (axes[layer]?.groups ?? []).filter { groups[$0].isRemovable } }
    let prunable = layers.map { (layer: $0, groups: removable($0)) }.filter { !$0.groups.isEmpty }
    for (_, groups) in prunable {
      for group in groups { sets.unite(labels[groups[0]], labels[group]) }
    }
    var places: [ChannelLabels.Label: Int] = [:]
    var result: [TiedLayers] = []
    for (layer, groups) in prunable {
      let root = sets.root(of: labels[groups[0]])
      if let place = places[root] {
        result[place].layers.append(layer)
        result[place].groups += groups
      } else {
        places[root] = result.count
        result.append(TiedLayers(layers: [layer], groups: groups))
      }
    }
    return result.map { TiedLayers(layers: $0.layers, groups: Set($0.groups).sorted()) }
  }
}
