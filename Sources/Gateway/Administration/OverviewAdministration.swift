internal import Foundation
internal import HTTPCore
internal import StateStore

/// What an administrator sees first, how rejections went, and who did what.
struct OverviewAdministration: Sendable {
  let models: ModelAdministration
  let rejections: RejectionLog
  let readiness: Readiness
  let jobs: JobTable
  let kept: RejectionTable
  let audit: AuditTable
  let news: News
  let settings: @Sendable () -> GatewayConfiguration
  let version: String
  let started: Date

  private struct Overview: Encodable {
    struct Review: Encodable {
      var keeps: Bool
      var kept: Int
      var unreviewed: Int
      var confirmed: Int
      var overturned: Int
    }

    struct Jobs: Encodable {
      @Always var running: String?
      var queued: Int
    }

    struct Retraining: Encodable {
      /// The names of the folders that pictures may be below, as a request may begin a path with them.
      var data: [String]
      var holdOut: Double
      var uploadBytes: Int
    }

    var actor: String
    var role: String
    var version: String
    var started: Date
    var ready: Bool
    var review: Review
    var models: [ModelAdministration.Model]
    var jobs: Jobs
    var gate: GateReport.Margins
    var retraining: Retraining
  }

  private struct Entries: Encodable { var entries: [AuditEntry] }

  /// The routes.
  var routes: [AdminRoute] {
    [
      .get("/admin/v1/overview") { (request) throws(AdminProblem) in
        _ = try request.query()
        return AdminJSON.response(try overview(for: request.administrator))
      },
      .get("/admin/v1/series") { (request) throws(AdminProblem) in
        let query = try request.query("window", "model")
        guard let window = RejectionWindow(rawValue: query["window"] ?? "hour") else {
          let windows = RejectionWindow.allCases.map(\.rawValue).joined(separator: ", ")
          throw .bad("'window' is '\(query["window"] ?? "")'; it must be one of \(windows)")
        }
        return AdminJSON.response(rejections.series(window, model: query["model"]))
      },
      AdminRoute(
        method: .get, pattern: "/admin/v1/events", role: .read,
        work: .stream { (_, responder) throws(AdminProblem) in try news.open(responder) }),
      .get("/admin/v1/audit") { (request) throws(AdminProblem) in
        let query = try request.query("before", "limit")
        let limit = try AdminRequest.number(query["limit"], "limit", 1...1000, default: 100)
        let before = try AdminRequest.number(query["before"], "before", 1...Int.max, default: Int.max)
        do throws(StateError) {
          return AdminJSON.response(Entries(entries: try audit.list(before: before, limit: limit)))
        } catch {
          throw AdminProblem(error)
        }
      },
    ]
  }

  private func overview(for administrator: Administrator) throws(AdminProblem) -> Overview {
    let settings = settings()
    let all = try models.all()
    do throws(StateError) {
      let figures = try kept.figures()
      let unfinished = try jobs.unfinished()
      return Overview(
        actor: administrator.name, role: administrator.role.rawValue, version: version, started: started,
        ready: readiness.reasons.isEmpty,
        review: .init(
          keeps: settings.review.keeps, kept: figures.kept, unreviewed: figures.unreviewed,
          confirmed: figures.confirmed, overturned: figures.overturned),
        models: all,
        jobs: .init(
          running: unfinished.first { $0.state != .queued }?.id, queued: unfinished.count { $0.state == .queued }),
        gate: settings.gate.margins,
        retraining: .init(
          data: settings.retraining.data, holdOut: settings.gate.holdOut,
          uploadBytes: settings.administration.uploadBytes))
    } catch {
      throw AdminProblem(error)
    }
  }
}

extension GatewayConfiguration.Gate {
  /// What a new version may be worse by.
  var margins: GateReport.Margins {
    GateReport.Margins(accuracy: accuracy, cleanRejection: cleanRejection, defence: defence)
  }
}
