import Foundation
import NeuralNet
import ONNX
import Testing

/// A committed model with arrays that other software computed from it; see Tests/Fixtures.
struct Fixture: Sendable, CustomTestStringConvertible {
  let folder: String
  let name: String

  var testDescription: String { name }

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")

  /// Every model in a folder of Tests/Fixtures.
  static func all(in folder: String) -> [Fixture] {
    let files = try! FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
    return files.filter { $0.hasSuffix(".onnx") }.sorted().map { Fixture(folder: folder, name: String($0.dropLast(5))) }
  }

  /// The 16 images that all networks are compared on, as the networks take them.
  static func networkInput() throws -> Tensor {
    let images = try NumPyArchive(contentsOf: root.appending(path: "architectures/input.npz").path).tensor("image")
    return Tensor(shape: images.shape, scalars: images.scalars.map { ($0 - 127) / 128 })
  }

  private func path(_ suffix: String) -> String { Self.root.appending(path: "\(folder)/\(name).\(suffix)").path }

  func graph() throws -> Graph { try ONNXFile.read(path: path("onnx")) }
  func arrays() throws -> NumPyArchive { try NumPyArchive(contentsOf: path("npz")) }
}

extension Tensor {
  /// The first rows along the first axis.
  func rows(_ count: Int) -> Tensor {
    let length = shape.dropFirst().reduce(1, *)
    return Tensor(shape: [count] + shape.dropFirst(), scalars: Array(scalars[..<(count * length)]))
  }

  /// The largest difference, as a share of the largest expected magnitude.
  func relativeError(to expected: Tensor) -> Float {
    let scale = expected.scalars.map(abs).max() ?? 0
    let difference = zip(scalars, expected.scalars).map { abs($0 - $1) }.max() ?? 0
    // max() passes over a NaN.
    if scalars.contains(where: \.isNaN) { return .infinity }
    return difference / max(scale, .leastNormalMagnitude)
  }
}
