internal import Base
internal import Foundation

/// What a job trains with, decided once. Whatever happens between, its commands must be the same each time, or a training
/// does not go on from its checkpoint.
struct JobPlan: Codable, Hashable {
  /// The arguments of `distinguo train`.
  var training: [String]
  /// The pictures, each a folder or an archive.
  var data: [String]
  /// The folder of pictures that were made to deceive, if there are any.
  var adversarial: String?

  /// The plan that was kept, or nil.
  static func kept(in folder: JobFolder) throws -> JobPlan? {
    guard FileManager.default.fileExists(atPath: folder.plan) else { return nil }
    return try JSONDecoder().decode(JobPlan.self, from: Data(try FileAccess.read(folder.plan, limit: 1 << 20)))
  }

  /// Keeps it, on disk when this returns.
  func keep(in folder: JobFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try FileAccess.replace(folder.plan, with: Array(try encoder.encode(self)))
  }
}
