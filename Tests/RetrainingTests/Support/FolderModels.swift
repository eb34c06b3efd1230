import Base
import Foundation
import Retraining
import StateStore

/// Models as folders; a version is a folder with a file `manifest.json`.
final class FolderModels: RetrainedModels {
  struct Refusal: Error, CustomStringConvertible { let description: String }
  struct Activation: Equatable {
    let version: Int
    let ifCurrent: Int?
  }

  private let path: String
  private let state = LockBox(
    (current: Int?.some(1), next: 2, activations: [Activation](), refusal: String?.none, feedback: FeedbackFolders()))

  /// What is current, and what was activated.
  var current: Int? {
    get { state.withLock { $0.current } }
    set { state.withLock { $0.current = newValue } }
  }
  var activations: [Activation] { state.withLock { $0.activations } }
  /// Why nothing is activated.
  var refusal: String? {
    get { state.withLock { $0.refusal } }
    set { state.withLock { $0.refusal = newValue } }
  }
  /// The kinds of feedback there are, as names of folders.
  var feedback: FeedbackFolders {
    get { state.withLock { $0.feedback } }
    set { state.withLock { $0.feedback = newValue } }
  }

  init(_ path: String) throws {
    self.path = path
    try make(1)
  }

  /// Puts a version at its place.
  func make(_ version: Int) throws {
    let place = "\(folder(of: "signs"))/\(version)"
    try FileAccess.makeFolder(place)
    try FileAccess.replace("\(place)/manifest.json", with: [])
  }

  func folder(of model: String) -> String { "\(path)/\(model)" }
  func place(of version: Int, of model: String) -> String { "\(folder(of: model))/\(version)" }
  func workFolder(of version: Int, of model: String) -> String { "\(folder(of: model))/.\(version).training" }

  func reserveVersion(of model: String, job: String) -> Int {
    state.withLock {
      $0.next += 1
      return $0.next - 1
    }
  }

  func currentVersion(of model: String) -> Int? { current }

  func isComplete(_ version: Int, of model: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder(of: model))/\(version)/manifest.json")
  }

  func collectFeedback(for job: Job, into folder: String) throws -> FeedbackFolders {
    let known = feedback
    // Refused where it is there already.
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for name in [known.genuine, known.adversarial].compactMap(\.self) {
      try FileAccess.makeFolder("\(folder)/\(name)")
      try FileAccess.replace("\(folder)/\(name)/one.png", with: [1])
    }
    return FeedbackFolders(
      genuine: known.genuine.map { "\(folder)/\($0)" }, adversarial: known.adversarial.map { "\(folder)/\($0)" })
  }

  func activate(_ version: Int, of model: String, ifCurrent: Int?, job: Job) throws {
    if let refusal { throw Refusal(description: refusal) }
    state.withLock {
      $0.activations.append(Activation(version: version, ifCurrent: ifCurrent))
      $0.current = version
    }
  }
}
