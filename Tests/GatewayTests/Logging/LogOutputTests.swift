import Base
import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import Gateway

@Suite struct LogOutputTests {
  private func record(_ message: String) -> LogRecord { LogRecord(level: .info, logger: "test", message: message) }

  private func pipe(blocking: Bool = true) throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    try #require(Glibc.pipe(&ends) == 0)
    if !blocking { try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0) }
    return (ends[0], ends[1])
  }

  private func output(to descriptor: Int32, capacity: Int = 8192) -> LogOutput {
    LogOutput(LogSink(descriptor: descriptor), format: .json, level: .info, capacity: capacity)
  }

  /// The messages of a file's lines, each of which must be JSON.
  private func messages(_ path: String) throws -> [String] {
    let text = String(decoding: try FileAccess.read(path, limit: 1 << 30), as: UTF8.self)
    return try text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object?["message"] as? String)
    }
  }

  @Test func `lines of many threads arrive whole, each thread's in order`() throws {
    let folder = try TemporaryFolder()
    let output = try LogOutput(to: .file(folder.path("log")), format: .json, capacity: 100_000)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for number in 0..<1000 { output.write(record("\(thread) \(number)")) }
    }
    #expect(output.flush(within: .seconds(30)))
    let lines = try messages(folder.path("log"))
    #expect(lines.count == 8000)
    for thread in 0..<8 {
      #expect(lines.filter { $0.hasPrefix("\(thread) ") } == (0..<1000).map { "\(thread) \($0)" })
    }
    #expect(output.dropped == 0)
  }

  @Test func `a file is added to, and opened anew when it was renamed`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("log")
    for message in ["one", "two"] {
      let output = try LogOutput(to: .file(path), format: .json)
      output.write(record(message))
      output.flush(within: .seconds(30))
    }
    #expect(try messages(path) == ["one", "two"])
    let output = try LogOutput(to: .file(path), format: .json)
    try FileAccess.move(path, to: folder.path("log.1"))
    output.write(record("three"))
    output.reopen()
    #expect(output.flush(within: .seconds(30)))
    output.write(record("four"))
    #expect(output.flush(within: .seconds(30)))
    #expect(try messages(folder.path("log.1")) == ["one", "two", "three"])
    #expect(try messages(path) == ["four"])
    let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(permissions.map { $0 & 0o137 } == 0)
  }

  @Test func `a file that cannot be opened anew leaves the old one in use, which says so`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path("logs"), withIntermediateDirectories: false)
    let output = try LogOutput(to: .file(folder.path("logs/log")), format: .json)
    try FileAccess.move(folder.path("logs"), to: folder.path("old"))
    output.reopen()
    #expect(output.flush(within: .seconds(30)))
    output.write(record("after"))
    #expect(output.flush(within: .seconds(30)))
    #expect(
      try messages(folder.path("old/log")) == [
        "The log's file cannot be opened anew: open: No such file or directory", "after",
      ])
  }

  @Test func `a folder or an impossible path is an error`() throws {
    #expect(throws: FileError.failed(call: "open", code: EISDIR)) { try LogOutput(to: .file("/tmp"), format: .text) }
    #expect(throws: FileError.failed(call: "open", code: ENOENT)) {
      try LogOutput(to: .file("/nowhere/log"), format: .text)
    }
  }

  @Test func `on a full disk lines are dropped and counted`() throws {
    let output = try LogOutput(to: .file("/dev/full"), format: .text)
    for number in 0..<100 { output.write(record("\(number)")) }
    #expect(output.flush(within: .seconds(30)))
    #expect(output.dropped == 100)
  }

  @Test func `a pipe that nobody reads any more does not end the process`() throws {
    let pipe = try pipe()
    let output = output(to: pipe.write)
    close(pipe.read)
    for number in 0..<100 { output.write(record("\(number)")) }
    #expect(output.flush(within: .seconds(30)))
    #expect(output.dropped == 100)
  }

  @Test func `a pipe that is not read holds nobody up, and what was dropped is told once it is`() throws {
    let pipe = try pipe()
    let output = output(to: pipe.write, capacity: 500)
    // A pipe holds 64 KiB: these lines have 256 KiB at least, so most stay in the queue or are dropped.
    let start = ContinuousClock.now
    for number in 0..<2048 { output.write(record("\(number) " + String(repeating: "x", count: 128))) }
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(!output.flush(within: .milliseconds(50)))
    let dropped = output.dropped
    #expect(dropped > 0)
    // Read to the end, which comes when the output is gone.
    let reader = FileHandle(fileDescriptor: pipe.read, closeOnDealloc: true)
    var lines = 0
    var told = 0
    var rest = Data()
    while lines + dropped < 2048 || told < dropped {
      let data = reader.availableData
      try #require(!data.isEmpty)
      rest += data
      while let end = rest.firstIndex(of: 0x0a) {
        let line = rest[rest.startIndex..<end]
        rest = Data(rest[(end + 1)...])
        let object = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
        if let count = object["count"] as? Int {
          #expect(object["message"] as? String == "Lines of the log were dropped.")
          told += count
        } else {
          lines += 1
        }
      }
    }
    #expect(lines + dropped == 2048)
    #expect(told == dropped)
    #expect(output.dropped == dropped)
  }

  @Test func `a line that was cut off does not spoil the next one`() throws {
    let pipe = try pipe(blocking: false)
    let sink = LogSink(descriptor: pipe.write)
    // Room for half a line of more than PIPE_BUF, of which the kernel takes what there is room for.
    let setPipeSize: Int32 = 1031  // F_SETPIPE_SZ, which only shows with _GNU_SOURCE
    try #require(fcntl(pipe.write, setPipeSize, 4096) == 4096)
    #expect(sink.write([[UInt8](repeating: UInt8(ascii: "a"), count: 8000) + [0x0a]]) == 1)
    var buffer = [UInt8](repeating: 0, count: 8192)
    #expect(read(pipe.read, &buffer, buffer.count) == 4096)
    #expect(sink.write([Array("next\n".utf8), Array("more\n".utf8)]) == 0)
    #expect(read(pipe.read, &buffer, buffer.count) == 11)
    #expect(buffer.prefix(11) == ArraySlice("\nnext\nmore\n".utf8))
    close(pipe.read)
  }

  @Test func `a logger has the output's level, until it is given its own`() throws {
    let folder = try TemporaryFolder()
    let output = try LogOutput(to: .file(folder.path("log")), format: .json, level: .warning)
    var logger = output.logger("one")
    logger.info("too low")
    output.level = .debug
    #expect(logger.logLevel == .debug)
    logger.debug("after a reload")
    logger.logLevel = .error
    logger.warning("too low for this one")
    logger.error("its own")
    #expect(output.flush(within: .seconds(30)))
    #expect(try messages(folder.path("log")) == ["after a reload", "its own"])
  }

  @Test func `metadata becomes fields, the nearest last`() throws {
    let folder = try TemporaryFolder()
    let output = try LogOutput(to: .file(folder.path("log")), format: .text)
    var logger = output.logger("name")
    logger[metadataKey: "a"] = "logger"
    logger[metadataKey: "b"] = "logger"
    logger.notice("Said.", metadata: ["b": "line", "c": ["x", "y"]])
    #expect(output.flush(within: .seconds(30)))
    let text = String(decoding: try FileAccess.read(folder.path("log"), limit: 4096), as: UTF8.self)
    #expect(text.hasSuffix(" notice name: Said. a=logger b=line c=\"[\\\"x\\\", \\\"y\\\"]\"\n"), "\(text)")
  }
}
