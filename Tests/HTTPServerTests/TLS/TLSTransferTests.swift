import Glibc
import Testing

@testable import HTTPServer

@Suite struct TLSTransferTests {
  private let files: TLSFiles
  private let loopback: Loopback
  private let context: TLSContext

  init() throws {
    files = try TLSFiles()
    loopback = try Loopback()
    context = try TLSContext(files.configuration())
  }

  private func established(sendBuffer: Int32? = nil) throws -> TLSTransport {
    let transport = try loopback.transport(context, sendBuffer: sendBuffer)
    try transport.completeHandshake()
    return transport
  }

  @Test(arguments: ["TLSv1_2", "TLSv1_3"])
  func `a megabyte goes both ways at once through small buffers`(_ version: String) throws {
    let count = 1_000_001
    let client = try PythonClient(
      files, port: loopback.port, setting: "context.maximum_version = ssl.TLSVersion.\(version)",
      connection: """
        inner = socket.socket()
        inner.settimeout(20)
        inner.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        inner.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
        inner.connect(('127.0.0.1', port))
        s = context.wrap_socket(inner, server_hostname='localhost')
        inner = None
        """,
      session: """
        data = b''.join(struct.pack('>I', i * 2654435761 & 0xffffffff) for i in range(\(count) // 4 + 1))[:\(count)]
        threading.Thread(target=s.sendall, args=(data,), daemon=True).start()
        time.sleep(0.3)
        received = bytearray()
        while len(received) < len(data):
            part = s.recv(50000)
            if not part: raise ValueError('cut off')
            received += part
        print(received == data)
        """)
    // What comes goes back.
    let transport = try established(sendBuffer: 16384)
    var (pending, received, blocked) = ([UInt8](), 0, 0)
    var buffer = [UInt8](repeating: 0, count: 40_000)
    while received < count || !pending.isEmpty {
      let outcome = try buffer.withUnsafeMutableBytes { try transport.read(into: $0) }
      try #require(outcome != .end)
      if case .bytes(let count, _) = outcome {
        pending += buffer[..<count]
        received += count
      }
      let taken = try pending.withUnsafeBytes { try transport.write($0) }
      pending.removeFirst(taken)
      guard outcome == .wouldBlock else { continue }
      if !pending.isEmpty { blocked += 1 }
      try #require(wait(for: transport.descriptor, pending.isEmpty ? 1 : 5))
    }
    #expect(blocked > 0)
    #expect(client.printed() == "True\n")
  }

  @Test func `a read takes several records and says when there are no more`() throws {
    let client = try PythonClient(
      files, port: loopback.port, session: "for i in range(40): s.sendall(bytes([i]) * 1000)\ns.recv(1)")
    let transport = try established()
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 100_000)
    while received.count < 40_000 {
      guard case .bytes(let count, let isLast) = try buffer.withUnsafeMutableBytes({ try transport.read(into: $0) })
      else {
        try #require(wait(for: transport.descriptor, 1))
        continue
      }
      #expect(isLast)
      received += buffer[..<count]
    }
    #expect(received == (0..<40).flatMap { [UInt8](repeating: $0, count: 1000) })
    #expect(try buffer.withUnsafeMutableBytes { try transport.read(into: $0) } == .wouldBlock)
    try transport.writeAll([0])
    _ = client.printed()
  }

  @Test func `what does not fit into the buffer is there at the next read`() throws {
    let client = try PythonClient(files, port: loopback.port, session: "s.sendall(bytes(range(100)))\ns.recv(1)")
    let transport = try established()
    var received = try #require(try transport.next(7))
    #expect(received == Array(0..<7))
    while received.count < 100 {
      // No event announces it: OpenSSL has it already.
      var buffer = [UInt8](repeating: 0, count: 31)
      let outcome = try buffer.withUnsafeMutableBytes { try transport.read(into: $0) }
      guard case .bytes(let count, _) = outcome else { break }
      received += buffer[..<count]
    }
    #expect(received == Array(0..<100))
    try transport.writeAll([0])
    _ = client.printed()
  }

  @Test(arguments: ["s.unwrap()", "s.close()", "s.shutdown(socket.SHUT_WR)", "s.detach()"], ["TLSv1_2", "TLSv1_3"])
  func `the end is the end, with close_notify or without`(_ deed: String, _ version: String) throws {
    let client = try PythonClient(
      files, port: loopback.port, setting: "context.maximum_version = ssl.TLSVersion.\(version)",
      session: "s.recv(1)\ns.sendall(b'last')\n\(deed)")
    let transport = try established()
    // What the client leaves unread, tickets too, would make its end a reset.
    try transport.writeAll([0])
    #expect(try transport.rest() == Array("last".utf8))
    #expect(try transport.next() == nil)
    transport.closeWriting()
    _ = client.printed()
  }

  @Test func `a reset is a failed system call, on reading and on writing`() throws {
    let client = try PythonClient(
      files, port: loopback.port,
      session: """
        s.recv(1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        s.close()
        """)
    let transport = try established()
    try transport.writeAll([0])
    #expect(throws: TransportError.system(SystemError("TLS read", code: 104))) { try transport.next() }
    #expect(throws: TransportError.system(SystemError("TLS read", code: 104))) { try transport.writeAll([1]) }
    #expect(client.printed() == "")
  }

  @Test func `writing to one who is gone fails and raises no signal`() throws {
    let client = try PythonClient(files, port: loopback.port, session: "s.unwrap()")
    let transport = try established()
    #expect(try transport.next() == nil)
    // Its close_notify is answered, so that it goes.
    _ = try? transport.writeAll([1])
    transport.closeWriting()
    _ = client.printed()
    let error = #expect(throws: TransportError.self) {
      for _ in 0..<100 {
        try transport.writeAll([UInt8](repeating: 1, count: 10_000))
        usleep(1000)
      }
    }
    #expect(error == .system(SystemError("TLS write", code: 32)) || error == .tls("protocol is shutdown"))
  }

  @Test func `after the end of writing what the other side sends can still be read`() throws {
    let client = try PythonClient(
      files, port: loopback.port,
      session: """
        print(s.recv(10), s.recv(10))
        s.sendall(b'after')
        s.close()
        """)
    let transport = try established()
    try transport.writeAll(Array("before".utf8))
    transport.closeWriting()
    // Not a cut-off stream: Python would raise SSLEOFError.
    #expect(try transport.rest() == Array("after".utf8))
    #expect(client.printed() == "b'before' b''\n")
  }

  @Test func `a transport that goes says so`() throws {
    let client = try PythonClient(files, port: loopback.port, session: "print(s.recv(10))")
    do { _ = try established() }
    #expect(client.printed() == "b''\n")
  }

  @Test func `close_notify waits for room, and is sent when there is some`() throws {
    let listener = try Loopback(path: files.path("socket"))
    let client = try PythonClient(
      files, port: 0,
      connection: """
        inner = socket.socket(socket.AF_UNIX)
        inner.settimeout(20)
        inner.connect(files + 'socket')
        s = context.wrap_socket(inner, server_hostname='localhost', suppress_ragged_eofs=False)
        """,
      session: """
        s.sendall(b'ready')
        sys.stdin.readline()
        count = 0
        while True:
            part = s.recv(50000)
            if not part: break
            count += len(part)
        print(count)
        """)
    let transport = try listener.transport(context)
    try transport.completeHandshake()
    #expect(try transport.next() == Array("ready".utf8))
    try transport.writeAll([UInt8](repeating: 7, count: 60_000))
    // Less than what waits to be read: there is no room even for an alert.
    var size: Int32 = 1
    setsockopt(transport.descriptor, SOL_SOCKET, SO_SNDBUF, &size, 4)
    transport.closeWriting()
    #expect(transport.waitsForRoom)
    try client.say("\n")
    var buffer = [UInt8](repeating: 0, count: 100)
    while transport.waitsForRoom {
      try #require(wait(for: transport.descriptor, 4))
      _ = try buffer.withUnsafeMutableBytes { try transport.read(into: $0) }
    }
    #expect(client.printed() == "60000\n")
  }

  @Test(arguments: [("-tls1_2", "R\n", "no renegotiation"), ("-tls1_3", "k\n", ""), ("-tls1_3", "K\n", "")])
  func `keys are updated and nothing is renegotiated`(_ version: String, _ command: String, _ words: String) throws {
    let client = try Tool("openssl", ["s_client", "-connect", "127.0.0.1:\(loopback.port)", version])
    let transport = try established()
    try client.say("one\n")
    #expect(try transport.next() == Array("one\n".utf8))
    try client.say(command)
    if words.isEmpty {
      // The command is one only if it comes alone.
      usleep(200_000)
      try client.say("two\n")
      #expect(try transport.next() == Array("two\n".utf8))
      try transport.writeAll(Array("three\n".utf8))
    } else {
      // It gives up then.
      #expect(throws: TransportError.tls("sslv3 alert handshake failure")) { try transport.next() }
    }
    transport.closeWriting()
    let outcome = client.finish()
    #expect(words.isEmpty ? outcome.output.contains("three\n") : outcome.error.contains(words), "\(outcome)")
  }
}
