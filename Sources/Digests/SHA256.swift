internal import CCrypto

/// SHA-256 (FIPS 180-4) by OpenSSL.
public enum SHA256 {
  /// The 32 bytes of the digest.
  public static func digest(of bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let status = bytes.withUnsafeBytes { EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil) }
    // Fails only where OpenSSL has no SHA-256 or no memory, and nothing can go on then.
    precondition(status == 1, "EVP_Digest failed")
    return digest
  }

  /// The digest as lower-case hexadecimal digits.
  public static func hexadecimal(of bytes: [UInt8]) -> String { digest(of: bytes).hexadecimal }
}
