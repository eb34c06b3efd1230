import Glibc
import HTTPCore
import HTTPServer
import Testing

/// Limits and times that a server holds its clients to.
struct LimitTests {
  private let get = "GET /a HTTP/1.1\r\nHost: here\r\n\r\n"

  @Test func `a body above the route's limit is refused by what it claims`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n")
    #expect(try client.response().status == 413)
    #expect(try client.isAtEnd())
  }

  @Test func `a chunked body above the route's limit is refused when it gets there`() throws {
    let server = try RunningServer(receive: { _, _ in .gather(limit: 10) { $1.respond(Response(.ok, body: $0.body)) } })
    let client = try RawClient(server.address)
    try client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n")
    #expect(try client.response().status == 413)
    #expect(try client.isAtEnd())
  }

  @Test func `a body of exactly the limit is taken`() throws {
    let server = try RunningServer(receive: { _, _ in .gather(limit: 10) { $1.respond(Response(.ok, body: $0.body)) } })
    let client = try RawClient(server.address)
    try client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n")
    #expect(try client.response().text == "0123456789")
  }

  @Test func `bodies have room for the configured bytes in all, then wait for others to go`() throws {
    let server = try RunningServer({ $0.bufferedBytes = 300_000 })
    let first = try RawClient(server.address)
    try first.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n")
    try first.send([UInt8](repeating: 1, count: 199_999))
    #expect(try eventually { server.server.bufferedBytes == 199_999 })
    let second = try RawClient(server.address)
    try second.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n")
    let refusal = try second.response()
    #expect(refusal.status == 503)
    #expect(refusal["retry-after"] == "1")
    try first.send([1])
    #expect(try first.response().body.count == 200_000)
    #expect(try eventually { server.server.bufferedBytes == 0 })
    let third = try RawClient(server.address)
    try third.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody")
    #expect(try third.response().text == "body")
  }

  @Test func `a chunked body cannot take more than there is in all`() throws {
    let server = try RunningServer({ $0.bufferedBytes = 100_000 })
    let client = try RawClient(server.address)
    try client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n")
    try client.send([UInt8](repeating: 1, count: 150_000))
    #expect(try client.response().status == 503)
  }

  @Test func `one connection too many is told so`() throws {
    let server = try RunningServer({ $0.connections = 2 })
    let clients = try (0..<2).map { _ in try RawClient(server.address) }
    for client in clients {
      try client.send(get)
      #expect(try client.response().status == 200)
    }
    let third = try RawClient(server.address)
    let refusal = try third.response()
    #expect(refusal.status == 503)
    #expect(refusal["retry-after"] == "1")
    #expect(try third.isAtEnd())
    #expect(server.events.refusals == [.connectionLimit])
    clients[0].reset()
    #expect(try eventually { server.server.connections == 1 })
    let fourth = try RawClient(server.address)
    try fourth.send(get)
    #expect(try fourth.response().status == 200)
  }

  @Test func `one connection of an address too many is told so, and other addresses are served`() throws {
    let server = try RunningServer(
      { $0.connectionsPerAddress = 1 }, at: [.tcp(host: "127.0.0.1", port: 0), .tcp(host: "::1", port: 0)])
    let first = try RawClient(server.address)
    try first.send(get)
    #expect(try first.response().status == 200)
    let second = try RawClient(server.address)
    #expect(try second.response().status == 429)
    let other = try RawClient(server.addresses[1])
    try other.send(get)
    #expect(try other.response().status == 200)
    #expect(server.events.refusals == [.addressLimit])
  }

  @Test func `a connection is closed after its last request`() throws {
    let server = try RunningServer({ $0.requestsPerConnection = 2 })
    let client = try RawClient(server.address)
    try client.send("\(get)\(get)\(get)")
    #expect(try client.response()["connection"] == nil)
    #expect(try client.response()["connection"] == "close")
    #expect(try client.isAtEnd())
  }

  @Test func `a head that comes too slowly is answered with 408, however steadily it comes`() throws {
    let server = try RunningServer({ $0.timeouts.header = .milliseconds(400) })
    let client = try RawClient(server.address)
    for byte in get.utf8.prefix(12) {
      guard (try? client.send([byte])) != nil else { break }
      usleep(50000)
    }
    let response = try client.response()
    #expect(response.status == 408)
    #expect(response["connection"] == "close")
  }

  @Test func `a body that comes too slowly is answered with 408`() throws {
    let server = try RunningServer({ $0.timeouts.body = .milliseconds(300) })
    let client = try RawClient(server.address)
    try client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345")
    #expect(try client.response().status == 408)
    #expect(try client.isAtEnd())
    #expect(server.events.exchanges.map(\.status) == [.requestTimeout])
  }

  @Test func `a connection without a request is closed in silence`() throws {
    let server = try RunningServer({ $0.timeouts.idle = .milliseconds(200) })
    let fresh = try RawClient(server.address)
    #expect(try fresh.isAtEnd())
    let used = try RawClient(server.address)
    try used.send(get)
    #expect(try used.response().status == 200)
    #expect(try used.isAtEnd())
    #expect(server.events.exchanges.count == 1)
  }

  @Test func `a client that does not take its answer is cut off`() throws {
    let body = [UInt8](repeating: 7, count: 32 << 20)
    let server = try RunningServer({ $0.timeouts.write = .milliseconds(300) }) { _, _ in
      .answer(Response(.ok, type: "application/octet-stream", body: body))
    }
    let client = try RawClient(server.address, receiveBuffer: 4096)
    try client.send(get)
    #expect(try eventually { server.events.exchanges.map(\.isComplete) == [false] })
    // It is told first, and let go of then.
    #expect(try eventually { server.server.connections == 0 && server.server.bufferedBytes == 0 })
  }

  @Test func `a thousand slow clients do not keep others waiting`() throws {
    let server = try RunningServer()
    let slow = try (0..<1000).map { _ in try RawClient(server.address) }
    for client in slow { try client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nslow") }
    #expect(try eventually { server.server.connections == 1000 })
    let quick = try RawClient(server.address)
    for _ in 0..<100 {
      try quick.send(get)
      #expect(try quick.response().status == 200)
    }
    for client in slow { try client.send([UInt8](repeating: 0x78, count: 96)) }
    for client in slow { #expect(try client.response().body.count == 100) }
  }
}
