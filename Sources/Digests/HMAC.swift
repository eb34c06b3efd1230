internal import CCrypto

/// HMAC-SHA-256 (RFC 2104) by OpenSSL: a hash that nobody can foretell without the key.
public enum HMAC {
  /// The 32 bytes of the code.
  public static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    // An empty key must still be an address: OpenSSL takes NULL for "the key from before".
    let key = key.isEmpty ? [0] : key
    let result = succeeded(message, key, &code)
    precondition(result, "HMAC failed")
    return code
  }

  private static func succeeded(_ message: [UInt8], _ key: [UInt8], _ code: inout [UInt8]) -> Bool {
    var length: UInt32 = 0
    return CCrypto.HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length) != nil
  }
}
