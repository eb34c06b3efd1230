/// One request of HTTP, as a client sends it.
public struct TransferRequest: Sendable {
  /// What is sent along.
  public enum Content: Sendable {
    /// Nothing.
    case none
    /// Bytes of a media type; nil for nothing of no type.
    case bytes([UInt8], mediaType: String?)
    /// A form, multipart/form-data (RFC 7578).
    case form([Part])
  }

  /// A part of a form.
  public struct Part: Sendable {
    /// Where a part's content comes from.
    public enum Source: Sendable {
      /// These bytes.
      case bytes([UInt8])
      /// A file's path, which is read as it is sent.
      case file(String)
    }

    let name: String
    let fileName: String?
    let mediaType: String
    let source: Source

    /// A part.
    ///
    /// - Parameters:
    ///   - fileName: what a file is called; nil for a part that is none, or for the file's own name.
    ///   - mediaType: such as `image/png`.
    public init(name: String, fileName: String? = nil, mediaType: String, source: Source) {
      (self.name, self.fileName, self.mediaType, self.source) = (name, fileName, mediaType, source)
    }
  }

  let method: String
  let url: String
  let fields: [(name: String, value: String)]
  let content: Content

  /// A request.
  ///
  /// - Parameters:
  ///   - fields: header fields beside those that the content has. One with an empty value is not sent, even where it is
  ///     customary.
  public init(
    method: String = "GET", url: String, fields: [(name: String, value: String)] = [], content: Content = .none
  ) {
    (self.method, self.url, self.fields, self.content) = (method, url, fields, content)
  }
}
