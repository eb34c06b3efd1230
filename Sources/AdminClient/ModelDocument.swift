public import Foundation
public import StateStore

/// A model and its versions, as the administration tells of them.
public struct ModelDocument: Sendable, Decodable {
  /// The version that answers.
  public struct Serving: Sendable, Decodable {
    /// Its number.
    public let version: Int
    /// Its manifest's digest.
    public let digest: String
    /// Since when it answers.
    public let servedSince: Date
  }

  /// How much of late is rejected.
  public struct Drift: Sendable, Decodable {
    /// The share of pictures that were rejected.
    public let rejectionRate: Double
    /// Of how many.
    public let images: Int
    /// What it should stay below; nil if nobody said so.
    public let bound: Double?
    /// Whether it does not.
    public let isExceeded: Bool
  }

  /// A version that is there.
  public struct Version: Sendable, Decodable {
    /// Figures of pictures that it was not trained with.
    public struct Measured: Sendable, Decodable {
      /// A share of them.
      public struct Rate: Sendable, Decodable {
        /// From 0 to 1.
        public let share: Double
      }
      /// Which pictures the Student got right.
      public let studentAccuracy: Rate
      /// Which were accepted with the right label.
      public let endToEndAccuracy: Rate
      /// Which of those that the Student got right were rejected.
      public let cleanRejectionRate: Rate
    }

    /// Its number.
    public let version: Int
    /// `current`, `candidate`, `retired`, or `unsound` if it cannot be read; then ``fault`` is there, else all the rest.
    public let state: String
    /// Why it cannot be read.
    public let fault: String?
    /// What it takes on disk.
    public let bytes: Int
    /// Its manifest's digest.
    public let digest: String?
    /// When it was made.
    public let created: Date?
    /// What it tells apart.
    public let labels: [String]?
    /// How many differentiators it has.
    public let differentiators: Int?
    /// The share of clean pictures that its thresholds reject at most.
    public let alpha: Double?
    /// What was measured when it was made.
    public let measured: [Measured]?
    /// The retraining that made it; nil if it was none.
    public let job: String?
    /// What the gate said of it; nil if it was not asked.
    public let gate: GateReport?
  }

  /// Every model, as they are listed.
  public struct List: Sendable, Decodable {
    /// By name.
    public let models: [ModelDocument]
  }

  /// Its name.
  public let name: String
  /// The version that its folder calls current.
  public let current: Int?
  /// The version that answers.
  public let serving: Serving?
  /// Where a roll back leads; nil if nowhere.
  public let rollBackTo: Int?
  /// How much of late is rejected.
  public let drift: Drift
  /// The newest first.
  public let versions: [Version]
}

/// Which versions of a model were current.
public struct ActivationList: Sendable, Decodable {
  /// The newest first.
  public let activations: [Activation]
}
