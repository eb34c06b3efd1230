import Testing

@testable import HTTPServer

@Suite struct ClientCertificateTests {
  private let files: TLSFiles
  private let loopback: Loopback

  init() throws {
    files = try TLSFiles()
    loopback = try Loopback()
    try files.issue(
      "client", subject: "/DC=example/O=Street, Signs/CN=J\u{FC}rgen \"x\"", extensions: "extendedKeyUsage=clientAuth")
    try files.issue("other", subject: "/CN=other", extensions: "extendedKeyUsage=serverAuth")
    try files.makeStranger()
  }

  private func context(_ authentication: TLSConfiguration.ClientAuthentication) throws -> TLSContext {
    var configuration = files.configuration()
    configuration.clientAuthentication = authentication
    configuration.clientAuthorityPath = files.path("root.crt")
    return try TLSContext(configuration)
  }

  /// The peer's subject, or why there is no connection.
  private func subject(
    _ authentication: TLSConfiguration.ClientAuthentication, certificate: String?, version: String
  ) throws -> String? {
    let client = try PythonClient(
      files, port: loopback.port,
      setting: """
        context.maximum_version = ssl.TLSVersion.\(version)
        \(certificate.map { "context.load_cert_chain(files + '\($0).pem', files + '\($0).key')" } ?? "")
        """, session: "s.recv(1)")
    defer { _ = client.printed() }
    let transport = try loopback.transport(try context(authentication))
    do {
      try transport.completeHandshake()
    } catch TransportError.tls(let words) {
      return "refused: \(words)"
    }
    return transport.certificateSubject
  }

  // RFC 2253: the last part first, special characters escaped, other than ASCII in hexadecimal.
  private static let name = #"CN=J\C3\BCrgen \"x\",O=Street\, Signs,DC=example"#
  private static let unknown = "refused: certificate verify failed: self-signed certificate"
  private static let unsuitable = "refused: certificate verify failed: unsuitable certificate purpose"

  private static let cases: [(TLSConfiguration.ClientAuthentication, certificate: String?, subject: String?)] = [
    (.none, nil, nil),
    (.none, "client", nil),
    (.none, "stranger", nil),
    (.optional, nil, nil),
    (.optional, "client", name),
    (.optional, "stranger", unknown),
    (.optional, "other", unsuitable),
    (.required, nil, "refused: peer did not return a certificate"),
    (.required, "client", name),
    (.required, "stranger", unknown),
    (.required, "other", unsuitable),
  ]

  @Test(arguments: ["TLSv1_2", "TLSv1_3"])
  func `a client is who its certificate says, or is refused`(_ version: String) throws {
    for (authentication, certificate, expected) in Self.cases {
      #expect(
        try subject(authentication, certificate: certificate, version: version) == expected,
        "\(authentication), \(certificate ?? "none")")
    }
  }

  @Test func `an expired certificate of a client is refused`() throws {
    try files.issue("client", subject: "/CN=late", days: -1)
    #expect(
      try subject(.optional, certificate: "client", version: "TLSv1_3")
        == "refused: certificate verify failed: certificate has expired")
  }

  @Test(arguments: ["TLSv1_2", "TLSv1_3"])
  func `the authorities' names are sent, so that a client can choose`(_ version: String) throws {
    let client = try Tool(
      "openssl",
      [
        "s_client", "-connect", "127.0.0.1:\(loopback.port)", version == "TLSv1_2" ? "-tls1_2" : "-tls1_3",
      ])
    let transport = try loopback.transport(try context(.optional))
    try transport.completeHandshake()
    try client.say("Q\n")
    let output = client.finish().output
    #expect(output.contains("Acceptable client certificate CA names\nCN = root\n"), "\(output)")
  }

  @Test(arguments: ["TLSv1_2", "TLSv1_3"])
  func `a resumed session still knows the client`(_ version: String) throws {
    let context = try context(.required)
    let client = try PythonClient(
      files, port: loopback.port,
      setting: """
        context.maximum_version = ssl.TLSVersion.\(version)
        context.load_cert_chain(files + 'client.pem', files + 'client.key')
        """,
      session: """
        s.recv(1)
        t = connect(session=s.session)
        t.recv(1)
        print(s.session_reused, t.session_reused)
        """)
    var subjects: [String?] = []
    for _ in 0..<2 {
      let transport = try loopback.transport(context)
      try transport.completeHandshake()
      try transport.writeAll([1])
      subjects.append(transport.certificateSubject)
    }
    #expect(subjects == [Self.name, Self.name])
    #expect(client.printed() == "False True\n")
  }
}
