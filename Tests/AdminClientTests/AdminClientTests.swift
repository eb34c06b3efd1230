import AdminClient
import Base
import Foundation
import StateStore
import Testing

@Suite struct AdminClientTests {
  private static let secret = String(repeating: "t", count: 43)

  private func client(_ server: StubServer) throws -> AdminClient {
    let address = try AdminAddress("http://127.0.0.1:\(server.port)")
    return AdminClient(address, token: try AdminToken(Self.secret), agent: "test/1")
  }

  private func events(_ server: StubServer, until last: String? = nil) throws -> [String] {
    let texts = LockBox<[String]>([])
    try client(server).stream(.jobEvents("1")) { event in
      let text = "\(event.name) \(String(decoding: event.data, as: UTF8.self))"
      texts.withLock { $0.append(text) }
      return text != last
    }
    return texts.withLock { $0 }
  }

  @Test func `a request has the token and says what it wants`() throws {
    let server = StubServer(status: "200 OK", type: "application/json", #"{"models":[]}"#)
    let list = try client(server).answer(.models).value(ModelDocument.List.self)
    #expect(list.models.isEmpty)
    let lines = try #require(server.requests.first).split(separator: "\r\n")
    #expect(lines[0] == "GET /admin/v1/models HTTP/1.1")
    #expect(lines.contains("Authorization: Bearer \(Self.secret)"))
    #expect(lines.contains("User-Agent: test/1"))
    #expect(!lines.contains { $0.hasPrefix("Idempotency-Key") })
  }

  @Test func `names and parameters are written as octets where they could mean something else`() throws {
    let server = StubServer([
      ["HTTP/1.1 204 No Content\r\n\r\n"],
      ["HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"],
    ])
    _ = try client(server).answer(.delete(3, of: "a/b ü?"))
    _ = try client(server).answer(.jobs(model: "a&b", state: .running, limit: 5))
    #expect(server.requests[0].hasPrefix("DELETE /admin/v1/models/a%2Fb%20%C3%BC%3F/versions/3 HTTP/1.1\r\n"))
    #expect(
      server.requests[1].hasPrefix("GET /admin/v1/retraining-jobs?model=a%26b&state=running&limit=5 HTTP/1.1\r\n"))
  }

  @Test func `what changes something is asked for again with the same key if the connection breaks`() throws {
    let body = """
      {"number":1,"time":"2026-11-25T03:00:00.123Z","model":"m","version":3,"previous":2,"kind":"roll_back","actor":"a"}
      """
    let server = StubServer([
      ["HTTP/1.1 200 OK\r\n"],
      ["HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"],
    ])
    let activation = try client(server).answer(.rollBack("m", ifCurrent: 2)).value(Activation.self)
    #expect(activation.kind == .rollBack && activation.version == 3 && activation.previous == 2)
    #expect(abs(activation.time.timeIntervalSince1970 - 1_795_575_600.123) < 1e-3)
    let keys = server.requests.map { $0.split(separator: "\r\n").first { $0.hasPrefix("Idempotency-Key: ") } }
    #expect(keys.count == 2 && keys[0] != nil && keys[0] == keys[1])
    #expect(server.requests[0].hasSuffix("\r\n\r\n{\"if_current\":2}"))
  }

  @Test func `what only asks is not asked again`() throws {
    let server = StubServer([["HTTP/1.1 200 OK\r\n"], ["HTTP/1.1 200 OK\r\n"]])
    #expect {
      try client(server).answer(.models)
    } throws: {
      if case .interrupted = $0 as? AdminError { true } else { false }
    }
    #expect(server.requests.count == 1)
  }

  @Test func `an archive is sent as a part beside the request`() throws {
    let path = NSTemporaryDirectory() + "/archive-\(UUID().uuidString).tar"
    try FileAccess.replace(path, with: Array("the archive".utf8))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let problem = #"{"error":"bad_data","detail":"no archive"}"#
    let server = StubServer(status: "422 X", type: "application/problem+json", problem)
    let request = JobRequest(model: "m", data: .init(), labelBy: "^(.*)$")
    #expect(throws: AdminError.self) { try client(server).answer(.start(request, upload: path)) }
    let text = try #require(server.requests.first)
    #expect(text.hasPrefix("POST /admin/v1/retraining-jobs HTTP/1.1\r\n"))
    #expect(text.contains("Content-Type: multipart/form-data; boundary="))
    #expect(text.contains("name=\"request\"\r\nContent-Type: application/json\r\n\r\n{"))
    #expect(text.contains("\"label_by\":\"^(.*)$\"") && text.contains("\"data\":{}"))
    #expect(text.contains("name=\"archive\"; filename=") && text.contains("\r\n\r\nthe archive\r\n"))
  }

  static let refusals: [(status: String, error: String, fields: String, advice: String)] = [
    ("401 X", "unauthorized", "", "give a token that the gateway's token file has"),
    ("403 X", "forbidden", "", "ask with another token"),
    ("404 X", "unknown_model", "", "The reason."),
    ("404 X", "not_found", "", "--url must name what the gateway has in admin.listen"),
    ("409 X", "not_current", "", "The reason."),
    ("422 X", "unsound_version", "", "The reason."),
    ("429 X", "too_many_attempts", "Retry-After: 7\r\n", "try again in 7 s"),
    ("503 X", "state_unavailable", "", "try again later"),
    ("507 X", "disk_full", "", "make room on the gateway's disk"),
  ]

  @Test(arguments: refusals.indices) func `a refusal is told in the gateway's words with advice`(_ index: Int) throws {
    let refusal = Self.refusals[index]
    let body = #"{"type":"about:blank","error":"\#(refusal.error)","detail":"The reason."}"#
    let server = StubServer(
      status: refusal.status, type: "application/problem+json", body, fields: refusal.fields)
    #expect {
      try client(server).answer(.model("m"))
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("The reason.") && text.contains(refusal.advice)
        && text.hasSuffix("(\(refusal.status.prefix(3)) \(refusal.error))")
    }
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", "no gateway's administration"),
    ("SSH-2.0-OpenSSH_9.2p1\r\n", "with what is not HTTP"),
    ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]", "is it of another version?"),
    ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{}", "broke"),
    ("", "before anything was answered; if TLS is spoken there, it is https://"),
  ]) func `an answer of somebody else is not taken for a gateway's`(_ answer: String, _ complaint: String) throws {
    let server = StubServer([[answer]])
    #expect {
      try client(server).answer(.models).value(ModelDocument.List.self)
    } throws: {
      "\($0)".contains(complaint)
    }
  }

  @Test func `events are told as they come until no more are wanted`() throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    let server = StubServer([[head, "event: job\nda", "ta: 1\n\n: still here\n\n", "data: 2\n\ndata: 3\n\n"]])
    #expect(try events(server, until: "message 2") == ["job 1", "message 2"])
  }

  @Test func `a stream that ends too early is told from one that has said all`() throws {
    let server = StubServer([["HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"]])
    #expect {
      try events(server)
    } throws: {
      ($0 as? AdminError)?.isPassing == true && "\($0)".contains("the gateway ended the stream")
    }
  }

  @Test func `a refused stream is refused as anything else`() throws {
    let server = StubServer(
      status: "404 X", type: "application/problem+json", #"{"error":"unknown_job","detail":"there is no job '1'"}"#)
    #expect {
      try events(server)
    } throws: {
      "\($0)" == "there is no job '1' (404 unknown_job)" && ($0 as? AdminError)?.isPassing == false
    }
  }

  @Test func `where nobody listens is said`() throws {
    let address = try AdminAddress("unix:/nowhere/admin.sock")
    let client = AdminClient(address, token: try AdminToken(Self.secret), agent: "test/1")
    #expect(throws: AdminError.unreachable(address, reason: "No such file or directory")) {
      try client.answer(.models)
    }
  }
}
