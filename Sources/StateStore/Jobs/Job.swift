public import Foundation

/// A retraining: what was asked for, how far it is, and what came of it.
public struct Job: Sendable, Hashable, Codable, Identifiable {
  /// Where it stands.
  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// Others are before it.
    case queued
    /// It is at work, or goes on as soon as the gateway runs again.
    case running
    /// It was asked to end and has not done so yet.
    case cancelling
    /// There is a new version.
    case succeeded
    /// There is none; ``Job/reason`` says why.
    case failed
    /// It was ended before there was one.
    case cancelled

    /// Whether nothing more will happen.
    public var isFinal: Bool {
      switch self {
      case .queued, .running, .cancelling: false
      case .succeeded, .failed, .cancelled: true
      }
    }
  }

  /// What it is doing.
  public enum Step: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing yet.
    case waiting
    /// The pictures are put together.
    case preparing
    /// `distinguo train` runs.
    case training
    /// `distinguo evaluate` runs, for the new version and for the current one.
    case measuring
    /// The new version becomes the current one.
    case activating
    /// Nothing any more.
    case finished
  }

  /// Identifies it: a UUID of version 7, so that ids sort by the time of their making.
  public let id: String
  /// Who asked for it.
  public let actor: String
  /// What was asked for.
  public let request: JobRequest
  /// When it was asked for.
  public let created: Date
  /// Where it stands.
  public var state: State
  /// What it is doing.
  public var step: Step
  /// When it began.
  public var started: Date?
  /// When it ended.
  public var finished: Date?
  /// How often a child process was begun for the present step.
  public var attempts: Int
  /// The number of the version that it makes, once it has one.
  public var version: Int?
  /// What the gate said; nil before.
  public var gate: GateReport?
  /// Whether the new version was made the current one.
  public var isActivated: Bool
  /// Why it failed, or why the new version was not activated; nil if there is nothing to say.
  public var reason: String?

  /// A job that waits.
  public init(id: String, actor: String, request: JobRequest, created: Date) {
    (self.id, self.actor, self.request, self.created) = (id, actor, request, created)
    (state, step, attempts, isActivated) = (.queued, .waiting, 0, false)
  }
}
