/// Channels that can only be removed together, because residual sums, depthwise convolutions and the like tie them.
public struct ChannelGroup: Sendable, Hashable, Identifiable {
  /// One channel of a layer's output.
  public struct Member: Sendable, Hashable {
    /// The value name of the layer's output.
    public var layer: String
    /// Counted from 0 along the layer's channel axis.
    public var channel: Int
  }

  /// Its index in ``ChannelCoupling/groups``.
  public let id: Int
  /// The layers' channels in it, in the graph's order. (Empty for what no layer computes, such as a constant border.)
  public internal(set) var members: [Member]
  /// Why it must stay, or nil if it may be removed.
  public let obstacle: String?

  /// Whether it may be removed, as long as every layer keeps another.
  public var isRemovable: Bool { obstacle == nil }
}

/// The axis along which a value holds channels, and which group each belongs to.
public struct ChannelAxis: Sendable, Hashable {
  /// Counted from the front.
  public let axis: Int
  /// A ``ChannelGroup/id`` for each index along the axis. A group may occur more than once: after Flatten, once a pixel.
  public let groups: [Int]
}

/// Layers that share channel groups, and so must choose together which channels they keep.
///
/// A pruning ratio is a share of ``groups``: score each by the activations of its members and drop the lowest.
public struct TiedLayers: Sendable, Hashable {
  /// Value names of the layers' outputs, in the graph's order.
  public internal(set) var layers: [String]
  /// The ids of the removable groups among their channels, ascending.
  public internal(set) var groups: [Int]
}
