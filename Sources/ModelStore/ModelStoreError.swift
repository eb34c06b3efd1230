/// Why a model or one of its versions cannot be used, or cannot go.
public enum ModelStoreError: Error, Equatable, CustomStringConvertible {
  /// A file or folder cannot be read or written.
  case inaccessible(path: String, reason: String)
  /// There is no model in the folder.
  case none(path: String)
  /// Some models that are wanted are not there.
  case missing([String], there: [String])
  /// The model has no such version.
  case unknownVersion(Int, of: String, there: [Int])
  /// A version cannot be read or does not answer as it should; the reason names the file.
  case unsound(Int, of: String, reason: String)
  /// The current version, or one that is needed for something else, must not be removed.
  case inUse(Int, of: String, reason: String)
  /// What is served is one bundle by itself, with no other versions beside it.
  case unversioned(path: String)
  /// There is no number left for a further version.
  case noNumber(of: String)

  /// One line for people.
  public var description: String {
    switch self {
    case .inaccessible(let path, let reason): "'\(path)' cannot be used: \(reason)"
    case .none(let path):
      "there is no model in '\(path)': it must be a model's folder, with a link 'current' to one of its versions, "
        + "or have such folders in it"
    case .missing(let names, let there):
      "there is no model \(names.map { "'\($0)'" }.joined(separator: ", ")); there are: \(there.joined(separator: ", "))"
    case .unknownVersion(let version, let model, let there):
      "\(model) has no version \(version); it has: \(there.map(String.init).joined(separator: ", "))"
    case .unsound(let version, let model, let reason): "version \(version) of \(model) cannot serve: \(reason)"
    case .inUse(let version, let model, let reason): "version \(version) of \(model) cannot be removed: \(reason)"
    case .unversioned(let path):
      "'\(path)' is one bundle by itself; versions can be changed where the gateway serves a model's folder"
    case .noNumber(let model): "\(model) has no number left for a further version"
    }
  }
}
