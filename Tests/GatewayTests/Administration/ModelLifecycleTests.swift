import Base
@testable import Defence
import Dispatch
import Foundation
@testable import Gateway
import HTTPCore
import Logging
import ModelStore
import StateStore
import TestSupport
import Testing

@Suite struct ModelLifecycleTests {
  private let tiny: TinyBundle
  private let models: ServedModels
  private let state: StateDatabase
  private let lifecycle: ModelLifecycle
  private let changes = LockBox<[Activation]>([])

  init() throws {
    tiny = try TinyBundle()
    for version in 2...4 {
      _ = try tiny.bundle().recalibrated(
        alpha: 0.1 + Double(version) / 100, as: version, of: tiny.model, command: "test")
    }
    var settings = ServedModels.Settings(folder: tiny.folder.path(""))
    settings.threads = 1
    models = try ServedModels(settings)
    state = try StateDatabase(folder: tiny.folder.path("state"))
    lifecycle = ModelLifecycle(
      models, state.activations, keep: 2, log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
      protected: { _ in [3] }, observe: { [changes] change in changes.withLock { $0.append(change.activation) } })
    lifecycle.reconcile()
  }

  private var serving: Int? { models.generation(named: "colours")?.record.manifest.version }
  private var link: String? { tiny.model.currentVersion }

  private func status(_ body: () throws(AdminProblem) -> Void) -> String {
    do throws(AdminProblem) {
      try body()
      return "done"
    } catch {
      return error.error
    }
  }

  @Test func `a version that is chosen serves, its link is there, and it is written down`() throws {
    let change = try lifecycle.activate(2, of: "colours", by: "alice")
    #expect((serving, link) == (2, "2"))
    #expect(change.activation.previous == 1)
    #expect(change.digest == models.generation(named: "colours")?.record.digest)
    let last = try #require(try state.activations.list(model: "colours", limit: 1).first)
    #expect(last == change.activation)
    #expect((last.actor, last.kind) == ("alice", .activate))
    #expect(changes.withLock { $0.map(\.version) } == [1, 2])
  }

  @Test func `choosing what serves already changes nothing and tells the truth`() throws {
    let first = try lifecycle.activate(2, of: "colours", by: "alice")
    let again = try lifecycle.activate(2, of: "colours", by: "bob")
    #expect(again.activation == first.activation)
    #expect(try state.activations.all(model: "colours").map(\.version) == [1, 2])
  }

  @Test func `going back undoes one choice after the other, and at last there is nothing to go back to`() throws {
    for version in [2, 4, 3] { _ = try lifecycle.activate(version, of: "colours", by: "alice") }
    var seen: [Int] = []
    for _ in 0..<3 { seen.append(try lifecycle.rollBack("colours", by: "alice").activation.version) }
    #expect(seen == [4, 2, 1])
    #expect(
      status { () throws(AdminProblem) in _ = try lifecycle.rollBack("colours", by: "alice") }
        == "nothing_to_roll_back_to")
    #expect((serving, link) == (1, "1"))
  }

  @Test func `going back skips what was removed`() throws {
    for version in [2, 4] { _ = try lifecycle.activate(version, of: "colours", by: "alice") }
    try lifecycle.remove(2, of: "colours")
    #expect(try lifecycle.rollBackVersion("colours") == 1)
    #expect(try lifecycle.rollBack("colours", by: "alice").activation.version == 1)
  }

  @Test func `who expected another current version changes nothing and hears which it is`() throws {
    _ = try lifecycle.activate(2, of: "colours", by: "alice")
    let problem = #expect(throws: AdminProblem.self) {
      try lifecycle.activate(3, of: "colours", ifCurrent: 1, by: "bob")
    }
    #expect(problem?.error == "not_current")
    #expect(problem?.members == ["current": 2])
    #expect((serving, link) == (2, "2"))
  }

  @Test func `of a hundred that choose at once each hears what it did, and the last one's choice serves`() throws {
    let told = LockBox<[Activation]>([])
    DispatchQueue.concurrentPerform(iterations: 100) { [lifecycle] index in
      if let change = try? lifecycle.activate(2 + index % 3, of: "colours", by: "admin-\(index)") {
        told.withLock { $0.append(change.activation) }
      }
    }
    let history = try state.activations.all(model: "colours")
    #expect(told.withLock { $0.count } == 100)
    #expect(told.withLock { Set($0.map(\.number)) }.isSubset(of: Set(history.map(\.number))))
    // Each change began where the one before had ended.
    #expect(history.dropFirst().map(\.previous) == history.dropLast().map(\.version))
    #expect(serving == history.last?.version)
    #expect(link == history.last.map { "\($0.version)" })
  }

  @Test func `a version that does not verify serves nobody, and nothing changes`() throws {
    let file = "\(tiny.model.path(of: 2))/student.onnx"
    var bytes = try FileAccess.read(file, limit: 1 << 24)
    bytes[bytes.count / 2] ^= 1
    try FileAccess.replace(file, with: bytes)
    let problem = #expect(throws: AdminProblem.self) { try lifecycle.activate(2, of: "colours", by: "alice") }
    #expect(problem?.error == "unsound_version")
    #expect(problem?.detail.contains("student.onnx") == true)
    #expect((serving, link) == (1, "1"))
    #expect(try state.activations.all(model: "colours").count == 1)
  }

  @Test func `unknown models and versions are named with what there is`() {
    #expect(
      status { () throws(AdminProblem) in _ = try lifecycle.activate(9, of: "colours", by: "a") }
        == "unknown_version")
    #expect(
      status { () throws(AdminProblem) in _ = try lifecycle.activate(1, of: "shapes", by: "a") } == "unknown_model")
    #expect(status { () throws(AdminProblem) in try lifecycle.remove(9, of: "colours") } == "unknown_version")
    #expect(status { () throws(AdminProblem) in _ = try lifecycle.rollBack("shapes", by: "a") } == "unknown_model")
  }

  @Test func `neither the current version nor one that a job needs is removed`() throws {
    #expect(status { () throws(AdminProblem) in try lifecycle.remove(1, of: "colours") } == "version_in_use")
    #expect(status { () throws(AdminProblem) in try lifecycle.remove(3, of: "colours") } == "version_in_use")
    try lifecycle.remove(4, of: "colours")
    #expect(tiny.model.versions == [1, 2, 3])
  }

  @Test func `old versions go, but for the current one, the one before it and those that jobs need`() throws {
    for version in 5...7 {
      _ = try tiny.bundle().recalibrated(alpha: 0.2, as: version, of: tiny.model, command: "test")
    }
    _ = try lifecycle.activate(4, of: "colours", by: "alice")
    lifecycle.retire("colours")
    #expect(tiny.model.versions == [1, 3, 4, 6, 7])
  }

  @Test func `what was changed by hand is written down as that`() throws {
    try tiny.model.activate(3)
    try models.reload()
    lifecycle.reconcile()
    lifecycle.reconcile()
    let history = try state.activations.all(model: "colours")
    #expect(history.map(\.version) == [1, 3])
    #expect(history.map(\.kind) == [.outside, .outside])
    #expect(try lifecycle.rollBack("colours", by: "alice").activation.version == 1)
  }

  @Test func `the old generation goes with its last request`() throws {
    weak let old = models.generation(named: "colours")
    var request = models.generation(named: "colours")
    _ = try lifecycle.activate(2, of: "colours", by: "alice")
    #expect(old != nil)
    #expect(request?.record.manifest.version == 1)
    request = nil
    #expect(old == nil)
  }
}
