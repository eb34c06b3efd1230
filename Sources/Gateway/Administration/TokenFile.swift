internal import Base
internal import Digests

/// Who has which token: a file with a line `NAME ROLE TOKEN` for each.
///
/// The token is written as it is, or as `sha256:` and the digest of it, which is no secret. Only digests are kept, so that
/// no token can get from memory into a log. Blank lines and those that begin with `#` say nothing.
struct TokenFile: Sendable {
  private struct Entry {
    let administrator: Administrator
    let digest: [UInt8]
  }

  private let entries: [Entry]

  /// The shortest token.
  static let shortest = 32
  /// The longest.
  static let longest = 512

  /// Reads a file.
  ///
  /// - Throws: ``TokenFileError``, which names the line and never tells what is in it.
  init(contentsOf path: String) throws(TokenFileError) {
    let bytes: [UInt8]
    do {
      bytes = try FileAccess.read(path, limit: 1 << 20)
    } catch {
      throw .inaccessible(path: path, reason: error.description)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .inaccessible(path: path, reason: "it is not UTF-8")
    }
    var entries: [Entry] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      func fault(_ reason: String) -> TokenFileError { .malformed(path: path, line: index + 1, reason: reason) }
      guard words.count == 3 else {
        throw fault("it has \(words.count) words; they must be a name, a role and a token")
      }
      guard first.utf8.count <= 64, first.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
        throw fault("its name must be at most 64 visible ASCII characters")
      }
      guard !entries.contains(where: { $0.administrator.name == first }) else {
        throw fault("the name '\(first)' is there already")
      }
      guard first != "gateway", first != "anonymous" else {
        throw fault("the name '\(first)' has a meaning of its own")
      }
      guard let role = Administrator.Role(rawValue: words[1]) else { throw fault("its role must be read or full") }
      guard let digest = Self.digest(words[2]) else {
        throw fault(
          "its token must be \(Self.shortest) to \(Self.longest) visible ASCII characters, or sha256: and 64 "
            + "hexadecimal digits; 'distinguo token' makes one")
      }
      guard !entries.contains(where: { $0.digest == digest }) else { throw fault("its token is another's, too") }
      entries.append(Entry(administrator: Administrator(name: first, role: role), digest: digest))
    }
    guard !entries.isEmpty else { throw .empty(path: path) }
    self.entries = entries
  }

  /// Who has a token. The time it takes tells nothing of the tokens there are.
  func administrator(with token: String) -> Administrator? {
    // Of equal length whatever was sent, so that lengths do not show either.
    let digest = SHA256.digest(of: Array(token.utf8))
    var found: Administrator?
    // All of them, also behind the right one.
    for entry in entries where ConstantTime.areEqual(entry.digest, digest) { found = entry.administrator }
    return found
  }

  private static func digest(_ word: String) -> [UInt8]? {
    if word.hasPrefix("sha256:") {
      return [UInt8](hexadecimal: String(word.dropFirst("sha256:".count))).flatMap { $0.count == 32 ? $0 : nil }
    }
    guard (shortest...longest).contains(word.utf8.count), word.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      return nil
    }
    return SHA256.digest(of: Array(word.utf8))
  }
}
