internal import Base
internal import COpenSSL

/// A PEM file's bytes (RFC 7468) for OpenSSL to read, in memory that is wiped afterwards: they may be a key.
final class PEMFile {
  /// From which OpenSSL reads the file.
  let bio: OpaquePointer
  private let bytes: UnsafeMutableRawBufferPointer

  /// Bundles of all the world's authorities have a quarter of it.
  private static let longest = 1 << 20

  init(_ path: String) throws(TLSError) {
    var content: [UInt8]
    do {
      content = try FileAccess.read(path, limit: Self.longest)
    } catch {
      throw .unreadable(path: path, error)
    }
    // The BIO points to the bytes, so they stay at one place. An address is needed even for none.
    bytes = .allocate(byteCount: content.count + 1, alignment: 1)
    bytes.copyBytes(from: content)
    content.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(content.count)) else {
      bytes.deallocate()
      throw .failed(call: "BIO_new_mem_buf", OpenSSLErrors.take())
    }
    self.bio = bio
  }

  deinit {
    BIO_free(bio)
    OPENSSL_cleanse(bytes.baseAddress, bytes.count)
    bytes.deallocate()
  }
}
