internal import Base
internal import Foundation
internal import StateStore

/// What people do with kept pictures, and what becomes of their judgements.
extension RejectedPictures {
  /// Reviewed pictures of a model that were put into a folder.
  struct Feedback: Sendable, Hashable {
    /// Pictures in `genuine`, in a folder for each label.
    var genuine = 0
    /// Pictures in `adversarial`.
    var adversarial = 0
  }

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
  /// Which `genuine` ones are taken is known by the labels; the model may have had others once.
  /// - Throws: ``FeedbackError``, and leaves what was put there by then.
  func collectFeedback(of model: String, labels: Set<String>, into destination: String) throws(FeedbackError)
    -> Feedback
  {
    var feedback = Feedback()
    do {
      for rejection in try table.list(model: model) {
        let name = "\(rejection.digest).\(rejection.fileExtension)"
        switch rejection.review?.kind {
        case .genuine:
          guard let label = rejection.review?.label, labels.contains(label) else { continue }
          guard Self.canNameFolder(label) else { throw FeedbackError.label(label) }
          if try link(rejection, to: "\(destination)/genuine/\(label)", name) { feedback.genuine += 1 }
        case .adversarial:
          if try link(rejection, to: "\(destination)/adversarial", name) { feedback.adversarial += 1 }
        case nil: continue
        }
      }
      return feedback
    } catch let error as FeedbackError {
      throw error
    } catch {
      throw .inaccessible(path: destination, reason: "\(error)")
    }
  }

  private func link(_ rejection: KeptRejection, to folder: String, _ name: String) throws(FileError) -> Bool {
    try FileAccess.makeFolder(folder, mode: 0o700)
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
