internal import Compression
public import HTTPCore

extension Response {
  /// The response gzipped, if the client would like that and it makes it shorter.
  ///
  /// Only text and JSON are worth it, and only from a length on. Where the client's wishes decide, Vary says so to caches
  /// (RFC 9110 §12.5.5), whatever was decided. Nothing secret should stand beside what a client has sent: the length of
  /// both gzipped together tells of the secret.
  ///
  /// - Parameters:
  ///   - request: what is answered; for HEAD the same fields come of it as for GET.
  ///   - bytes: the length of the shortest body that is worth it.
  public func encoded(for request: RequestHead, atLeast bytes: Int = 1024) -> Response {
    guard body.count >= bytes, isCompressible else { return self }
    var response = self
    response.addVary()
    // Where there is no memory to compress it, it is sent as it is.
    guard AcceptEncoding(request.fields).prefersGzip, let gzipped = try? Deflater(.gzip).compressed(body),
      gzipped.count < body.count
    else { return response }
    response.body = gzipped
    response.fields.set("Content-Encoding", "gzip")
    // A strong validator is for one sequence of bytes (RFC 9110 §8.8.1), and these are others now.
    if let tag = fields["ETag"], !tag.hasPrefix("W/") { response.fields.set("ETag", "W/\(tag)") }
    return response
  }

  /// Whether its body is text that has no coding yet, and is the whole representation.
  private var isCompressible: Bool {
    guard !status.forbidsBody, status.code != 206, fields["Content-Encoding"] == nil,
      let type = fields["Content-Type"].flatMap({ MediaType($0) })
    else { return false }
    return type.type == "text" || type.subtype.hasSuffix("+json")
      || ["application/json", "application/openmetrics-text", "application/yaml"].contains(type.essence)
  }

  private mutating func addVary() {
    guard !fields.contains("Accept-Encoding", in: "Vary"), !fields.contains("*", in: "Vary") else { return }
    fields.set("Vary", fields.list("Vary").map { "\($0), Accept-Encoding" } ?? "Accept-Encoding")
  }
}
