/// Identifies a kept rejection. The same picture can have been rejected by several models.
public struct RejectionKey: Sendable, Hashable, Codable {
  /// The model.
  public var model: String
  /// SHA-256 of the file, in 64 hexadecimal digits.
  public var digest: String

  /// A key from its parts.
  public init(model: String, digest: String) { (self.model, self.digest) = (model, digest) }
}

extension KeptRejection {
  /// What identifies it.
  public var key: RejectionKey { RejectionKey(model: model, digest: digest) }
}
