internal import COpenSSL

/// A private key; the one owner of its EVP_PKEY, or of a share in it.
final class PrivateKey {
  let pointer: OpaquePointer

  /// The first private key of a PEM file, in any of the forms that OpenSSL reads.
  init(_ path: String) throws(TLSError) {
    let file = try PEMFile(path)
    OpenSSLErrors.clear()
    var isEncrypted = false
    let pointer = withUnsafeMutableBytes(of: &isEncrypted) { flag in
      PEM_read_bio_PrivateKey(
        file.bio, nil,
        { _, _, _, flag in
          // OpenSSL asks for the passphrase here; else it would ask at the terminal.
          flag?.storeBytes(of: true, as: Bool.self)
          return -1
        }, flag.baseAddress)
    }
    guard let pointer else {
      let words = OpenSSLErrors.take()
      throw isEncrypted ? .encryptedKey(path: path) : .noKey(path: path, words)
    }
    self.pointer = pointer
  }

  deinit { EVP_PKEY_free(pointer) }
}
