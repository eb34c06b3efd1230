import Base
public import Defence
import Digests
public import Foundation
import Images
import ONNX

/// A small defence of coloured pictures, trained once and kept in memory.
public struct TinyBundle {
  /// How pictures become its input.
  public static let input = InputFormat(
    width: 16, height: 16, mean: TinyNetwork.mean, std: TinyNetwork.std, resize: .squash)

  /// Labelled pictures, so many of each label.
  public static func items(_ count: Int, seed: UInt64) -> [TrainingData.Item] {
    ColoredPictures.labelled(count, seed: seed).map { TrainingData.Item(picture: $0.picture, label: $0.label) }
  }

  /// What it is trained with.
  public static let data = TrainingData(
    source: "colours", labels: ColoredPictures.labels, training: items(12, seed: 1), withheld: items(10, seed: 2))

  /// Three differentiators, of which two are asked.
  public static var plan: TrainingPlan {
    var recipe = Recipe(epochs: 8, rate: 2e-2, augmentation: Augmentation())
    recipe.batch = 12
    var plan = TrainingPlan(name: "colours", input: input, student: recipe, differentiator: recipe)
    (plan.count, plan.asked, plan.alpha, plan.threads) = (3, 2, 0.1, 1)
    plan.pruningRatios = [0.5]
    return plan
  }

  /// Trains into a folder.
  public static func train(
    _ plan: TrainingPlan = plan, _ data: TrainingData = data, in folder: TemporaryFolder,
    network: Data? = nil, prepare: (inout TrainingRun) -> Void = { _ in }
  ) throws -> ModelBundle {
    let path = folder.path("teacher.onnx")
    try ONNXFile.write(TinyNetwork.graph(), to: path)
    if let network { try network.write(to: URL(filePath: path)) }
    var run = TrainingRun(plan, network: path, data: data)
    prepare(&run)
    return try run.run(into: ModelFolder(path: folder.path("colours")))
  }

  /// The files of a trained bundle by their paths in it.
  private static let trained = Result { () throws -> [String: [UInt8]] in
    let folder = try TemporaryFolder()
    let bundle = try train(in: folder)
    var files: [String: [UInt8]] = [:]
    for name in Array(bundle.manifest.files.keys) + ["manifest.json"] {
      files[name] = try FileAccess.read("\(bundle.path)/\(name)", limit: 1 << 24)
    }
    return files
  }

  /// What holds it, and goes with it.
  public let folder: TemporaryFolder
  /// The model's folder, with one version.
  public let model: ModelFolder
  /// The bundle's own folder, version 1.
  public var path: String { model.path(of: 1) }

  /// A copy of the bundle in a model's folder of its own, where it is the current version.
  public init() throws {
    folder = try TemporaryFolder()
    model = ModelFolder(path: folder.path("colours"))
    for (name, bytes) in try Self.trained.get() {
      let place = URL(filePath: "\(model.path(of: 1))/\(name)")
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: place)
    }
    try model.activate(1)
  }

  /// The bundle, read anew.
  public func bundle() throws -> ModelBundle { try ModelBundle(contentsOf: path) }

  /// A file of it.
  public func bytes(_ name: String) throws -> [UInt8] { try FileAccess.read("\(path)/\(name)", limit: 1 << 24) }

  /// Replaces a file, and its digest in the manifest so that only what is in it can tell.
  public func replace(_ name: String, with bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    try editManifest { manifest in
      var files = manifest["files"] as? [String: Any] ?? [:]
      files[name] = "sha256:" + SHA256.hexadecimal(of: bytes)
      manifest["files"] = files
    }
  }

  /// Changes a JSON file of the bundle.
  public func edit(_ name: String, _ change: (inout [String: Any]) -> Void) throws {
    try replace(name, with: try edited(name, change))
  }

  /// Changes the manifest.
  public func editManifest(_ change: (inout [String: Any]) -> Void) throws {
    try Data(try edited("manifest.json", change)).write(to: URL(filePath: "\(path)/manifest.json"))
  }

  private func edited(_ name: String, _ change: (inout [String: Any]) -> Void) throws -> [UInt8] {
    var object = try JSONSerialization.jsonObject(with: Data(try bytes(name))) as? [String: Any] ?? [:]
    change(&object)
    return [UInt8](try JSONSerialization.data(withJSONObject: object))
  }
}
