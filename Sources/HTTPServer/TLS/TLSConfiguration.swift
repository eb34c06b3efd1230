/// What a server needs to speak TLS. Nothing is read before a ``TLSContext`` is made of it.
public struct TLSConfiguration: Sendable, Hashable {
  /// Whether clients must prove who they are.
  public enum ClientAuthentication: String, Sendable, CaseIterable {
    /// They are not asked.
    case none
    /// They are asked; a certificate that is given must be right, but none need be given.
    case optional
    /// Without a right certificate there is no connection.
    case required
  }

  /// A version of the protocol. Older ones must not be spoken any more (RFC 8996).
  public enum Version: String, Sendable, CaseIterable {
    /// RFC 5246.
    case tls1_2 = "1.2"
    /// RFC 8446.
    case tls1_3 = "1.3"
  }

  /// A PEM file with the server's certificate, then those that lead from it to a root.
  public var certificatePath: String
  /// A PEM file with the certificate's private key, without a passphrase.
  public var keyPath: String
  /// A PEM file with the certificates of those who may vouch for clients; needed unless clients are not asked.
  public var clientAuthorityPath: String?
  /// Whether clients must prove who they are.
  public var clientAuthentication = ClientAuthentication.none
  /// The oldest version that is spoken.
  public var minimumVersion = Version.tls1_2

  /// A server's certificate and key; clients are not asked for theirs.
  public init(certificatePath: String, keyPath: String) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
  }
}
