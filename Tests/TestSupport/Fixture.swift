import Foundation
public import NeuralNet
import ONNX

/// A committed model with arrays that other software computed from it; see Tests/Fixtures, which `make fixtures` makes.
public struct Fixture: Sendable, CustomStringConvertible {
  /// The folder of Tests/Fixtures that it is in.
  public let folder: String
  /// Its files' name, without the ending.
  public let name: String

  /// One by name; that it is there shows when it is read.
  public init(folder: String, name: String) {
    self.folder = folder
    self.name = name
  }

  /// What the tests that take it call it.
  public var description: String { name }

  /// The path of any file there, such as `arrays/float32.npy`.
  public static func path(_ file: String) -> String { root.appending(path: file).path }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")

  /// Every model in a folder of Tests/Fixtures.
  public static func all(in folder: String) -> [Fixture] {
    let files = try! FileManager.default.contentsOfDirectory(atPath: path(folder))
    return files.filter { $0.hasSuffix(".onnx") }.sorted().map { Fixture(folder: folder, name: String($0.dropLast(5))) }
  }

  /// The 16 images that all networks are compared on, as the networks take them.
  public static func networkInput() throws -> Tensor {
    let images = try NumPyArchive(contentsOf: path("architectures/input.npz")).tensor("image")
    return Tensor(shape: images.shape, scalars: images.scalars.map { ($0 - 127) / 128 })
  }

  /// The model.
  public func graph() throws -> Graph { try ONNXFile.read(path: Self.path("\(folder)/\(name).onnx")) }
  /// The arrays beside it.
  public func arrays() throws -> NumPyArchive { try NumPyArchive(contentsOf: Self.path("\(folder)/\(name).npz")) }
}
