import Foundation

@testable import HTTPServer

/// Certificates and keys, made by `openssl` for one test; their folder goes with them.
///
/// `root` vouches for `middle`, which vouches for `server` (localhost, sent with `middle`), `client` and `expired`.
/// `stranger` has vouched for itself.
final class TLSFiles {
  private let folder: URL

  /// Those that every test has, by name.
  private static let common = Result {
    let files = try TLSFiles([:])
    try files.makeAuthority("root", vouchedFor: nil)
    try files.makeAuthority("middle", vouchedFor: "root")
    try files.issue("server", subject: "/CN=localhost", extensions: "subjectAltName=DNS:localhost,IP:127.0.0.1")
    let names = ["root.crt", "middle.crt", "middle.key", "server.crt", "server.pem", "server.key"]
    return Dictionary(uniqueKeysWithValues: try names.map { ($0, try files.text($0)) })
  }

  convenience init() throws { try self.init(try Self.common.get()) }

  private init(_ texts: [String: String]) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "distinguo-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in texts { try write(text, to: name) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }
  func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  /// What a server of `server` is configured with, or of another name.
  func configuration(_ name: String = "server") -> TLSConfiguration {
    TLSConfiguration(certificatePath: path("\(name).pem"), keyPath: path("\(name).key"))
  }

  /// The middle of a PEM file's first block: DER in base64.
  func base64(_ name: String) throws -> String {
    try text(name).split(separator: "\n").drop { !$0.hasPrefix("-----BEGIN") }.dropFirst()
      .prefix { !$0.hasPrefix("-----END") }.joined()
  }

  /// NAME.key and NAME.pem, with the certificate of `middle`, and valid for so many days from now.
  func issue(
    _ name: String, subject: String, extensions: String = "keyUsage=digitalSignature", days: Int = 1
  ) throws {
    try request(name, subject: subject)
    try openssl(
      "x509", "-req", "-in", path("\(name).csr"), "-CA", path("middle.crt"), "-CAkey", path("middle.key"), "-days",
      "\(days)", "-extfile", try file(extensions, "\(name).ext"), "-out", path("\(name).crt"))
    try write(try text("\(name).crt") + text("middle.crt"), to: "\(name).pem")
  }

  /// NAME.key and NAME.pem, vouched for by itself.
  func makeStranger(_ name: String = "stranger", key: [String] = TLSFiles.ellipticKey) throws {
    try openssl(
      ["req", "-x509", "-days", "1", "-subj", "/CN=\(name)", "-out", path("\(name).pem")]
        + ["-keyout", path("\(name).key")] + key)
  }

  static let ellipticKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

  private func makeAuthority(_ name: String, vouchedFor issuer: String?) throws {
    try request(name, subject: "/CN=\(name)")
    let signer = issuer.map { ["-CA", path("\($0).crt"), "-CAkey", path("\($0).key")] }
    try openssl(
      ["x509", "-req", "-in", path("\(name).csr"), "-days", "1", "-out", path("\(name).crt"), "-extfile"]
        + [try file("basicConstraints=critical,CA:TRUE", "\(name).ext")]
        + (signer ?? ["-signkey", path("\(name).key")]))
  }

  private func request(_ name: String, subject: String) throws {
    try openssl(
      ["req", "-new", "-utf8", "-subj", subject, "-keyout", path("\(name).key"), "-out", path("\(name).csr")]
        + Self.ellipticKey)
  }

  private func file(_ text: String, _ name: String) throws -> String {
    try write(text, to: name)
    return path(name)
  }

  func openssl(_ arguments: String...) throws { try openssl(arguments) }

  func openssl(_ arguments: [String]) throws {
    let process = try Tool("openssl", arguments)
    let outcome = process.finish()
    guard outcome.status == 0 else { throw ToolFailure(arguments: arguments, words: outcome.error) }
  }
}

/// A command of the test's that did not succeed.
struct ToolFailure: Error {
  let arguments: [String]
  let words: String
}
