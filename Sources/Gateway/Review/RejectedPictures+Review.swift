internal import Base
internal import Foundation
internal import Retraining
internal import StateStore

/// What people do with kept pictures, and what becomes of their judgements.
extension RejectedPictures {
  /// A kept picture's file; nil if it is not there any more.
  func file(of rejection: KeptRejection) throws(FileError) -> [UInt8]? {
    do throws(FileError) {
      return try folder.read(rejection.digest)
    } catch .failed(_, ENOENT) {
      return nil
    }
  }

  /// Takes a kept picture out.
  ///
  /// - Returns: whether it was there.
  func remove(model: String, digest: String) throws -> Bool {
    try changing.withLock { _ in
      guard let rejection = try table.rejection(model: model, digest: digest) else { return false }
      try drop(rejection)
      return true
    }
  }

  /// Puts the reviewed pictures of a model into a folder that need not be there: as `genuine/LABEL/DIGEST.EXTENSION` and
  /// `adversarial/DIGEST.EXTENSION`, by hard links, so that they stay when they are taken out here.
  ///
  /// - Parameter labels: those that the model has now; it may have had others when a picture was reviewed.
  /// - Returns: the folders that have a picture at least.
  /// - Throws: ``FeedbackError``; what was put there by then stays.
  func collect(model: String, labels: Set<String>, into destination: String) throws(FeedbackError) -> FeedbackFolders {
    do {
      return try changing.withLock { _ in
        var folders = FeedbackFolders()
        for rejection in try table.list(model: model) {
          guard let review = rejection.review else { continue }
          switch (review.kind, review.label) {
          case (.genuine, let label?) where labels.contains(label):
            guard Self.canNameFolder(label) else { throw FeedbackError.label(label) }
            let genuine = "\(destination)/genuine"
            if try link(rejection, to: "\(genuine)/\(label)") { folders.genuine = genuine }
          case (.genuine, _): continue
          case (.adversarial, _):
            let adversarial = "\(destination)/adversarial"
            if try link(rejection, to: adversarial) { folders.adversarial = adversarial }
          }
        }
        return folders
      }
    } catch let error as FeedbackError {
      throw error
    } catch {
      throw .inaccessible(path: destination, reason: "\(error)")
    }
  }

  /// - Returns: whether the picture's file is there.
  private func link(_ rejection: KeptRejection, to folder: String) throws(FileError) -> Bool {
    guard self.folder.contains(rejection.digest) else { return false }
    try FileAccess.makeFolder(folder, mode: 0o700)
    let name = "\(rejection.digest).\(rejection.fileExtension)"
    do throws(FileError) {
      return try self.folder.link(rejection.digest, to: "\(folder)/\(name)")
    } catch .failed(_, EEXIST) {
      return true
    }
  }

  /// Whether pictures of a label are found again in a folder with its name.
  private static func canNameFolder(_ label: String) -> Bool {
    !label.hasPrefix(".") && label != "__MACOSX" && label.utf8.count <= 255
      && label.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != 0 }
  }
}

/// Why reviewed pictures cannot be learned from.
enum FeedbackError: Error, Equatable, CustomStringConvertible {
  /// They cannot be read, or put where they are to be.
  case inaccessible(path: String, reason: String)
  /// No folder can have a label's name.
  case label(String)

  /// One line for people.
  var description: String {
    switch self {
    case .inaccessible(let path, let reason): "reviewed pictures cannot be put into '\(path)': \(reason)"
    case .label(let label): "the label '\(label)' cannot be a folder's name, so reviewed pictures of it cannot be used"
    }
  }
}
