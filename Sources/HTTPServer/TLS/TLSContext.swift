internal import COpenSSL
public import Foundation

/// What all connections of a server share to speak TLS 1.2 or 1.3: certificate, key, options. Owns an SSL_CTX.
///
/// Sessions are resumed by tickets (RFC 5077, RFC 8446 §2.2), which the server need not remember; their keys are the
/// context's, so another context resumes none of them. The client's host name (SNI) is ignored: there is one certificate.
/// Compression, renegotiation and early data are off.
///
/// OpenSSL writes with `write(2)`, which raises SIGPIPE where nobody reads any more: the process must ignore that signal.
///
/// Sendable unchecked: the SSL_CTX is not changed any more, and OpenSSL counts references to it with a lock.
public final class TLSContext: @unchecked Sendable {
  /// What it was made of.
  public let configuration: TLSConfiguration
  /// When the first of the certificates that are sent expires. It may have passed: clients refuse the certificate then,
  /// and that is theirs to do.
  public let expiry: Date
  let pointer: OpaquePointer

  /// Reads the files of a configuration.
  public init(_ configuration: TLSConfiguration) throws(TLSError) {
    let certificates = try Certificate.all(in: configuration.certificatePath)
    let key = try PrivateKey(configuration.keyPath)
    OpenSSLErrors.clear()
    guard X509_check_private_key(certificates[0].pointer, key.pointer) == 1 else {
      throw .keyMismatch(
        keyPath: configuration.keyPath, certificatePath: configuration.certificatePath, OpenSSLErrors.take())
    }
    guard let context = SSL_CTX_new(TLS_server_method()) else {
      throw .failed(call: "SSL_CTX_new", OpenSSLErrors.take())
    }
    do throws(TLSError) {
      try Self.setOptions(of: context, minimumVersion: configuration.minimumVersion)
      try Self.setIdentity(of: context, certificates, key, path: configuration.certificatePath)
      if configuration.clientAuthentication != .none {
        guard let path = configuration.clientAuthorityPath else { throw .noClientAuthority }
        try Self.setClientAuthorities(of: context, try Certificate.all(in: path))
        let isRequired = configuration.clientAuthentication == .required
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (isRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nil)
      }
    } catch {
      SSL_CTX_free(context)
      throw error
    }
    self.configuration = configuration
    expiry = certificates.map(\.expiry).min() ?? .distantPast
    pointer = context
  }

  deinit { SSL_CTX_free(pointer) }

  private static func setOptions(
    of context: OpaquePointer, minimumVersion: TLSConfiguration.Version
  ) throws(TLSError) {
    let version =
      switch minimumVersion {
      case .tls1_2: TLS1_2_VERSION
      case .tls1_3: TLS1_3_VERSION
      }
    try check(distinguo_SSL_CTX_set_min_proto_version(context, version), "SSL_CTX_set_min_proto_version")
    // For TLS 1.2, those with forward secrecy and authenticated encryption (RFC 9325 §4.2). Those of 1.3 all have it.
    try check(Int(SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20")), "SSL_CTX_set_cipher_list")
    SSL_CTX_set_options(
      context,
      distinguo_SSL_OP_CIPHER_SERVER_PREFERENCE
        // A client that wants ChaCha20 most has no AES in hardware.
        | distinguo_SSL_OP_PRIORITIZE_CHACHA
        // RFC 9325 §3.3 and §3.5: compression tells secrets by their length, renegotiation costs the server most.
        | distinguo_SSL_OP_NO_COMPRESSION | distinguo_SSL_OP_NO_RENEGOTIATION
        // "A server MUST be prepared to receive an incomplete close from the client" (RFC 9112 §9.8): HTTP says by
        // itself where a request ends.
        | distinguo_SSL_OP_IGNORE_UNEXPECTED_EOF)
    // What is left of a write comes again from another address; idle connections keep no 16 KiB buffers.
    distinguo_SSL_CTX_set_mode(
      context,
      Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS))
    // One system call for many records, not two for each.
    distinguo_SSL_CTX_set_read_ahead(context, 1)
    // Tickets need no memory here. The context's name keeps a session, and the client's certificate in it, from being
    // taken up by another service; OpenSSL demands it where clients are asked for certificates.
    distinguo_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
    let name = Array("distinguo HTTP".utf8)
    try check(Int(SSL_CTX_set_session_id_context(context, name, UInt32(name.count))), "SSL_CTX_set_session_id_context")
    SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
  }

  private static func setIdentity(
    of context: OpaquePointer, _ certificates: [Certificate], _ key: PrivateKey, path: String
  ) throws(TLSError) {
    OpenSSLErrors.clear()
    guard SSL_CTX_use_certificate(context, certificates[0].pointer) == 1 else {
      throw .refusedCertificate(path: path, OpenSSLErrors.take())
    }
    for certificate in certificates.dropFirst() {
      guard distinguo_SSL_CTX_add1_chain_cert(context, certificate.pointer) == 1 else {
        throw .refusedCertificate(path: path, OpenSSLErrors.take())
      }
    }
    try check(Int(SSL_CTX_use_PrivateKey(context, key.pointer)), "SSL_CTX_use_PrivateKey")
  }

  private static func setClientAuthorities(
    of context: OpaquePointer, _ certificates: [Certificate]
  ) throws(TLSError) {
    let store = SSL_CTX_get_cert_store(context)
    for certificate in certificates {
      try check(Int(X509_STORE_add_cert(store, certificate.pointer)), "X509_STORE_add_cert")
      // Their names are sent, so that clients can choose among their certificates (RFC 8446 §4.2.4).
      try check(Int(SSL_CTX_add_client_CA(context, certificate.pointer)), "SSL_CTX_add_client_CA")
    }
  }

  private static func check(_ result: Int, _ call: String) throws(TLSError) {
    guard result == 1 else { throw .failed(call: call, OpenSSLErrors.take()) }
  }
}

/// Chooses `http/1.1` among the protocols that a client offers, or ends the handshake with no_application_protocol
/// (RFC 7301 §3.2). A client that offers none is served.
///
/// - Parameter offered: names, each after a byte with its length; OpenSSL has checked that they fill the list.
private func selectProtocol(
  _: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
  _ chosenCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ count: UInt32,
  _: UnsafeMutableRawPointer?
) -> Int32 {
  var rest = UnsafeBufferPointer(start: offered, count: Int(count))[...]
  while let length = rest.popFirst(), length <= rest.count {
    let name = rest.prefix(Int(length))
    if name.elementsEqual("http/1.1".utf8) {
      // It may point into the list.
      chosen?.pointee = UnsafeBufferPointer(rebasing: name).baseAddress
      chosenCount?.pointee = length
      return SSL_TLSEXT_ERR_OK
    }
    rest = rest.dropFirst(Int(length))
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL
}
