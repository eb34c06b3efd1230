import Base
import Defence
import Foundation
import HTTPServer
import Images
import Logging
import TestSupport
import Testing

@testable import Gateway

@Suite struct ConfigurationTextsTests {
  private let example = URL(filePath: #filePath).appending(path: "../../../../Deploy/distinguo.yaml").standardized.path

  @Test func `the example file has every key with its default, as the table writes it`() throws {
    let text = String(decoding: try FileAccess.read(example, limit: 1 << 20), as: UTF8.self)
    #expect(text == GatewayConfiguration().file, "it is made by 'distinguo serve --example > Deploy/distinguo.yaml'")
  }

  @Test func `the example file is read without a problem, and its values are the defaults`() throws {
    #expect(try ConfigurationInput(file: example).read() == GatewayConfiguration())
    // Each key stands in it: with every value wrong, every key is named.
    let (source, problems) = ConfigurationSource.file(example)
    #expect(problems == [])
    for setting in Setting.all { #expect(source.values(of: setting) != nil, "\(setting.key)") }
  }

  @Test func `a configuration written to a file is read as it was`() throws {
    var configuration = GatewayConfiguration()
    configuration.server.listen = [.tcp(host: "::1", port: 1), .unix(path: "/run/a b\"\\\u{1f}#: ä", mode: 0o600)]
    configuration.models.served = ["- a", "null", "b: c", "~"]
    configuration.models.policy = .vote
    configuration.batching.delay = .microseconds(1)
    configuration.batching.computeThreads = 3
    configuration.images.bytes = 12_345
    configuration.tls.certificate = "@c"
    configuration.tls.key = "%k"
    configuration.metrics.listen = .tcp(host: "127.0.0.1", port: 9)
    configuration.watchdog = false
    let folder = try TemporaryFolder()
    try FileAccess.replace(folder.path("d.yaml"), with: Array(configuration.file.utf8))
    #expect(try ConfigurationInput(file: folder.path("d.yaml")).read() == configuration)
  }

  @Test func `lines of the example are no longer than a terminal's or an editor's`() {
    for line in GatewayConfiguration().file.split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
  }

  @Test func `the reference names every key`() {
    let reference = GatewayConfiguration.reference
    for setting in Setting.all { #expect(reference.contains("  \(setting.key)"), "\(setting.key)") }
    #expect(reference.contains("  timeouts.header = 10s\n      From a request's first byte"))
  }

  @Test func `what differs from the defaults is summed up`() {
    var configuration = GatewayConfiguration()
    #expect(configuration.summary == [])
    configuration.server.port = 81
    configuration.models.served = ["a", "b"]
    configuration.http.timeouts.idle = .seconds(5)
    #expect(configuration.summary == ["server.port = 81", "models.served = a, b", "timeouts.idle = 5s"])
  }

  @Test func `changes are told apart by when they count`() {
    var new = GatewayConfiguration()
    new.log.level = .debug
    new.models.policy = .vote
    new.server.port = 81
    let changes = new.changes(since: GatewayConfiguration())
    #expect(changes.reloaded == ["models.policy", "log.level"])
    #expect(changes.restarting == ["server.port"])
    #expect(new.changes(since: new).reloaded == [])
  }

  @Test(
    arguments: [
      ("sever.port", "server.port"), ("ending.lameduck", "ending.lame-duck"), ("log.lvl", "log.level"),
      ("completely.different.thing", nil),
    ] as [(String, String?)])
  func `what was meant is found`(_ text: String, _ expected: String?) {
    #expect(text.nearest(of: Setting.all.map(\.key)) == expected)
  }
}
