import Base
import Foundation
import Glibc
import HTTPCore
import HTTPServer
import Testing

/// Bodies that come to be while they are sent.
struct StreamTests {
  private let get = "GET /a HTTP/1.1\r\nHost: here\r\n\r\n"
  private let piece = [UInt8](repeating: 0x70, count: 16 << 10)

  @Test func `what is written comes at once, in chunks, and the connection goes on after the last`() throws {
    let server = try StreamingServer()
    let client = try server.client()
    let head = try client.head()
    #expect(head.status == 200)
    #expect(head["transfer-encoding"] == "chunked")
    #expect(head["content-length"] == nil && head["connection"] == nil)
    let stream = try server.stream()
    for text in ["data: 1\n\n", "data: 2\n\n"] {
      #expect(stream.write(Array(text.utf8)))
      #expect(try client.chunk() == text)
    }
    // Nothing would be the last chunk.
    #expect(stream.write([]))
    #expect(stream.write([0x33]))
    #expect(try client.chunk() == "3")
    #expect(server.closed == 0)
    stream.end()
    #expect(try client.chunk() == nil)
    #expect(try eventually { server.closed == 1 })
    #expect(!stream.write([0x34]))
    try client.send(get)
    #expect(try client.response().text == "/a")
    #expect(try eventually { server.events.exchanges.count == 2 })
    let exchange = server.events.exchanges[0]
    #expect(exchange.isComplete && exchange.isStreamed && !server.events.exchanges[1].isStreamed)
    #expect(exchange.bytesOut == head.head.utf8.count + 2 * 14 + 6 + 5)
    #expect(server.server.bufferedBytes == 0)
  }

  @Test func `the last reference ends a stream`() throws {
    let server = try StreamingServer()
    let client = try server.client()
    do { try server.stream().write([0x31]) }
    _ = try client.head()
    #expect(try client.chunks() == "1")
    try client.send(get)
    #expect(try client.response().text == "/a")
  }

  @Test func `what was written before the answer is known, and in a burst, comes whole`() throws {
    let count = 10_000
    let closed = LockBox(0)
    let server = try RunningServer(receive: { _, _ in
      .gather(limit: 0) { _, responder in
        let stream = responder.stream(Response(.ok)) { closed.withLock { $0 += 1 } }
        for number in 0..<count { stream.write(Array("\(number)\n".utf8)) }
      }
    })
    let client = try RawClient(server.address)
    try client.send(get)
    _ = try client.head()
    #expect(try client.chunks() == (0..<count).map { "\($0)\n" }.joined())
    #expect(closed.withLock { $0 } == 1)
  }

  @Test func `requests behind a stream wait for its end`() throws {
    let server = try StreamingServer()
    let client = try server.client()
    try client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n\(get)")
    for text in ["one", "two"] {
      let stream = try server.stream()
      #expect(stream.write(Array(text.utf8)))
      _ = try client.head()
      #expect(try client.chunk() == text)
      #expect(server.events.began == (text == "one" ? 1 : 2))
      stream.end()
      #expect(try client.chunk() == nil)
    }
    #expect(try client.response().text == "/a")
  }

  @Test func `a client of HTTP 1 0 gets the bytes as they are, until the connection's end`() throws {
    let server = try StreamingServer()
    for text in ["data: 1\n\n", ""] {
      let client = try RawClient(server.address)
      try client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let stream = try server.stream()
      stream.write(Array(text.utf8))
      stream.end()
      let all = try client.receiveAll()
      #expect(all.contains("\r\nConnection: close\r\n") && !all.contains("Transfer-Encoding"))
      #expect(all.hasSuffix("\r\n\r\n\(text)"))
    }
    #expect(try eventually { server.events.exchanges.map(\.isComplete) == [true, true] })
    #expect(server.closed == 2)
  }

  @Test(arguments: [("HEAD", HTTPStatus.ok), ("GET", .noContent)])
  func `there is a head alone where there is no body, and the stream has ended`(_ method: String, _ status: HTTPStatus)
    throws
  {
    let server = try StreamingServer(status: status)
    let client = try RawClient(server.address)
    try client.send("\(method) /stream HTTP/1.1\r\nHost: h\r\n\r\n\(get)")
    let head = try client.response(toHEAD: true)
    #expect(head.status == status.code && head["content-length"] == nil)
    #expect(head["transfer-encoding"] == (status == .ok ? "chunked" : nil))
    #expect(try client.response().text == "/a")
    #expect(server.closed == 1)
    #expect(try server.stream().write([1]) == false)
    #expect(try eventually { server.events.exchanges.map(\.isComplete) == [true, true] })
  }

  @Test func `a client that wants the connection closed has it closed after the last chunk`() throws {
    let server = try StreamingServer()
    let client = try RawClient(server.address)
    try client.send("GET /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n\(get)")
    try server.stream().write([0x31])
    #expect(try client.head()["connection"] == "close")
    #expect(try client.chunks() == "1")
    #expect(try client.isAtEnd())
  }

  @Test func `a client that breaks off is noticed at once`() throws {
    let server = try StreamingServer()
    let client = try server.client()
    let stream = try server.stream()
    #expect(try client.head().status == 200)
    client.reset()
    #expect(try server.hasLetGo(of: 1))
    #expect(!stream.write([1]))
    #expect(server.events.exchanges.map(\.isComplete) == [false])
    #expect(server.events.exchanges.map(\.status) == [.ok])
  }

  @Test func `a client that goes without a word is noticed with the next that is written`() throws {
    let server = try StreamingServer()
    let stream: BodyStream
    do {
      let client = try server.client()
      stream = try server.stream()
      _ = try client.head()
    }
    #expect(try eventually { !stream.write([1]) })
    #expect(try server.hasLetGo(of: 1))
  }

  @Test func `a client that has closed its side is served all the same`() throws {
    let server = try StreamingServer()
    let client = try server.client()
    client.finishSending()
    let stream = try server.stream()
    _ = try client.head()
    for text in ["1", "2"] {
      #expect(stream.write(Array(text.utf8)))
      #expect(try client.chunk() == text)
    }
    stream.end()
    #expect(try client.chunk() == nil)
    #expect(try client.isAtEnd())
    #expect(server.events.exchanges.map(\.isComplete) == [true])
  }

  @Test func `a stream for one who is gone already is closed at once`() throws {
    let responders = LockBox<[Responder]>([])
    let server = try RunningServer(receive: { _, _ in
      .gather(limit: 0) { _, responder in responders.withLock { $0.append(responder) } }
    })
    let client = try RawClient(server.address)
    try client.send(get)
    #expect(try eventually { responders.withLock { !$0.isEmpty } })
    client.reset()
    #expect(try eventually { server.server.connections == 0 })
    let closed = LockBox(0)
    let stream = responders.withLock { $0[0] }.stream(Response(.ok)) { closed.withLock { $0 += 1 } }
    #expect(try eventually { closed.withLock { $0 } == 1 })
    #expect(!stream.write([1]))
    // One that has answered has nothing to stream to.
    #expect(!responders.withLock { $0[0] }.stream(Response(.ok)) { closed.withLock { $0 += 1 } }.write([1]))
    #expect(closed.withLock { $0 } == 2)
  }

  @Test func `a client that is too far behind is cut off`() throws {
    let server = try StreamingServer()
    let client = try server.client(receiveBuffer: 4096)
    let stream = try server.stream()
    var most = 0
    // The kernel takes some megabytes first.
    for _ in 0..<10_000 where stream.write(piece) { most = max(most, server.server.bufferedBytes) }
    #expect(!stream.write([1]))
    #expect(try server.hasLetGo(of: 1))
    // Chunks have a few bytes of their own.
    #expect(most <= 256 << 10 + 16)
    #expect(server.events.exchanges.map(\.isComplete) == [false])
    withExtendedLifetime(client) {}
  }

  @Test func `more at once than may wait cuts a client off`() throws {
    let server = try StreamingServer()
    let client = try server.client()
    let stream = try server.stream()
    #expect(!stream.write([UInt8](repeating: 1, count: 256 << 10 + 1)))
    #expect(try server.hasLetGo(of: 1))
    withExtendedLifetime(client) {}
  }

  /// Writes what the kernel takes for a client that takes nothing, until something has become of it.
  private func write(to stream: BodyStream, until condition: () -> Bool) throws {
    #expect(
      try eventually {
        // Never so much that the client would be cut off for that.
        while stream.waiting < 2 * piece.count, stream.write(piece) {}
        return condition()
      })
  }

  @Test func `a client that takes nothing within its time is cut off`() throws {
    let server = try StreamingServer({ $0.timeouts.write = .milliseconds(500) })
    let client = try server.client(receiveBuffer: 4096)
    let stream = try server.stream()
    try write(to: stream) { server.closed == 1 }
    #expect(try server.hasLetGo(of: 1))
    #expect(!stream.write([1]))
    withExtendedLifetime(client) {}
  }

  @Test func `a stream on which nothing happens is not cut off`() throws {
    let server = try StreamingServer({
      $0.timeouts.write = .milliseconds(200)
      $0.timeouts.idle = .milliseconds(200)
    })
    let client = try server.client()
    let stream = try server.stream()
    _ = try client.head()
    usleep(800_000)
    #expect(stream.write([0x31]))
    #expect(try client.chunk() == "1")
  }

  @Test func `a slow client gets all of it if no more waits than may`() throws {
    let server = try StreamingServer()
    let client = try server.client(receiveBuffer: 4096)
    let stream = try server.stream()
    let count = 8 << 20
    let writer = Thread {
      for _ in 0..<(count / piece.count) {
        while stream.waiting > 128 << 10 { usleep(1000) }
        guard stream.write(piece) else { return }
      }
      stream.end()
    }
    writer.start()
    _ = try client.head()
    #expect(try client.chunks().utf8.count == count)
    #expect(try eventually { server.server.bufferedBytes == 0 })
  }

  @Test func `what several threads write comes whole and in each one's order`() throws {
    let (threads, lines) = (8, 1000)
    let server = try StreamingServer()
    let client = try server.client()
    let stream = try server.stream()
    for thread in 0..<threads {
      let writer = Thread { for line in 0..<lines { stream.write(Array("\(thread) \(line)\n".utf8)) } }
      writer.start()
    }
    _ = try client.head()
    let length = (0..<threads).flatMap { thread in (0..<lines).map { "\(thread) \($0)\n".utf8.count } }.reduce(0, +)
    let received = try client.chunks(length).split(separator: "\n")
    for thread in 0..<threads {
      #expect(received.filter { $0.hasPrefix("\(thread) ") } == (0..<lines).map { "\(thread) \($0)" })
    }
    stream.end()
    #expect(try client.chunk() == nil)
  }

  @Test func `draining ends streams in order once the notice is over`() throws {
    let server = try StreamingServer()
    let (first, second) = (try server.client(), try server.client(version: "1.0"))
    let streams = [try server.stream(), try server.stream()]
    _ = (try first.head(), try second.head())
    let drained = Drained()
    server.server.drain(notice: .milliseconds(500), patience: .seconds(30), done: drained.finish)
    for stream in streams { #expect(stream.write([0x31])) }
    #expect(try first.chunk() == "1")
    let start = ContinuousClock.now
    #expect(try first.chunk() == nil)
    #expect(try first.isAtEnd())
    #expect(try second.receiveAll() == "1")
    first.finishSending()
    second.finishSending()
    #expect(drained.wait() == 0)
    #expect(ContinuousClock.now - start < .seconds(15))
    for stream in streams { #expect(!stream.write([0x32])) }
    #expect(server.closed == 2)
    #expect(server.events.exchanges.map(\.isComplete) == [true, true])
  }

  @Test func `a client that is behind does not hold up the end`() throws {
    let server = try StreamingServer({ $0.timeouts.linger = .milliseconds(200) })
    let client = try server.client(receiveBuffer: 4096)
    let stream = try server.stream()
    let drained = Drained()
    server.server.drain(notice: .seconds(1), patience: .seconds(25), done: drained.finish)
    try write(to: stream) { server.closed == 1 }
    #expect(drained.wait() == 0)
    #expect(try server.hasLetGo(of: 1))
    withExtendedLifetime(client) {}
  }

  @Test func `a stream goes through TLS, in both versions, and its client's end is noticed`() throws {
    let files = try TLSFiles()
    let server = try StreamingServer(tls: try ReloadableTLS(files.configuration()))
    let port = UInt16(server.address.split(separator: ":")[1])!
    for version in ["TLSv1_2", "TLSv1_3"] {
      let client = try PythonClient(
        files, port: port, setting: "context.maximum_version = ssl.TLSVersion.\(version)",
        session: """
          s.sendall(b'GET /stream HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n')
          received = b''
          while not received.endswith(b'\\r\\n0\\r\\n\\r\\n'):
              part = s.recv(50000)
              if not part: raise ValueError('cut off')
              received += part
          head, body = received.split(b'\\r\\n\\r\\n', 1)
          print(b'Transfer-Encoding: chunked' in head, body.count(b'p'))
          s.sendall(b'GET /stream HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n')
          print(s.recv(8))
          """)
      let stream = try server.stream()
      for _ in 0..<200 {
        while stream.waiting > 128 << 10 { usleep(1000) }
        try #require(stream.write(piece))
      }
      stream.end()
      let second = try server.stream()
      #expect(client.printed() == "True \(200 * piece.count)\nb'HTTP/1.1'\n")
      #expect(try eventually { !second.write([1]) })
      #expect(try eventually { server.server.connections == 0 && server.server.bufferedBytes == 0 })
    }
    #expect(server.closed == 4)
  }

  @Test func `answers that are changed are changed when they are streamed, too`() throws {
    let server = try RunningServer(receive: { _, _ in
      .gather(limit: 0) { _, responder in
        let changed = responder.changing { response in
          var response = response
          response.fields.set("X-Request-Id", "r1")
          response.notes["route"] = "/here"
          return response
        }
        changed.stream(Response(.ok, type: "text/plain", body: "dropped".utf8)).write([0x31])
      }
    })
    let client = try RawClient(server.address)
    try client.send(get)
    #expect(try client.head()["x-request-id"] == "r1")
    #expect(try client.chunks() == "1")
    #expect(try eventually { server.events.exchanges.map(\.notes) == [["route": "/here"]] })
  }
}
