internal import Base
internal import Images

/// An attack that follows gradients: a search over one batch. What all of them share is here.
protocol GradientSearch: Sendable {
  /// What all of them have.
  var settings: GradientSettings { get }
  /// How many steps there are for each picture, restarts counted.
  var totalSteps: Int { get }
  /// Wrong settings of its own.
  func validate() throws(AttackError)
  /// Searches from every start; the batch keeps what it finds.
  ///
  /// - Parameter afterStep: is called after each step; what it throws ends the search.
  func search(_ batch: GradientBatch, _ objective: some AttackObjective, afterStep: () throws -> Void) throws
}

extension GradientSearch {
  var totalSteps: Int { settings.steps * settings.restarts }
  func validate() throws(AttackError) {}

  func run(
    _ model: any DifferentiableModel, _ goals: [AttackGoal], _ objective: some AttackObjective,
    progress: (@Sendable (AttackProgress) throws -> Void)?
  ) throws -> [AttackedPicture] {
    try settings.validate()
    try validate()
    try model.validate(goals)
    let total = goals.count * totalSteps
    let done = LockBox(0)
    let batches = BatchRun(batchSize: settings.batchSize, threads: settings.threads)
    return try batches.run(goals.count, makeWorker: { try model.makeWorker() }) { worker, places in
      let batch = GradientBatch(Array(goals[places]), places: places, settings, model, worker)
      var taken = 0
      func tell(_ steps: Int) throws {
        guard let progress else { return }
        try done.withLock { done in
          done += steps * places.count
          try progress(AttackProgress(steps: done, total: total))
        }
      }
      try search(batch, objective) {
        taken += 1
        try tell(1)
      }
      // Pictures that reached their goals early take no more steps.
      if taken < totalSteps { try tell(totalSteps - taken) }
      return batch.results
    }
  }
}

extension DifferentiableModel {
  fileprivate func validate(_ goals: [AttackGoal]) throws(AttackError) {
    for (index, goal) in goals.enumerated() {
      guard goal.picture.width == width, goal.picture.height == height else {
        throw .pictureSize(
          of: "source \(index)", width: goal.picture.width, height: goal.picture.height, wanted: (width, height))
      }
      for label in [goal.label, goal.target ?? goal.label] where !(0..<heads[0]).contains(label) {
        throw .setting("source \(index) has the label \(label); there are \(heads[0]), from 0")
      }
      guard goal.target != goal.label else {
        throw .setting("source \(index) has its own label, \(goal.label), for its target")
      }
    }
  }
}
