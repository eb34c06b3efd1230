import Testing

@testable import HTTPServer

@Suite struct ReloadableTLSTests {
  private let files: TLSFiles
  private let loopback: Loopback

  init() throws {
    files = try TLSFiles()
    loopback = try Loopback()
  }

  /// A client that prints the server's certificate when it is told to go on.
  private func client(_ session: String) throws -> PythonClient {
    try PythonClient(
      files, port: loopback.port,
      session: """
        def certificate(s): return base64.b64encode(s.getpeercert(True)).decode()
        \(session)
        """)
  }

  @Test func `connections keep their certificate when new ones get another`() throws {
    let tls = try ReloadableTLS(files.configuration())
    let before = try files.base64("server.pem")
    let first = try client("s.sendall(b'1')\nprint(s.recv(1), certificate(s))")
    let old = try loopback.transport(tls.context)
    try old.completeHandshake()
    // A handshake that is under way when the files change goes on as it began.
    let second = try client("s.sendall(b'1')\nprint(s.recv(1), certificate(s))")
    let underWay = try loopback.transport(tls.context)

    try files.issue("server", subject: "/CN=localhost", extensions: "subjectAltName=DNS:localhost")
    let after = try files.base64("server.pem")
    try #require(after != before)
    try tls.reload()

    let third = try client("s.sendall(b'1')\nprint(s.recv(1), certificate(s))")
    let new = try loopback.transport(tls.context)
    try new.completeHandshake()
    try underWay.completeHandshake()
    for (transport, client, certificate) in [(old, first, before), (underWay, second, before), (new, third, after)] {
      #expect(try transport.next() == [0x31])
      try transport.writeAll([0x32])
      #expect(client.printed() == "b'2' \(certificate)\n")
    }
  }

  @Test func `what cannot be read changes nothing`() throws {
    let tls = try ReloadableTLS(files.configuration())
    let context = tls.context
    try files.makeStranger()
    try files.write(try files.text("stranger.key"), to: "server.key")
    let mismatch = TLSError.keyMismatch(
      keyPath: files.path("server.key"), certificatePath: files.path("server.pem"), "key values mismatch")
    #expect(throws: mismatch) { try tls.reload() }
    #expect(tls.context === context)
    let client = try client("s.sendall(b'1')\nprint(s.recv(1))")
    let transport = try loopback.transport(tls.context)
    try transport.completeHandshake()
    try transport.writeAll([0x32])
    #expect(client.printed() == "b'2'\n")

    try tls.reload(files.configuration("stranger"))
    #expect(tls.context.configuration == files.configuration("stranger"))
  }

  @Test(arguments: [true, false]) func `a session is resumed until the context changes`(_ reloads: Bool) throws {
    let tls = try ReloadableTLS(files.configuration())
    let client = try client(
      """
      s.recv(1)
      t = connect(session=s.session)
      t.recv(1)
      print(s.session_reused, t.session_reused)
      """)
    let first = try loopback.transport(tls.context)
    try first.completeHandshake()
    if reloads { try tls.reload() }
    try first.writeAll([0])
    let second = try loopback.transport(tls.context)
    try second.completeHandshake()
    try second.writeAll([0])
    #expect(client.printed() == "False \(reloads ? "False" : "True")\n")
  }
}
