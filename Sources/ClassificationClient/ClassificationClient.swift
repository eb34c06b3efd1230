internal import CCurl
internal import Glibc

/// Asks a gateway, over HTTP, what it says of pictures: one connection, by libcurl, which is kept open. One thread at a time
/// may use it.
public final class ClassificationClient {
  private let socket: String
  private let handle: UnsafeMutableRawPointer
  private let fields: UnsafeMutablePointer<curl_slist>?
  private let reason = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var received: [UInt8] = []

  /// The most bytes of an answer that is read.
  private static let limit = 16 << 20
  /// Seconds after which a question is given up.
  private static let patience = 900
  private static let boundary = "distinguo-\(getpid())-d0a51b6f0f5e"
  /// Once for the process, before anything else.
  private static let isPrepared = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// A client of a gateway that listens at a Unix-domain socket.
  ///
  /// - Parameters:
  ///   - socket: its path, at most 107 bytes.
  ///   - model: the name of the model that is asked, as a URL's path has it.
  public init(socket: String, model: String) {
    precondition(Self.isPrepared, "curl_global_init failed")
    guard let handle = curl_easy_init() else { preconditionFailure("curl_easy_init failed") }
    (self.socket, self.handle) = (socket, handle)
    // Without "Expect: 100-continue", which would cost a round.
    let own = curl_slist_append(nil, "Content-Type: multipart/form-data; boundary=\(Self.boundary)")
    fields = curl_slist_append(own, "Expect:")
    reason.initialize(repeating: 0)
    check(distinguo_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, reason.baseAddress!))
    check(distinguo_curl_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, socket))
    check(distinguo_curl_set_text(handle, CURLOPT_URL, "http://localhost/v1/models/\(model)/classify"))
    check(distinguo_curl_set_text(handle, CURLOPT_NOPROXY, "*"))
    check(distinguo_curl_set_number(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)))
    check(distinguo_curl_set_number(handle, CURLOPT_TIMEOUT, Self.patience))
    check(distinguo_curl_set_number(handle, CURLOPT_NOSIGNAL, 1))
    check(distinguo_curl_set_pointer(handle, CURLOPT_HTTPHEADER, fields))
    let write: curl_write_callback = { bytes, size, count, context in
      let client = Unmanaged<ClassificationClient>.fromOpaque(context!).takeUnretainedValue()
      client.received += UnsafeRawBufferPointer(start: bytes, count: size * count)
      return client.received.count <= ClassificationClient.limit ? size * count : 0
    }
    check(distinguo_curl_set_writer(handle, write, Unmanaged.passUnretained(self).toOpaque()))
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(fields)
    reason.deallocate()
  }

  /// What is answered to one request with all of some pictures. Blocks until it is there.
  ///
  /// - Parameter files: pictures as PNG files; as many as a gateway takes at once, and at least one.
  /// - Returns: the JSON as it came: a verdict, or of several pictures a list of them.
  /// - Throws: ``ClassificationError``.
  public func classify(_ files: [[UInt8]]) throws(ClassificationError) -> [UInt8] {
    let body = Self.form(files)
    received.removeAll(keepingCapacity: true)
    check(distinguo_curl_set_number(handle, CURLOPT_POSTFIELDSIZE, body.count))
    let code = body.withUnsafeBytes { bytes in
      // Not copied: it is sent before this ends.
      check(
        distinguo_curl_set_pointer(handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress)))
      return curl_easy_perform(handle)
    }
    guard code == CURLE_OK else {
      let own = String(cString: reason.baseAddress!)
      throw .unanswered(socket: socket, reason: own.isEmpty ? String(cString: curl_easy_strerror(code)) : own)
    }
    var status = 0
    distinguo_curl_get_number(handle, CURLINFO_RESPONSE_CODE, &status)
    guard status == 200 else {
      throw .refused(status: status, answer: String(decoding: received.prefix(1000), as: UTF8.self))
    }
    return received
  }

  /// Whether a gateway at a socket says that it is ready (`/readyz`).
  public static func isReady(socket: String) -> Bool {
    precondition(isPrepared, "curl_global_init failed")
    guard let handle = curl_easy_init() else { return false }
    defer { curl_easy_cleanup(handle) }
    let discard: curl_write_callback = { _, size, count, _ in size * count }
    var status = 0
    guard distinguo_curl_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, socket) == CURLE_OK,
      distinguo_curl_set_text(handle, CURLOPT_URL, "http://localhost/readyz") == CURLE_OK,
      distinguo_curl_set_number(handle, CURLOPT_TIMEOUT, 5) == CURLE_OK,
      distinguo_curl_set_writer(handle, discard, nil) == CURLE_OK, curl_easy_perform(handle) == CURLE_OK,
      distinguo_curl_get_number(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK
    else { return false }
    return status == 200
  }

  /// A body of multipart/form-data (RFC 7578).
  private static func form(_ files: [[UInt8]]) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(files.reduce(100) { $0 + $1.count + 200 })
    for (number, file) in files.enumerated() {
      body += Array("--\(boundary)\r\n".utf8)
      body += Array("Content-Disposition: form-data; name=\"image\"; filename=\"\(number).png\"\r\n".utf8)
      body += Array("Content-Type: image/png\r\n\r\n".utf8)
      body += file
      body += Array("\r\n".utf8)
    }
    return body + Array("--\(boundary)--\r\n".utf8)
  }

  /// Only an option that this libcurl does not have, or no memory, is a reason to fail.
  private func check(_ code: CURLcode) {
    precondition(code == CURLE_OK, "libcurl: \(String(cString: curl_easy_strerror(code)))")
  }
}
