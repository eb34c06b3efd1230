/// Why channels cannot be removed from a graph.
public enum SurgeryError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No value of this name carries channels.
  case unknownLayer(String)
  /// There is no group of this id.
  case unknownGroup(Int)
  /// The layer has only `count` channels.
  case channelOutOfRange(layer: String, channel: Int, count: Int)
  /// The channel, or one that is tied to it, must stay.
  case locked(layer: String, channel: Int, obstacle: String)
  /// The group must stay.
  case lockedGroup(Int, obstacle: String)
  /// Together with the others chosen, this channel's removal would leave `value` without any.
  case emptied(value: String, layer: String, channel: Int)

  /// One line for people.
  public var description: String {
    switch self {
    case .unknownLayer(let layer): "there is no layer '\(layer)' with channels"
    case .unknownGroup(let group): "there is no channel group \(group)"
    case .channelOutOfRange(let layer, let channel, let count):
      "layer '\(layer)' has the channels 0 to \(count - 1), not \(channel)"
    case .locked(let layer, let channel, let obstacle):
      "channel \(channel) of layer '\(layer)' cannot be removed: \(obstacle)"
    case .lockedGroup(let group, let obstacle): "channel group \(group) cannot be removed: \(obstacle)"
    case .emptied(let value, let layer, let channel):
      "channel \(channel) of layer '\(layer)' is tied to the last ones left of '\(value)', which would have none"
    }
  }
}
