import Foundation
import Testing

@testable import Gateway

@Suite struct SettingTests {
  @Test func `keys, and the variables that set them, are all different`() {
    #expect(Set(Setting.all.map(\.key)).count == Setting.all.count)
    #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
    #expect(Setting.named("ending.lame-duck")?.variable == "DISTINGUO_ENDING_LAME_DUCK")
  }

  @Test(arguments: Setting.all.map(\.key)) func `a default can be read as it is written`(_ key: String) throws {
    let setting = try #require(Setting.named(key))
    var configuration = GatewayConfiguration()
    #expect(setting.apply(setting.written(configuration), &configuration) == nil)
    #expect(configuration == GatewayConfiguration())
  }

  @Test(
    arguments: [
      ("server.port", "0", "0"), ("server.port", "65535", "65535"), ("server.host", "::1", "::1"),
      ("server.host", "localhost", "127.0.0.1"),
      ("server.loops", "3", "3"), ("server.loops", "auto", "auto"),
      ("server.listen", "unix:/s?mode=600", "unix:/s?mode=600"), ("server.listen", "unix:/s?mode=660", "unix:/s"),
      ("server.listen", "[::]:80", "[::]:80"),
      ("server.listen", "unix:/run/distinguo/http.sock", "unix:/run/distinguo/http.sock"),
      ("models.policy", "vote", "vote"), ("models.policy", "bundle", "bundle"), ("models.default", "", ""),
      ("models.precision", "bfloat16", "bfloat16"), ("answers.disclosure", "none", "none"),
      ("batching.delay", "0", "0s"), ("batching.delay", "0ms", "0s"), ("batching.delay", "1500us", "1500us"),
      ("batching.delay", "1000ms", "1s"), ("timeouts.idle", "60s", "1min"), ("timeouts.idle", "1h", "1h"),
      ("timeouts.idle", "90s", "90s"), ("batching.compute-threads", "2", "2"),
      ("batching.compute-threads", "auto", "auto"), ("images.bytes", "1048576", "1MiB"),
      ("images.bytes", "1025KiB", "1025KiB"), ("http.body-bytes", "1", "1"), ("http.body-bytes", "1GiB", "1GiB"),
      ("tls.minimum-version", "1.3", "1.3"), ("log.level", "trace", "trace"), ("log.format", "json", "json"),
      ("log.access", "off", "false"), ("log.access", "1", "true"), ("metrics.listen", "", ""),
    ])
  func `a value is read, and written in one way`(_ key: String, _ text: String, _ expected: String) throws {
    let setting = try #require(Setting.named(key))
    var configuration = GatewayConfiguration()
    try #require(setting.apply([text], &configuration) == nil)
    #expect(setting.written(configuration) == [expected])
  }

  @Test(
    arguments: [
      ("server.port", ["", "65536", "-1", "+80", "0x50", "80 ", "http", "8080.0", "٨٠", "99999999999999999999"]),
      ("server.host", ["", "a b", "example.org", "1.2.3", "1.2.3.4:80", "[::1]", "::g"]),
      (
        "server.listen",
        [
          "", "8080", ":8080", "localhost", "localhost:", "localhost:http", "::1:80", "[::1]", "[::1]:99999",
          "example.org:80", "unix:", "unix:relative", "unix:/" + String(repeating: "x", count: 200),
          "unix:/a?mode=888", "http://localhost:80", "127.0.0.1:8 0",
        ]
      ),
      ("models.directory", ["", "a\u{0}b"]), ("models.served", ["", "a/b", "..", ".hidden"]),
      ("models.precision", ["", "float16", "FLOAT32"]), ("models.policy", ["", "none", "Vote"]),
      ("answers.disclosure", ["", "all", "Full"]), ("answers.parts", ["0", "1001", "many"]),
      ("batching.delay", ["", "2", "2 ms", "2sec", "-2ms", "0.5ms", "1001ms", "1m", "ms", "99999999999999999999h"]),
      ("batching.deadline", ["0", "9ms", "61min", "10"]),
      ("batching.compute-threads", ["0", "-1", "1025", "all", ""]),
      ("images.bytes", ["", "1023", "20MB", "20 MiB", "-1", "1.5MiB", "MiB", "2GiB", "9999999999999999999GiB"]),
      ("http.body-bytes", ["0"]), ("log.level", ["", "warn", "INFO"]), ("log.format", ["xml"]),
      ("log.access", ["", "maybe", "True"]), ("tls.minimum-version", ["1.1", "TLSv1.2"]),
    ])
  func `a wrong value is given back, and nothing is changed`(_ key: String, _ texts: [String]) throws {
    let setting = try #require(Setting.named(key))
    for text in texts {
      var configuration = GatewayConfiguration()
      #expect(setting.apply([text], &configuration) == text, "\(text)")
      #expect(configuration == GatewayConfiguration(), "\(text)")
    }
  }

  @Test(
    arguments: [
      ("server.port", "a whole number from 0 to 65535"),
      ("timeouts.header", "a whole number with us, ms, s, min or h, from 10ms to 1h"),
      ("images.bytes", "a whole number of bytes, or with KiB, MiB or GiB, from 1KiB to 1GiB"),
      ("models.policy", "calibrated or vote, or bundle"), ("answers.disclosure", "full, coarse or none"),
      ("server.listen", "a list, each address:port, [IPv6 address]:port or unix:/path"),
    ])
  func `what is right is said in words`(_ key: String, _ words: String) {
    #expect(Setting.named(key)?.words == words)
  }
}
