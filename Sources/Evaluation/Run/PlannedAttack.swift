internal import Images

/// One attack at one budget that is to be made.
struct PlannedAttack {
  /// What one attack made of one source.
  struct Made {
    let picture: Picture
    /// The label that it aimed at; nil for any wrong one.
    var target: Int?
    /// The place in the data of the picture that it mimics, if it mimics one.
    var mimicked: Int?
    /// How many questions it asked.
    var queries: Int?
  }

  /// How it is described; how long it took is not known yet.
  var record: AttackRecord
  /// What it begins with.
  var sources: [AttackSource]
  /// About how long it takes for each source, in any unit that is the same for all.
  var cost: Double
  /// Attacks from some of the sources; told the share, 0...1, that is done of them.
  var make:
    (_ sources: [AttackSource], _ seed: UInt64, _ progress: @escaping @Sendable (Double) throws -> Void) throws ->
      [Made]
}
