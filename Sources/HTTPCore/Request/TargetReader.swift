/// A request's target as it was sent (RFC 9112 §3.2), with the authority that the absolute form has.
struct TargetReader {
  let target: RequestTarget
  /// The absolute form's scheme, in small letters.
  private(set) var scheme: String?
  /// The absolute form's authority.
  private(set) var authority: String?

  /// Reads a target that consists of bytes that a target may have.
  init(_ bytes: UnsafeRawBufferPointer, method: HTTPMethod) throws(RequestError) {
    guard PercentEncoding.isValid(bytes) else { throw .target(.percent, Excerpt(bytes)) }
    // RFC 9112 §3.2.1, origin-form.
    if bytes[0] == .slash {
      // Brackets are for an authority's IPv6 address alone (RFC 3986 §3.3, §3.4).
      if let bracket = bytes.first(where: Self.isBracket) { throw .targetByte(bracket) }
      target = Self.origin(bytes)
      return
    }
    // RFC 9112 §3.2.4, asterisk-form.
    if bytes.count == 1, bytes[0] == UInt8(ascii: "*") {
      guard method == .options else { throw .target(.asterisk, Excerpt(bytes)) }
      target = .asterisk
      return
    }
    // RFC 9112 §3.2.2, absolute-form, which a server MUST accept.
    guard let colon = bytes.firstIndex(of: .colon), colon + 2 < bytes.count, bytes[colon + 1] == .slash,
      bytes[colon + 2] == .slash
    else { throw .target(.form, Excerpt(bytes)) }
    let name = bytes.bytes(0..<colon)
    guard name.matches("http") || name.matches("https") else { throw .target(.scheme, Excerpt(bytes)) }
    let start = colon + 3
    let end = bytes[start...].firstIndex { $0 == .slash || $0 == UInt8(ascii: "?") } ?? bytes.count
    // RFC 9110 §4.2.1: an empty host MUST be refused; §4.2.4: user information SHOULD be.
    guard end > start, Authority.isValid(bytes.bytes(start..<end)) else { throw .target(.authority, Excerpt(bytes)) }
    let rest = bytes.bytes(end..<bytes.count)
    if let bracket = rest.first(where: Self.isBracket) { throw .targetByte(bracket) }
    scheme = name.count == 4 ? "http" : "https"
    authority = bytes.bytes(start..<end).text
    // RFC 9112 §3.2.4: OPTIONS of an absolute URI without path and query is what a proxy makes an asterisk of.
    target = rest.isEmpty && method == .options ? .asterisk : Self.origin(rest)
  }

  /// RFC 9110 §4.2.3: an empty path is the same as `/`.
  private static func origin(_ bytes: UnsafeRawBufferPointer) -> RequestTarget {
    let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
    let path = bytes.bytes(0..<(mark ?? bytes.count))
    return .origin(
      path: path.isEmpty ? "/" : path.text, query: mark.map { bytes.bytes(($0 + 1)..<bytes.count).text })
  }

  private static func isBracket(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") }
}
