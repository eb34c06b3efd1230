internal import Base

/// Parts a data set's examples in two or three, such that no near-duplicates are parted.
///
/// Whatever belongs together stays together: the examples of a label's group, and those with the same pixels wherever
/// they are. The same seed and examples give the same split. Sources are parted one by one, so that a source is parted
/// as it is alone, whatever comes with it; what belongs together across sources goes where the first of it goes.
public struct GroupedSplit: Sendable, Equatable {
  /// The largest part, as sorted indices.
  public let training: [Int]
  /// Those to calibrate with, as sorted indices.
  public let withheld: [Int]
  /// Those that are kept from both, as sorted indices.
  public let heldOut: [Int]

  private enum Side { case training, withheld, heldOut }

  /// Holds out about a share of each label's groups, and withholds about a share of the rest, to the nearest number;
  /// never all of them.
  ///
  /// Of a label with few groups that may be none. Where examples with the same pixels join groups of one label or of
  /// several, the numbers come as close as they can. What is held out does not depend on how much of the rest is withheld,
  /// and of a simple data set a smaller share of it is part of what a larger share withholds.
  /// - Parameters:
  ///   - dataSet: what to part.
  ///   - part: the indices of the examples to part, if not all.
  ///   - share: how much is withheld of what is not held out; must be from 0 to 1.
  ///   - holdOut: how much is held out; must be from 0 to 1.
  ///   - seed: which groups are withheld and held out.
  public init(of dataSet: DataSet, among part: [Int]? = nil, share: Double, holdOut: Double = 0, seed: UInt64) {
    for share in [share, holdOut] { precondition((0...1).contains(share), "a share of \(share)") }
    let indices = part?.sorted() ?? Array(dataSet.examples.indices)
    var sides = [Side](repeating: .training, count: dataSet.examples.count)
    for source in dataSet.parts {
      let clusters = Self.clusters(dataSet, indices.filter(source.contains))
      Self.divide(clusters, labels: dataSet.labels.count, share, holdOut, seed, &sides)
    }
    if dataSet.parts.count > 1 {
      for cluster in Self.clusters(dataSet, indices) {
        for index in cluster.examples { sides[index] = sides[cluster.examples[0]] }
      }
    }
    training = indices.filter { sides[$0] == .training }
    withheld = indices.filter { sides[$0] == .withheld }
    heldOut = indices.filter { sides[$0] == .heldOut }
  }

  /// Puts clusters aside: first those that are held out, then those that are withheld, of one order.
  private static func divide(
    _ clusters: [Cluster], labels: Int, _ share: Double, _ holdOut: Double, _ seed: UInt64, _ sides: inout [Side]
  ) {
    var groups = Array(repeating: 0, count: labels)
    for cluster in clusters {
      for (label, count) in cluster.groups { groups[label] += count }
    }
    // A cluster is up for choice at the first label that it holds.
    let candidates = Dictionary(grouping: clusters) { $0.groups.keys.min()! }
    var taken = Array(repeating: 0, count: labels)
    for (side, share) in [(Side.heldOut, holdOut), (.withheld, holdOut + (1 - holdOut) * share)] {
      let wanted = groups.map { min(Int((share * Double($0)).rounded()), max($0 - 1, 0)) }
      for label in groups.indices {
        let candidates = candidates[label] ?? []
        for place in CounterGenerator(seed, UInt64(label)).permutation(of: candidates.count) {
          let cluster = candidates[place]
          guard sides[cluster.examples[0]] == .training else { continue }
          // Taken if that brings no label further from its number than it is without.
          let fits = cluster.groups.allSatisfy { label, count in
            taken[label] + count < groups[label] && 2 * (wanted[label] - taken[label]) >= count
          }
          guard fits else { continue }
          for (label, count) in cluster.groups { taken[label] += count }
          for index in cluster.examples { sides[index] = side }
        }
      }
    }
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
