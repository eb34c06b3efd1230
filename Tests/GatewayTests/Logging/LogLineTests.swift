import Foundation
import Logging
import Testing

@testable import Gateway

@Suite struct LogLineTests {
  private func line(_ record: LogRecord, _ format: LogFormat) -> String {
    String(decoding: LogLine.bytes(of: record, format: format), as: UTF8.self)
  }

  private func record(_ message: String = "Hello.", _ fields: [LogRecord.Field] = [], time: Int = 0) -> LogRecord {
    LogRecord(time: time, level: .notice, logger: "distinguo", message: message, fields: fields)
  }

  private let fields = [
    LogRecord.Field("path", .text("/v1")), .init("agent", .text("a b=\"c\"")), .init("empty", .text("")),
    .init("status", .number(-200)), .init("none", .nothing), .init("whole", .flag(true)),
    .init("waiting_ms", .time(.microseconds(12_005))),
  ]

  @Test func `a JSON line has everything in order`() {
    #expect(
      line(record("Hello.", fields), .json) == """
        {"time":"1970-01-01T00:00:00.000Z","level":"notice","logger":"distinguo","message":"Hello.","path":"/v1",\
        "agent":"a b=\\"c\\"","empty":"","status":-200,"none":null,"whole":true,"waiting_ms":12.005}

        """)
  }

  @Test func `a text line has everything in order, in quotation marks where needed`() {
    #expect(
      line(record("Hello.", fields), .text) == """
        1970-01-01T00:00:00.000Z notice distinguo: Hello. path=/v1 agent="a b=\\"c\\"" empty="" status=-200 whole=true \
        waiting_ms=12.005

        """)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999_999_999, "2000-02-28T23:59:59.999Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"), (951_868_800_001_000_000, "2000-03-01T00:00:00.001Z"),
      (1_764_028_800_000_000_000, "2025-11-25T00:00:00.000Z"), (4_107_542_399_000_000_000, "2100-02-28T23:59:59.000Z"),
      (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
    ])
  func `a time is written as RFC 3339 has it`(_ time: Int, _ expected: String) {
    #expect(line(record(time: time), .text).hasPrefix(expected + " "))
    #expect(LogRecord.now > 1_764_028_800_000_000_000)
  }

  @Test(
    arguments: LogFormat.allCases,
    ["a\nb", "a\r\u{0}\u{1b}[31m\u{7f}", "\u{85}\u{9b}31m", "\u{202e}txt\u{2028}\u{feff}"])
  func `no value can begin a line, steer a terminal or turn the writing`(_ format: LogFormat, _ text: String) throws {
    let line = line(record(text, [.init("name", .text(text)), .init(text, .number(1))]), format)
    let hidden = CharacterSet.controlCharacters.union(CharacterSet(charactersIn: "\u{2028}\u{202e}\u{feff}"))
    #expect(line.last == "\n")
    #expect(line.dropLast().unicodeScalars.allSatisfy { !hidden.contains($0) }, "\(line.debugDescription)")
    guard format == .json else { return }
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["message"] as? String == text)
    #expect(object["name"] as? String == text)
  }

  @Test(
    arguments: LogFormat.allCases,
    [
      String(repeating: "x", count: 100_000), String(repeating: "\u{1}", count: 100_000),
      String(repeating: "\"\\", count: 50_000), String(repeating: "👍🏽", count: 20_000),
      "e" + String(repeating: "\u{301}", count: 50_000),
    ])
  func `a line is never longer than a pipe takes whole, and still JSON`(_ format: LogFormat, _ text: String) throws {
    let fields = (0..<50).map { LogRecord.Field("\($0)\(text)", .text(text)) } + [.init("last", .text("kept"))]
    let bytes = LogLine.bytes(
      of: LogRecord(time: .max, level: .critical, logger: text, message: text, fields: fields), format: format)
    #expect(bytes.count <= 4096 && bytes.count > 2500, "\(bytes.count)")
    #expect(String(validating: bytes, as: UTF8.self) != nil)
    #expect(bytes.last == 0x0a)
    guard format == .json else { return }
    let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect((object["message"] as? String)?.hasSuffix("…") == true)
    let omitted = try #require(object["omitted"] as? Int)
    #expect(omitted > 40)
    // A long field does not push a short one behind it out.
    #expect(object["last"] as? String == "kept")
    // time, level, logger, message, omitted and the fields that are there.
    #expect(object.count == 5 + fields.count - omitted)
  }
}
