internal import Base
internal import Defence
internal import Foundation
internal import HTTPCore
internal import StateStore

/// What administrators see of rejected pictures that were kept, and say of them.
struct ReviewAdministration: Sendable {
  let pictures: RejectedPictures
  let models: ServedModels
  /// Told of each rejection of which something else is said than before.
  let publish: @Sendable (KeptRejection) -> Void

  private struct Listing: Encodable {
    var rejections: [Rejection]
    var figures: ReviewFigures
  }

  private struct ReviewBody: AdminBody {
    static let names: Set = ["kind", "label"]
    var kind: String
    var label: String?
  }

  /// The routes.
  var routes: [AdminRoute] {
    let rejection = "/admin/v1/models/{name}/rejections/{digest}"
    let target: @Sendable (RoutedRequest) -> String = {
      "\($0.parameters["name"] ?? "")/\($0.parameters["digest"] ?? "")"
    }
    return [
      .get("/admin/v1/rejections", list),
      .get(rejection) { (request) throws(AdminProblem) in
        AdminJSON.response(Rejection(try find(request)))
      },
      .get("\(rejection)/picture", picture),
      .change(.put, "\(rejection)/review", action: "rejection.review", target: target) {
        (request) throws(AdminProblem) in
        let review = try review(request)
        var response = try write(review, request)
        response.notes["audit"] = review.kind.rawValue + (review.label.map { ": \($0)" } ?? "")
        return response
      },
      .change(.delete, "\(rejection)/review", action: "rejection.unreview", target: target) {
        (request) throws(AdminProblem) in
        try write(nil, request)
      },
      .change(.delete, rejection, action: "rejection.delete", target: target) { (request) throws(AdminProblem) in
        let (model, digest) = try Self.key(request)
        do {
          guard try pictures.remove(model: model, digest: digest) else { throw Self.unknown(model, digest) }
        } catch {
          throw Self.problem(error)
        }
        return Response(.noContent)
      },
    ]
  }

  // MARK: Looking

  private func list(_ request: AdminRequest) throws(AdminProblem) -> Response {
    let query = try request.query("model", "review", "before", "limit")
    let limit = try AdminRequest.number(query["limit"], "limit", 1...1000, default: 100)
    var filter: RejectionFilter?
    if let text = query["review"] {
      filter = RejectionFilter(rawValue: text)
      guard filter != nil else {
        throw .bad("'review' is '\(text)'; it must be \(Self.list(RejectionFilter.allCases.map(\.rawValue)))")
      }
    }
    var before: RejectionKey?
    if let text = query["before"] {
      // A model's name may have a slash, a digest has none.
      guard let slash = text.lastIndex(of: "/"), PictureFolder.isDigest(String(text[slash...].dropFirst())) else {
        throw .bad("'before' is '\(text)'; it must be MODEL/DIGEST of a rejection")
      }
      before = RejectionKey(model: String(text[..<slash]), digest: String(text[slash...].dropFirst()))
    }
    do throws(StateError) {
      let rejections = try pictures.table.list(model: query["model"], review: filter, before: before, limit: limit)
      let figures = try pictures.table.figures(model: query["model"])
      return AdminJSON.response(Listing(rejections: rejections.map(Rejection.init), figures: figures))
    } catch {
      throw AdminProblem(error)
    }
  }

  /// The file as it was sent by somebody who may be up to no good: no browser is to take it for anything but a picture.
  private func picture(_ request: AdminRequest) throws(AdminProblem) -> Response {
    let rejection = try find(request)
    let bytes: [UInt8]?
    do throws(FileError) { bytes = try pictures.file(of: rejection) } catch { throw Self.problem(error) }
    guard let bytes else { throw Self.unknown(rejection.model, rejection.digest) }
    var response = Response(.ok, type: rejection.mediaType, body: bytes)
    response.fields.set("Content-Disposition", "inline; filename=\"\(rejection.digest).\(rejection.fileExtension)\"")
    response.fields.set("X-Content-Type-Options", "nosniff")
    response.fields.set("Content-Security-Policy", "default-src 'none'; sandbox")
    response.fields.set("Cross-Origin-Resource-Policy", "same-origin")
    response.fields.set("Cache-Control", "no-store")
    return response
  }

  private func find(_ request: AdminRequest) throws(AdminProblem) -> KeptRejection {
    let (model, digest) = try Self.key(request)
    do throws(StateError) {
      if let rejection = try pictures.table.rejection(model: model, digest: digest) { return rejection }
    } catch {
      throw AdminProblem(error)
    }
    throw Self.unknown(model, digest)
  }

  // MARK: Judging

  private func write(_ review: KeptRejection.Review?, _ request: AdminRequest) throws(AdminProblem) -> Response {
    let (model, digest) = try Self.key(request)
    let changed: KeptRejection?
    do throws(StateError) {
      changed = try pictures.table.review(review, model: model, digest: digest)
    } catch {
      throw AdminProblem(error)
    }
    guard let changed else { throw Self.unknown(model, digest) }
    publish(changed)
    return AdminJSON.response(Rejection(changed))
  }

  /// What a request says of a picture. A label must be one that the model knows now.
  private func review(_ request: AdminRequest) throws(AdminProblem) -> KeptRejection.Review {
    let body = try request.members(ReviewBody.self)
    guard let kind = KeptRejection.Kind(rawValue: body.kind) else {
      throw .bad("'kind' is '\(body.kind)'; it must be \(Self.list(KeptRejection.Kind.allCases.map(\.rawValue)))")
    }
    switch (kind, body.label) {
    case (.adversarial, nil): break
    case (.adversarial, _?): throw .bad("an adversarial picture has no label; leave 'label' out")
    case (.genuine, nil): throw .bad("a genuine picture needs a 'label': what it shows")
    case (.genuine, let label?):
      let model = try find(request).model
      guard let generation = models.generation(named: model) else {
        throw .unknownModel(model, among: models)
      }
      let labels = generation.record.manifest.labels
      guard labels.contains(label) else {
        throw AdminProblem(
          .unprocessableContent, "'\(model)' has no label '\(label)'", error: "unknown_label",
          members: ["labels": .strings(labels)])
      }
    }
    return KeptRejection.Review(kind: kind, label: body.label, actor: request.administrator.name, time: .now)
  }

  // MARK: Problems

  private static func key(_ request: AdminRequest) throws(AdminProblem) -> (model: String, digest: String) {
    let (model, digest) = (request.parameter("name"), request.parameter("digest"))
    guard PictureFolder.isDigest(digest) else { throw unknown(model, digest) }
    return (model, digest)
  }

  private static func unknown(_ model: String, _ digest: String) -> AdminProblem {
    AdminProblem(.notFound, "no rejection of '\(digest)' by '\(model)' is kept", error: "unknown_rejection")
  }

  private static func problem(_ error: any Error) -> AdminProblem {
    switch error {
    case let problem as AdminProblem: problem
    case let error as StateError: AdminProblem(error)
    default:
      AdminProblem(
        .serviceUnavailable, "the kept pictures cannot be read or written: \(error)", error: "state_unavailable")
    }
  }

  private static func list(_ words: [String]) -> String { words.joined(separator: " or ") }
}
