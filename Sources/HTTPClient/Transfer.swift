internal import CCurl
internal import Glibc

/// Requests of HTTP to one place, one after the other, by libcurl, which keeps the connection. One thread at a time may use it.
public final class Transfer {
  /// What stands before an answer's content.
  public struct Head: Sendable {
    /// The answer's status.
    public var status: Int
    /// Without parameters; empty if none is given.
    public var mediaType: String
    /// `Retry-After`, if it has seconds.
    public var retryAfter: Int?
  }

  private let socket: String?
  private let authority: String?
  private let agent: String?
  private let silence: Int
  private let handle: UnsafeMutableRawPointer
  private let reason = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var fields: UnsafeMutablePointer<curl_slist>?
  private var form: OpaquePointer?
  private var receive: (UnsafeRawBufferPointer) -> Bool = { _ in true }

  /// Once for the process, before anything else.
  private static let isPrepared = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// - Parameters:
  ///   - socket: a Unix-domain socket's path, at most 107 bytes, that every request goes to; nil for what addresses say.
  ///   - authority: a file with certificates that are trusted instead of the system's.
  ///   - agent: what the other side is told to be asked by.
  ///   - silence: after how many seconds without a byte the other side is taken for dead.
  public init(socket: String? = nil, authority: String? = nil, agent: String? = nil, silence: Int) {
    precondition(Self.isPrepared, "curl_global_init failed")
    guard let handle = curl_easy_init() else { preconditionFailure("curl_easy_init failed") }
    (self.socket, self.authority, self.agent) = (socket, authority, agent)
    (self.silence, self.handle) = (silence, handle)
    reason.initialize(repeating: 0)
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_mime_free(form)
    curl_slist_free_all(fields)
    reason.deallocate()
  }

  /// Sends a request, and blocks until all is answered.
  ///
  /// - Parameter receive: is given the head and the next bytes; false ends it.
  public func run(
    _ request: TransferRequest, _ receive: @escaping (Head, UnsafeRawBufferPointer) -> Bool
  ) throws(TransferError) -> Head {
    prepare(request)
    // Not a cycle: it ends with this function.
    self.receive = { [unowned self] in receive(head, $0) }
    defer { self.receive = { _ in true } }
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

  /// Forgets the last request, though not its connection.
  private func prepare(_ request: TransferRequest) {
    curl_easy_reset(handle)
    curl_mime_free(form)
    curl_slist_free_all(fields)
    (form, fields) = (nil, nil)
    reason[0] = 0
    set(CURLOPT_ERRORBUFFER, reason.baseAddress!)
    set(CURLOPT_URL, request.url)
    if let socket { set(CURLOPT_UNIX_SOCKET_PATH, socket) }
    if let authority { set(CURLOPT_CAINFO, authority) }
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    // What is sent is for the gateway alone, and for no proxy that the environment may name.
    set(CURLOPT_NOPROXY, "*")
    set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    set(CURLOPT_NOSIGNAL, 1)
    if let agent { set(CURLOPT_USERAGENT, agent) }
    set(CURLOPT_CONNECTTIMEOUT, 10)
    set(CURLOPT_LOW_SPEED_LIMIT, 1)
    set(CURLOPT_LOW_SPEED_TIME, silence)
    let write: curl_write_callback = { bytes, size, count, context in
      let transfer = Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
      return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
    }
    check(distinguo_curl_set_writer(handle, write, Unmanaged.passUnretained(self).toOpaque()))
    for (name, value) in request.fields { add("\(name): \(value)") }
    set(request.content)
    set(CURLOPT_CUSTOMREQUEST, request.method)
    set(CURLOPT_HTTPHEADER, UnsafeMutableRawPointer(fields))
  }

  private func set(_ content: TransferRequest.Content) {
    switch content {
    case .none: break
    case .bytes(let bytes, let mediaType):
      set(CURLOPT_POSTFIELDSIZE, bytes.count)
      bytes.withUnsafeBytes { bytes in
        // Of nothing there is no address, which would mean that it is still to come.
        if let base = bytes.baseAddress { set(CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: base)) }
      }
      if bytes.isEmpty { set(CURLOPT_COPYPOSTFIELDS, "") }
      add("Content-Type:" + (mediaType.map { " \($0)" } ?? ""))
    case .form(let parts):
      form = curl_mime_init(handle)
      for part in parts { add(part) }
      set(CURLOPT_MIMEPOST, UnsafeMutableRawPointer(form))
    }
  }

  private func add(_ part: TransferRequest.Part) {
    let mime = curl_mime_addpart(form)
    check(curl_mime_name(mime, part.name))
    switch part.source {
    case .bytes(let bytes):
      bytes.withUnsafeBytes { bytes in
        check(curl_mime_data(mime, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count))
      }
    case .file(let path):
      // A file that is not there shows when it is read.
      _ = curl_mime_filedata(mime, path)
    }
    if let name = part.fileName { check(curl_mime_filename(mime, name)) }
    check(curl_mime_type(mime, part.mediaType))
  }

  private func add(_ field: String) { fields = curl_slist_append(fields, field) }

  private func set(_ option: CURLoption, _ value: String) { check(distinguo_curl_set_text(handle, option, value)) }
  private func set(_ option: CURLoption, _ value: Int) { check(distinguo_curl_set_number(handle, option, value)) }
  private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
    check(distinguo_curl_set_pointer(handle, option, value))
  }

  /// Only an option that this libcurl does not have, or no memory, is a reason to fail.
  private func check(_ code: CURLcode) {
    precondition(code == CURLE_OK, "libcurl: \(String(cString: curl_easy_strerror(code)))")
  }

  // MARK: What went wrong

  private func error(_ code: CURLcode) -> TransferError {
    let own = String(cString: reason.baseAddress!)
    let text = own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
    return switch code {
    case CURLE_COULDNT_RESOLVE_HOST: .unreachable(reason: text)
    case CURLE_COULDNT_CONNECT: .unreachable(reason: systemReason ?? text)
    case CURLE_OPERATION_TIMEDOUT where number(CURLINFO_PRIMARY_PORT) == 0 && socket == nil: .unreachable(reason: text)
    case CURLE_SSL_CACERT_BADFILE: .authority
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CERTPROBLEM:
      .untrusted(reason: text)
    case CURLE_READ_ERROR: .upload
    // TLS's alarm at a request without it, most often.
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .stranger
    default: .interrupted(reason: text, isAnswered: head.status != 0)
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
