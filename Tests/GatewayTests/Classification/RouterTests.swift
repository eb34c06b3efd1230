import Base
@testable import Gateway
import HTTPCore
import HTTPServer
import Testing

@Suite struct RouterTests {
  private let router = Router([
    Route(.get, "/things") { .answer(Response(.ok, type: "text/plain", body: "list of \($0.requestID)".utf8)) },
    Route(.post, "/things") { request in
      request.gather(limit: 10) { _, responder in responder.respond(Response(.accepted)) }
    },
    Route(.get, "/things/{name}/parts") {
      .answer(Response(.ok, type: "text/plain", body: $0.parameters["name"]!.utf8))
    },
    Route(.delete, "/things/{name}") { _ in .answer(Response(.noContent)) },
  ])

  private func receive(
    _ method: HTTPMethod, _ target: RequestTarget, _ fields: HeaderFields = [:], _ framing: RequestHead.Framing = .none
  ) -> Reception {
    router.receive(RequestHead(method: method, target: target, fields: fields, framing: framing), from: Gate.peer)
  }

  private func answer(
    _ method: HTTPMethod, _ path: String, _ fields: HeaderFields = [:], _ framing: RequestHead.Framing = .none
  ) throws -> Response {
    guard case .answer(let response) = receive(method, .origin(path: path, query: "x=1"), fields, framing) else {
      throw Gate.Unexpected("the body was asked for")
    }
    return response
  }

  struct Case: Sendable, CustomStringConvertible {
    let method: HTTPMethod
    let path: String
    let status: Int
    var allow: String?
    var route = "/things"
    var description: String { "\(method) \(path)" }
  }

  @Test(arguments: [
    Case(method: .get, path: "/things", status: 200),
    Case(method: .head, path: "/things", status: 200),
    Case(method: .get, path: "/%74hings", status: 200),
    Case(method: .put, path: "/things", status: 405, allow: "GET, HEAD, POST, OPTIONS"),
    Case(method: .options, path: "/things", status: 204, allow: "GET, HEAD, POST, OPTIONS"),
    Case(method: .trace, path: "/things/a", status: 405, allow: "DELETE, OPTIONS", route: "/things/{name}"),
    Case(method: .head, path: "/things/a", status: 405, allow: "DELETE, OPTIONS", route: "/things/{name}"),
    Case(method: .delete, path: "/things/a", status: 204, route: "/things/{name}"),
    Case(method: .get, path: "/things/a/parts", status: 200, route: "/things/{name}/parts"),
    Case(method: .get, path: "/things/", status: 404, route: "unmatched"),
    Case(method: .delete, path: "/things/", status: 404, route: "unmatched"),
    Case(method: .get, path: "/", status: 404, route: "unmatched"),
    Case(method: .get, path: "/Things", status: 404, route: "unmatched"),
    Case(method: .options, path: "/other", status: 404, route: "unmatched"),
    Case(method: .delete, path: "/things/%zz", status: 404, route: "unmatched"),
    Case(method: .init(rawValue: "BREW"), path: "/things", status: 501),
    Case(method: .init(rawValue: "get"), path: "/things", status: 501),
  ])
  func `a request gets to its route, or hears why not`(_ one: Case) throws {
    let response = try answer(one.method, one.path)
    #expect(response.status.code == one.status)
    #expect(response.fields["Allow"] == one.allow)
    #expect(response.notes["route"] == one.route)
    if one.status >= 400 { #expect(response.fields["Content-Type"] == "application/problem+json") }
  }

  @Test func `parameters are decoded`() throws {
    #expect(try answer(.get, "/things/a%20b%2Fc/parts").body == Array("a b/c".utf8))
  }

  @Test func `the server as a whole has the methods of all routes`() {
    guard case .answer(let response) = receive(.options, .asterisk) else {
      Issue.record("the body was asked for")
      return
    }
    #expect(response.status == .noContent)
    #expect(response.fields["Allow"] == "GET, HEAD, POST, DELETE, OPTIONS")
  }

  @Test func `a body that must be there needs a length`() throws {
    let response = try answer(.post, "/things")
    #expect(response.status == .lengthRequired && response.error == "length_required")
  }

  @Test func `a body that is announced as too long is not asked for`() throws {
    let response = try answer(.post, "/things", [:], .length(11))
    #expect(response.status == .contentTooLarge && response.error == "content_too_large")
    #expect(try response.object["limit"] as? Int == 10)
    for framing in [RequestHead.Framing.length(10), .length(0), .chunked] {
      guard case .gather(10, _) = receive(.post, .origin(path: "/things", query: nil), [:], framing) else {
        Issue.record("\(framing) was answered")
        return
      }
    }
  }

  @Test(arguments: ["a", "7b-ü".filter(\.isASCII), String(repeating: "x", count: 128), "!~"])
  func `a request's id is taken up`(id: String) throws {
    let response = try answer(.get, "/things", ["x-request-id": id])
    #expect(response.fields["X-Request-Id"] == id && response.notes["request_id"] == id)
    #expect(response.body == Array("list of \(id)".utf8))
  }

  @Test(
    arguments: [
      [:], ["X-Request-Id": ""], ["X-Request-Id": "a b"], ["X-Request-Id": "ü"],
      ["X-Request-Id": String(repeating: "x", count: 129)], ["X-Request-Id": "a", "x-request-id": "b"],
    ] as [HeaderFields])
  func `another one is made where it cannot be`(fields: HeaderFields) throws {
    let id = try #require(try answer(.get, "/things", fields).fields["X-Request-Id"])
    #expect(id.wholeMatch(of: /[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/) != nil)
    #expect(try answer(.get, "/things", fields).fields["X-Request-Id"] != id)
  }

  @Test func `a problem says which request it is of`() throws {
    #expect(try answer(.get, "/", ["X-Request-Id": "r1"]).object["request_id"] as? String == "r1")
  }

  @Test func `an answer that comes later is of the route too`() throws {
    guard
      case .gather(_, let then) = receive(
        .post, .origin(path: "/things", query: nil), ["X-Request-Id": "r1"], .length(1))
    else { throw Gate.Unexpected("no body was asked for") }
    let promised = Promised<Response>()
    let head = RequestHead(method: .post, target: .origin(path: "/things", query: nil))
    then(Request(head: head, peer: Gate.peer), Responder { response, _ in promised.give(response) })
    let response = try promised.wait()
    #expect(response.status == .accepted && response.fields["X-Request-Id"] == "r1")
    #expect(response.notes == ["route": "/things", "request_id": "r1"])
  }

  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let span = "00f067aa0ba902b7"

  @Test(arguments: [
    "00-\(trace)-\(span)-01", "00-\(trace)-\(span)-00", "01-\(trace)-\(span)-01", "cc-\(trace)-\(span)-01-more",
  ])
  func `a trace is taken up`(text: String) throws {
    let notes = try answer(.get, "/things", ["traceparent": text]).notes
    #expect(notes["trace_id"] == Self.trace && notes["parent_id"] == Self.span)
  }

  @Test(arguments: [
    "", "00-\(trace)-\(span)", "00-\(trace)-\(span)-01-more", "ff-\(trace)-\(span)-01", "0-\(trace)-\(span)-01",
    "00-\(trace.uppercased())-\(span)-01", "00-00000000000000000000000000000000-\(span)-01",
    "00-\(trace)-0000000000000000-01", "00-\(trace)0-\(span)-01", "00-\(trace)-\(span)-0g", "00_\(trace)-\(span)-01",
  ])
  func `what is no trace is ignored`(text: String) throws {
    #expect(try answer(.get, "/things", ["traceparent": text]).notes["trace_id"] == nil)
  }

  @Test func `nor are two of them`() throws {
    let text = "00-\(Self.trace)-\(Self.span)-01"
    #expect(try answer(.get, "/things", ["traceparent": text, "Traceparent": text]).notes["trace_id"] == nil)
  }
}
