extension String {
  /// Which of `candidates` this may have been meant to be: the one the fewest insertions, deletions and
  /// replacements away (Levenshtein 1966); nil if even that is more than a third of the text.
  func nearest(of candidates: [String]) -> String? {
    let nearest = candidates.map { ($0, distance(to: $0)) }.min { $0.1 < $1.1 }
    guard let (candidate, distance) = nearest, distance <= Swift.max(2, utf8.count / 3) else { return nil }
    return candidate
  }

  private func distance(to other: String) -> Int {
    let (from, to) = (Array(utf8), Array(other.utf8))
    var row = Array(0...to.count)
    for (index, byte) in from.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in to.indices {
        let replaced = diagonal + (byte == to[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = Swift.min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[to.count]
  }
}
