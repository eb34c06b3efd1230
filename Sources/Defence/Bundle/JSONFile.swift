internal import Base
internal import Foundation

/// JSON files as Codable values.
enum JSONFile {
  /// The most bytes that are read.
  private static let largest = 64 << 20

  /// The value in a file and the file's bytes.
  ///
  /// - Parameter name: what errors call the file.
  /// - Throws: ``DefenceError`` if it cannot be read, or is not what is wanted; the text says where.
  static func read<Value: Decodable>(
    _ type: Value.Type, from path: String, name: String
  ) throws(DefenceError) -> (value: Value, bytes: [UInt8]) {
    let bytes: [UInt8]
    do {
      bytes = try FileAccess.read(path, limit: largest)
    } catch {
      throw .inaccessible(file: name, error.description)
    }
    return (try decode(type, from: bytes, name: name), bytes)
  }

  /// The value in a file's bytes.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], name: String
  ) throws(DefenceError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw .bundle(file: name, describe(error))
    } catch {
      throw .bundle(file: name, "it is not JSON: \(error)")
    }
  }

  /// The bytes of a file with this value; equal values give equal bytes.
  static func bytes(of value: some Encodable) throws(DefenceError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return [UInt8](try encoder.encode(value)) + [UInt8(ascii: "\n")]
    } catch {
      throw .setting("a number that JSON cannot hold: \(error)")
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "the top" : path.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context): return "'\(key.stringValue)' is missing at \(place(context.codingPath))"
    case .valueNotFound(_, let context): return "a value is missing at \(place(context.codingPath))"
    case .typeMismatch(let type, let context): return "\(place(context.codingPath)) must be \(type)"
    case .dataCorrupted(let context):
      // Foundation does not tell one from the other.
      return context.codingPath.isEmpty
        ? "it is not JSON, or not all of it, or has a number that does not fit where it stands"
        : "\(place(context.codingPath)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }
}
