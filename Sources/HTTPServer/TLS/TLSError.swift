public import Base

/// Why TLS cannot be spoken with a configuration: which file, and what is wrong with it.
public enum TLSError: Error, Equatable, CustomStringConvertible {
  /// A file cannot be read.
  case unreadable(path: String, FileError)
  /// A file has no certificate where there must be one; OpenSSL's words.
  case noCertificate(path: String, String)
  /// OpenSSL does not take the file's certificate, in its words: the key may be too short, the digest too weak.
  case refusedCertificate(path: String, String)
  /// A file has no private key; OpenSSL's words.
  case noKey(path: String, String)
  /// The private key needs a passphrase.
  case encryptedKey(path: String)
  /// The private key is another certificate's; OpenSSL's words.
  case keyMismatch(keyPath: String, certificatePath: String, String)
  /// Clients are to be asked for certificates, but nobody may vouch for them.
  case noClientAuthority
  /// OpenSSL failed otherwise; its words.
  case failed(call: String, String)

  /// One line for people.
  public var description: String {
    switch self {
    case .unreadable(let path, let error): "\(path): \(error)"
    case .noCertificate(let path, let words):
      "\(path): no certificate in PEM form (-----BEGIN CERTIFICATE-----): \(words)"
    case .refusedCertificate(let path, let words): "\(path): OpenSSL does not take the certificate: \(words)"
    case .noKey(let path, let words): "\(path): no private key in PEM form (-----BEGIN PRIVATE KEY-----): \(words)"
    case .encryptedKey(let path):
      "\(path): the private key is encrypted, and there is nobody to ask for its passphrase; store it without one "
        + "(openssl pkey -in FILE -out FILE) and readable to this server alone"
    case .keyMismatch(let key, let certificate, let words):
      "\(key): not the private key of the certificate in \(certificate): \(words)"
    case .noClientAuthority:
      "clients are asked for certificates, but there is no file with those of the authorities that may vouch for them"
    case .failed(let call, let words): "\(call): \(words)"
    }
  }
}
