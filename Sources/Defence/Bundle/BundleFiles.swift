internal import Base
internal import Digests
internal import NeuralNet
internal import ONNX

/// The files that a manifest names, each read whole and held against its digest before anything looks inside.
struct BundleFiles {
  let path: String
  let digests: [String: String]

  static func digest(of bytes: [UInt8]) -> String { "sha256:" + SHA256.hexadecimal(of: bytes) }

  /// - Throws: ``DefenceError`` if the file is not listed, cannot be read or has other contents.
  func bytes(_ file: String) throws(DefenceError) -> [UInt8] {
    let name = "\(path)/\(file)"
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
    } catch let error as ONNXError {
      throw .bundle(file: "\(path)/\(file)", "\(error.kind)")
    } catch {
      throw .bundle(file: "\(path)/\(file)", "\(error)")
    }
  }
}
