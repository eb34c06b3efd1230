internal import Images

/// A picture to look up by its pixels. Equal is what has equal pixels, whatever its hash.
///
/// `Picture` hashes one value after the other, which takes many times as long.
struct PixelKey: Hashable {
  var picture: Picture

  func hash(into hasher: inout Hasher) {
    hasher.combine(picture.width)
    picture.pixels.withUnsafeBytes { hasher.combine(bytes: $0) }
  }

  /// For each example the first one with the same pixels, as indices.
  static func firstAlike(in examples: [Example]) -> [Int] {
    var first: [PixelKey: Int] = [:]
    first.reserveCapacity(examples.count)
    return examples.enumerated().map { index, example in
      let key = PixelKey(picture: example.picture)
      if let earlier = first[key] { return earlier }
      first[key] = index
      return index
    }
  }
}
