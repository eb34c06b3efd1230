public import NeuralNet

extension ChannelCoupling {
  /// Some removable groups that can go together: about this share of them, less what would leave nothing of a value.
  public func randomGroups(share: Double, using generator: inout some RandomNumberGenerator) -> Set<Int> {
    let drawn = groups.filter { _ in Double.random(in: 0..<1, using: &generator) < share }
    var chosen = Set(drawn.filter(\.isRemovable).map(\.id))
    while let value = valuesEmptied(without: chosen).first, let last = chosen.max() {
      // A constant that would be emptied is not on an axis of a value; some group or other brings it back.
      chosen.remove(axis(of: value)?.groups.first ?? last)
    }
    return chosen
  }
}
