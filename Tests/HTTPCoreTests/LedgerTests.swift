import Foundation
import HTTPCore
import Testing

/// `rfc9112.md`, the ledger of what the RFCs ask of a server.
struct LedgerTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  /// A line of a table with a requirement: the section, the requirement, how it is met, what holds it.
  private static let rows: [[String]] = {
    guard let text = try? String(contentsOf: folder.appending(path: "rfc9112.md"), encoding: .utf8) else { return [] }
    return text.split(separator: "\n").filter { $0.hasPrefix("| ") }
      .map { line in
        line.dropFirst(2).dropLast(2).components(separatedBy: " | ").map { $0.trimmingCharacters(in: .whitespaces) }
      }
      .filter { $0.count == 4 && $0[0].first?.isNumber == true }
  }()

  /// The functions of all tests of all targets, and the cases of all tables here.
  private static func knownNames() throws -> Set<String> {
    var names = Set(allRequestCases.map(\.name))
    let files = FileManager.default.enumerator(at: folder.deletingLastPathComponent(), includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard let start = line.range(of: "func `"), let end = line[start.upperBound...].firstIndex(of: "`") else {
          continue
        }
        names.insert(String(line[start.upperBound..<end]))
      }
    }
    return names
  }

  @Test func `every requirement names what holds it, and that is there`() throws {
    let known = try Self.knownNames()
    #expect(Self.rows.count > 90)
    for row in Self.rows {
      let names = Self.quoted(row[3][...])
      #expect(!names.isEmpty, "§\(row[0]), \(row[1]): nothing holds it")
      let missing = names.filter { !known.contains($0) }
      #expect(missing == [], "§\(row[0]), \(row[1])")
    }
  }

  /// The names in backticks.
  private static func quoted(_ text: Substring) -> [String] {
    text.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
  }

  @Test func `the defaults are what the RFCs recommend`() {
    let limits = HTTPLimits()
    #expect(limits.targetBytes == 8_000)
    let path = "/" + String(repeating: "a", count: 7_999)
    let text = "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
    #expect(Reading(text).transcript == ["GET \(path) none Host=a", "end"])
    #expect(Reading("GET \(path)a HTTP/1.1").transcript == ["414 the request target has more than 8000 bytes"])
  }
}
