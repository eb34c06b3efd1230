public import Foundation
internal import GRDB

/// What keeping within limits needs.
extension RejectionTable {
  /// How many files there are and how large they are together. A file that several models rejected counts once.
  public func stored() throws(StateError) -> (files: Int, bytes: Int) {
    try access.read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*), coalesce(sum(bytes), 0) FROM (SELECT max(bytes) AS bytes FROM rejections GROUP BY digest)
          """)
      return (row?[0] ?? 0, row?[1] ?? 0)
    }
  }

  /// Those that were added before a time, reviewed or not, oldest first.
  public func expired(before time: Date, limit: Int = .max) throws(StateError) -> [KeptRejection] {
    try access.read { database in
      try KeptRejection.rows.filter(Column("time") < time.timeIntervalSinceReferenceDate)
        .order(Column("time"), Column("number")).limit(limit).values(database)
    }
  }

  /// Those that are to go first where there is no more room: the oldest of which nobody has said anything, then the
  /// oldest that were reviewed, since somebody's work is in them.
  public func oldest(limit: Int) throws(StateError) -> [KeptRejection] {
    try access.read { database in
      try KeptRejection.rows.order(Column("review") != nil, Column("time"), Column("number")).limit(limit)
        .values(database)
    }
  }

  /// Whether any model's rejection has this file.
  public func contains(digest: String) throws(StateError) -> Bool {
    try access.read { try KeptRejection.rows.filter(Column("digest") == digest).isEmpty($0) == false }
  }
}
