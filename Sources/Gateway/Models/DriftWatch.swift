internal import Base
internal import Defence
internal import Logging
internal import StateStore

/// Looks from time to time whether a model rejects too much, says so, and goes back to the version before if it may.
final class DriftWatch: Sendable {
  /// Who is told, and asked.
  struct Surroundings: Sendable {
    let monitor: DriftMonitor
    let models: ServedModels
    let lifecycle: ModelLifecycle
    let metrics: LifecycleMetrics
    let audit: AuditLog
    let log: Logger
    /// Whether a version that drifts is taken back.
    let rollsBack: @Sendable () -> Bool
  }

  private let around: Surroundings
  /// The models that drift and of which that was said already.
  private let known = LockBox<Set<String>>([])

  init(_ around: Surroundings) { self.around = around }

  /// Looks once. Blocks where a version is taken back.
  func look() {
    var reports: [String: DriftMonitor.Report] = [:]
    for generation in around.models.all {
      let (model, version) = (generation.record.manifest.name, generation.record.manifest.version)
      let report = around.monitor.report(model)
      reports[model] = report
      guard report.isExceeded else {
        known.withLock { _ = $0.remove(model) }
        continue
      }
      guard known.withLock({ $0.insert(model).inserted }) else { continue }
      let detail =
        "\(report.rejectionRate) of \(report.images) pictures were rejected, more than \(report.bound ?? 0) (drift.bound)"
      around.log.warning(
        "a model drifts", metadata: ["model": "\(model)", "version": "\(version)", "reason": "\(detail)"])
      guard around.rollsBack() else { continue }
      do throws(AdminProblem) {
        let change = try around.lifecycle.rollBack(model, ifCurrent: version, kind: .drift, by: "gateway")
        around.audit.record(
          "model.roll_back", model, .succeeded, by: "gateway",
          detail: "\(detail); version \(change.activation.version) is current, before it was version \(version)")
      } catch {
        around.audit.record(
          "model.roll_back", model, .failed, by: "gateway", detail: "\(detail); \(error.detail)")
      }
    }
    around.metrics.setDrift(reports)
  }
}
