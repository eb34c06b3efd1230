import Base
@testable import Gateway
import TestSupport
import Testing

@Suite struct TokenFileTests {
  private let folder: TemporaryFolder
  private let alice = "0123456789abcdef0123456789abcdef"
  private let bob = String(repeating: "b", count: 512)

  init() throws { folder = try TemporaryFolder() }

  private func file(_ text: String) throws -> TokenFile {
    let path = folder.path("tokens")
    try FileAccess.replace(path, with: Array(text.utf8))
    return try TokenFile(contentsOf: path)
  }

  @Test func `names, roles and tokens are read; comments and blank lines say nothing`() throws {
    let file = try file("# who may\n\nalice full \(alice)\r\n  bob\tread   \(bob)\n")
    #expect(file.administrator(with: alice) == Administrator(name: "alice", role: .full))
    #expect(file.administrator(with: bob) == Administrator(name: "bob", role: .read))
    #expect(file.administrator(with: "") == nil)
    #expect(file.administrator(with: alice + "0") == nil)
    #expect(file.administrator(with: String(alice.dropLast())) == nil)
  }

  @Test func `a token may be written as its digest, and the digest is no token`() throws {
    // printf %s 0123456789abcdef0123456789abcdef | sha256sum
    let digest = "sha256:3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9"
    let file = try file("carol full \(digest)")
    #expect(file.administrator(with: alice) == Administrator(name: "carol", role: .full))
    #expect(file.administrator(with: digest) == nil)
  }

  @Test(arguments: [
    ("alice full", 1, "it has 2 words; they must be a name, a role and a token"),
    ("alice full a b", 1, "it has 4 words; they must be a name, a role and a token"),
    ("\nalice admin 0123456789abcdef0123456789abcdef", 2, "its role must be read or full"),
    ("gateway full 0123456789abcdef0123456789abcdef", 1, "the name 'gateway' has a meaning of its own"),
    ("älice full 0123456789abcdef0123456789abcdef", 1, "its name must be at most 64 visible ASCII characters"),
    (
      "a full 0123456789abcdef0123456789abcdef\na read 1123456789abcdef0123456789abcdef", 2,
      "the name 'a' is there already"
    ),
    (
      "a full 0123456789abcdef0123456789abcdef\nb read 0123456789abcdef0123456789abcdef", 2,
      "its token is another's, too"
    ),
  ])
  func `a line that is wrong is named, with what would be right`(text: String, line: Int, reason: String) throws {
    #expect(throws: TokenFileError.malformed(path: folder.path("tokens"), line: line, reason: reason)) {
      try file(text)
    }
  }

  @Test(arguments: ["0123456789abcdef0123456789abcde", "sha256:00", "0123456789abcdef0123456789abcdeä"])
  func `a token of the wrong length or characters is refused, and never told`(token: String) throws {
    let error = #expect(throws: TokenFileError.self) { try file("a full \(token)") }
    #expect(error?.description.contains("its token must be 32 to 512 visible ASCII characters") == true)
    #expect(error?.description.contains(token) == false)
  }

  @Test func `a file without a token, and one that is not there, are refused`() throws {
    #expect(throws: TokenFileError.empty(path: folder.path("tokens"))) { try file("# nobody\n") }
    let path = folder.path("other")
    #expect(throws: TokenFileError.inaccessible(path: path, reason: "open: No such file or directory")) {
      try TokenFile(contentsOf: path)
    }
  }
}
