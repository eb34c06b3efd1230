import Base
import Defence
import Dispatch
import Foundation
@testable import ModelStore
import TestSupport
import Testing

@Suite struct StoredModelTests {
  private let tiny: TinyBundle
  private let stored: StoredModel

  init() throws {
    tiny = try TinyBundle()
    stored = StoredModel(tiny.model)
  }

  /// A further version with the same networks.
  private func add(_ version: Int) throws {
    _ = try tiny.bundle().recalibrated(alpha: 0.2, as: version, of: tiny.model, command: "test")
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: tiny.model.path).sorted()
  }

  @Test func `versions are listed with the newest first, and those that cannot be read say why`() throws {
    try add(2)
    try FileManager.default.createDirectory(atPath: tiny.model.path(of: 10), withIntermediateDirectories: false)
    let versions = stored.versions
    #expect(versions.map(\.number) == [10, 2, 1])
    #expect(throws: DefenceError.self) { try versions[0].record.get() }
    #expect(try versions[2].record.get().digest == tiny.bundle().digest)
    #expect(versions[2].bytes > 10_000)
    #expect(stored.current == 1)
  }

  @Test func `a version is one of its model's however the path to it begins`() throws {
    let here = FileManager.default.currentDirectoryPath
    let up = here.split(separator: "/").map { _ in ".." }.joined(separator: "/")
    for path in [tiny.model.path(of: 1), up + tiny.model.path(of: 1)] {
      let record = try ModelRecord(contentsOf: path)
      #expect(try StoredModel(of: record).versions.map(\.number) == [1], "\(path)")
    }
  }

  @Test func `a version that is not there is named with those that are`() {
    let unknown = ModelStoreError.unknownVersion(7, of: "colours", there: [1])
    #expect(throws: unknown) { try stored.version(7) }
    #expect(throws: unknown) { try stored.activate(7) }
    #expect(throws: unknown) { try stored.remove(7) }
    #expect(stored.current == 1)
  }

  @Test func `numbers are given out once, also while versions are being trained`() throws {
    #expect(try stored.reserveNumber() == 2)
    #expect(try stored.reserveNumber() == 3)
    try add(9)
    #expect(try stored.reserveNumber() == 10)
  }

  @Test func `of many that reserve at once each gets its own number`() {
    let numbers = LockBox<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 50) { [stored] _ in
      if let number = try? stored.reserveNumber() { numbers.withLock { $0.append(number) } }
    }
    #expect(numbers.withLock { $0.sorted() } == Array(2...51))
  }

  @Test func `the current version is not removed, another one is, and nothing is left of it`() throws {
    try add(2)
    let reason = "it is the current one"
    #expect(throws: ModelStoreError.inUse(1, of: "colours", reason: reason)) { try stored.remove(1) }
    try stored.remove(2)
    #expect(try files() == ["1", "current"])
    #expect(ModelBundle.faults(of: tiny.model.path) == [])
  }

  @Test func `what was left behind is swept away, what is being trained or will be is not`() throws {
    for name in [".2.removed/files", ".3.training", ".4.training/files", ".5.training"] {
      try FileManager.default.createDirectory(atPath: "\(tiny.model.path)/\(name)", withIntermediateDirectories: true)
    }
    stored.sweep(needed: [5])
    #expect(try files() == [".4.training", ".5.training", "1", "current"])
  }

  @Test func `surplus is what is older than those kept, neither current nor protected`() throws {
    for version in 2...6 { try add(version) }
    #expect(stored.surplus(keeping: 2, protecting: [3]) == [2, 4])
    #expect(stored.surplus(keeping: 10, protecting: []) == [])
  }

  @Test func `a bundle that is served by itself has no versions to choose from`() throws {
    let alone = tiny.folder.path("alone")
    try FileManager.default.copyItem(atPath: tiny.model.path(of: 1), toPath: alone)
    let record = try ModelRecord(contentsOf: alone)
    #expect(throws: ModelStoreError.unversioned(path: alone)) { try StoredModel(of: record) }
    #expect(try StoredModel(of: tiny.bundle().record).folder.path == tiny.model.path)
  }

  @Test func `a store has the models that can be served, or says what it lacks`() throws {
    let store = ModelStore(folder: tiny.folder.path(""))
    #expect(try store.models().map(\.name) == ["colours"])
    #expect(try ModelStore(folder: tiny.model.path).models().map(\.name) == ["colours"])
    #expect(throws: ModelStoreError.missing(["shapes"], there: ["colours"])) { try store.models(named: ["shapes"]) }
    let empty = tiny.model.path(of: 1) + "/differentiators"
    #expect(throws: ModelStoreError.none(path: empty)) { try ModelStore(folder: empty).models() }
  }
}
