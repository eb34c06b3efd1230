import Base
@testable import Defence
import Foundation
@testable import Gateway
import ModelStore
import NeuralNet
import TestSupport
import Testing

@Suite struct ServedModelsTests {
  private let tiny: TinyBundle
  private var root: String { tiny.folder.path("") }

  init() throws { tiny = try TinyBundle() }

  private func models(_ folder: String? = nil, default name: String? = nil) throws(ModelsError) -> ServedModels {
    var settings = ServedModels.Settings(folder: folder ?? root)
    (settings.defaultName, settings.threads) = (name, 1)
    return try ServedModels(settings)
  }

  /// A further model with the same networks under another name.
  private func add(_ name: String, folder: String? = nil) throws {
    let path = tiny.folder.path(folder ?? name)
    try FileManager.default.copyItem(atPath: tiny.model.path, toPath: path)
    let manifest = "\(path)/1/manifest.json"
    let text = try String(contentsOfFile: manifest, encoding: .utf8)
    try text.replacing("\"colours\",\n  \"policy", with: "\"\(name)\",\n  \"policy").write(
      toFile: manifest, atomically: true, encoding: .utf8)
  }

  /// A second version, not yet the current one.
  private func addVersion() throws {
    _ = try tiny.bundle().recalibrated(alpha: 0.2, as: 2, of: tiny.model, command: "test")
  }

  @Test(arguments: ["", "colours", "colours/", "colours/1"])
  func `a folder of models, a model and a version can be served`(path: String) throws {
    let models = try models(tiny.folder.path(path))
    #expect(models.all.map(\.description) == ["colours version 1"])
    #expect(models.generation(named: "colours") === models.generation())
    #expect(models.generation()?.record.digest == (try tiny.bundle()).digest)
    #expect(models.generation(named: "shapes") == nil)
  }

  @Test func `the only model is the default, and stays it when another comes`() throws {
    let models = try models()
    try add("animals")
    try models.reload()
    #expect(models.all.map(\.record.manifest.name) == ["animals", "colours"])
    #expect(models.defaultName == "colours")
  }

  @Test func `of several models none is the default unless it is named`() throws {
    try add("animals")
    #expect(try models().generation() == nil)
    #expect(try models(default: "animals").generation()?.record.manifest.name == "animals")
    #expect(throws: ModelsError.unknownDefault("plants", served: ["animals", "colours"])) {
      try models(default: "plants")
    }
  }

  @Test func `what holds no current version is left alone`() throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: tiny.folder.path("samples/blue"), withIntermediateDirectories: true)
    try manager.createDirectory(atPath: tiny.folder.path("half"), withIntermediateDirectories: true)
    try manager.copyItem(atPath: tiny.path, toPath: tiny.folder.path("half/1"))
    try Data("models".utf8).write(to: URL(filePath: tiny.folder.path("README.md")))
    #expect(try models().all.count == 1)
    let samples = tiny.folder.path("samples")
    #expect(throws: ModelsError.store(.none(path: samples))) { try models(samples) }
  }

  @Test func `a folder that is not there is named`() {
    let path = tiny.folder.path("nowhere")
    #expect(throws: ModelsError.store(.inaccessible(path: path, reason: "opendir: No such file or directory"))) {
      try models(path)
    }
  }

  @Test func `two folders with models of the same name are refused`() throws {
    try add("colours", folder: "copy")
    try Data("x".utf8).write(to: URL(filePath: tiny.folder.path("copy/1/unnamed")))
    let error = #expect(throws: ModelsError.self) { try models() }
    #expect(
      error
        == .duplicate(name: "colours", paths: [tiny.folder.path("colours"), tiny.folder.path("copy")]))
  }

  @Test func `a reload serves the current version, and leaves alone what has not changed`() throws {
    try add("animals")
    let models = try models()
    let (animals, colours) = (models.generation(named: "animals"), models.generation(named: "colours"))
    try addVersion()
    try models.reload()
    #expect(models.generation(named: "colours") === colours)
    try tiny.model.activate(2)
    try models.reload()
    #expect(models.generation(named: "colours")?.record.manifest.version == 2)
    #expect(models.generation(named: "animals") === animals)
  }

  @Test func `a reload that fails names the model and leaves everything as it was`() throws {
    let models = try models()
    let before = models.generation()
    try addVersion()
    try tiny.model.activate(2)
    let student = tiny.model.path(of: 2) + "/student.onnx"
    try Data("no network".utf8).write(to: URL(filePath: student))
    let error = #expect(throws: ModelsError.self) { try models.reload() }
    #expect(error?.description.contains("the model in '\(tiny.model.path)' cannot be served: ") == true)
    #expect(error?.description.contains("student.onnx: its digest is") == true)
    #expect(models.generation() === before)
  }

  @Test func `a generation's memory is given back when nobody holds it`() throws {
    let models = try models()
    weak let old = models.generation()
    var held = models.generation()
    let next = try models.load(tiny.path)
    #expect(models.serve(next) === held)
    #expect(models.generation() === next)
    try eventually { held?.largestBatch != 0 && old != nil }
    held = nil
    try eventually { old == nil }
  }

  @Test func `larger batches are compiled for in the background`() throws {
    let models = try models()
    try eventually { models.generation()?.largestBatch == 8 }
  }
}
