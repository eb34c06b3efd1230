import Base
import Foundation
import StateStore
import Testing

@testable import Retraining

struct JobLogTests {
  @Test func `a log keeps its last lines, in the file and in memory, and its limit`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path
    try FileAccess.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = "\(folder)/log"
    var log = JobLog(path)
    #expect(log.tail.isEmpty)
    let long = String(repeating: "x", count: 1000)
    for number in 1...2000 { log.add("\(number) \(long)") }
    let sizes = try ["log", "log.old"].map { try OpenFile("\(folder)/\($0)").size }
    #expect(sizes.reduce(0, +) <= JobLog.limit && sizes[1] >= JobLog.limit / 2)
    let expected = (1951...2000).map { "\($0) \(long)" }
    #expect(log.tail == expected && JobLog.tail(of: path) == expected && JobLog(path).tail == expected)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
  }

  @Test func `where nothing can be written, the log is in memory`() {
    var log = JobLog("/no/such/folder/log")
    log.add("one")
    #expect(log.tail == ["one"])
  }

  @Test func `a status is one object of JSON`() throws {
    let request = JobRequest(model: "signs", data: .init(path: "a"))
    let job = Job(id: "1", actor: "alice", request: request, created: Date(timeIntervalSince1970: 0))
    var progress = JobProgress(fraction: 0.5)
    progress.imagesPerSecond = 9
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    for status in [JobStatus(job: job, progress: progress, log: ["x"]), JobStatus(job: job, progress: nil, log: [])] {
      let data = try encoder.encode(status)
      #expect(try decoder.decode(JobStatus.self, from: data) == status)
      let members = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect(members["id"] as? String == "1" && members["log"] != nil && members["progress"] != nil)
    }
  }
}
