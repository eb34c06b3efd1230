internal import Base
public import Defence
internal import Foundation

/// One model's versions on disk: immutable folders named by their numbers, and a link to the current one.
///
/// Processes that work in the same folder do not get in each other's way: the link is exchanged in one step, a version
/// comes and goes in one, and a number is given out once.
public struct StoredModel: Sendable {
  /// The model's folder.
  public let folder: ModelFolder

  /// The model in a folder.
  public init(_ folder: ModelFolder) { self.folder = folder }

  /// The model that a served bundle is a version of.
  ///
  /// - Throws: ``ModelStoreError/unversioned(path:)`` for a bundle that stands by itself.
  public init(of record: ModelRecord) throws(ModelStoreError) {
    let folder = ModelFolder(around: record.path)
    guard folder.currentVersion != nil, folder.versions.contains(where: { folder.path(of: $0) == record.path }) else {
      throw .unversioned(path: record.path)
    }
    self.init(folder)
  }

  /// The model's name.
  public var name: String { folder.name }

  /// The number of the current version; nil if there is none, or the link leads elsewhere.
  public var current: Int? { folder.currentVersion.flatMap(Int.init) }

  /// What there is, the newest first. Versions that cannot be read have a fault instead of a record.
  public var versions: [StoredVersion] {
    folder.versions.reversed().map { StoredVersion(number: $0, in: folder) }
  }

  /// One version.
  public func version(_ number: Int) throws(ModelStoreError) -> StoredVersion {
    guard folder.hasBundle(number) else { throw .unknownVersion(number, of: name, there: folder.versions) }
    return StoredVersion(number: number, in: folder)
  }

  /// Makes a version the current one.
  public func activate(_ number: Int) throws(ModelStoreError) {
    guard folder.hasBundle(number) else { throw .unknownVersion(number, of: name, there: folder.versions) }
    do {
      try folder.activate(number)
    } catch {
      throw .inaccessible(path: folder.path, reason: "\(error)")
    }
  }

  /// Gives out a number that no version has and no training works at, by the folder that a training of it works in.
  public func reserveNumber() throws(ModelStoreError) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    var number = max(folder.versions.last ?? 0, names.compactMap(Self.trained).max() ?? 0)
    while number < ModelFolder.versionNumbers.upperBound {
      number += 1
      // Fails where the folder is there, so that of two processes one only gets the number.
      if mkdir(folder.workFolder(of: number), 0o777) == 0 { return number }
      guard errno == EEXIST else {
        throw .inaccessible(path: folder.path, reason: String(cString: strerror(errno)))
      }
    }
    throw .noNumber(of: name)
  }

  /// Removes a version: its folder gets another name first, so that nobody sees a part of it.
  ///
  /// - Throws: ``ModelStoreError/inUse(_:of:reason:)`` for the current one.
  public func remove(_ number: Int) throws(ModelStoreError) {
    guard folder.hasBundle(number) else { throw .unknownVersion(number, of: name, there: folder.versions) }
    let inUse = ModelStoreError.inUse(number, of: name, reason: "it is the current one")
    guard current != number else { throw inUse }
    let (place, trash) = (folder.path(of: number), "\(folder.path)/.\(number).removed")
    do {
      try? FileManager.default.removeItem(atPath: trash)
      try FileAccess.move(place, to: trash)
      // Another process may have made it the current one meanwhile.
      if current == number {
        try FileAccess.move(trash, to: place)
        throw inUse
      }
      try FileManager.default.removeItem(atPath: trash)
    } catch let error as ModelStoreError {
      throw error
    } catch {
      throw .inaccessible(path: place, reason: (error as? FileError)?.description ?? error.localizedDescription)
    }
  }

  /// The versions that are beyond the newest so many, the current one and those that are protected left out.
  public func surplus(keeping count: Int, protecting protected: Set<Int>) -> [Int] {
    folder.versions.dropLast(count).filter { $0 != current && !protected.contains($0) }
  }

  /// Removes what an interrupted removal has left, and numbers that were given out and never used.
  ///
  /// - Parameter needed: numbers that will be used yet.
  public func sweep(needed: Set<Int> = []) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] where name.hasPrefix(".") {
      let path = "\(folder.path)/\(name)"
      if name.hasSuffix(".removed") { try? FileManager.default.removeItem(atPath: path) }
      // Only if it is empty: a training that was interrupted can go on.
      if let number = Self.trained(name), !needed.contains(number) { rmdir(path) }
    }
  }

  /// The number that a folder's name says is being trained.
  private static func trained(_ name: String) -> Int? {
    guard name.hasPrefix("."), name.hasSuffix(".training") else { return nil }
    return Int(name.dropFirst().dropLast(".training".count))
  }
}
