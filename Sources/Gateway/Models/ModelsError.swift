/// Why models cannot be served. What was served before is served still.
enum ModelsError: Error, Equatable, CustomStringConvertible {
  /// The folder cannot be read.
  case inaccessible(path: String, reason: String)
  /// There is no model in the folder.
  case none(path: String)
  /// A model's current version cannot be read or does not answer as it should; the reason names the file.
  case unsound(path: String, reason: String)
  /// Two folders hold models of the same name.
  case duplicate(name: String, paths: [String])
  /// Some that are wanted are not there.
  case missing([String], there: [String])
  /// The default model is none of those that are there.
  case unknownDefault(String, served: [String])

  /// One line for people.
  var description: String {
    switch self {
    case .inaccessible(let path, let reason): "the models in '\(path)' cannot be read: \(reason)"
    case .none(let path):
      "there is no model in '\(path)': it must be a model's folder, with a link 'current' to one of its versions, "
        + "or have such folders in it"
    case .unsound(let path, let reason): "the model in '\(path)' cannot be served: \(reason)"
    case .duplicate(let name, let paths):
      "the model '\(name)' is there twice, in \(paths.map { "'\($0)'" }.joined(separator: " and "))"
    case .missing(let names, let there):
      "there is no model \(names.map { "'\($0)'" }.joined(separator: ", ")); there are: \(there.joined(separator: ", "))"
    case .unknownDefault(let name, let served):
      "the default model '\(name)' is not there; there are: \(served.joined(separator: ", "))"
    }
  }
}
