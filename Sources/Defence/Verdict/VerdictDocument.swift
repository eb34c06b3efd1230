internal import Foundation

/// A verdict as it is answered over HTTP and printed by `distinguo classify --json`.
public struct VerdictDocument: Sendable, Encodable {
  /// What the picture was called: a path, or a part's file name; left out if nil.
  public var image: String?
  /// Identifies the question.
  public var requestID: String
  /// How long it took, in milliseconds.
  public var elapsed: Double
  private let verdict: Verdict
  private let labels: [String]
  private let name: String
  private let version: Int
  private let digest: String

  /// A bundle's verdict.
  public init(_ verdict: Verdict, of bundle: ModelBundle, image: String? = nil, requestID: String, elapsed: Double) {
    self.verdict = verdict
    self.image = image
    self.requestID = requestID
    self.elapsed = elapsed
    labels = bundle.manifest.labels
    name = bundle.manifest.name
    version = bundle.manifest.version
    digest = bundle.digest
  }

  private enum Key: String, CodingKey {
    case image, outcome, label, score, threshold, reason, student, confidence, differentiators, id, agrees, model
    case name, version, digest
    case requestID = "request_id"
    case elapsed = "elapsed_ms"
  }

  /// Every member is there, null where there is nothing to say; only `image` and `reason` are left out then.
  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    let label = labels[verdict.studentLabel]
    try members.encodeIfPresent(image, forKey: .image)
    try members.encode(verdict.isAccepted ? "accepted" : "rejected", forKey: .outcome)
    try members.encode(verdict.isAccepted ? label : nil, forKey: .label)
    try members.encode(verdict.score.map(Self.rounded), forKey: .score)
    try members.encode(verdict.threshold.map(Self.rounded), forKey: .threshold)
    try members.encodeIfPresent(verdict.reason?.rawValue, forKey: .reason)
    var student = members.nestedContainer(keyedBy: Key.self, forKey: .student)
    try student.encode(label, forKey: .label)
    try student.encode(Self.rounded(verdict.confidence), forKey: .confidence)
    var list = members.nestedUnkeyedContainer(forKey: .differentiators)
    for opinion in verdict.opinions {
      var one = list.nestedContainer(keyedBy: Key.self)
      try one.encode(opinion.id, forKey: .id)
      try one.encode(Self.rounded(opinion.score), forKey: .score)
      try one.encode(opinion.agrees, forKey: .agrees)
    }
    var model = members.nestedContainer(keyedBy: Key.self, forKey: .model)
    try model.encode(name, forKey: .name)
    try model.encode(version, forKey: .version)
    try model.encode(digest, forKey: .digest)
    try members.encode(requestID, forKey: .requestID)
    try members.encode((elapsed * 1000).rounded() / 1000, forKey: .elapsed)
  }

  /// Six digits: more would only show how the kernels add.
  private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }

  /// One line of JSON.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
