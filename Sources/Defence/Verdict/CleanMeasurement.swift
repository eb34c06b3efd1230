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
    let right = zip(verdicts, labels).filter { $0.studentLabel == $1 }.map(\.0)
    self.init(
      data: data, studentRight: right.count, accepted: right.count { $0.isAccepted }, of: verdicts.count)
  }

  /// From numbers of pictures.
  ///
  /// - Parameters:
  ///   - studentRight: that the Student gets right.
  ///   - accepted: of those, the ones that are accepted.
  ///   - count: all.
  public init(data: String, studentRight: Int, accepted: Int, of count: Int) {
    self.data = data
    studentAccuracy = Rate(studentRight, of: count)
    endToEndAccuracy = Rate(accepted, of: count)
    cleanRejectionRate = Rate(studentRight - accepted, of: studentRight)
  }
}
