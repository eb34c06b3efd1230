internal import CCurl
internal import Glibc

/// One request of HTTP by libcurl, whose handle nobody else touches.
final class HTTPTransfer {
  /// What stands before an answer's content.
  struct Head {
    var status: Int
    var mediaType: String
    /// `Retry-After`, if it has seconds.
    var retryAfter: Int?
  }

  private let address: AdminAddress
  private let authority: String?
  private let upload: String?
  private let handle: UnsafeMutableRawPointer
  private let reason = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var fields: UnsafeMutablePointer<curl_slist>?
  private var form: OpaquePointer?
  private var receive: (UnsafeRawBufferPointer) -> Bool = { _ in true }

  /// Once for the process, before anything else.
  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// - Parameters:
  ///   - authority: a file with certificates that are trusted instead of the system's.
  ///   - silence: after how many seconds without a byte the other side is taken for dead.
  init(
    _ request: AdminRequest, at address: AdminAddress, token: AdminToken, authority: String?, agent: String,
    silence: Int
  ) {
    precondition(Self.isReady, "curl_global_init failed")
    guard let handle = curl_easy_init() else { preconditionFailure("curl_easy_init failed") }
    (self.address, self.authority, self.handle) = (address, authority, handle)
    upload = if case .upload(_, let file) = request.content { file } else { nil }
    reason.initialize(repeating: 0)
    set(CURLOPT_ERRORBUFFER, reason.baseAddress!)
    set(CURLOPT_URL, address.prefix + request.target)
    if let socket = address.socket { set(CURLOPT_UNIX_SOCKET_PATH, socket) }
    if let authority { set(CURLOPT_CAINFO, authority) }
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    // A token is for the gateway alone, and for no proxy that the environment may name.
    set(CURLOPT_NOPROXY, "*")
    set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    set(CURLOPT_USERAGENT, agent)
    set(CURLOPT_CONNECTTIMEOUT, 10)
    set(CURLOPT_LOW_SPEED_LIMIT, 1)
    set(CURLOPT_LOW_SPEED_TIME, silence)
    add("Authorization: Bearer \(token.text)")
    if let key = request.idempotencyKey { add("Idempotency-Key: \(key)") }
    set(request.content, method: request.method)
    set(CURLOPT_HTTPHEADER, fields!)
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_mime_free(form)
    curl_slist_free_all(fields)
    reason.deallocate()
  }

  /// Sends the request, and blocks until all is answered.
  ///
  /// - Parameter receive: is given the head and the next bytes; false ends it.
  func run(_ receive: @escaping (Head, UnsafeRawBufferPointer) -> Bool) throws(AdminError) -> Head {
    // Not a cycle: it ends with this function.
    self.receive = { [unowned self] in receive(head, $0) }
    defer { self.receive = { _ in true } }
    let write: curl_write_callback = { bytes, size, count, context in
      let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context!).takeUnretainedValue()
      return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
    }
    distinguo_curl_set_writer(handle, write, Unmanaged.passUnretained(self).toOpaque())
    let code = curl_easy_perform(handle)
    // Refused bytes are the receiver's wish.
    guard code == CURLE_OK || code == CURLE_WRITE_ERROR else { throw error(code) }
    return head
  }

  private var head: Head {
    let type = field("Content-Type")?.split(separator: ";").first.map(String.init)
    return Head(
      status: number(CURLINFO_RESPONSE_CODE), mediaType: type ?? "",
      retryAfter: field("Retry-After").flatMap { Int($0) })
  }

  private func field(_ name: String) -> String? {
    var field: UnsafeMutablePointer<curl_header>?
    let code = curl_easy_header(handle, name, 0, UInt32(CURLH_HEADER), -1, &field)
    guard code == CURLHE_OK, let field else { return nil }
    return String(cString: field.pointee.value)
  }

  // MARK: What is asked for

  private func set(_ content: AdminRequest.Content, method: AdminRequest.Method) {
    switch content {
    case .none where method == .post:
      set(CURLOPT_COPYPOSTFIELDS, "")
      // Nothing is of no type.
      add("Content-Type:")
    case .none: set(CURLOPT_CUSTOMREQUEST, method.rawValue)
    case .json(let bytes):
      set(CURLOPT_COPYPOSTFIELDS, String(decoding: bytes, as: UTF8.self))
      add("Content-Type: application/json")
    case .upload(let json, let file):
      form = curl_mime_init(handle)
      let request = curl_mime_addpart(form)
      check(curl_mime_name(request, "request"))
      check(curl_mime_type(request, "application/json"))
      check(curl_mime_data(request, String(decoding: json, as: UTF8.self), json.count))
      let archive = curl_mime_addpart(form)
      check(curl_mime_name(archive, "archive"))
      // A file that is not there shows when it is read.
      _ = curl_mime_filedata(archive, file)
      check(curl_mime_type(archive, "application/octet-stream"))
      distinguo_curl_set_pointer(handle, CURLOPT_MIMEPOST, UnsafeMutableRawPointer(form))
    }
  }

  private func add(_ field: String) { fields = curl_slist_append(fields, field) }

  private func set(_ option: CURLoption, _ value: String) { check(distinguo_curl_set_text(handle, option, value)) }
  private func set(_ option: CURLoption, _ value: Int) { check(distinguo_curl_set_number(handle, option, value)) }
  private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
    check(distinguo_curl_set_pointer(handle, option, value))
  }

  /// Only an option that this libcurl does not have, or no memory, is a reason to fail.
  private func check(_ code: CURLcode) {
    precondition(code == CURLE_OK, "libcurl: \(String(cString: curl_easy_strerror(code)))")
  }

  // MARK: What went wrong

  private func error(_ code: CURLcode) -> AdminError {
    let own = String(cString: reason.baseAddress!)
    let text = own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
    return switch code {
    case CURLE_COULDNT_RESOLVE_HOST: .unreachable(address, reason: text)
    case CURLE_COULDNT_CONNECT: .unreachable(address, reason: systemReason ?? text)
    case CURLE_OPERATION_TIMEDOUT where number(CURLINFO_PRIMARY_PORT) == 0 && address.socket == nil:
      .unreachable(address, reason: text)
    case CURLE_SSL_CACERT_BADFILE: .authority(path: authority ?? "")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CERTPROBLEM:
      .untrusted(address, reason: text)
    case CURLE_READ_ERROR: .upload(path: upload ?? "")
    // TLS's alarm at a request without it, most often.
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .stranger(address, answer: "with what is not HTTP")
    case _ where head.status == 0 && address.isPlain:
      .interrupted(address, reason: "\(text), before anything was answered; if TLS is spoken there, it is https://")
    default: .interrupted(address, reason: text)
    }
  }

  /// What the operating system said, if it was asked.
  private var systemReason: String? {
    let code = number(CURLINFO_OS_ERRNO)
    return code == 0 ? nil : String(cString: strerror(Int32(code)))
  }

  private func number(_ what: CURLINFO) -> Int {
    var number = 0
    distinguo_curl_get_number(handle, what, &number)
    return number
  }
}
