import Testing

@testable import HTTPServer

@Suite struct TLSHandshakeTests {
  private let files: TLSFiles
  private let loopback: Loopback

  init() throws {
    files = try TLSFiles()
    loopback = try Loopback()
  }

  /// What the server says of a handshake, or nil if it is done.
  private func handshakeFailure(_ transport: TLSTransport) throws -> TransportError? {
    do {
      try transport.completeHandshake()
      return nil
    } catch let error as TransportError {
      return error
    }
  }

  @Test(arguments: [
    (TLSConfiguration.Version.tls1_2, "TLSv1_2", "TLSv1.2"), (.tls1_2, "TLSv1_3", "TLSv1.3"),
    (.tls1_3, "TLSv1_3", "TLSv1.3"),
  ])
  func `the newest version that both speak is spoken`(
    _ minimum: TLSConfiguration.Version, _ maximum: String, _ spoken: String
  ) throws {
    var configuration = files.configuration()
    configuration.minimumVersion = minimum
    let client = try PythonClient(
      files, port: loopback.port, setting: "context.maximum_version = ssl.TLSVersion.\(maximum)",
      session: "s.sendall(b'ping')\nprint(s.version(), s.recv(9))")
    let transport = try loopback.transport(try TLSContext(configuration))
    try transport.completeHandshake()
    #expect(try transport.next() == Array("ping".utf8))
    try transport.writeAll(Array("pong".utf8))
    #expect(transport.certificateSubject == nil)
    #expect(client.printed() == "\(spoken) b'pong'\n")
  }

  @Test(arguments: [(TLSConfiguration.Version.tls1_2, "TLSv1_1"), (.tls1_3, "TLSv1_2")])
  func `an older version is refused`(_ minimum: TLSConfiguration.Version, _ maximum: String) throws {
    var configuration = files.configuration()
    configuration.minimumVersion = minimum
    let client = try PythonClient(
      files, port: loopback.port,
      setting: """
        context.set_ciphers('ALL:@SECLEVEL=0')
        context.minimum_version = context.maximum_version = ssl.TLSVersion.\(maximum)
        """, session: "print(s.version())")
    let transport = try loopback.transport(try TLSContext(configuration))
    #expect(try handshakeFailure(transport) == .tls("unsupported protocol"))
    #expect(client.printed() == "failed: TLSV1_ALERT_PROTOCOL_VERSION\n")
  }

  @Test(arguments: [
    ("[]", "None"), ("['http/1.1']", "http/1.1"), ("['h2', 'http/1.1']", "http/1.1"),
    ("['http/1.1', 'h2']", "http/1.1"),
  ])
  func `of the protocols offered it is http/1.1, and none where none is offered`(
    _ offered: String, _ chosen: String
  ) throws {
    let client = try PythonClient(
      files, port: loopback.port, setting: "if \(offered): context.set_alpn_protocols(\(offered))",
      session: "print(s.selected_alpn_protocol())")
    try loopback.transport(try TLSContext(files.configuration())).completeHandshake()
    #expect(client.printed() == "\(chosen)\n")
  }

  @Test(arguments: ["h2", "http/1.0,spdy/3", "http/1.10"], ["-tls1_2", "-tls1_3"])
  func `a client that speaks only other protocols is told so`(_ offered: String, _ version: String) throws {
    let client = try Tool(
      "openssl", ["s_client", "-connect", "127.0.0.1:\(loopback.port)", "-alpn", offered, version])
    let transport = try loopback.transport(try TLSContext(files.configuration()))
    #expect(try handshakeFailure(transport) == .tls("no application protocol"))
    // RFC 7301 §3.2: no_application_protocol(120).
    #expect(client.finish().error.contains("SSL alert number 120"))
  }

  @Test func `the host name asked for does not matter`() throws {
    let client = try PythonClient(
      files, port: loopback.port, setting: "context.check_hostname = False",
      connection: "s = context.wrap_socket(plain(), server_hostname='another.example')", session: "print('done')")
    try loopback.transport(try TLSContext(files.configuration())).completeHandshake()
    #expect(client.printed() == "done\n")
  }

  @Test(arguments: [
    ("s.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')", "http request"),
    ("s.sendall(b'SSH-2.0-OpenSSH_9.2\\r\\n')", "wrong version number"),
    ("s.sendall(bytes(100))", "wrong version number"),
    ("s.sendall(b'\\x16\\x03\\x01\\x00\\x05' + b'\\xff' * 5)", "unexpected message"),
  ])
  func `what is no TLS is refused in OpenSSL's words`(_ deed: String, _ words: String) throws {
    let client = try PythonClient(files, port: loopback.port, connection: "s = plain()", session: deed)
    let transport = try loopback.transport(try TLSContext(files.configuration()))
    #expect(try handshakeFailure(transport) == .tls(words))
    // The failure stays.
    #expect(throws: TransportError.tls(words)) { try transport.next() }
    #expect(throws: TransportError.tls(words)) { try transport.writeAll([1]) }
    transport.closeWriting()
    #expect(client.printed() == "")
  }

  @Test func `a server flight larger than the socket's buffers waits for room`() throws {
    let chain = try files.text("server.crt") + String(repeating: try files.text("middle.crt"), count: 150)
    try files.write(chain, to: "long.pem")
    let configuration = TLSConfiguration(certificatePath: files.path("long.pem"), keyPath: files.path("server.key"))
    let client = try PythonClient(
      files, port: loopback.port,
      connection: """
        inner = socket.socket()
        inner.settimeout(20)
        inner.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        inner.connect(('127.0.0.1', port))
        received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
        s = context.wrap_bio(received, sent, server_hostname='localhost')
        """,
      session: """
        while True:
            try:
                s.do_handshake()
                break
            except ssl.SSLWantReadError:
                if sent.pending: inner.sendall(sent.read())
                time.sleep(0.01)
                received.write(inner.recv(1024))
        inner.sendall(sent.read())
        print('done')
        """)
    let transport = try loopback.transport(try TLSContext(configuration), sendBuffer: 4096)
    var waits = 0
    while try !transport.handshake() {
      if transport.waitsForRoom { waits += 1 }
      try #require(wait(for: transport.descriptor, transport.waitsForRoom ? 4 : 1))
    }
    #expect(waits > 0)
    #expect(!transport.waitsForRoom)
    #expect(client.printed() == "done\n")
  }
}
