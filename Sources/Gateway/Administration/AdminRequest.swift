internal import Foundation
internal import HTTPCore
internal import HTTPServer

/// A request that may be done, with its whole body.
struct AdminRequest: Sendable {
  /// Its head, at its route.
  let routed: RoutedRequest
  /// Who sent it.
  let administrator: Administrator
  /// Its body, without a content coding.
  let body: [UInt8]

  /// What the path says in the place of a name in braces.
  func parameter(_ name: String) -> String { routed.parameters[name] ?? "" }

  /// The query's values by name.
  ///
  /// - Throws: 400 for names that are not in the list, or that come twice.
  func query(_ names: String...) throws(AdminProblem) -> [String: String] {
    guard let items = routed.head.target.queryItems else { throw .bad("the query is not UTF-8") }
    var values: [String: String] = [:]
    for item in items {
      guard names.contains(item.name) else {
        throw .bad(
          "the query has no '\(item.name)'; it has: \(names.isEmpty ? "nothing" : names.joined(separator: ", "))")
      }
      guard values.updateValue(item.value, forKey: item.name) == nil else {
        throw .bad("the query has '\(item.name)' twice")
      }
    }
    return values
  }

  /// A whole number of the query.
  ///
  /// - Throws: 400 for anything else.
  static func number(
    _ text: String?, _ name: String, _ range: ClosedRange<Int>, default value: Int
  ) throws(AdminProblem) -> Int {
    guard let text else { return value }
    guard let number = Int(digits: text), range.contains(number) else {
      throw .bad("'\(name)' is '\(text)'; it must be \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// The body's members.
  ///
  /// - Parameter isOptional: whether an empty body stands for no members.
  /// - Throws: 400 for what is no JSON object, has members that there are not, or values of another type; 415 for another
  ///   media type.
  func members<Members: AdminBody>(_: Members.Type, isOptional: Bool = false) throws(AdminProblem) -> Members {
    if isOptional, body.isEmpty { return try Self.members(Array("{}".utf8)) }
    if let type = routed.head.fields["Content-Type"], MediaType(type)?.essence != "application/json" {
      throw AdminProblem(
        .unsupportedMediaType, "the body is '\(type)'; it must be application/json", error: "unsupported_media_type",
        fields: ["Accept": "application/json"])
    }
    return try Self.members(body)
  }

  /// The members of a JSON object.
  static func members<Members: AdminBody>(_ json: [UInt8]) throws(AdminProblem) -> Members {
    var isObject = false
    do {
      let names = try JSONDecoder().decode([String: Anything].self, from: Data(json)).keys
      if let other = names.sorted().first(where: { !Members.names.contains($0) }) {
        throw AdminProblem.bad(
          "there is no member '\(other)'; there are: \(Members.names.sorted().joined(separator: ", "))")
      }
      isObject = true
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Members.self, from: Data(json))
    } catch let problem as AdminProblem {
      throw problem
    } catch DecodingError.keyNotFound(let key, _) {
      throw .bad("the member '\(key.stringValue)' is missing")
    } catch DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context) {
      let name = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw .bad(name.isEmpty ? "the body must be a JSON object" : "the member '\(name)' must be \(Self.words(type))")
    } catch DecodingError.dataCorrupted(let context) {
      let name = context.codingPath.map(\.stringValue).joined(separator: ".")
      guard isObject else { throw .bad("the body is no JSON object") }
      // All else is of another type, or is read.
      throw .bad("\(name.isEmpty ? "a" : "the member '\(name)' has a") number that is out of range or not whole")
    } catch {
      throw .bad("the body is no JSON object")
    }
  }

  private static func words(_ type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is String.Type: "a string"
    case is Int.Type: "a whole number"
    case is UInt64.Type: "a whole number that is not negative"
    default: "an object"
    }
  }

  /// A value that is not looked at.
  private struct Anything: Decodable {
    init(from decoder: any Decoder) {}
  }
}

/// What the body of a request may say.
protocol AdminBody: Decodable {
  /// Its members, as they are written.
  static var names: Set<String> { get }
}
