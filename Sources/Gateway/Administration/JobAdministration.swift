internal import Archives
internal import Base
internal import DataSets
internal import Defence
internal import Foundation
internal import HTTPCore
internal import HTTPServer
internal import Retraining
internal import StateStore

/// Retrainings, as administrators ask for them, watch them and end them.
struct JobAdministration: Sendable {
  let models: ServedModels
  let queue: JobQueue
  /// The folder with a folder for each job.
  let folder: String
  let news: News
  let settings: @Sendable () -> GatewayConfiguration

  private struct Jobs: Encodable { var jobs: [JobDocument] }

  static let path = "/admin/v1/retraining-jobs"
  /// Files and folders of an archive.
  private static let mostEntries = 250_000

  /// The routes.
  var routes: [AdminRoute] {
    let id: @Sendable (RoutedRequest) -> String = { $0.parameters["id"] ?? "" }
    return [
      .change(
        .post, Self.path, action: "job.start", target: { _ in "" },
        limit: settings().administration.uploadBytes, isIdempotent: true
      ) { (request) throws(AdminProblem) in try start(request) },
      .get(Self.path) { (request) throws(AdminProblem) in try list(request) },
      .get("\(Self.path)/{id}") { (request) throws(AdminProblem) in
        AdminJSON.response(JobDocument(try status(request.parameter("id"))))
      },
      .change(.delete, "\(Self.path)/{id}", action: "job.cancel", target: id) { (request) throws(AdminProblem) in
        do throws(RetrainingError) {
          _ = try queue.cancel(request.parameter("id"))
        } catch {
          throw AdminProblem(error)
        }
        return AdminJSON.response(JobDocument(try status(request.parameter("id"))), .accepted)
      },
      AdminRoute(
        method: .get, pattern: "\(Self.path)/{id}/events", role: .read,
        work: .stream { (request, responder) throws(AdminProblem) in
          let id = request.parameter("id")
          let status = try status(id)
          // One that has ended has no more news: it is told, and the stream ends.
          try news.open(responder, job: id) { [News.event((try? self.status(id)) ?? status)] }
        }),
    ]
  }

  private func status(_ id: String) throws(AdminProblem) -> JobStatus {
    do throws(RetrainingError) {
      guard let status = try queue.status(id) else { throw .unknownJob(id) }
      return status
    } catch {
      throw AdminProblem(error)
    }
  }

  private func list(_ request: AdminRequest) throws(AdminProblem) -> Response {
    let query = try request.query("model", "state", "before", "limit")
    let limit = try AdminRequest.number(query["limit"], "limit", 1...1000, default: 100)
    var state: Job.State?
    if let text = query["state"] {
      guard let known = Job.State(rawValue: text) else {
        throw .bad("'state' is '\(text)'; it must be \(Job.State.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      state = known
    }
    do throws(RetrainingError) {
      let jobs = try queue.list(model: query["model"], state: state, before: query["before"], limit: limit)
      return AdminJSON.response(Jobs(jobs: jobs.map { JobDocument($0) }))
    } catch {
      throw AdminProblem(error)
    }
  }

  // MARK: A new job

  private func start(_ request: AdminRequest) throws(AdminProblem) -> Response {
    let (body, archive) = try Self.taken(request)
    let wanted = try body.request(upload: archive?.name)
    guard let generation = models.generation(named: wanted.model) else {
      throw .unknownModel(wanted.model, among: models)
    }
    let job = Job(id: JobID.make(), actor: request.administrator.name, request: wanted, created: Date())
    let place = JobFolder(in: folder, id: job.id)
    do throws(AdminProblem) {
      if let source = try source(wanted, archive, in: place) {
        try survey(source, wanted, generation.record.manifest)
      }
      if let teacher = wanted.teacher { _ = try resolve(teacher, kind: .file) }
      do throws(RetrainingError) { try queue.submit(job) } catch { throw AdminProblem(error) }
    } catch {
      try? FileManager.default.removeItem(atPath: place.path)
      throw error
    }
    var response = AdminJSON.response(JobDocument(JobStatus(job: job, progress: nil, log: [])), .accepted)
    response.fields.set("Location", "\(Self.path)/\(job.id)")
    response.notes["target"] = job.id
    response.notes["audit"] = "for \(wanted.model)"
    return response
  }

  /// Where the pictures are, if there are any besides those that were reviewed.
  private func source(
    _ wanted: JobRequest, _ archive: (name: String, bytes: ArraySlice<UInt8>)?, in place: JobFolder
  ) throws(AdminProblem) -> String? {
    if let archive { return try keep(archive, in: place) }
    guard let path = wanted.data.path else { return nil }
    return try resolve(path)
  }

  /// What the body says, and the archive in it.
  private static func taken(
    _ request: AdminRequest
  ) throws(AdminProblem) -> (JobBody, archive: (name: String, bytes: ArraySlice<UInt8>)?) {
    guard let type = request.routed.head.fields["Content-Type"].flatMap({ MediaType($0) }),
      type.essence == "multipart/form-data"
    else { return (try request.members(JobBody.self), nil) }
    let form: Multipart
    do throws(MultipartError) { form = try Multipart(request.body, type: type, limits: .init()) } catch {
      throw .bad("the form cannot be read: \(error)")
    }
    guard Set(form.parts.map(\.name)) == ["request", "archive"], form.parts.count == 2,
      let members = form.parts.first(where: { $0.name == "request" }),
      let archive = form.parts.first(where: { $0.name == "archive" })
    else { throw .bad("the form must have two parts: 'request', which is JSON, and 'archive', a tar, tar.gz or zip") }
    return (
      try AdminRequest.members(Array(members.body)), (archive.fileName ?? "archive", ArraySlice(archive.body))
    )
  }

  /// Keeps the archive that came with a request: on disk when this returns.
  private func keep(
    _ archive: (name: String, bytes: ArraySlice<UInt8>), in place: JobFolder
  ) throws(AdminProblem) -> String {
    guard let file = place.upload(archive.name) else { throw .bad("'\(archive.name)' is no name for a file") }
    do throws(FileError) {
      try FileAccess.makeFolder(place.uploads)
      try FileAccess.replace(file, with: Array(archive.bytes))
      return file
    } catch {
      if case .failed(_, ENOSPC) = error {
        throw AdminProblem(.insufficientStorage, "there is no room for the archive on the disk", error: "disk_full")
      }
      throw AdminProblem(
        .serviceUnavailable, "the archive cannot be kept: \(error)", error: "state_unavailable")
    }
  }

  private func resolve(_ path: String, kind: DataPath.Kind = .folderOrFile) throws(AdminProblem) -> String {
    do throws(RetrainingError) {
      return try DataPath.resolve(path, roots: settings().retraining.data, kind: kind)
    } catch {
      throw AdminProblem(error)
    }
  }

  /// Looks at what pictures there are, so that what cannot be trained with is refused at once.
  private func survey(_ source: String, _ wanted: JobRequest, _ manifest: Manifest) throws(AdminProblem) {
    var reader = DataSetReader()
    // A million names take ten seconds to look at, and nobody trains with so many.
    reader.archiveLimits.entries = Self.mostEntries
    reader.labels = manifest.labels
    reader.labelPattern = wanted.labelBy ?? manifest.training.labelPattern
    reader.groupPattern = wanted.groupBy
    do throws(DataSetError) {
      let survey = try reader.survey([source])
      let empty = zip(survey.labels, survey.counts).filter { $0.1 == 0 }.map(\.0)
      guard empty.isEmpty || wanted.feedback else {
        throw DataSetError(.labelWithoutPictures(empty[0]), in: source)
      }
    } catch {
      // By the name that the client knows, not by where it is.
      let name = wanted.data.upload ?? wanted.data.path ?? ""
      let detail = error.description.replacing(source, with: name)
      throw AdminProblem(.unprocessableContent, detail, error: "bad_data")
    }
  }
}

extension AdminProblem {
  /// A job is not taken, or cannot be ended.
  init(_ error: RetrainingError) {
    let detail = error.description
    switch error {
    case .unknownJob: self.init(.notFound, detail, error: "unknown_job")
    case .alreadyFinished: self.init(.conflict, detail, error: "job_finished")
    case .alreadyCancelling: self.init(.conflict, detail, error: "already_cancelling")
    case .tooManyJobs: self.init(.tooManyRequests, detail, error: "too_many_jobs", fields: ["Retry-After": "60"])
    case .pathNotAllowed: self.init(.unprocessableContent, detail, error: "path_not_allowed")
    case .unusableData: self.init(.unprocessableContent, detail, error: "bad_data")
    case .stopping: self.init(.serviceUnavailable, detail, error: "stopping", fields: ["Retry-After": "5"])
    case .state(let error): self.init(error)
    }
  }
}
