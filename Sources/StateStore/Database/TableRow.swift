internal import Foundation
internal import GRDB

/// What stands in a table, a column for each of its properties.
protocol TableRow: Codable, Sendable {
  /// The table's name.
  static var table: String { get }
}

/// A row as GRDB reads and writes it.
struct Stored<Value: TableRow>: Codable, FetchableRecord, PersistableRecord {
  static var databaseTableName: String { Value.table }

  let value: Value

  init(_ value: Value) { self.value = value }
  init(from decoder: any Decoder) throws { value = try Value(from: decoder) }
  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

  /// As a `Date` counts, so that what is read equals what was written.
  static func databaseDateEncodingStrategy(for column: String) -> DatabaseDateEncodingStrategy {
    .timeIntervalSinceReferenceDate
  }
  static func databaseDateDecodingStrategy(for column: String) -> DatabaseDateDecodingStrategy {
    .timeIntervalSinceReferenceDate
  }
  static func databaseJSONEncoder(for column: String) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
  static func databaseJSONDecoder(for column: String) -> JSONDecoder { JSONDecoder() }
}

extension TableRow {
  /// All rows, to be filtered and sorted.
  static var rows: QueryInterfaceRequest<Stored<Self>> { Stored<Self>.all() }

  /// Puts a row in; its number, if it has one, is the next.
  func insert(_ database: Database) throws { try Stored(self).insert(database) }
}

extension QueryInterfaceRequest {
  /// The rows' values.
  func values<Value>(_ database: Database) throws -> [Value] where RowDecoder == Stored<Value> {
    try fetchAll(database).map(\.value)
  }

  /// The first row's value.
  func value<Value>(_ database: Database) throws -> Value? where RowDecoder == Stored<Value> {
    try fetchOne(database)?.value
  }

  /// Puts the newest first, and leaves out those from `number` on.
  func newestFirst(before number: Int? = nil) -> Self {
    let rows = order(Column("number").desc)
    return number.map { rows.filter(Column("number") < $0) } ?? rows
  }
}

/// The number of the row that is inserted next. Nobody else can take it: a transaction that writes is alone.
func nextNumber<Value: TableRow>(of _: Value.Type, _ database: Database) throws -> Int {
  let last = try Int.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [Value.table])
  return (last ?? 0) + 1
}
