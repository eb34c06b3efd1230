internal import COpenSSL
internal import Glibc

/// The errors that OpenSSL queues for each thread. A call that is asked for its outcome must find the queue empty.
enum OpenSSLErrors {
  /// Forgets what earlier calls have left.
  static func clear() { ERR_clear_error() }

  /// What went wrong, the cause first, in OpenSSL's words; the queue is empty afterwards.
  static func take() -> String {
    var words: [String] = []
    while true {
      let code = ERR_get_error()
      guard code != 0 else { break }
      let reason = Self.reason(code)
      if !words.contains(reason) { words.append(reason) }
    }
    return words.isEmpty ? "no reason given" : words.joined(separator: "; ")
  }

  private static func reason(_ code: UInt) -> String {
    // OpenSSL 3 has no words for the system's errors.
    if distinguo_ERR_is_system(code) != 0 { return String(cString: strerror(ERR_GET_REASON(code))) }
    return ERR_reason_error_string(code).map { String(cString: $0) } ?? "OpenSSL's error \(code)"
  }
}
