import Foundation
import Glibc
import Testing

@testable import Metrics

@Suite struct ProcessFiguresTests {
  /// The samples by name.
  private func figures(_ registry: MetricsRegistry) -> [String: Double] {
    let lines = String(decoding: registry.text(), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
    return Dictionary(
      uniqueKeysWithValues: lines.map { line in
        let parts = line.split(separator: " ")
        return (String(parts[0]), Double(parts[1])!)
      })
  }

  @Test func `every figure is there and plausible`() throws {
    let registry = MetricsRegistry()
    try ProcessFigures().register(in: registry)
    let figures = figures(registry)
    #expect(
      figures.keys.sorted() == [
        "process_cpu_seconds_total", "process_max_fds", "process_open_fds", "process_resident_memory_bytes",
        "process_start_time_seconds", "process_threads", "process_virtual_memory_bytes",
      ])
    var limit = rlimit()
    #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    #expect(figures["process_max_fds"] == Double(limit.rlim_cur))
    let resident = try #require(figures["process_resident_memory_bytes"])
    #expect(resident > 0x1p20 && resident <= figures["process_virtual_memory_bytes"]!)
    let age = Date.now.timeIntervalSince1970 - figures["process_start_time_seconds"]!
    #expect(age > -1 && age < 86_400)
    #expect(figures["process_cpu_seconds_total"]! <= (age + 1) * Double(ProcessInfo.processInfo.processorCount))
    #expect(figures["process_threads"]! >= 1)
  }

  @Test func `descriptors that are opened are counted`() throws {
    let registry = MetricsRegistry()
    try ProcessFigures().register(in: registry)
    let before = try #require(figures(registry)["process_open_fds"])
    // Many, since other tests open and close some meanwhile.
    let opened = (0..<200).map { _ in dup(0) }
    #expect(!opened.contains(-1))
    let during = try #require(figures(registry)["process_open_fds"])
    for descriptor in opened { close(descriptor) }
    #expect((100...300).contains(during - before))
  }

  @Test func `a command's name may have spaces and parentheses`() throws {
    let line =
      "42 (a) b (c)) S 1 42 42 0 -1 4194560 500 0 0 0 250 50 0 0 20 0 7 0 12345 104857600 256 18446744073709551615 1 1\n"
    let status = try #require(ProcessStatus(line: line, ticks: 100, page: 4096))
    #expect(status.cpuSeconds == 3)
    #expect(status.threads == 7)
    #expect(status.startSeconds == 123.45)
    #expect(status.virtualBytes == 104_857_600)
    #expect(status.residentBytes == 1_048_576)
  }

  @Test(arguments: ["", "42", "42 (x) S 1 2", "42 (x", "42 (x) S 1 1 1 1 1 1 1 1 1 1 a b c d e f g h i j k"])
  func `a line that is cut short has no figures`(_ line: String) {
    #expect(ProcessStatus(line: line) == nil)
  }
}
