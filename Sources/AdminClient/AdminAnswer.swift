internal import Foundation

/// What an administration answered.
public struct AdminAnswer: Sendable {
  let bytes: [UInt8]
  let address: AdminAddress

  /// JSON, as it came; empty if there was nothing to say.
  public var json: String { String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines) }

  /// The answer as a value.
  ///
  /// - Throws: ``AdminError/unreadable(_:reason:)`` if it is none of this kind.
  public func value<Value: Decodable>(_ type: Value.Type = Value.self) throws(AdminError) -> Value {
    do {
      return try Self.decode(type, bytes)
    } catch {
      throw .unreadable(address, reason: "\(error)")
    }
  }

  /// A value of the administration's JSON.
  static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.dateDecodingStrategy = .custom { decoder in
      let container = try decoder.singleValueContainer()
      let text = try container.decode(String.self)
      // RFC 3339, with a fraction of a second or without.
      for fraction in [true, false] {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fraction)
        if let date = try? style.parse(text) { return date }
      }
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no time")
    }
    return try decoder.decode(type, from: Data(bytes))
  }
}

extension ServerSentEvent {
  /// What the event says, as a value; nil if it says something else.
  public func value<Value: Decodable>(_ type: Value.Type = Value.self) -> Value? {
    try? AdminAnswer.decode(type, data)
  }
}
