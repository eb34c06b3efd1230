import Base
import Foundation
import HTTPCore
import HTTPServer
import Testing

/// What a client sees of a connection, over real sockets.
struct ConnectionTests {
  private let get = "GET /a HTTP/1.1\r\nHost: here\r\n\r\n"

  @Test func `a request is answered and the connection goes on`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    for _ in 0..<3 {
      try client.send(get)
      let response = try client.response()
      #expect(response.status == 200)
      #expect(response.text == "/a")
      #expect(response["connection"] == nil)
      #expect(response["content-length"] == "2")
      #expect(response["date"]?.hasSuffix(" GMT") == true)
    }
    #expect(server.events.opened == 1)
  }

  @Test func `bytes one by one are as good as all at once`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    for byte in "POST /b HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello\(get)".utf8 {
      try client.send([byte])
    }
    #expect(try client.response().text == "hello")
    #expect(try client.response().text == "/a")
  }

  @Test func `requests sent ahead are answered in order, whoever is quicker`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    let targets = (0..<200).map { $0 % 3 == 0 ? "/later-\($0)" : "/at-once-\($0)" }
    try client.send(targets.map { "GET \($0) HTTP/1.1\r\nHost: here\r\n\r\n" }.joined())
    for target in targets { #expect(try client.response().text == target) }
  }

  @Test func `ten thousand requests sent ahead in one go are all answered`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    let count = 10_000
    let all = String(repeating: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", count: count)
    let sender = Thread { try? client.send(all) }
    sender.start()
    for _ in 0..<count { #expect(try client.response().text == "/") }
  }

  @Test func `a chunked body arrives whole, with its trailer`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n")
    try client.send("X-Trailer: yes\r\n\r\n\(get)")
    #expect(try client.response().text == "abcde yes")
    #expect(try client.response().text == "/a")
  }

  @Test func `a client that waits for 100 gets it, then the answer`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    #expect(try client.response().head == "HTTP/1.1 100 Continue\r\n\r\n")
    try client.send("body")
    #expect(try client.response().text == "body")
  }

  @Test func `a client that waits for 100 and is refused gets no 100, and the connection is closed`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("POST /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    let response = try client.response()
    #expect(response.status == 403)
    #expect(response["connection"] == "close")
    #expect(try client.isAtEnd())
  }

  @Test func `a short body that nobody wants is read over, and the connection goes on`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("POST /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody\(get)")
    #expect(try client.response().status == 403)
    #expect(try client.response().text == "/a")
  }

  @Test func `a long body that nobody wants is not waited for, and the answer arrives all the same`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    let length = 512 << 10
    try client.send("POST /refused HTTP/1.1\r\nHost: h\r\nContent-Length: \(length)\r\n\r\n")
    try client.send([UInt8](repeating: 0, count: length))
    let response = try client.response()
    #expect(response.status == 403)
    #expect(response["connection"] == "close")
    client.finishSending()
    #expect(try client.isAtEnd())
  }

  @Test func `HEAD is answered with the length of the body it does not get`() throws {
    let server = try RunningServer(receive: { _, _ in .answer(Response(.ok, type: "text/plain", body: "four".utf8)) })
    let client = try RawClient(server.address)
    try client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n\(get)")
    #expect(try client.response(toHEAD: true)["content-length"] == "4")
    #expect(try client.response().text == "four")
  }

  @Test(arguments: [
    ("GET / HTTP/1.0\r\n\r\n", "close"),
    ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive"),
    ("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "close"),
  ])
  func `a client's wish for the connection is followed`(request: String, connection: String) throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send(request)
    #expect(try client.response()["connection"] == connection)
    if connection == "close" {
      #expect(try client.isAtEnd())
    } else {
      try client.send(request)
      #expect(try client.response().status == 200)
    }
  }

  @Test func `a client that has closed its side is answered`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    client.finishSending()
    #expect(try client.receiveAll().hasSuffix("/later"))
  }

  @Test func `a large answer to a slow reader arrives whole`() throws {
    let body = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let server = try RunningServer(receive: { _, _ in
      .answer(Response(.ok, type: "application/octet-stream", body: body))
    })
    let client = try RawClient(server.address, receiveBuffer: 4096)
    try client.send("\(get)\(get)")
    #expect(try client.response().body == body)
    #expect(try client.response().body == body)
  }

  @Test func `a request that is not answered by anybody is answered with 500`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("GET /never HTTP/1.1\r\nHost: h\r\n\r\n\(get)")
    #expect(try client.response().status == 500)
    #expect(try client.response().text == "/a")
  }

  @Test func `what is no request is answered with a problem, and the connection is closed`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n\(get)")
    let response = try client.response()
    #expect(response.status == 400)
    #expect(response["content-type"] == "application/problem+json")
    #expect(response["connection"] == "close")
    #expect(try client.isAtEnd())
  }

  @Test func `what follows a request that closes is not answered`() throws {
    let server = try RunningServer()
    for request in ["GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"] {
      let client = try RawClient(server.address)
      try client.send("\(request)\(get)")
      let all = try client.receiveAll()
      #expect(all.ranges(of: "\r\nDate: ").count == 1)
    }
  }

  @Test func `a HEAD that is refused has no content`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("HEAD / HTTP/1.1\r\n\r\n")
    let all = try client.receiveAll()
    #expect(all.hasPrefix("HTTP/1.1 400 "))
    #expect(all.hasSuffix("\r\n\r\n"))
  }

  @Test func `https is not answered where others can read along`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("GET https://h/a HTTP/1.1\r\nHost: h\r\n\r\nGET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try client.response().status == 421)
    #expect(try client.response().text == "/a")
    // Whoever counts what is in work counts the one that was refused, too.
    #expect(server.events.began == 2)
  }

  @Test func `a chunked body that is not finished never reaches the handler`() throws {
    let reached = LockBox(false)
    let server = try RunningServer(receive: { _, _ in
      .gather(limit: 100) { _, responder in
        reached.withLock { $0 = true }
        responder.respond(Response(.ok))
      }
    })
    let client = try RawClient(server.address)
    try client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    client.finishSending()
    #expect(try client.isAtEnd())
    #expect(reached.withLock { $0 } == false)
  }

  @Test func `a client that goes in the middle of its body leaves nothing behind`() throws {
    let server = try RunningServer()
    for reset in [true, false] {
      let client = try RawClient(server.address)
      try client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n")
      try client.send([UInt8](repeating: 1, count: 50_000))
      #expect(try eventually { server.server.bufferedBytes >= 50_000 })
      if reset { client.reset() } else { client.finishSending() }
      #expect(try eventually { server.server.connections == 0 })
    }
    #expect(server.server.bufferedBytes == 0)
    #expect(server.events.exchanges.map(\.isComplete) == [false, false])
    #expect(server.events.exchanges.map(\.status) == [nil, nil])
  }

  @Test func `a client that goes before its answer is let go of`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    client.reset()
    #expect(try eventually { server.server.connections == 0 })
  }

  @Test func `an exchange is told with its sizes and times`() throws {
    let server = try RunningServer()
    let client = try RawClient(server.address)
    try client.send("POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n")
    usleep(30000)
    try client.send("body")
    let response = try client.response()
    #expect(try eventually { server.events.exchanges.count == 1 })
    let exchange = server.events.exchanges[0]
    #expect(exchange.head?.method == .post)
    #expect(exchange.status == .ok)
    #expect(exchange.bytesIn == 4)
    #expect(exchange.bytesOut == response.head.utf8.count + 4)
    #expect(exchange.reading >= .milliseconds(25))
    #expect(exchange.waiting >= .milliseconds(5))
    #expect(exchange.peer.address == "127.0.0.1")
    #expect(exchange.isComplete)
  }
}
