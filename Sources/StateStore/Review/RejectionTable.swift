internal import GRDB

/// Rejected pictures that were kept, one for each model and file. See ``StateDatabase`` on where it may be called.
public struct RejectionTable: Sendable {
  let access: StateAccess

  /// Adds a rejection. If the model's rejection of the same file is there, that one's count goes up, and nothing else of
  /// it changes.
  ///
  /// - Returns: it as it is now.
  @discardableResult
  public func keep(_ rejection: KeptRejection) throws(StateError) -> KeptRejection {
    try access.write { database in
      let rows = Self.rows(rejection.model, rejection.digest)
      if try rows.updateAll(database, Column("count") += rejection.count) == 0 { try rejection.insert(database) }
      return try rows.value(database) ?? rejection
    }
  }

  /// A model's rejection of a file; nil if there is none.
  public func rejection(model: String, digest: String) throws(StateError) -> KeptRejection? {
    try access.read { try Self.rows(model, digest).value($0) }
  }

  /// Rejections, newest first.
  ///
  /// - Parameters:
  ///   - model: only those of this model.
  ///   - review: only those of which this was said.
  ///   - before: only those that were added before this one; none if it is not there.
  ///   - limit: at most so many; all of them if nil.
  public func list(
    model: String? = nil, review: RejectionFilter? = nil, before: RejectionKey? = nil, limit: Int? = nil
  ) throws(StateError) -> [KeptRejection] {
    try access.read { database in
      var rows = KeptRejection.rows
      if let model { rows = rows.filter(Column("model") == model) }
      if let review { rows = rows.filter(Column("reviewKind") == review.rawValue) }
      if let before {
        let number = Self.rows(before.model, before.digest).select(Column("number"), as: Int.self)
        guard let number = try number.fetchOne(database) else { return [] }
        rows = rows.newestFirst(before: number)
      }
      rows = rows.newestFirst()
      return try (limit.map { rows.limit($0) } ?? rows).values(database)
    }
  }

  /// Writes down what a person says of a rejection, or, with nil, takes it back.
  ///
  /// - Returns: the rejection as it is now; nil if there is none.
  public func review(
    _ review: KeptRejection.Review?, model: String, digest: String
  ) throws(StateError) -> KeptRejection? {
    try access.write { database in
      let rows = Self.rows(model, digest)
      guard var rejection = try rows.value(database) else { return nil }
      rejection.review = review
      let column = try Stored(rejection).databaseDictionary["review"] ?? .null
      try rows.updateAll(database, Column("review").set(to: column))
      return rejection
    }
  }

  /// Takes a rejection out; nothing happens if there is none.
  public func remove(model: String, digest: String) throws(StateError) {
    _ = try access.write { try Self.rows(model, digest).deleteAll($0) }
  }

  /// How many there are, and what was said of them.
  ///
  /// - Parameter model: only those of this model.
  public func figures(model: String? = nil) throws(StateError) -> ReviewFigures {
    try access.read { database in
      var rows = KeptRejection.rows
      if let model { rows = rows.filter(Column("model") == model) }
      func count(_ review: RejectionFilter) throws -> Int {
        try rows.filter(Column("reviewKind") == review.rawValue).fetchCount(database)
      }
      return ReviewFigures(
        kept: try rows.fetchCount(database), unreviewed: try count(.unreviewed), confirmed: try count(.adversarial),
        overturned: try count(.genuine))
    }
  }

  static func rows(_ model: String, _ digest: String) -> QueryInterfaceRequest<Stored<KeptRejection>> {
    KeptRejection.rows.filter(Column("model") == model && Column("digest") == digest)
  }
}

extension KeptRejection: TableRow {
  static var table: String { "rejections" }
}
