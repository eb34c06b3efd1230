public import Images

/// One labelled picture.
public struct Example: Sendable {
  /// Its path in the data set.
  public let name: String
  /// Its label, as an index into the data set's.
  public let label: Int
  /// What it shares with its near-duplicates, such as the track of a film; unique within its label only.
  public let group: String
  /// Its pixels, as the reader prepared them.
  public let picture: Picture

  /// An example from its parts.
  public init(name: String, label: Int, group: String, picture: Picture) {
    self.name = name
    self.label = label
    self.group = group
    self.picture = picture
  }
}
