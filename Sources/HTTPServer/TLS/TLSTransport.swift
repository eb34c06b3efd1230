internal import COpenSSL
internal import Glibc

/// A socket's bytes by TLS, on the server's side. Owns an SSL and the socket.
final class TLSTransport: Transport {
  let descriptor: Int32
  private(set) var waitsForRoom = false
  private let ssl: OpaquePointer
  /// After this nothing more can be done with the SSL; OpenSSL says so only once.
  private var failure: TransportError?
  private var isEstablished = false
  /// Whether nothing more is to be written: the other side is told so as soon as there is room for it.
  private var isClosing = false
  private var hasClosed = false

  /// Takes over a connected, non-blocking socket. It is closed if that fails.
  init(_ descriptor: Int32, context: TLSContext) throws(TransportError) {
    OpenSSLErrors.clear()
    guard let ssl = SSL_new(context.pointer) else {
      System.close(descriptor)
      throw .tls(OpenSSLErrors.take())
    }
    guard SSL_set_fd(ssl, descriptor) == 1 else {
      SSL_free(ssl)
      System.close(descriptor)
      throw .tls(OpenSSLErrors.take())
    }
    SSL_set_accept_state(ssl)
    self.descriptor = descriptor
    self.ssl = ssl
  }

  deinit {
    // "MUST send a close_notify alert" (RFC 8446 §6.1), where there is room for it at once.
    if isEstablished, failure == nil, !hasClosed {
      SSL_shutdown(ssl)
      OpenSSLErrors.clear()
    }
    SSL_free(ssl)
    System.close(descriptor)
  }

  func handshake() throws(TransportError) -> Bool {
    guard !isEstablished else { return true }
    switch try attempt("TLS handshake", { SSL_do_handshake(ssl) }) {
    case .done:
      isEstablished = true
      return true
    case .blocked: return false
    case .ended: throw fail(.tls("the other side ended the connection within the handshake"))
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> ReadOutcome {
    if isClosing, !hasClosed { closeWriting() }
    var total = 0
    // A call gives one record at most, of which OpenSSL may hold several: these make no event.
    while total < buffer.count {
      var count = 0
      let outcome: Outcome
      do throws(TransportError) {
        outcome = try attempt(
          "TLS read", { SSL_read_ex(ssl, buffer.baseAddress! + total, buffer.count - total, &count) })
      } catch {
        // What came before it is handed on first; the failure stays.
        guard total > 0 else { throw error }
        break
      }
      switch outcome {
      case .done: total += count
      case .blocked: return total > 0 ? .bytes(total, isLast: true) : .wouldBlock
      case .ended: return total > 0 ? .bytes(total, isLast: false) : .end
      }
    }
    return total > 0 ? .bytes(total, isLast: false) : .wouldBlock
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
    var taken = 0
    // A call takes one record at most.
    while taken < bytes.count {
      var count = 0
      switch try attempt("TLS write", { SSL_write_ex(ssl, bytes.baseAddress! + taken, bytes.count - taken, &count) }) {
      case .done: taken += count
      case .blocked: return taken
      // What OpenSSL calls the end, once the other side has said that it writes no more, is a failed system call here.
      case .ended: throw fail(.system(SystemError("TLS write", code: EPIPE)))
      }
    }
    return taken
  }

  func closeWriting() {
    isClosing = true
    guard !hasClosed else { return }
    // Within a handshake, and after a failure, there is nothing that OpenSSL could say.
    if isEstablished, failure == nil {
      // 0: said, but not answered yet.
      OpenSSLErrors.clear()
      let result = SSL_shutdown(ssl)
      waitsForRoom = result < 0 && SSL_get_error(ssl, result) == SSL_ERROR_WANT_WRITE
      OpenSSLErrors.clear()
      guard !waitsForRoom else { return }
    }
    hasClosed = true
    System.shutdownWriting(descriptor)
  }

  var isEncrypted: Bool { true }

  var certificateSubject: String? {
    guard isEstablished else { return nil }
    return SSL_get0_peer_certificate(ssl).flatMap { Certificate.subject(of: $0) }
  }

  /// What came of a call.
  private enum Outcome {
    case done
    case blocked
    case ended
  }

  private func attempt(_ name: String, _ call: () -> Int32) throws(TransportError) -> Outcome {
    if let failure { throw failure }
    OpenSSLErrors.clear()
    let result = call()
    let code = errno
    waitsForRoom = isClosing && !hasClosed
    guard result <= 0 else { return .done }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ: return .blocked
    case SSL_ERROR_WANT_WRITE:
      waitsForRoom = true
      return .blocked
    case SSL_ERROR_ZERO_RETURN: return .ended
    case SSL_ERROR_SYSCALL where code != 0: throw fail(.system(SystemError(name, code: code)))
    default: throw fail(.tls(words()))
    }
  }

  private func words() -> String {
    let words = OpenSSLErrors.take()
    // OpenSSL says that a certificate is wrong here, and what is wrong with it there.
    let verdict = SSL_get_verify_result(ssl)
    return verdict == X509_V_OK ? words : "\(words): \(String(cString: X509_verify_cert_error_string(verdict)))"
  }

  private func fail(_ error: TransportError) -> TransportError {
    failure = error
    return error
  }
}
