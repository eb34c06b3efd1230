/// A new version beside the current one, on the same pictures that neither training nor calibration saw.
public struct GateReport: Sendable, Hashable, Codable {
  /// A share that was counted, with its 95 % interval.
  public struct Share: Sendable, Hashable, Codable {
    /// How many.
    public var count: Int
    /// Of how many.
    public var of: Int
    /// `count / of`; 0 of nothing.
    public var share: Double
    /// The interval's lower end.
    public var low: Double
    /// The interval's upper end.
    public var high: Double

    /// A share from its parts.
    public init(count: Int, of: Int, share: Double, low: Double, high: Double) {
      (self.count, self.of, self.share, self.low, self.high) = (count, of, share, low, high)
    }
  }

  /// What was measured of one version.
  public struct Figures: Sendable, Hashable, Codable {
    /// The version.
    public var version: Int
    /// Pictures the Student gets right, of all.
    public var studentAccuracy: Share
    /// Pictures accepted with the right label, of all.
    public var endToEndAccuracy: Share
    /// Pictures rejected, of those that the Student gets right.
    public var cleanRejectionRate: Share
    /// Of the mimicking pictures that fool the Student, those that are rejected; nil if no attack was made.
    public var defenceRate: Share?
    /// Of the pictures that people called adversarial, those that are rejected; nil if there are none.
    public var feedbackRejectionRate: Share?

    /// Figures from their parts.
    public init(
      version: Int, studentAccuracy: Share, endToEndAccuracy: Share, cleanRejectionRate: Share, defenceRate: Share?,
      feedbackRejectionRate: Share? = nil
    ) {
      self.version = version
      (self.studentAccuracy, self.endToEndAccuracy) = (studentAccuracy, endToEndAccuracy)
      (self.cleanRejectionRate, self.defenceRate) = (cleanRejectionRate, defenceRate)
      self.feedbackRejectionRate = feedbackRejectionRate
    }
  }

  /// By how much a share may be worse than the current version's, as a share.
  public struct Margins: Sendable, Hashable, Codable {
    /// Of the accuracy from end to end.
    public var accuracy: Double
    /// Of the clean rejection rate.
    public var cleanRejection: Double
    /// Of the defence rate.
    public var defence: Double

    /// Margins from their parts.
    public init(accuracy: Double = 0.01, cleanRejection: Double = 0.01, defence: Double = 0.02) {
      (self.accuracy, self.cleanRejection, self.defence) = (accuracy, cleanRejection, defence)
    }
  }

  /// Whether the new version is no worse than the margins allow.
  public var isPassed: Bool
  /// What is worse, a sentence each; empty if it passed.
  public var reasons: [String]
  /// The new version.
  public var candidate: Figures
  /// The current version, on the same pictures; nil if there was none.
  public var serving: Figures?
  /// What was allowed.
  public var margins: Margins

  /// A report from its parts.
  public init(isPassed: Bool, reasons: [String], candidate: Figures, serving: Figures?, margins: Margins) {
    (self.isPassed, self.reasons, self.candidate) = (isPassed, reasons, candidate)
    (self.serving, self.margins) = (serving, margins)
  }
}
