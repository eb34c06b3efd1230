extension DataSet {
  /// The examples whose pixels are the same, as indices: each set of two or more, sorted.
  public var duplicates: [[Int]] {
    alike.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  /// Those of ``duplicates`` that have different labels, of which one at most can be right.
  public var duplicatesAcrossLabels: [[Int]] {
    duplicates.filter { indices in indices.contains { examples[$0].label != examples[indices[0]].label } }
  }

  /// Compares the labels' pictures, each of a label's own counted once.
  ///
  /// - Throws: ``DataSetError/Kind/samePictures(labels:count:)`` if most of a label's pictures are another's too.
  func checkLabelsDiffer() throws(DataSetError.Kind) {
    var pictures: [Int: Int] = [:]
    var shared: [[Int]: Int] = [:]
    for indices in alike {
      let labels = Set(indices.map { examples[$0].label }).sorted()
      for (position, label) in labels.enumerated() {
        pictures[label, default: 0] += 1
        for other in labels[(position + 1)...] { shared[[label, other], default: 0] += 1 }
      }
    }
    for (pair, count) in shared.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      guard 2 * count <= min(pictures[pair[0]]!, pictures[pair[1]]!) else {
        throw .samePictures(labels: pair.map { labels[$0] }, count: count)
      }
    }
  }

  /// The examples by their pixels, as sorted indices.
  private var alike: [[Int]] { Array(Dictionary(grouping: examples.indices) { firstAlike[$0] }.values) }
}
