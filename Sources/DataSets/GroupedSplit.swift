internal import Base

/// Parts a data set's examples in two, such that no near-duplicates are parted.
///
/// Whatever belongs together stays together: the examples of a label's group, and those with the same pixels wherever
/// they are. The same seed and examples give the same split.
public struct GroupedSplit: Sendable, Equatable {
  /// The larger part, as sorted indices.
  public let training: [Int]
  /// The smaller part, as sorted indices.
  public let withheld: [Int]

  /// Withholds about `share` of each label's groups, to the nearest number; never all of them.
  ///
  /// Of a label with few groups that may be none. Where examples with the same pixels join groups of one label or of
  /// several, the numbers come as close as they can.
  /// - Parameters:
  ///   - dataSet: what to part.
  ///   - part: the indices of the examples to part, if not all.
  ///   - share: must be from 0 to 1.
  ///   - seed: which groups are withheld.
  public init(of dataSet: DataSet, among part: [Int]? = nil, share: Double, seed: UInt64) {
    precondition((0...1).contains(share), "a share of \(share)")
    let indices = part?.sorted() ?? Array(dataSet.examples.indices)
    let clusters = Self.clusters(dataSet, indices)
    var groups = Array(repeating: 0, count: dataSet.labels.count)
    for cluster in clusters {
      for (label, count) in cluster.groups { groups[label] += count }
    }
    let wanted = groups.map { min(Int((share * Double($0)).rounded()), max($0 - 1, 0)) }
    var taken = Array(repeating: 0, count: groups.count)
    var withheld: [Int] = []
    for label in groups.indices {
      // A cluster is up for choice at the first label that it holds.
      let candidates = clusters.filter { $0.groups.keys.min() == label }
      for place in CounterGenerator(seed, UInt64(label)).permutation(of: candidates.count) {
        let cluster = candidates[place]
        // Taken if that brings no label further from its number than it is without.
        let fits = cluster.groups.allSatisfy { label, count in
          taken[label] + count < groups[label] && 2 * (wanted[label] - taken[label]) >= count
        }
        guard fits else { continue }
        for (label, count) in cluster.groups { taken[label] += count }
        withheld += cluster.examples
      }
    }
    self.withheld = withheld.sorted()
    let isWithheld = Set(withheld)
    training = indices.filter { !isWithheld.contains($0) }
  }

  /// Groups that cannot be parted.
  private struct Cluster {
    var examples: [Int] = []
    /// By label, how many of its groups.
    var groups: [Int: Int] = [:]
  }

  private struct Group: Hashable {
    var label: Int
    var name: String
  }

  /// In the order of their first examples.
  private static func clusters(_ dataSet: DataSet, _ indices: [Int]) -> [Cluster] {
    var joined = DisjointSets(count: indices.count)
    var groups: [Group: Int] = [:]
    var pictures: [Int: Int] = [:]
    for (place, index) in indices.enumerated() {
      let example = dataSet.examples[index]
      let picture = dataSet.firstAlike[index]
      let group = Group(label: example.label, name: example.group)
      for earlier in [groups[group], pictures[picture]] {
        if let earlier { joined.unite(place, earlier) }
      }
      groups[group] = place
      pictures[picture] = place
    }
    var clusters: [Int: Cluster] = [:]
    for (place, index) in indices.enumerated() {
      clusters[joined.representative(of: place), default: Cluster()].examples.append(index)
    }
    for (group, place) in groups {
      clusters[joined.representative(of: place)]!.groups[group.label, default: 0] += 1
    }
    return clusters.values.sorted { $0.examples[0] < $1.examples[0] }
  }
}
