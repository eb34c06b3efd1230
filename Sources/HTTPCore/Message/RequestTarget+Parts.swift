extension RequestTarget {
  /// A name and a value of a query.
  public struct QueryItem: Sendable, Hashable {
    /// Decoded.
    public let name: String
    /// Decoded; empty if there was none.
    public let value: String
  }

  /// The path's segments, decoded, without the slash that each follows: `/v1/a%20b` is `v1` and `a b`, and `/` one that is
  /// empty. The asterisk has none.
  ///
  /// Nil if a segment could lead elsewhere than it seems: `.` and `..`, which whoever is in front may have resolved
  /// otherwise (RFC 3986 §5.2.4), with an encoded slash or control character, or no UTF-8.
  public var pathSegments: [String]? {
    guard case .origin(let path, _) = self else { return [] }
    var segments: [String] = []
    for part in path.utf8.dropFirst().split(separator: .slash, omittingEmptySubsequences: false) {
      guard let segment = PercentEncoding.decoded(Substring(part)), segment != ".", segment != "..",
        segment.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 != .slash && $0 != .backslash })
      else { return nil }
      segments.append(segment)
    }
    return segments
  }

  /// The query's items in their order, as a form writes them: `a=1&b=x+y` (application/x-www-form-urlencoded, URL Standard
  /// §5.1). Empty without a query; nil if something in it is no UTF-8.
  public var queryItems: [QueryItem]? {
    guard case .origin(_, let query?) = self else { return [] }
    var items: [QueryItem] = []
    for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = parts.map { Self.formDecoded(Substring($0)) }
      guard let name = decoded[0], let value = decoded.count > 1 ? decoded[1] : "" else { return nil }
      items.append(QueryItem(name: name, value: value))
    }
    return items
  }

  private static func formDecoded(_ text: Substring) -> String? {
    PercentEncoding.decoded(String(text.map { $0 == "+" ? " " : $0 }))
  }
}
