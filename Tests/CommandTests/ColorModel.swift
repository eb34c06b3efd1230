import Foundation
import ONNX
import TestSupport

/// A model of coloured pictures, trained once by `distinguo train`, each test with a copy of its own.
struct ColorModel {
  /// Goes with the last copy of this value.
  let folder: TemporaryFolder
  var model: String { folder.path("colours") }
  var bundle: String { folder.path("colours/1") }

  /// What trains it, into a folder that holds `teacher.onnx` and `data`.
  static func training(in folder: TemporaryFolder) -> [String] {
    [
      "train", "--teacher", folder.path("teacher.onnx"), "--data", folder.path("data"), "--output",
      folder.path("colours"), "--preset", "quick", "--student-epochs", "40", "--epochs", "8", "--differentiators", "2",
      "--asked", "2", "--pruning-ratio", "0.5", "0.6", "--alpha", "0.1", "--calibration-share", "0.3", "--threads", "1",
    ]
  }

  /// Puts a Teacher and pictures into a folder.
  static func prepare(_ folder: TemporaryFolder, pictures: Int = 40) throws {
    try ONNXFile.write(TinyNetwork.graph(), to: folder.path("teacher.onnx"))
    try ColoredPictures.write(pictures, seed: 1, to: URL(filePath: folder.path("data")))
  }

  /// The files of the bundle by their paths in it.
  private static let trained = Result { () throws -> [String: Data] in
    let folder = try TemporaryFolder()
    try prepare(folder)
    let outcome = try Command.run(training(in: folder) + ["--progress", "none"])
    guard outcome.status == 0 else { throw Failure(description: outcome.error) }
    let bundle = folder.path("colours/1")
    let names = try FileManager.default.subpathsOfDirectory(atPath: bundle).filter { $0.contains(".") }
    return Dictionary(
      uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: URL(filePath: "\(bundle)/\($0)"))) })
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init() throws {
    folder = try TemporaryFolder()
    for (name, data) in try Self.trained.get() {
      let path = URL(filePath: "\(bundle)/\(name)")
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: path)
    }
    try FileManager.default.createSymbolicLink(atPath: "\(model)/current", withDestinationPath: "1")
  }

  /// Writes the pictures that it was trained with.
  func writeTrainingPictures() throws -> String {
    try ColoredPictures.write(40, seed: 1, to: URL(filePath: folder.path("data")))
    return folder.path("data")
  }

  /// Writes some pictures that the model was not trained with, in folders named for their labels.
  func writePictures(_ count: Int) throws -> String {
    try ColoredPictures.write(count, seed: 2, to: URL(filePath: folder.path("dev")))
    return folder.path("dev")
  }
}

/// The objects in lines of JSON.
func objects(_ lines: String) throws -> [[String: Any]] {
  try lines.split(separator: "\n").map { line in
    guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
      throw ColorModel.Failure(description: "no JSON object: \(line)")
    }
    return object
  }
}
