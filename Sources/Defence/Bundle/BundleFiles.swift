internal import Base
internal import Digests
internal import NeuralNet
internal import ONNX

/// The files that a manifest names, each read whole and held against its digest before anything looks inside.
struct BundleFiles {
  let path: String
  let digests: [String: String]

  static func digest(of bytes: [UInt8]) -> String { "sha256:" + SHA256.hexadecimal(of: bytes) }

  /// Whether a path of a manifest leads to a file in the bundle, not out of it.
  static func isInside(_ file: String) -> Bool {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    return !parts.contains { ["", ".", ".."].contains($0) } && !file.contains("\0")
  }

  /// - Throws: ``DefenceError`` if the file is not listed, is not in the bundle, cannot be read or has other contents.
  func bytes(_ file: String) throws(DefenceError) -> [UInt8] {
    let name = "\(path)/\(file)"
    guard Self.isInside(file) else { throw .bundle(file: name, "it is no path inside the bundle") }
    guard let wanted = digests[file] else {
      throw .bundle(file: "\(path)/\(ModelBundle.manifestFile)", "'files' has no digest of \(file)")
    }
    let bytes: [UInt8]
    do {
      bytes = try FileAccess.read(name, limit: ModelBundle.largestFile)
    } catch {
      throw .inaccessible(file: name, error.description)
    }
    let found = Self.digest(of: bytes)
    guard found == wanted else { throw .bundle(file: name, "its digest is \(found), not \(wanted) as in the manifest") }
    return bytes
  }

  /// - Throws: as ``bytes(_:)``, and if it is no network that can be run.
  func graph(_ file: String) throws(DefenceError) -> Graph {
    do {
      return try ONNXFile.decode(try bytes(file), name: "\(path)/\(file)")
    } catch let error as DefenceError {
      throw error
    } catch {
      throw .bundle(file: "\(path)/\(file)", "\(error)")
    }
  }
}
