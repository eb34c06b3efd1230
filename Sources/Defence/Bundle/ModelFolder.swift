internal import Base
internal import Foundation

/// A model on disk: a folder with one folder for each version, named by its number, and a link `current` to one of them.
public struct ModelFolder: Sendable {
  /// The folder.
  public let path: String

  static let current = "current"

  /// The model in a folder, which may not be there yet.
  public init(path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  /// The model that a bundle is a version of: the folder around it.
  public init(of bundle: ModelBundle) { self.init(around: bundle.path) }

  /// The model that the version in a folder is one of: the folder around it.
  public init(around version: String) {
    let end = version.lastIndex(of: "/")
    // A version named from inside of its model.
    self.init(path: end.map { $0 == version.startIndex ? "/" : String(version[..<$0]) } ?? ".")
  }

  /// The model's name: the folder's.
  public var name: String { URL(filePath: path).lastPathComponent }

  /// Where a version is.
  public func path(of version: Int) -> String { "\(path)/\(version)" }

  /// Where a version is worked at until it is there.
  public func workFolder(of version: Int) -> String { "\(path)/.\(version).training" }

  /// The numbers that a version can have.
  public static let versionNumbers = 1...999_999_999

  /// Whether a text can be a model's name: that of a folder.
  static func isName(_ text: String) -> Bool { !text.contains("/") && BundleFiles.isInside(text) }

  /// The numbers of the versions that are there, ascending.
  public var versions: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap(Self.version).sorted()
  }

  /// The version that a folder is by its name, or nil: 01 is another folder than 1.
  private static func version(named name: String) -> Int? {
    Int(name).flatMap { versionNumbers.contains($0) && "\($0)" == name ? $0 : nil }
  }

  /// What `current` names, or nil if there is no such link.
  public var currentVersion: String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/\(Self.current)")
  }

  /// Whether something can be served from here: a bundle, or a model that says which of its versions is the current one.
  public var isServable: Bool {
    currentVersion != nil || FileManager.default.fileExists(atPath: "\(path)/\(ModelBundle.manifestFile)")
  }

  /// Whether a version's bundle stands at its place, to where it is renamed in one step.
  public func hasBundle(_ version: Int) -> Bool {
    FileManager.default.fileExists(atPath: "\(path(of: version))/\(ModelBundle.manifestFile)")
  }

  /// Makes a version the current one: the link is made beside its place and renamed.
  ///
  /// - Throws: ``DefenceError`` if there is no such version, or the folder cannot be written.
  public func activate(_ version: Int) throws(DefenceError) {
    guard hasBundle(version) else {
      throw .inaccessible(file: path(of: version), "there is no such version")
    }
    let link = "\(path)/\(Self.current)"
    let temporary = "\(path)/.\(Self.current).\(getpid())"
    do {
      try? FileManager.default.removeItem(atPath: temporary)
      try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: "\(version)")
      try FileAccess.move(temporary, to: link)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw .inaccessible(file: link, reason(error))
    }
  }

  /// The folder of the bundle that a path means: itself, or the current version of a model.
  static func version(at path: String) throws(DefenceError) -> String {
    let model = ModelFolder(path: path)
    func isBundle(_ path: String) -> Bool {
      FileManager.default.fileExists(atPath: "\(path)/\(ModelBundle.manifestFile)")
    }
    if isBundle(model.path) { return model.path }
    if let current = model.currentVersion {
      let link = "\(model.path)/\(Self.current)"
      // A link that leads out of the model would make another model of it.
      guard let version = Self.version(named: current) else {
        throw .inaccessible(
          file: link, "it leads to '\(current)'; it must lead to one of the model's versions, such as 1")
      }
      guard isBundle(model.path(of: version)) else {
        throw .inaccessible(file: link, "it leads to '\(current)', and there is no bundle")
      }
      return model.path(of: version)
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .inaccessible(file: path, "there is no such folder")
    }
    guard isFolder.boolValue else {
      throw .inaccessible(file: path, "it is no folder; a model is one, with its versions in it")
    }
    guard let last = model.versions.last else {
      throw .inaccessible(file: path, "it is neither a bundle (it has no \(ModelBundle.manifestFile)) nor a model")
    }
    throw .inaccessible(file: path, "the model has no current version; name one, such as \(model.path(of: last))")
  }
}

/// The reason in an error of Foundation's, without the path and the class around it.
func reason(_ error: any Error) -> String {
  if let error = error as? FileError { return error.description }
  let error = error as NSError
  // On Linux the value in the dictionary is a Swift one, which is no NSError.
  if let underlying = error.userInfo[NSUnderlyingErrorKey] as? POSIXError {
    return String(cString: strerror(underlying.code.rawValue))
  }
  return error.localizedDescription
}
