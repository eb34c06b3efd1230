internal import Base

/// Who asks: the secret that a request is sent with. It is never part of a text for people.
public struct AdminToken: Sendable {
  /// The secret itself.
  let text: String

  /// A token as it stands somewhere, with or without white space around it.
  ///
  /// - Throws: ``AdminTokenError/notAToken`` for one that no gateway would take.
  public init(_ text: String) throws(AdminTokenError) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 1, let token = words.first, token.utf8.count >= 32,
      token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !token.hasPrefix("sha256:")
    else { throw .notAToken }
    self.text = String(token)
  }

  /// The token in a file: a bare one, or one of a gateway's token file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - name: whose token of a token file it is; it may be nil if there is only one.
  public init(contentsOf path: String, name: String?) throws(AdminTokenError) {
    let bytes: [UInt8]
    do { bytes = try FileAccess.read(path, limit: 1 << 20) } catch { throw .unreadable(error) }
    // As in a gateway's token file: a line each NAME ROLE TOKEN, or a comment.
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.split(whereSeparator: \.isWhitespace) }.filter { !$0.isEmpty && !$0[0].hasPrefix("#") }
    if lines.count == 1, lines[0].count == 1 {
      self = try AdminToken(String(lines[0][0]))
      return
    }
    guard !lines.isEmpty, lines.allSatisfy({ $0.count == 3 }) else { throw .notAToken }
    let names = lines.map { String($0[0]) }
    guard let index = name.map({ names.firstIndex(of: $0) }) ?? (lines.count == 1 ? 0 : nil) else {
      throw name.map { .unknownName($0, among: names) } ?? .manyNames(names)
    }
    guard !lines[index][2].hasPrefix("sha256:") else { throw .digest(of: names[index]) }
    self = try AdminToken(String(lines[index][2]))
  }
}
