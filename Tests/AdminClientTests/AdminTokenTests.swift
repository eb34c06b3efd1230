import AdminClient
import Base
import Foundation
import Testing

@Suite struct AdminTokenTests {
  private static let (first, second) = (String(repeating: "a", count: 43), String(repeating: "b", count: 32))

  /// What is wrong with a file of this text; nil if nothing is.
  private func fault(_ text: String, name: String? = nil) throws -> AdminTokenError? {
    let path = NSTemporaryDirectory() + "/token-\(UUID().uuidString)"
    try FileAccess.replace(path, with: Array(text.utf8))
    defer { try? FileManager.default.removeItem(atPath: path) }
    do throws(AdminTokenError) {
      _ = try AdminToken(contentsOf: path, name: name)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a file has one token or the lines of a gateway's token file`() throws {
    #expect(try fault("\(Self.first)\n") == nil)
    #expect(try fault("# mine\n\n  \(Self.first)  \r\n") == nil)
    #expect(try fault("alice full \(Self.first)\n") == nil)
    #expect(try fault("alice full \(Self.first)\nrita\tread\t\(Self.second)\n", name: "rita") == nil)
  }

  @Test func `which token is missing is said and no token`() throws {
    let digest = "sha256:" + String(repeating: "0", count: 64)
    let both = "alice full \(Self.first)\nrita read \(digest)\n"
    #expect(try fault(both) == .manyNames(["alice", "rita"]))
    #expect(try fault(both, name: "carl") == .unknownName("carl", among: ["alice", "rita"]))
    #expect(try fault(both, name: "rita") == .digest(of: "rita"))
    #expect(try fault(digest) == .notAToken)
    for text in ["", "short", "\(Self.first) \(Self.second)", "alice \(Self.first)\n", "\(Self.first)ü", "a b c d"] {
      #expect(try fault(text) == .notAToken, "\(text)")
    }
    #expect(throws: AdminTokenError.unreadable(.failed(call: "open", code: ENOENT))) {
      try AdminToken(contentsOf: "/nowhere/token", name: nil)
    }
  }
}
