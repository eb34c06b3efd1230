internal import Base
internal import Foundation

/// The folder of a job, for what is too large for the database.
public struct JobFolder: Sendable, Hashable {
  /// Where it is.
  public let path: String

  /// The folder of the job `id`, in the queue's.
  public init(in folder: String, id: String) { path = "\(folder)/\(id)" }

  /// Where the archive that came with a request belongs, before the job is submitted; nil for what is no file's name.
  public func upload(_ name: String) -> String? {
    let isName = !name.isEmpty && name.utf8.count <= 255 && ![".", ".."].contains(name)
    return isName && !name.contains("/") && !name.utf8.contains(0) ? "\(uploads)/\(name)" : nil
  }

  /// The folder for what came with the request.
  public var uploads: String { "\(path)/upload" }
  var feedback: String { "\(path)/feedback" }
  var log: String { "\(path)/log" }
  var plan: String { "\(path)/plan.json" }

  /// What was measured of a version.
  func evaluation(of version: Int) -> String { "\(path)/evaluation-\(version).json" }

  /// Removes the pictures, once the job has no use for them any more.
  func removePictures() {
    for folder in [uploads, feedback] { try? FileManager.default.removeItem(atPath: folder) }
  }
}
