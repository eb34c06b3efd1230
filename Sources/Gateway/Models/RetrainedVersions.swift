internal import Defence
internal import Foundation
internal import ModelStore
internal import Retraining
internal import StateStore

/// What retraining asks of the models: where they are, numbers for new versions, and to let one serve.
struct RetrainedVersions: RetrainedModels {
  let models: ServedModels
  let lifecycle: ModelLifecycle
  let pictures: RejectedPictures

  /// Why a model's versions cannot be had.
  private struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  func folder(of model: String) -> String { place(model).path }
  func place(of version: Int, of model: String) -> String { place(model).path(of: version) }
  func workFolder(of version: Int, of model: String) -> String { place(model).workFolder(of: version) }

  func reserveVersion(of model: String, job: String) throws -> Int {
    do throws(AdminProblem) {
      let stored = try lifecycle.stored(model)
      do { return try stored.reserveNumber() } catch { throw AdminProblem(error) }
    } catch {
      throw Refusal(description: error.detail)
    }
  }

  func currentVersion(of model: String) -> Int? { stored(model)?.current }

  func isComplete(_ version: Int, of model: String) -> Bool { place(model).hasBundle(version) }

  func collectFeedback(for job: Job, into folder: String) throws -> FeedbackFolders {
    guard let manifest = models.generation(named: job.request.model)?.record.manifest else {
      throw Refusal(description: "there is no model '\(job.request.model)'")
    }
    return try pictures.collect(model: manifest.name, labels: Set(manifest.labels), into: folder)
  }

  func activate(_ version: Int, of model: String, ifCurrent: Int?, job: Job) throws {
    do throws(AdminProblem) {
      _ = try lifecycle.activate(version, of: model, ifCurrent: ifCurrent, kind: .gate, by: job.id)
    } catch {
      throw Refusal(description: error.detail)
    }
  }

  private func stored(_ model: String) -> StoredModel? { try? lifecycle.stored(model) }

  /// Where a model is, or would be if it were served.
  private func place(_ model: String) -> ModelFolder {
    stored(model)?.folder ?? ModelFolder(path: models.folder(for: model))
  }
}
