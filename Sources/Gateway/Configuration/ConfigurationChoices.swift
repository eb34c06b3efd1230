/// How much of a verdict's numbers an answer shows.
public enum Disclosure: String, Sendable, Hashable, CaseIterable {
  /// All of them.
  case full
  /// To the nearest tenth.
  case coarse
  /// None.
  case none
}

/// Whether clients must prove who they are.
public enum ClientAuthentication: String, Sendable, Hashable, CaseIterable {
  /// They are not asked.
  case none
  /// A certificate that is given must be right, but none need be given.
  case optional
  /// Without a right certificate there is no connection.
  case required
}

/// A version of TLS; older ones must not be spoken any more (RFC 8996).
public enum TLSVersion: String, Sendable, Hashable, CaseIterable {
  /// RFC 5246.
  case tls1_2 = "1.2"
  /// RFC 8446.
  case tls1_3 = "1.3"
}
