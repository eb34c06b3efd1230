@testable import Defence
import Foundation
import TestSupport
import Testing

@Suite struct ModelFolderTests {
  private let tiny: TinyBundle
  private var model: ModelFolder { tiny.model }

  init() throws { tiny = try TinyBundle() }

  private func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: "\(model.path)/\(name)", withIntermediateDirectories: true)
  }

  private func link(_ destination: String) throws {
    let path = "\(model.path)/current"
    if (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil {
      try FileManager.default.removeItem(atPath: path)
    }
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: destination)
  }

  @Test func `a model is named for its folder`() {
    #expect(ModelFolder(path: "Models/flowers").name == "flowers")
    #expect(ModelFolder(path: "Models/flowers///").path == "Models/flowers")
    #expect(ModelFolder(path: "/").path == "/")
    #expect(ModelFolder(path: "a/b").path(of: 12) == "a/b/12")
  }

  @Test func `versions are the folders named by a number, in its order`() throws {
    for name in ["10", "2", "01", "0", "-1", "+3", "x", "1000000000", "9223372036854775807", "99999999999999999999"] {
      try makeFolder(name)
    }
    #expect(model.versions == [1, 2, 10])
    #expect(ModelFolder(path: "/nowhere").versions == [])
  }

  @Test func `a version that is activated is the current one and means the model`() throws {
    #expect(model.currentVersion == "1")
    try FileManager.default.copyItem(atPath: tiny.path, toPath: model.path(of: 2))
    try model.activate(2)
    #expect(model.currentVersion == "2")
    #expect(try ModelFolder.version(at: model.path + "/") == model.path(of: 2))
    #expect(try ModelFolder.version(at: tiny.path) == tiny.path)
    let names = try FileManager.default.contentsOfDirectory(atPath: model.path)
    #expect(names.sorted() == ["1", "2", "current"])
  }

  @Test func `a version that is not there is not activated`() throws {
    try makeFolder("3")
    for version in [3, 4] {
      #expect(
        throws: DefenceError.inaccessible(file: model.path(of: version), "there is no such version")
      ) { try model.activate(version) }
    }
    #expect(model.currentVersion == "1")
  }

  @Test func `a folder in the link's place is not replaced`() throws {
    try FileManager.default.removeItem(atPath: "\(model.path)/current")
    try makeFolder("current")
    #expect(throws: DefenceError.self) { try model.activate(1) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: model.path).sorted() == ["1", "current"])
  }

  /// Where `current` leads, and what is said of it.
  @Test(arguments: [
    ("7", "it leads to '7', and there is no bundle"),
    ("../elsewhere/1", "it leads to '../elsewhere/1'; it must lead to one of the model's versions, such as 1"),
    ("/etc", "it leads to '/etc'; it must lead to one of the model's versions, such as 1"),
    ("01", "it leads to '01'; it must lead to one of the model's versions, such as 1"),
    (".", "it leads to '.'; it must lead to one of the model's versions, such as 1"),
    ("current", "it leads to 'current'; it must lead to one of the model's versions, such as 1"),
  ]) func `a link that leads to no version is named`(_ destination: String, _ complaint: String) throws {
    try FileManager.default.copyItem(atPath: model.path, toPath: tiny.folder.path("elsewhere"))
    try link(destination)
    #expect(throws: DefenceError.inaccessible(file: "\(model.path)/current", complaint)) {
      try ModelBundle(contentsOf: model.path)
    }
    #expect(ModelBundle.faults(of: model.path) == ["\(model.path)/current: \(complaint)"])
  }

  @Test func `a path that is no model is told from a model without a current version`() throws {
    try FileManager.default.removeItem(atPath: "\(model.path)/current")
    #expect(
      throws: DefenceError.inaccessible(
        file: model.path, "the model has no current version; name one, such as \(model.path(of: 1))")
    ) { try ModelBundle(contentsOf: model.path) }
    #expect(throws: DefenceError.inaccessible(file: "/nowhere", "there is no such folder")) {
      try ModelBundle(contentsOf: "/nowhere")
    }
    let manifest = "\(tiny.path)/manifest.json"
    #expect(
      throws: DefenceError.inaccessible(file: manifest, "it is no folder; a model is one, with its versions in it")
    ) { try ModelBundle(contentsOf: manifest) }
    #expect(
      throws: DefenceError.inaccessible(
        file: tiny.folder.url.path, "it is neither a bundle (it has no manifest.json) nor a model")
    ) { try ModelBundle(contentsOf: tiny.folder.url.path) }
  }
}
