import Base
@testable import Defence
import Digests
import Foundation
@testable import Gateway
import Images
import Logging
import StateStore
import TestSupport
import Testing

/// A keeper of rejected pictures with a state of its own.
final class Keeping {
  let folder: TemporaryFolder
  let state: StateDatabase
  let pictures: RejectedPictures
  let fates = LockBox<[RejectedPictures.Fate]>([])
  let now = LockBox(Date(timeIntervalSinceReferenceDate: 800_000_000))

  /// - Parameter settings: keeping is switched on in any case.
  init(
    _ settings: GatewayConfiguration.Review = .init(),
    backlog: RejectedPictures.Backlog = .init(pictures: 64, bytes: 1 << 20), in folder: TemporaryFolder? = nil
  ) throws {
    var settings = settings
    settings.keeps = true
    self.folder = try folder ?? TemporaryFolder()
    state = try StateDatabase(folder: self.folder.path("state"))
    pictures = RejectedPictures(
      settings, folder: self.folder.path("state/review"), table: state.rejections,
      log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), backlog: backlog,
      clock: { [now] in now.withLock { $0 } }, observe: { [fates] _, fate in fates.withLock { $0.append(fate) } })
    pictures.flush()
  }

  /// Where a picture's file is.
  func path(_ digest: String) -> String { folder.path("state/review/\(digest)") }

  /// The names of the files there are.
  var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path("state/review")).sorted() }
  }

  /// The rejections there are, the newest first.
  func kept() throws -> [KeptRejection] { try state.rejections.list() }

  /// Hands over pictures and waits until they are written.
  func take(_ pictures: RejectedPicture...) {
    for picture in pictures { self.pictures.take(picture) }
    self.pictures.flush()
  }

  /// What became of the pictures so far, in words.
  var outcomes: [String] {
    fates.withLock { fates in
      fates.map { fate in
        switch fate {
        case .kept: "kept"
        case .unwanted: "unwanted"
        case .dropped: "dropped"
        case .failed: "failed"
        }
      }
    }
  }

  func picture(_ text: String, model: String = "colours", after seconds: Double = 0) -> RejectedPicture {
    .example(Array(text.utf8), model: model, time: now.withLock { $0 } + seconds)
  }
}

extension RejectedPicture {
  /// A file that need not be a picture: nobody looks into it.
  static func example(_ file: [UInt8]?, model: String = "colours", time: Date = .now) -> RejectedPicture {
    let verdict = Verdict.example(scores: [0.25, .nan])
    return RejectedPicture(
      verdict: verdict, reason: .scoreBelowThreshold, label: "green", model: model, version: 2, requestID: "r-1",
      time: time, format: .png, file: file)
  }
}

extension String {
  var digest: String { SHA256.hexadecimal(of: Array(utf8)) }
}
