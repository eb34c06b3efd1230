internal import GRDB

/// Retrainings, in the order in which they were asked for. See ``StateDatabase`` on where it may be called.
public struct JobTable: Sendable {
  let access: StateAccess

  /// Adds a job.
  ///
  /// - Throws: ``StateError``, also if there is one with its id.
  public func insert(_ job: Job) throws(StateError) { try access.write { try job.insert($0) } }

  /// Writes down how far the job with this id is.
  ///
  /// - Throws: ``StateError``, also if there is none with its id.
  public func update(_ job: Job) throws(StateError) {
    try access.write { database in
      let columns = try Stored(job).databaseDictionary
      let changed = try Self.rows(job.id).updateAll(database, columns.map { Column($0.key).set(to: $0.value) })
      guard changed == 1 else {
        throw StateError.unusable(path: access.path, reason: "there is no job '\(job.id)' in it")
      }
    }
  }

  /// The job with this id; nil if there is none.
  public func job(_ id: String) throws(StateError) -> Job? { try access.read { try Self.rows(id).value($0) } }

  /// Those that wait or are at work, oldest first.
  public func unfinished() throws(StateError) -> [Job] {
    let states = Job.State.allCases.filter { !$0.isFinal }.map(\.rawValue)
    return try access.read { database in
      try Job.rows.filter(states.contains(Column("state"))).order(Column("number")).values(database)
    }
  }

  /// Jobs, newest first.
  ///
  /// - Parameters:
  ///   - model: only those for this model.
  ///   - state: only those that stand there.
  ///   - before: the id of a job: only older ones; none if there is no such job.
  ///   - limit: at most so many.
  public func list(
    model: String? = nil, state: Job.State? = nil, before: String? = nil, limit: Int
  ) throws(StateError) -> [Job] {
    try access.read { database in
      var rows = Job.rows
      if let model { rows = rows.filter(Column("model") == model) }
      if let state { rows = rows.filter(Column("state") == state.rawValue) }
      if let before {
        guard let number = try Self.rows(before).select(Column("number"), as: Int.self).fetchOne(database) else {
          return []
        }
        rows = rows.newestFirst(before: number)
      }
      return try rows.newestFirst().limit(limit).values(database)
    }
  }

  private static func rows(_ id: String) -> QueryInterfaceRequest<Stored<Job>> {
    Job.rows.filter(Column("id") == id)
  }
}

extension Job: TableRow {
  static var table: String { "jobs" }
}
