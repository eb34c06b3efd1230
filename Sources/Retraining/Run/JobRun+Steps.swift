internal import Base
internal import Foundation
internal import StateStore

/// What is done in each step. The last thing is always to note the next step.
extension JobRun {
  /// Finds the pictures, gets a number for the version, and decides what is trained how.
  func prepare() throws(End) {
    if job.version == nil {
      let version: Int
      do { version = try queue.models.reserveVersion(of: job.request.model, job: job.id) } catch {
        throw .failed("there is no number for a new version: \(error)")
      }
      try change { $0.version = version }
    }
    do {
      if try JobPlan.kept(in: folder) == nil { try plan(job.version!).keep(in: folder) }
    } catch let end as End {
      throw end
    } catch {
      throw .failed("\(error)")
    }
    try change { ($0.step, $0.attempts) = (.training, 0) }
  }

  private func plan(_ version: Int) throws -> JobPlan {
    let request = job.request
    let data = try JobData(request, in: folder, roots: settings.dataRoots)
    var feedback = FeedbackFolders()
    if request.feedback {
      // What was collected before a kill may be a part.
      try? FileManager.default.removeItem(atPath: folder.feedback)
      feedback = try queue.models.collectFeedback(for: job, into: folder.feedback)
    }
    let pictures = data.pictures + [feedback.genuine].compactMap(\.self)
    guard !pictures.isEmpty else { throw End.failed("no picture was reviewed as genuine, and there are no others") }
    let serving = queue.models.currentVersion(of: request.model).map(place)
    let start: Commands.Start
    switch (data.teacher, serving) {
    case (let teacher?, _): start = .teacher(teacher, like: serving)
    case (nil, let serving?): start = .version(serving)
    case (nil, nil): throw End.failed("the model has no current version to start from; name a Teacher")
    }
    let training = Commands.training(
      request, start: start, data: pictures, model: queue.models.folder(of: request.model), version: version,
      settings: settings)
    return JobPlan(training: training, data: pictures, adversarial: feedback.adversarial)
  }

  /// Makes the version.
  func train() throws(End) {
    let (version, plan) = (job.version!, try keptPlan())
    try waitForWorkFolder()
    _ = try runChild(plan.training, "training", isDone: { self.isComplete(version) }) { [current] line in
      guard case .trained(let step) = line else { return }
      current.note(JobProgress(step))
    }
    guard isComplete(version) else { throw .failed("the training ended as if all were well, but made no version") }
    // It was killed between the bundle's last step and its own.
    removeUnfinishedWork()
    try change { ($0.step, $0.attempts) = (.measuring, 0) }
  }

  /// Measures the version and the one that is current, and decides.
  func measure() throws(End) {
    let (version, plan) = (job.version!, try keptPlan())
    let serving = queue.models.currentVersion(of: job.request.model).flatMap { $0 == version ? nil : $0 }
    let parts = serving == nil ? 1.0 : 2.0
    let candidate = try figures(of: version, plan, from: 0, share: 1 / parts)
    let others = try serving.map { version throws(End) in try figures(of: version, plan, from: 0.5, share: 0.5) }
    let report = GateReport.decided(candidate: candidate, serving: others, margins: settings.margins)
    guard report.isPassed, job.request.activate else {
      let reason =
        report.isPassed ? nil : "version \(version) stays a candidate: \(report.reasons.joined(separator: "; "))"
      return try finish(reason) { $0.gate = report }
    }
    try change { ($0.gate, $0.step, $0.attempts) = (report, .activating, 0) }
  }

  /// Makes the version the current one.
  func activate() throws(End) {
    let (version, model) = (job.version!, job.request.model)
    // Done already, if a kill came before it was noted.
    if queue.models.currentVersion(of: model) != version {
      do { try queue.models.activate(version, of: model, ifCurrent: job.gate?.serving?.version, job: job) } catch {
        return try finish("version \(version) passed the gate, and stays a candidate: \(error)")
      }
    }
    try finish(nil) { $0.isActivated = true }
  }

  private func finish(_ reason: String?, _ body: (inout Job) -> Void = { _ in }) throws(End) {
    try change {
      ($0.state, $0.step, $0.finished, $0.reason) = (.succeeded, .finished, .now, reason)
      body(&$0)
    }
  }

  private func keptPlan() throws(End) -> JobPlan {
    do {
      if let plan = try JobPlan.kept(in: folder) { return plan }
    } catch {
      throw .failed("\(folder.plan) cannot be read: \(error)")
    }
    throw .failed("\(folder.plan), which says what is trained how, is gone")
  }

  /// What a version's measurement says; one that was made before is not made again.
  ///
  /// - Parameters:
  ///   - start: how much of the step is done before, as a share.
  ///   - share: how much of the step this is.
  private func figures(
    of version: Int, _ plan: JobPlan, from start: Double, share: Double
  ) throws(End) -> GateReport.Figures {
    let file = folder.evaluation(of: version)
    if let bytes = try? FileAccess.read(file, limit: 1 << 20), let known = try? EvaluationOutput.figures(bytes) {
      return known
    }
    let command = Commands.evaluation(
      of: place(of: version), heldOutOf: place(of: job.version!), plan: plan, settings: settings)
    let bytes = try runChild(command, "measuring of version \(version)", isDone: { false }) { [current] line in
      guard case .measured(let done, let secondsLeft) = line else { return }
      var progress = JobProgress(fraction: JobProgress.training + (1 - JobProgress.training) * (start + share * done))
      progress.secondsLeft = secondsLeft
      current.note(progress)
    }
    do {
      let figures = try EvaluationOutput.figures(bytes)
      // Without it, it is measured again after a kill.
      do { try FileAccess.replace(file, with: bytes) } catch { current.log("\(file) cannot be kept: \(error)") }
      return figures
    } catch {
      throw .failed("the measuring of version \(version) printed something else than figures")
    }
  }
}

extension JobProgress {
  /// The share of a job that training counts for.
  static let training = 0.9

  init(_ step: TrainingStep) {
    fraction = Self.training * step.share
    (secondsLeft, network, number, count) = (step.secondsLeft, step.network, step.number, step.count)
    (epoch, epochs, loss, accuracy) = (step.epoch, step.epochs, step.loss, step.accuracy)
    imagesPerSecond = step.imagesPerSecond
  }
}
