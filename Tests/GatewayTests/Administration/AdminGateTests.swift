import Base
@testable import Gateway
import HTTPCore
import HTTPServer
import TestSupport
import Testing

@Suite struct AdminGateTests {
  private let token = "0123456789abcdef0123456789abcdef"
  private let reader = "fedcba9876543210fedcba9876543210"
  private let time = LockBox(ContinuousClock.now)
  private let gate: AdminGate

  init() throws {
    let folder = try TemporaryFolder()
    try FileAccess.replace(folder.path("t"), with: Array("alice full \(token)\nbob read \(reader)\n".utf8))
    gate = AdminGate(
      try TokenFile(contentsOf: folder.path("t")), failures: 3,
      limiter: AttemptLimiter { [time] in time.withLock { $0 } })
  }

  private func request(_ fields: HeaderFields, from address: String = "192.0.2.1") -> RoutedRequest {
    let head = RequestHead(method: .get, target: .origin(path: "/", query: nil), fields: fields)
    return RoutedRequest(head, from: Peer(address: address, port: 1))
  }

  private func outcome(_ value: String?, role: Administrator.Role = .read, from address: String = "192.0.2.1") -> Int {
    let fields: HeaderFields = value.map { ["Authorization": $0] } ?? [:]
    do throws(AdminProblem) {
      _ = try gate.administrator(for: request(fields, from: address), role: role)
      return 200
    } catch {
      return error.status.code
    }
  }

  @Test func `who has a token is known, whatever the case of the scheme`() throws {
    let found = try gate.administrator(for: request(["Authorization": "bearer  \(token)"]), role: .full)
    #expect(found == Administrator(name: "alice", role: .full))
  }

  @Test(arguments: [nil, "", "Bearer", "Basic abc", "Bearer a b", "Token 0123456789abcdef0123456789abcdef"])
  func `without a token the answer says how one is sent`(value: String?) throws {
    let fields: HeaderFields = value.map { ["Authorization": $0] } ?? [:]
    let problem = #expect(throws: AdminProblem.self) { try gate.administrator(for: request(fields), role: .read) }
    #expect(problem?.status == .unauthorized)
    #expect(problem?.fields == ["WWW-Authenticate": "Bearer realm=\"distinguo\""])
  }

  @Test func `two fields with tokens are none`() {
    let head = RequestHead(
      method: .get, target: .origin(path: "/", query: nil),
      fields: ["Authorization": "Bearer \(token)", "Authorization": "Bearer \(reader)"])
    let request = RoutedRequest(head, from: Peer(address: "192.0.2.1", port: 1))
    #expect(throws: AdminProblem.self) { try gate.administrator(for: request, role: .read) }
  }

  @Test func `the role read may look and not change`() {
    #expect(outcome("Bearer \(reader)") == 200)
    #expect(outcome("Bearer \(reader)", role: .full) == 403)
  }

  @Test func `after three wrong tokens an address waits for a minute, also with the right one; others do not`() throws {
    for _ in 0..<3 { #expect(outcome("Bearer wrong") == 401) }
    #expect(outcome("Bearer \(token)") == 429)
    #expect(outcome("Bearer \(token)", from: "192.0.2.2") == 200)
    time.withLock { $0 += .seconds(59.5) }
    let problem = #expect(throws: AdminProblem.self) {
      try gate.administrator(for: request(["Authorization": "Bearer \(token)"]), role: .read)
    }
    #expect(problem?.fields == ["Retry-After": "1"])
    time.withLock { $0 += .seconds(0.5) }
    #expect(outcome("Bearer \(token)") == 200)
  }

  @Test func `requests without a token are no attempts`() {
    for _ in 0..<10 { #expect(outcome(nil) == 401) }
    #expect(outcome("Bearer \(token)") == 200)
  }

  @Test func `ten thousand addresses that fail do not take more memory, and do not lock out those that were known`() {
    let limiter = AttemptLimiter { [time] in time.withLock { $0 } }
    for number in 0..<10_000 { limiter.countFailure("\(number)") }
    #expect(limiter.wait("another", limit: 3) == .seconds(60))
    #expect(limiter.wait("17", limit: 3) == nil)
    time.withLock { $0 += .seconds(60) }
    #expect(limiter.wait("another", limit: 3) == nil)
  }

  @Test func `other tokens count as soon as they are there`() throws {
    let folder = try TemporaryFolder()
    try FileAccess.replace(folder.path("t"), with: Array("carol read \(reader)\n".utf8))
    gate.replace(with: try TokenFile(contentsOf: folder.path("t")), failures: 3)
    #expect(outcome("Bearer \(token)") == 401)
    #expect(try gate.administrator(for: request(["Authorization": "Bearer \(reader)"]), role: .read).name == "carol")
  }
}
