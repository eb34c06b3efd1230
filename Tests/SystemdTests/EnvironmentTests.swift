import Systemd
import Testing

/// The tables of what the manager may have set.
@Suite struct EnvironmentTests {
  @Test(
    arguments: [
      (["WATCHDOG_USEC": "30000000"], .seconds(30)),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"], .seconds(30)),
      (["WATCHDOG_USEC": "1"], .microseconds(1)), (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"], nil),
      (["WATCHDOG_PID": "42"], nil), ([:], nil),
    ] as [([String: String], Duration?)])
  func `the watchdog's interval is read, unless it is another process's`(
    _ environment: [String: String], _ expected: Duration?
  ) throws {
    #expect(try WatchdogRequest(environment: environment, process: 42)?.interval == expected)
  }

  @Test(arguments: ["", "0", "-5", "ten", "1.5", "99999999999999999999"])
  func `an interval that is no positive number is refused`(_ text: String) {
    let error = #expect(throws: ActivationError.self) {
      try WatchdogRequest(environment: ["WATCHDOG_USEC": text], process: 42)
    }
    #expect(error == .number(variable: "WATCHDOG_USEC", value: text, range: 1...Int.max))
  }

  @Test(
    arguments: [
      [:], ["LISTEN_FDS": "2"], ["LISTEN_FDS": "2", "LISTEN_PID": "43"], ["LISTEN_PID": "42"],
      ["LISTEN_FDS": "0", "LISTEN_PID": "42"],
    ])
  func `sockets are none if there are none or they are another process's`(_ environment: [String: String]) throws {
    #expect(try ActivatedSocket.passed(environment: environment, process: 42) == [])
  }

  @Test(
    arguments: [
      (
        ["LISTEN_FDS": "two", "LISTEN_PID": "42"],
        .number(variable: "LISTEN_FDS", value: "two", range: 0...1024)
      ),
      (
        ["LISTEN_FDS": "-1", "LISTEN_PID": "42"],
        .number(variable: "LISTEN_FDS", value: "-1", range: 0...1024)
      ),
      (
        ["LISTEN_FDS": "1", "LISTEN_PID": "me"],
        .number(variable: "LISTEN_PID", value: "me", range: 1...Int(Int32.max))
      ),
      (["LISTEN_FDS": "2", "LISTEN_PID": "42", "LISTEN_FDNAMES": "http"], .names(count: 1, sockets: 2)),
      (["LISTEN_FDS": "1", "LISTEN_PID": "42", "LISTEN_FDNAMES": "a:b"], .names(count: 2, sockets: 1)),
    ] as [([String: String], ActivationError)])
  func `what makes no sense is refused`(_ environment: [String: String], _ expected: ActivationError) {
    #expect(throws: expected) { try ActivatedSocket.passed(environment: environment, process: 42) }
  }
}
