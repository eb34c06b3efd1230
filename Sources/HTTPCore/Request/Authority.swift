internal import Glibc

/// The syntax of `uri-host [":" port]` (RFC 9110 §7.2, RFC 3986 §3.2.2), without user information.
enum Authority {
  /// Whether bytes are a host with or without a port. An empty host is one, if nothing follows.
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let first = bytes.first else { return true }
    if first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), isIPv6(bytes.bytes(1..<close)) else { return false }
      return isPortPart(bytes.bytes((close + 1)..<bytes.count))
    }
    let end = bytes.firstIndex(of: .colon) ?? bytes.count
    return end > 0 && isRegisteredName(bytes.bytes(0..<end)) && isPortPart(bytes.bytes(end..<bytes.count))
  }

  /// `reg-name`, of which an IPv4 address is one.
  private static func isRegisteredName(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == .percent {
        guard PercentEncoding.isTriplet(bytes, at: index) else { return false }
        index += 3
      } else {
        guard byte.isUnreserved || byte.isSubDelimiter else { return false }
        index += 1
      }
    }
    return true
  }

  /// Nothing, or a colon and a port, which may be empty (RFC 3986 §3.2.3) but must be one of TCP's.
  private static func isPortPart(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let first = bytes.first else { return true }
    guard first == .colon else { return false }
    var port = 0
    for byte in bytes.dropFirst() {
      guard byte.isDigit else { return false }
      port = port * 10 + Int(byte - 0x30)
      guard port <= 0xffff else { return false }
    }
    return true
  }

  /// An IPv6 address without a zone, which has no meaning to others (RFC 6874 §1), and no IPvFuture, of which there is none.
  private static func isIPv6(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard (2...45).contains(bytes.count), bytes.allSatisfy({ $0.hexadecimalValue != nil || $0 == .colon || $0 == 0x2e })
    else { return false }
    var address = in6_addr()
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { text in
      for index in 0..<bytes.count { text[index] = CChar(bitPattern: bytes[index]) }
      text[bytes.count] = 0
      return inet_pton(AF_INET6, text.baseAddress!, &address) == 1
    }
  }
}
