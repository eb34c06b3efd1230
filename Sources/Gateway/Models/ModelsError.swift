internal import ModelStore

/// Why models cannot be served. What was served before is served still.
enum ModelsError: Error, Equatable, CustomStringConvertible {
  /// The folder has not what is wanted, or cannot be read.
  case store(ModelStoreError)
  /// A model's current version cannot be read or does not answer as it should; the reason names the file.
  case unsound(path: String, reason: String)
  /// Two folders hold models of the same name.
  case duplicate(name: String, paths: [String])
  /// The default model is none of those that are there.
  case unknownDefault(String, served: [String])

  /// One line for people.
  var description: String {
    switch self {
    case .store(let error): error.description
    case .unsound(let path, let reason): "the model in '\(path)' cannot be served: \(reason)"
    case .duplicate(let name, let paths):
      "the model '\(name)' is there twice, in \(paths.map { "'\($0)'" }.joined(separator: " and "))"
    case .unknownDefault(let name, let served):
      "the default model '\(name)' is not there; there are: \(served.joined(separator: ", "))"
    }
  }
}
