import Glibc
import Systemd
import TestSupport
import Testing

@Suite struct NotifySocketTests {
  private func socket(_ address: String) throws -> NotifySocket {
    try #require(try NotifySocket(environment: ["NOTIFY_SOCKET": address]))
  }

  @Test(
    arguments: [
      (.ready, "READY=1"), (.stopping, "STOPPING=1"), (.watchdog, "WATCHDOG=1"),
      (.status("Serving 2 models"), "STATUS=Serving 2 models"),
      (.status("one\nSTOPPING=1\u{7f}"), "STATUS=one STOPPING=1 "),
      (.reloading(since: 12_345), "RELOADING=1\nMONOTONIC_USEC=12345"),
      (.extendTimeout(.milliseconds(1500)), "EXTEND_TIMEOUT_USEC=1500000"),
      (.extendTimeout(.seconds(-1)), "EXTEND_TIMEOUT_USEC=0"),
    ] as [(ServiceState, String)])
  func `a state arrives as its assignments`(_ state: ServiceState, _ expected: String) throws {
    let folder = try TemporaryFolder()
    let listener = try NotifyListener(folder.path("notify"))
    try socket(folder.path("notify")).notify(state)
    #expect(listener.message() == expected)
    #expect(listener.message() == nil)
  }

  @Test func `several states arrive as one message`() throws {
    let folder = try TemporaryFolder()
    let listener = try NotifyListener(folder.path("notify"))
    try socket(folder.path("notify")).notify(.ready, .status("Serving"))
    #expect(listener.message() == "READY=1\nSTATUS=Serving")
  }

  @Test func `an abstract socket is written with an at sign`() throws {
    let address = "@distinguo-test-\(getpid())"
    let listener = try NotifyListener(address)
    try socket(address).notify(.ready)
    #expect(listener.message() == "READY=1")
  }

  @Test(arguments: [[:], ["NOTIFY_SOCKET": ""], ["OTHER": "/run/notify"]])
  func `without the variable there is nobody to tell`(_ environment: [String: String]) throws {
    #expect(try NotifySocket(environment: environment) == nil)
  }

  @Test(arguments: ["relative", "vsock:2:1234", "@", "/", "/" + String(repeating: "x", count: 107)])
  func `an address that is no socket's is refused`(_ address: String) {
    #expect(throws: NotificationError.address(address)) { try NotifySocket(environment: ["NOTIFY_SOCKET": address]) }
  }

  @Test func `the longest address is taken`() throws {
    let listener = try NotifyListener("@" + String(repeating: "x", count: 106))
    try socket("@" + String(repeating: "x", count: 106)).notify(.stopping)
    #expect(listener.message() == "STOPPING=1")
  }

  @Test func `a manager that is gone is an error that names the call`() throws {
    let error = #expect(throws: NotificationError.self) { try socket("/nowhere/notify").notify(.ready) }
    #expect(error == .failed(call: "sendto", code: ENOENT))
    #expect(error?.description == "NOTIFY_SOCKET: sendto: No such file or directory")
  }

  @Test func `a manager that does not read is an error and not a wait`() throws {
    let folder = try TemporaryFolder()
    let listener = try NotifyListener(folder.path("notify"))
    let socket = try socket(folder.path("notify"))
    let error = #expect(throws: NotificationError.self) { for _ in 0..<100_000 { try socket.notify(.watchdog) } }
    #expect(error == .failed(call: "sendto", code: EAGAIN))
    #expect(listener.message() == "WATCHDOG=1")
  }

  @Test func `the time of a reload is the monotonic clock's`() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let before = UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    #expect((before...(before + 10_000_000)).contains(NotifySocket.now))
  }
}
