/// How a defence does on labelled clean pictures.
public struct CleanMeasurement: Sendable, Hashable, Codable {
  /// What was measured on.
  public let data: String
  /// Pictures the Student gets right, of all.
  public let studentAccuracy: Rate
  /// Pictures that are accepted with the right label, of all.
  public let endToEndAccuracy: Rate
  /// Pictures rejected, of those that the Student gets right.
  public let cleanRejectionRate: Rate

  /// Counts verdicts.
  ///
  /// - Parameter labels: the right label of each verdict's picture.
  public init(data: String, verdicts: [Verdict], labels: [Int]) {
    self.data = data
    let right = zip(verdicts, labels).filter { $0.studentLabel == $1 }.map(\.0)
    let accepted = right.count { $0.isAccepted }
    studentAccuracy = Rate(right.count, of: verdicts.count)
    endToEndAccuracy = Rate(accepted, of: verdicts.count)
    cleanRejectionRate = Rate(right.count - accepted, of: right.count)
  }
}
