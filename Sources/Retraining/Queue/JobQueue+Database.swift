public import StateStore

extension JobTable: JobStorage {}

extension JobQueue {
  /// A queue that does nothing before ``resume()``.
  ///
  /// - Parameters:
  ///   - jobs: where they are kept.
  ///   - folder: where each has a folder of its own, ``JobFolder``.
  ///   - models: the models that get new versions.
  ///   - observer: told how jobs come on.
  public convenience init(
    _ settings: RetrainingSettings, jobs: JobTable, folder: String, models: any RetrainedModels,
    observer: any JobObserver
  ) {
    self.init(settings, storage: jobs, folder: folder, models: models, observer: observer)
  }
}
