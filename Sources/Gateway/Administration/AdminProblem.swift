internal import Defence
internal import HTTPCore
internal import ModelStore
internal import StateStore

/// Why something that an administrator asked for is not done.
struct AdminProblem: Error, Equatable {
  /// The response's status.
  var status: HTTPStatus
  /// What is wrong, and what would be right, in a sentence.
  var detail: String
  /// The same in a word for programs.
  var error: String
  /// Further members.
  var members: [String: Problem.Value] = [:]
  /// Field lines.
  var fields: [String: String] = [:]

  init(
    _ status: HTTPStatus, _ detail: String, error: String, members: [String: Problem.Value] = [:],
    fields: [String: String] = [:]
  ) {
    (self.status, self.detail, self.error) = (status, detail, error)
    (self.members, self.fields) = (members, fields)
  }
}

extension AdminProblem {
  /// The state cannot be read or written.
  init(_ error: StateError) {
    switch error {
    case .full: self.init(.insufficientStorage, error.description, error: "disk_full")
    case .unusable: self.init(.serviceUnavailable, error.description, error: "state_unavailable")
    }
  }

  /// A model's versions cannot be changed.
  init(_ error: ModelStoreError) {
    let detail = error.description
    switch error {
    case .missing, .none: self.init(.notFound, detail, error: "unknown_model")
    case .unknownVersion(_, _, let there):
      self.init(
        .notFound, detail, error: "unknown_version", members: ["versions": .strings(there.map(String.init))])
    case .unsound: self.init(.unprocessableContent, detail, error: "unsound_version")
    case .inUse: self.init(.conflict, detail, error: "version_in_use")
    case .unversioned: self.init(.conflict, detail, error: "unversioned_model")
    case .noNumber: self.init(.conflict, detail, error: "no_version_number")
    case .inaccessible: self.init(.serviceUnavailable, detail, error: "models_unavailable")
    }
  }

  /// There is no model with a name among those that are served.
  static func unknownModel(_ name: String, among models: ServedModels) -> AdminProblem {
    let names = models.all.map(\.record.manifest.name)
    return AdminProblem(
      .notFound, "there is no model '\(name)'; there are: \(names.joined(separator: ", "))", error: "unknown_model",
      members: ["models": .strings(names)])
  }

  /// A body, or a query, that is not as it must be.
  static func bad(_ detail: String) -> AdminProblem { AdminProblem(.badRequest, detail, error: "bad_request") }
}
