internal import Foundation
internal import HTTPCore

/// How the administration writes JSON: members in the order of their names, in snake case, times as RFC 3339.
enum AdminJSON {
  /// The bytes of a value.
  static func bytes(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(text(date))
    }
    // Nothing is left that could not be encoded.
    return [UInt8](try! encoder.encode(value))
  }

  /// A response with a value.
  static func response(_ value: some Encodable, _ status: HTTPStatus = .ok) -> Response {
    var response = Response(status, type: "application/json", body: bytes(value) + [UInt8(ascii: "\n")])
    response.fields.set("Cache-Control", "no-store")
    return response
  }

  /// RFC 3339, in UTC, to the millisecond.
  static func text(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
