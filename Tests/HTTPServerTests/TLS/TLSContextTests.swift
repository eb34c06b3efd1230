import Base
import Foundation
import Testing

@testable import HTTPServer

@Suite struct TLSContextTests {
  private let files: TLSFiles

  init() throws {
    files = try TLSFiles()
    try files.makeStranger()
    try files.makeStranger("rsa", key: ["-newkey", "rsa:2048", "-nodes"])
    try files.makeStranger("weak", key: ["-newkey", "rsa:1024", "-nodes"])
    try files.openssl(
      "pkey", "-in", files.path("server.key"), "-aes256", "-passout", "pass:x", "-out", files.path("secret.key"))
    try files.openssl(
      "ec", "-in", files.path("server.key"), "-aes256", "-passout", "pass:x", "-out", files.path("old.key"))
    try files.openssl("x509", "-in", files.path("server.crt"), "-outform", "DER", "-out", files.path("server.der"))
    try files.write("", to: "empty.pem")
    let lines = try files.text("server.pem").split(separator: "\n")
    try files.write(lines.dropLast(3).joined(separator: "\n"), to: "cut.pem")
    try files.write(lines.map { $0.hasPrefix("MII") ? "?" + $0 : String($0) }.joined(separator: "\n"), to: "bad.pem")
    try files.write(try files.text("server.pem").replacing("\nMII", with: "\nMIA"), to: "other.pem")
  }

  /// The files' names, and what is wrong with which.
  private static let wrong: [(certificate: String, key: String, error: @Sendable (TLSFiles) -> TLSError)] = [
    ("none.pem", "server.key", { .unreadable(path: $0.path("none.pem"), .failed(call: "open", code: ENOENT)) }),
    ("server.pem", "none.key", { .unreadable(path: $0.path("none.key"), .failed(call: "open", code: ENOENT)) }),
    (".", "server.key", { .unreadable(path: $0.path("."), .notRegular) }),
    ("empty.pem", "server.key", { .noCertificate(path: $0.path("empty.pem"), "no start line") }),
    ("server.der", "server.key", { .noCertificate(path: $0.path("server.der"), "no start line") }),
    ("server.key", "server.key", { .noCertificate(path: $0.path("server.key"), "no start line") }),
    ("cut.pem", "server.key", { .noCertificate(path: $0.path("cut.pem"), "bad end line") }),
    ("bad.pem", "server.key", { .noCertificate(path: $0.path("bad.pem"), "bad base64 decode") }),
    ("weak.pem", "weak.key", { .refusedCertificate(path: $0.path("weak.pem"), "ee key too small") }),
    ("server.pem", "server.pem", { .noKey(path: $0.path("server.pem"), "unsupported") }),
    ("server.pem", "empty.pem", { .noKey(path: $0.path("empty.pem"), "unsupported") }),
    ("server.pem", "secret.key", { .encryptedKey(path: $0.path("secret.key")) }),
    ("server.pem", "old.key", { .encryptedKey(path: $0.path("old.key")) }),
    (
      "server.pem", "stranger.key",
      { .keyMismatch(keyPath: $0.path("stranger.key"), certificatePath: $0.path("server.pem"), "key values mismatch") }
    ),
    (
      "server.pem", "rsa.key",
      {
        .keyMismatch(
          keyPath: $0.path("rsa.key"), certificatePath: $0.path("server.pem"),
          "different key types; key type mismatch")
      }
    ),
  ]

  @Test func `what is wrong with a file is said with its name and in OpenSSL's words`() throws {
    for (certificate, key, error) in Self.wrong {
      let configuration = TLSConfiguration(certificatePath: files.path(certificate), keyPath: files.path(key))
      #expect(throws: error(files)) { try TLSContext(configuration) }
    }
  }

  @Test(arguments: [
    (TLSError.unreadable(path: "a.pem", .notRegular), "a.pem: not a regular file"),
    (
      .noCertificate(path: "a.pem", "no start line"),
      "a.pem: no certificate in PEM form (-----BEGIN CERTIFICATE-----): no start line"
    ),
    (
      .keyMismatch(keyPath: "a.key", certificatePath: "a.pem", "key values mismatch"),
      "a.key: not the private key of the certificate in a.pem: key values mismatch"
    ),
    (
      .encryptedKey(path: "a.key"),
      "a.key: the private key is encrypted, and there is nobody to ask for its passphrase; store it without one "
        + "(openssl pkey -in FILE -out FILE) and readable to this server alone"
    ),
  ])
  func `an error says which file, what is wrong and what would be right`(_ error: TLSError, _ text: String) {
    #expect(error.description == text)
  }

  @Test func `a certificate of damaged content is refused`() throws {
    var configuration = files.configuration()
    configuration.certificatePath = files.path("other.pem")
    let error = #expect(throws: TLSError.self) { try TLSContext(configuration) }
    guard case .noCertificate(files.path("other.pem"), _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `clients cannot be asked for certificates that nobody vouches for`() throws {
    var configuration = files.configuration()
    configuration.clientAuthentication = .required
    #expect(throws: TLSError.noClientAuthority) { try TLSContext(configuration) }
    configuration.clientAuthorityPath = files.path("none.crt")
    #expect(throws: TLSError.unreadable(path: files.path("none.crt"), .failed(call: "open", code: ENOENT))) {
      try TLSContext(configuration)
    }
    configuration.clientAuthorityPath = files.path("server.key")
    #expect(throws: TLSError.noCertificate(path: files.path("server.key"), "no start line")) {
      try TLSContext(configuration)
    }
    configuration.clientAuthentication = .none
    _ = try TLSContext(configuration)
  }

  @Test func `keys are read in their older forms too`() throws {
    try files.openssl("ec", "-in", files.path("server.key"), "-out", files.path("sec1.key"))
    try files.openssl("rsa", "-in", files.path("rsa.key"), "-traditional", "-out", files.path("pkcs1.key"))
    #expect(try files.text("sec1.key").hasPrefix("-----BEGIN EC PRIVATE KEY-----"))
    #expect(try files.text("pkcs1.key").hasPrefix("-----BEGIN RSA PRIVATE KEY-----"))
    for (certificate, key) in [("server.pem", "sec1.key"), ("rsa.pem", "pkcs1.key")] {
      _ = try TLSContext(TLSConfiguration(certificatePath: files.path(certificate), keyPath: files.path(key)))
    }
  }

  @Test func `a certificate and its key may be one file`() throws {
    try files.write(try files.text("server.key") + files.text("server.pem"), to: "both.pem")
    let path = files.path("both.pem")
    _ = try TLSContext(TLSConfiguration(certificatePath: path, keyPath: path))
  }

  @Test func `the first certificate to expire says when the context does`() throws {
    try files.issue("long", subject: "/CN=long", days: 30)
    let long = try TLSContext(files.configuration("long"))
    let inADay = Date.now.addingTimeInterval(86_400)
    // The one of middle is sent along.
    #expect(abs(long.expiry.timeIntervalSince(inADay)) < 300)
    try files.issue("server", subject: "/CN=late", days: -1)
    #expect(abs(try TLSContext(files.configuration()).expiry.timeIntervalSinceNow + 86_400) < 300)
  }
}
