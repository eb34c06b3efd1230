internal import HTTPClient

/// Asks a gateway, over HTTP, what it says of pictures, through one connection, which is kept open. One thread at a time may
/// use it.
public final class ClassificationClient {
  private let socket: String
  private let url: String
  private let transfer: Transfer

  /// The most bytes of an answer that is read.
  private static let limit = 16 << 20
  /// Seconds without a byte after which a question is given up.
  private static let patience = 900

  /// A client of a gateway that listens at a Unix-domain socket.
  ///
  /// - Parameters:
  ///   - socket: its path, at most 107 bytes.
  ///   - model: the name of the model that is asked, as a URL's path has it.
  public init(socket: String, model: String) {
    self.socket = socket
    url = "http://localhost/v1/models/\(model)/classify"
    transfer = Transfer(socket: socket, silence: Self.patience)
  }

  /// What is answered to one request with all of some pictures. Blocks until it is there.
  ///
  /// - Parameter files: pictures as PNG files; as many as a gateway takes at once, and at least one.
  /// - Returns: the JSON as it came: a verdict, or of several pictures a list of them.
  /// - Throws: ``ClassificationError``.
  public func classify(_ files: [[UInt8]]) throws(ClassificationError) -> [UInt8] {
    let parts = files.enumerated().map { number, file in
      TransferRequest.Part(name: "image", fileName: "\(number).png", mediaType: "image/png", source: .bytes(file))
    }
    // Without "Expect: 100-continue", which would cost a round.
    let request = TransferRequest(method: "POST", url: url, fields: [("Expect", "")], content: .form(parts))
    var answer: [UInt8] = []
    let head: Transfer.Head
    do {
      head = try transfer.run(request) { _, bytes in
        answer += bytes
        return answer.count <= Self.limit
      }
    } catch {
      throw .unanswered(socket: socket, reason: error.reason)
    }
    guard head.status == 200, answer.count <= Self.limit else {
      throw .refused(status: head.status, answer: String(decoding: answer.prefix(1000), as: UTF8.self))
    }
    return answer
  }

  /// Whether a gateway at a socket says that it is ready (`/readyz`).
  public static func isReady(socket: String) -> Bool {
    let request = TransferRequest(url: "http://localhost/readyz")
    return (try? Transfer(socket: socket, silence: 5).run(request) { _, _ in true })?.status == 200
  }
}
