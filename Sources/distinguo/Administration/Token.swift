import ArgumentParser
import Digests
import Foundation

struct Token: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a token to administer a gateway with.",
    discussion: """
      Prints the token, which is random and shown this once, and on standard error the line for the gateway's token file \
      (admin.token-file), which has only the token's digest. SIGHUP makes a gateway read the file anew.

        distinguo token --name alice --role full > alice.token 2>> /etc/distinguo/admin-tokens
      """)

  enum Role: String, CaseIterable, ExpressibleByArgument { case full, read }

  @Option(help: "Whose token it is, as the audit tells of it.") var name: String

  @Option(help: "full: may do everything; read: may look.") var role: Role

  func validate() throws {
    let isVisible = name.unicodeScalars.allSatisfy { (0x21...0x7e).contains($0.value) }
    guard !Self.taken.contains(name) else { throw ValidationError("--name '\(name)' has a meaning of its own.") }
    guard isVisible, (1...64).contains(name.count), name.first != "#" else {
      throw ValidationError("--name is '\(name)'; it must be 1 to 64 visible ASCII characters, not beginning with a #.")
    }
  }

  /// Names that the audit has for others.
  private static let taken = ["gateway", "anonymous"]

  func run() {
    // The system's generator is cryptographically secure.
    var generator = SystemRandomNumberGenerator()
    let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    // RFC 4648 § 5, without padding: fit for a header and for a shell.
    let token = Data(secret).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
    print(token)
    tell("\(name) \(role.rawValue) sha256:\(SHA256.hexadecimal(of: Array(token.utf8)))")
  }
}
