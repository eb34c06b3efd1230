/// The first bytes of what a client sent, as they can be shown: in a log, a terminal or a problem's detail.
public struct Excerpt: Sendable, Hashable, CustomStringConvertible {
  /// Printable ASCII as it is, other bytes as `\xNN`, and an ellipsis where there was more.
  public let description: String

  /// The longest that is shown whole.
  static let limit = 40

  init(_ bytes: some Sequence<UInt8>) {
    var text = ""
    var count = 0
    for byte in bytes {
      guard count < Self.limit else {
        text += "…"
        break
      }
      text += Self.shown(byte)
      count += 1
    }
    description = text
  }

  static func shown(_ byte: UInt8) -> String {
    switch byte {
    case .backslash: #"\\"#
    case 0x20...0x7e: String(UnicodeScalar(byte))
    default: #"\x"# + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
}
