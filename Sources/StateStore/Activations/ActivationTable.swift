public import Foundation
internal import GRDB

/// Which version of a model became the current one when, from the first on. See ``StateDatabase`` on where it may be
/// called.
public struct ActivationTable: Sendable {
  let access: StateAccess

  /// Adds that a version became the current one.
  ///
  /// - Returns: it with its number.
  public func append(
    model: String, version: Int, previous: Int?, kind: Activation.Kind, actor: String, time: Date
  ) throws(StateError) -> Activation {
    try access.write { database in
      let number = try nextNumber(of: Activation.self, database)
      let activation = Activation(
        number: number, time: time, model: model, version: version, previous: previous, kind: kind, actor: actor)
      try activation.insert(database)
      return activation
    }
  }

  /// A model's latest ones, newest first.
  public func list(model: String, limit: Int) throws(StateError) -> [Activation] {
    try access.read { database in
      try Activation.rows.filter(Column("model") == model).newestFirst().limit(limit).values(database)
    }
  }

  /// All of a model, oldest first.
  public func all(model: String) throws(StateError) -> [Activation] {
    try access.read { database in
      try Activation.rows.filter(Column("model") == model).order(Column("number")).values(database)
    }
  }
}

extension Activation: TableRow {
  static var table: String { "activations" }
}
