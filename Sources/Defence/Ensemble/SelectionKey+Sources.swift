internal import Base
internal import Digests

extension SelectionKey {
  /// The variable that may have the key in hexadecimal digits.
  public static let variable = "DISTINGUO_SELECTION_KEY"

  /// The key whose bytes are a file's.
  ///
  /// - Throws: ``FileError``, or ``DefenceError/setting(_:)`` for too few bytes.
  public init(contentsOf file: String) throws { try self.init(try FileAccess.read(file, limit: 4096)) }

  /// The key in the environment's ``variable``; nil if there is none.
  ///
  /// - Throws: ``DefenceError/setting(_:)``, which does not repeat what it found: it is a secret.
  public init?(environment: [String: String]) throws(DefenceError) {
    guard let text = environment[Self.variable] else { return nil }
    guard let bytes = [UInt8](hexadecimal: text), let key = try? SelectionKey(bytes) else {
      throw .setting("\(Self.variable) must be 32 or more hexadecimal digits, an even number")
    }
    self = key
  }
}
