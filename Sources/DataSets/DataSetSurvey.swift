/// What a data set has by its names alone, before any picture is decoded.
public struct DataSetSurvey: Sendable, Equatable {
  /// The labels: sorted, or as the reader was told to expect them.
  public let labels: [String]
  /// How many pictures each of the labels has; none where labels were expected that there are not.
  public let counts: [Int]
  /// The pictures' paths in their source, sorted: those of one source after those of another.
  public let names: [String]

  /// - Parameter plans: of the same labels, one at least.
  init(_ plans: [PicturePlan]) {
    labels = plans[0].labels
    var counts = [Int](repeating: 0, count: labels.count)
    for item in plans.flatMap(\.items) { counts[item.label] += 1 }
    self.counts = counts
    names = plans.flatMap { $0.items.map(\.name) }
  }
}
