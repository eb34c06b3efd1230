import Base
import Foundation
import HTTPServer
import Logging
import TestSupport
import Testing

@testable import Gateway

@Suite struct ConfigurationInputTests {
  private func option(_ key: String, _ value: String) -> ConfigurationInput.Option {
    ConfigurationInput.Option(key: key, value: value, flag: "--set")
  }

  /// The problems of a file with this text, the file's name taken away.
  private func problems(
    _ text: String, environment: [String: String] = [:], options: [ConfigurationInput.Option] = []
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    let path = folder.path("distinguo.yaml")
    try FileAccess.replace(path, with: Array(text.utf8))
    do {
      _ = try ConfigurationInput(file: path, environment: environment, options: options).read()
      return []
    } catch {
      return error.problems.map { $0.description.replacing(path, with: "file") }
    }
  }

  private func configuration(
    _ text: String, environment: [String: String] = [:], options: [ConfigurationInput.Option] = []
  ) throws -> GatewayConfiguration {
    let folder = try TemporaryFolder()
    try FileAccess.replace(folder.path("distinguo.yaml"), with: Array(text.utf8))
    let path = folder.path("distinguo.yaml")
    return try ConfigurationInput(file: path, environment: environment, options: options).read()
  }

  @Test(arguments: ["", "# nothing\n", "---\n", "server:\n  # port: 1\n", "server: {}\n", "{}"])
  func `without settings there are the defaults`(_ text: String) throws {
    #expect(try configuration(text) == GatewayConfiguration())
  }

  @Test func `each source is stronger than the one before`() throws {
    let text = "timeouts:\n  header: 1s\n  body: 1s\n  idle: 1s\nlog: {level: debug}\n"
    let environment = ["DISTINGUO_TIMEOUTS_BODY": "2s", "DISTINGUO_TIMEOUTS_IDLE": "2s", "PATH": "/bin"]
    let read = try configuration(text, environment: environment, options: [option("timeouts.idle", "3s")])
    #expect(read.http.timeouts.header == .seconds(1))
    #expect(read.http.timeouts.body == .seconds(2))
    #expect(read.http.timeouts.idle == .seconds(3))
    #expect(read.http.timeouts.write == GatewayConfiguration().http.timeouts.write)
    #expect(read.log.level == .debug)
  }

  @Test func `JSON is YAML too`() throws {
    let read = try configuration(#"{"server": {"port": 81, "listen": []}, "log": {"access": false}}"#)
    #expect(read.server.port == 81)
    #expect(!read.log.access)
  }

  @Test func `a list is read from each source, and the strongest has it alone`() throws {
    let text = "models:\n  served: [a, b]\n"
    #expect(try configuration(text).models.served == ["a", "b"])
    let variable = ["DISTINGUO_MODELS_SERVED": "c, d"]
    #expect(try configuration(text, environment: variable).models.served == ["c", "d"])
    let options = [option("models.served", "e"), option("models.served", "f,g")]
    #expect(try configuration(text, environment: variable, options: options).models.served == ["e", "f", "g"])
    #expect(try configuration("models:\n  served: a\n").models.served == ["a"])
    #expect(try configuration(text, environment: ["DISTINGUO_MODELS_SERVED": ""]).models.served == [])
  }

  @Test(
    arguments: [
      ("", [:], [], ["127.0.0.1:8080"]),
      ("server: {port: 81}", [:], [], ["127.0.0.1:81"]),
      ("server: {listen: ['[::]:82', 'unix:/run/d']}", [:], [], ["[::]:82", "unix:/run/d"]),
      // A stronger source that says a port means it.
      ("server: {listen: ['[::]:82']}", ["DISTINGUO_SERVER_PORT": "83"], [], ["127.0.0.1:83"]),
      ("server: {host: '::', port: 81}", [:], ["server.port=84"], ["[::]:84"]),
      ("server: {port: 81}", [:], ["server.listen=0.0.0.0:85"], ["0.0.0.0:85"]),
      // In the same source, the list is the more precise.
      ("server: {port: 81, listen: ['[::]:82']}", [:], [], ["[::]:82"]),
    ] as [(String, [String: String], [String], [String])])
  func `the strongest that says where to listen is heard`(
    _ text: String, _ environment: [String: String], _ options: [String], _ expected: [String]
  ) throws {
    let given = options.map { $0.split(separator: "=").map(String.init) }.map { option($0[0], $0[1]) }
    let read = try configuration(text, environment: environment, options: given)
    #expect(read.server.addresses.map(\.description) == expected)
  }

  @Test func `everything that is wrong is named at once, with its place and what would be right`() throws {
    let text = """
      sever:
        port: 80
      server:
        prot: 81
        port: eighty
      timeouts:
        header: [1s]
        body: 10
      log: verbose
      """
    let environment = ["DISTINGUO_LOG_LEVEL": "loud", "DISTINGUO_LOG_FORMT": "json"]
    let options = [option("http.body-bytes", "0"), option("nonsense.entirely", "1")]
    #expect(
      try problems(text, environment: environment, options: options) == [
        "file:2: 'sever.port' is no key; did you mean server.port?",
        "file:4: 'server.prot' is no key; did you mean server.port?",
        "file:7: timeouts.header is a list; it must be a whole number with us, ms, s, min or h, from 10ms to 1h",
        "file:9: 'log' is a group of keys and has no value of its own",
        "file:5: server.port is 'eighty'; it must be a whole number from 0 to 65535",
        "file:8: timeouts.body is '10'; it must be a whole number with us, ms, s, min or h, from 10ms to 1h",
        "environment: DISTINGUO_LOG_FORMT is no variable of distinguo's; did you mean DISTINGUO_LOG_FORMAT?",
        "environment, DISTINGUO_LOG_LEVEL: log.level is 'loud'; it must be trace, debug, info, notice, warning, error "
          + "or critical",
        "--set: 'nonsense.entirely' is no key; 'distinguo serve --help' lists all there are",
        "--set: http.body-bytes is '0'; it must be a whole number of bytes, or with KiB, MiB or GiB, from 1 to 1GiB",
      ])
  }

  @Test func `a wrong value is named even if a stronger source has a right one`() throws {
    #expect(
      try problems("server: {port: eighty}", options: [option("server.port", "80")])
        == ["file:1: server.port is 'eighty'; it must be a whole number from 0 to 65535"])
  }

  @Test(
    arguments: [
      ("server:\n  port: 80\n port: 81\n", "file:3: not YAML: did not find expected key while parsing a block mapping"),
      ("server: [\n", "file:2: not YAML: did not find expected node content while parsing a flow node"),
      ("a: 1\na: 2\n", "file:1: a given twice"),
      ("\t- x", "file:1: not YAML: found character that cannot start any token"),
      ("- a\n", "file: a mapping of groups is expected, such as 'server:' with 'port: 8080' below it"),
      ("words", "file: a mapping of groups is expected, such as 'server:' with 'port: 8080' below it"),
      ("? [a]\n: 1\n", "file:1: a key that is no text"), ("server: {port: {number: 1}}", "file:1: 'server.port'"),
      ("models: {served: [[a]]}", "file:1: 'models.served' has an element that is no text or number"),
      ("server:\n  port:\n", "file:2: server.port is ''; it must be a whole number from 0 to 65535"),
      ("a: 1\n--- \nb: 2\n", "not YAML: but found another document"),
    ])
  func `a file that is no configuration is refused`(_ text: String, _ expected: String) throws {
    let found = try problems(text)
    #expect(found.count == 1)
    #expect(found.first?.contains(expected) == true, "\(found)")
  }

  @Test func `a file that cannot be read is named`() throws {
    let missing = #expect(throws: ConfigurationError.self) { try ConfigurationInput(file: "/nowhere/d.yaml").read() }
    #expect(missing?.description == "/nowhere/d.yaml: open: No such file or directory")
    let folder = try TemporaryFolder()
    try FileAccess.replace(folder.path("latin"), with: [0x61, 0x3a, 0xe4])
    let latin = ConfigurationInput(file: folder.path("latin"))
    let encoding = #expect(throws: ConfigurationError.self) { try latin.read() }
    #expect(encoding?.description == "\(folder.path("latin")): not UTF-8 text")
    try FileAccess.replace(folder.path("large"), with: Array(repeating: 0x20, count: (1 << 20) + 1))
    let large = #expect(throws: ConfigurationError.self) { try ConfigurationInput(file: folder.path("large")).read() }
    #expect(large?.description.contains("1048577 bytes, more than the 1048576 that are read") == true)
  }

  @Test func `the environment may name the file, and a flag overrides that`() {
    let environment = ["DISTINGUO_CONFIG": "/etc/distinguo.yaml"]
    #expect(ConfigurationInput(environment: environment).file == "/etc/distinguo.yaml")
    #expect(ConfigurationInput(file: "other", environment: environment).file == "other")
    #expect(ConfigurationInput(environment: ["DISTINGUO_CONFIG": ""]).file == nil)
  }

  @Test(
    arguments: [
      ["DISTINGUO_SELECTION_KEY": "00"], ["DISTINGUO_CONFIG": ""],
      // What Kubernetes sets for a Service named distinguo, and one named distinguo-metrics.
      [
        "DISTINGUO_SERVICE_HOST": "10.0.0.1", "DISTINGUO_SERVICE_PORT": "80", "DISTINGUO_SERVICE_PORT_HTTP": "80",
        "DISTINGUO_PORT": "tcp://10.0.0.1:80", "DISTINGUO_PORT_80_TCP": "tcp://10.0.0.1:80",
        "DISTINGUO_PORT_80_TCP_PROTO": "tcp", "DISTINGUO_PORT_80_TCP_PORT": "80",
        "DISTINGUO_PORT_80_TCP_ADDR": "10.0.0.1", "DISTINGUO_METRICS_PORT": "tcp://10.0.0.2:90",
        "DISTINGUO_METRICS_SERVICE_HOST": "10.0.0.2",
      ],
    ])
  func `variables that others set are no mistakes`(_ environment: [String: String]) throws {
    #expect(try ConfigurationInput(environment: environment).read() == GatewayConfiguration())
  }

  @Test func `a port in Kubernetes' variable's name is a mistake`() {
    let error = #expect(throws: ConfigurationError.self) {
      try ConfigurationInput(environment: ["DISTINGUO_PORT": "80"]).read()
    }
    #expect(error?.description.hasPrefix("environment: DISTINGUO_PORT is no variable of distinguo's") == true)
  }
}
