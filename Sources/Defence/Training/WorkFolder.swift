internal import Base
internal import Digests
internal import Foundation
internal import NeuralNet
internal import ONNX

/// Where an unfinished training keeps what it has: a hidden folder beside the version that it becomes.
struct WorkFolder {
  let path: String
  /// Held as long as the training runs.
  private let lock: FolderLock

  /// What a folder belongs to, and how long it was worked on.
  private struct State: Codable {
    var fingerprint: String
    var seconds: Double
  }

  private let fingerprint: String
  private let earlierSeconds: Double
  private let start = Date.now

  /// Opens the folder of a training, or makes it.
  ///
  /// - Parameter fingerprint: of the plan, the pictures and the network; another training's folder is not touched.
  /// - Throws: ``DefenceError`` if another process works in it, it is another training's, or it cannot be written.
  init(_ path: String, fingerprint: String) throws(DefenceError) {
    self.path = path
    self.fingerprint = fingerprint
    let state = "\(path)/state.json"
    do {
      try FileAccess.makeFolder(path)
      guard let lock = try FolderLock.take(path) else {
        throw DefenceError.inaccessible(file: path, "another process is training this version")
      }
      self.lock = lock
    } catch let error as DefenceError {
      throw error
    } catch {
      throw .inaccessible(file: path, reason(error))
    }
    guard FileManager.default.fileExists(atPath: state) else {
      earlierSeconds = 0
      try save()
      return
    }
    let known = try JSONFile.read(State.self, from: state, name: state).value
    guard known.fingerprint == fingerprint else {
      throw .inaccessible(
        file: path,
        "an interrupted training with other settings, pictures or network is kept here; "
          + "repeat its command to go on with it, or remove the folder to start anew")
    }
    // By whatever the file was changed, a manifest is to hold it as a whole number.
    earlierSeconds = min(max(known.seconds, 0), 1e9)
  }

  /// How long has been worked on it, interruptions left out.
  var seconds: Double { earlierSeconds + Date.now.timeIntervalSince(start) }

  /// Notes how long has been worked on it.
  func save() throws(DefenceError) {
    try write(JSONFile.bytes(of: State(fingerprint: fingerprint, seconds: seconds)), "state.json")
  }

  /// The checkpoint of a network's training.
  func checkpoint(_ network: String) -> String { "\(path)/\(network).checkpoint" }

  /// A network that was trained to its end, or nil.
  func network(_ name: String) throws -> Graph? {
    let file = "\(path)/\(name).onnx"
    return FileManager.default.fileExists(atPath: file) ? try ONNXFile.read(path: file) : nil
  }

  /// Keeps a trained network, as it is, and drops its checkpoint.
  func keep(_ graph: Graph, as name: String) throws -> Graph {
    try write(try ONNXFile.encode(graph), "\(name).onnx")
    try? FileManager.default.removeItem(atPath: checkpoint(name))
    try save()
    return try ONNXFile.read(path: "\(path)/\(name).onnx")
  }

  /// The folder that the bundle is put together in.
  var bundle: String { "\(path)/bundle" }

  /// Removes everything.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  private func write(_ bytes: [UInt8], _ name: String) throws(DefenceError) {
    do {
      try FileAccess.replace("\(path)/\(name)", with: bytes)
    } catch {
      throw .inaccessible(file: "\(path)/\(name)", reason(error))
    }
  }
}
