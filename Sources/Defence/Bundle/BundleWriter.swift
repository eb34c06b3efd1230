internal import Base
internal import Foundation
internal import ONNX
internal import NeuralNet

/// Writes a bundle: into a folder beside its place, every file synced, then renamed to its place in one step.
struct BundleWriter {
  /// The folder that is filled.
  let folder: String
  private var digests: [String: String] = [:]

  /// Starts a new bundle in a folder, emptied first.
  init(_ folder: String) throws(DefenceError) {
    self.folder = folder
    do {
      if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
      try FileAccess.makeFolder(folder)
    } catch {
      throw .inaccessible(file: folder, reason(error))
    }
  }

  /// Adds a file.
  mutating func add(_ file: String, _ bytes: [UInt8]) throws(DefenceError) {
    let path = "\(folder)/\(file)"
    do {
      let parent = URL(filePath: path).deletingLastPathComponent().path
      try FileAccess.makeFolder(parent)
      try FileAccess.replace(path, with: bytes)
    } catch {
      throw .inaccessible(file: path, reason(error))
    }
    digests[file] = BundleFiles.digest(of: bytes)
  }

  /// Adds a network, its weights as float16.
  ///
  /// - Returns: the network as it will be read back.
  mutating func add(_ file: String, _ graph: Graph) throws -> Graph {
    let bytes = try ONNXFile.encode(graph, weights: .float16)
    try add(file, bytes)
    return try ONNXFile.decode(bytes, name: "\(folder)/\(file)")
  }

  /// Adds the manifest, with the digests of all that was added, and puts the bundle at its place.
  ///
  /// - Throws: ``DefenceError/exists(_:)`` if something is there; what was written stays where it is.
  func finish(_ manifest: Manifest, at place: String) throws(DefenceError) {
    var manifest = manifest
    manifest.files = digests
    if let fault = manifest.fault { throw .bundle(file: place, fault) }
    let path = "\(folder)/\(ModelBundle.manifestFile)"
    do {
      try FileAccess.replace(path, with: try JSONFile.bytes(of: manifest))
    } catch {
      throw .inaccessible(file: path, reason(error))
    }
    guard !FileManager.default.fileExists(atPath: place) else { throw .exists(place) }
    do {
      try FileAccess.move(folder, to: place)
    } catch {
      throw .inaccessible(file: place, reason(error))
    }
  }
}
