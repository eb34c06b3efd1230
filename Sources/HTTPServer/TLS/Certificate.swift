internal import COpenSSL
internal import Foundation

/// A certificate (RFC 5280); the one owner of its X509, or of a share in it.
final class Certificate {
  let pointer: OpaquePointer

  /// Takes the X509 over.
  private init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { X509_free(pointer) }

  /// All certificates of a PEM file, at least one. Blocks of other kinds are passed over.
  static func all(in path: String) throws(TLSError) -> [Certificate] {
    let file = try PEMFile(path)
    OpenSSLErrors.clear()
    var certificates: [Certificate] = []
    // Without a way to ask for a passphrase OpenSSL would ask at the terminal.
    while let pointer = PEM_read_bio_X509(file.bio, nil, { _, _, _, _ in -1 }, nil) {
      certificates.append(Certificate(owning: pointer))
    }
    // The last error is that no further block begins, unless something is wrong with one.
    let isAtEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
    let words = OpenSSLErrors.take()
    guard isAtEnd, !certificates.isEmpty else { throw .noCertificate(path: path, words) }
    return certificates
  }

  /// When it expires.
  var expiry: Date {
    var time = tm()
    // OpenSSL has parsed the time with the certificate, but years after 9999 or before 1 are no calendar's.
    guard ASN1_TIME_to_tm(X509_get0_notAfter(pointer), &time) == 1 else { return .distantPast }
    return Date(timeIntervalSince1970: TimeInterval(timegm(&time)))
  }

  /// A certificate's subject as RFC 2253 writes it, in ASCII and without control characters.
  ///
  /// - Parameter pointer: an X509, which stays the caller's.
  static func subject(of pointer: OpaquePointer) -> String? {
    guard let bio = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(bio) }
    guard X509_NAME_print_ex(bio, X509_get_subject_name(pointer), 0, distinguo_XN_FLAG_RFC2253) >= 0 else { return nil }
    var start: UnsafeMutablePointer<CChar>?
    let count = distinguo_BIO_get_mem_data(bio, &start)
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
