internal import Base
internal import Digests
internal import Images

/// The secret that decides which differentiators an image meets. Whoever knows it can foretell them.
public struct SelectionKey: Sendable, Hashable {
  let bytes: [UInt8]

  /// - Throws: ``DefenceError/setting(_:)`` for fewer than 16 bytes.
  public init(_ bytes: [UInt8]) throws(DefenceError) {
    guard bytes.count >= 16 else {
      throw .setting("a selection key of \(bytes.count) bytes; it must have 16 at least")
    }
    self.bytes = bytes
  }

  /// A key from a text that is no secret, for where nothing is to be hidden: calibration, or a bundle tried out.
  public init(derivedFrom text: String) { bytes = SHA256.digest(of: Array(text.utf8)) }

  /// Tells keys apart without telling what they are.
  public var fingerprint: String { SHA256.hexadecimal(of: bytes) }
}

/// Chooses the differentiators that an image is shown to (METHOD.md, "Two phases").
///
/// Each is drawn a number, HMAC-SHA-256 under the key of the image's SHA-256 followed by its id, and those with the
/// lowest are asked. So the same image always meets the same judges, whatever else is asked at that moment.
struct Selection: Sendable {
  let key: SelectionKey
  /// How many are asked, if there are so many.
  let count: Int

  /// - Parameters:
  ///   - eligible: ids of the differentiators whose scope holds the Student's label.
  ///   - picture: at the network's input size.
  /// - Returns: the ids chosen, in the order of their numbers.
  func chosen(from eligible: [String], for picture: Picture) -> [String] {
    let image = SHA256.digest(of: picture.pixels)
    let drawn = eligible.map { id in (HMAC.code(of: image + Array(id.utf8), key: key.bytes), id) }
    return drawn.sorted { $0.0.lexicographicallyPrecedes($1.0) }.prefix(count).map(\.1)
  }
}
