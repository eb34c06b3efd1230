internal import StateStore

/// Where jobs are kept: the database, or what a test puts in its place.
protocol JobStorage: Sendable {
  func insert(_ job: Job) throws(StateError)
  func update(_ job: Job) throws(StateError)
  func job(_ id: String) throws(StateError) -> Job?
  func unfinished() throws(StateError) -> [Job]
  func list(model: String?, state: Job.State?, before: String?, limit: Int) throws(StateError) -> [Job]
}
