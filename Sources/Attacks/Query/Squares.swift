internal import Images

/// The squares that a Square attack changes in one picture: which candidates there are, within a radius of some norm.
protocol Squares {
  /// The next picture to ask about: in the first round, 0, all of it is changed, then one square of the best one's.
  ///
  /// - Parameter share: of the picture that the square covers, 0...1.
  mutating func candidate(_ round: Int, share: Double) -> Picture
  /// The last candidate is the best picture from now on.
  mutating func keep()
}
