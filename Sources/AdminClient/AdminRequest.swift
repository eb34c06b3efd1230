internal import Foundation
internal import HTTPClient
public import StateStore

/// What a gateway's administration is asked for.
public struct AdminRequest: Sendable {
  /// The method, which is also what may be tried again.
  public enum Method: String, Sendable { case get = "GET", post = "POST", delete = "DELETE" }

  /// What is sent.
  enum Content: Sendable {
    case none
    case json([UInt8])
    /// A form of a JSON part `request` and a file `archive`, which is read as it is sent.
    case upload(json: [UInt8], file: String)
  }

  let method: Method
  /// From `/admin/v1` on.
  let target: String
  let content: Content
  /// Makes that the same request, sent twice, is done once.
  let idempotencyKey: String?

  private init(
    _ method: Method, _ path: [String], query: [(String, String?)] = [], content: Content = .none,
    isOnce: Bool = false
  ) {
    self.method = method
    let parameters = query.compactMap { name, value in value.map { "\(name)=\(Self.encoded($0))" } }
    target =
      "/admin/v1/" + path.map(Self.encoded).joined(separator: "/")
      + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
    self.content = content
    idempotencyKey = isOnce ? UUID().uuidString.lowercased() : nil
  }

  /// The file that is sent along.
  var upload: String? { if case .upload(_, let file) = content { file } else { nil } }

  /// As it is sent.
  func sent(to address: AdminAddress, token: AdminToken) -> TransferRequest {
    var fields = [(name: "Authorization", value: "Bearer \(token.text)")]
    if let idempotencyKey { fields.append(("Idempotency-Key", idempotencyKey)) }
    let content: TransferRequest.Content =
      switch self.content {
      case .none: method == .post ? .bytes([], mediaType: nil) : .none
      case .json(let bytes): .bytes(bytes, mediaType: "application/json")
      case .upload(let json, let file):
        .form([
          .init(name: "request", mediaType: "application/json", source: .bytes(json)),
          .init(name: "archive", mediaType: "application/octet-stream", source: .file(file)),
        ])
      }
    return TransferRequest(
      method: method.rawValue, url: address.prefix + target, fields: fields, content: content)
  }

  /// RFC 3986 §2.3: all but the unreserved characters by their octets.
  private static func encoded(_ text: String) -> String {
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    return text.utf8.map { unreserved.contains($0) ? String(UnicodeScalar($0)) : String(format: "%%%02X", $0) }.joined()
  }

  private static func json(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // Numbers and strings alone are in it, which JSON has room for.
    return [UInt8](try! encoder.encode(value))
  }
}

extension AdminRequest {
  /// Every model.
  public static var models: Self { Self(.get, ["models"]) }

  /// One model.
  public static func model(_ name: String) -> Self { Self(.get, ["models", name]) }

  /// Which versions were current, and since when.
  public static func activations(of model: String) -> Self { Self(.get, ["models", model, "activations"]) }

  /// A version becomes the current one.
  ///
  /// - Parameter current: only if this one is current now; nil for whichever it is.
  public static func activate(_ version: Int, of model: String, ifCurrent current: Int?) -> Self {
    Self(
      .post, ["models", model, "activate"],
      content: .json(json(["version": version].merging(current.map { ["if_current": $0] } ?? [:]) { $1 })), isOnce: true
    )
  }

  /// The version before becomes the current one again.
  ///
  /// - Parameter current: only if this one is current now; nil for whichever it is.
  public static func rollBack(_ model: String, ifCurrent current: Int?) -> Self {
    Self(
      .post, ["models", model, "roll-back"], content: current.map { .json(json(["if_current": $0])) } ?? .none,
      isOnce: true)
  }

  /// A version is removed.
  public static func delete(_ version: Int, of model: String) -> Self {
    Self(.delete, ["models", model, "versions", "\(version)"])
  }

  /// Retrainings, the newest first; nil for those of any model, in any state, and as many as the gateway sends at once.
  public static func jobs(model: String?, state: Job.State?, limit: Int?) -> Self {
    Self(
      .get, ["retraining-jobs"],
      query: [("model", model), ("state", state?.rawValue), ("limit", limit.map(String.init))])
  }

  /// One retraining.
  public static func job(_ id: String) -> Self { Self(.get, ["retraining-jobs", id]) }

  /// What a retraining does from now on, as a stream.
  public static func jobEvents(_ id: String) -> Self { Self(.get, ["retraining-jobs", id, "events"]) }

  /// A retraining is asked for.
  ///
  /// - Parameter upload: an archive's path that is sent along; nil if the pictures are there already.
  public static func start(_ request: JobRequest, upload: String?) -> Self {
    let json = json(request)
    return Self(
      .post, ["retraining-jobs"], content: upload.map { .upload(json: json, file: $0) } ?? .json(json), isOnce: true)
  }

  /// A retraining is ended.
  public static func cancel(_ id: String) -> Self { Self(.delete, ["retraining-jobs", id]) }
}
