internal import GRDB

/// The gateway's memory of jobs, activations, reviews and who did what: one SQLite database in the state folder.
public final class StateDatabase: Sendable {
  private let writer: DatabasePool
  init(_ writer: DatabasePool) { self.writer = writer }
}
