import Base
@testable import Defence
import Foundation
@testable import Gateway
import HTTPCore
import Logging
import StateStore
import TestSupport
import Testing

@Suite struct DriftWatchTests {
  private let office: Office
  private let state: StateDatabase
  private let monitor = DriftMonitor(.init(seconds: 60, bound: 0.2, minimum: 10))
  private let mayRollBack = LockBox(true)
  private let lifecycle: ModelLifecycle
  private let watch: DriftWatch

  init() throws {
    office = try Office()
    state = try StateDatabase(folder: office.tiny.folder.path("watched"))
    let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    lifecycle = ModelLifecycle(
      office.models, state.activations, keep: 10, log: log, protected: { _ in [] },
      observe: { [monitor] change in monitor.begin(change.activation.model, version: change.activation.version) })
    watch = DriftWatch(
      .init(
        monitor: monitor, models: office.models, lifecycle: lifecycle, metrics: office.around.metrics.lifecycle,
        audit: AuditLog(table: state.audit, log: log), log: log,
        rollsBack: { [mayRollBack] in mayRollBack.withLock { $0 } }))
    lifecycle.reconcile()
    _ = try lifecycle.activate(2, of: "colours", by: "alice")
  }

  private var serving: Int? { office.models.generation(named: "colours")?.record.manifest.version }

  /// Pictures that the version that serves rejects.
  private func reject(_ count: Int) {
    for _ in 0..<count {
      monitor.observe(
        .judged(.example(scores: [0.1]), label: "red", model: "colours", version: serving ?? 0, requestID: "r"))
    }
  }

  private func metric(_ name: String) -> String? {
    String(decoding: office.around.metrics.response(accept: nil).body, as: UTF8.self)
      .split(separator: "\n").first { $0.hasPrefix(name) }.map { String($0.split(separator: " ").last ?? "") }
  }

  @Test func `a version that rejects too much is taken back, once, and that is written down`() throws {
    reject(10)
    watch.look()
    #expect(serving == 1)
    watch.look()
    #expect(serving == 1)
    let last = try #require(try state.activations.list(model: "colours", limit: 1).first)
    #expect((last.kind, last.actor, last.previous) == (.drift, "gateway", 2))
    let entry = try #require(try state.audit.list(limit: 10).first)
    #expect((entry.actor, entry.action, entry.outcome) == ("gateway", "model.roll_back", "succeeded"))
    #expect(entry.detail.contains("1.0 of 10 pictures were rejected, more than 0.2 (drift.bound)"))
  }

  @Test func `without leave it is told and stays`() throws {
    mayRollBack.withLock { $0 = false }
    reject(10)
    watch.look()
    #expect(serving == 2)
    #expect(metric("distinguo_model_drift{model=\"colours\"}") == "1")
    #expect(metric("distinguo_model_rejection_rate{model=\"colours\"}") == "1")
    #expect(try state.audit.list(limit: 10).isEmpty)
  }

  @Test func `where there is nothing to go back to that is written down, and the version stays`() throws {
    _ = try lifecycle.rollBack("colours", by: "alice")
    reject(10)
    watch.look()
    #expect(serving == 1)
    let entry = try #require(try state.audit.list(limit: 10).first)
    #expect((entry.action, entry.outcome) == ("model.roll_back", "failed"))
  }

  @Test func `few rejections are no drift`() {
    reject(9)
    watch.look()
    #expect(serving == 2)
    #expect(metric("distinguo_model_drift{model=\"colours\"}") == "0")
  }
}
