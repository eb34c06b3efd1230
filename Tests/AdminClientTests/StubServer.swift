import Base
import Foundation

/// A server that answers each connection, one after the other, with bytes that were made up beforehand, and keeps what it
/// was asked. Blocks no thread but its own.
final class StubServer {
  let port: UInt16
  private let listener: Int32
  private let heard = LockBox<[String]>([])

  /// What was asked, in the order of its coming.
  var requests: [String] { heard.withLock { $0 } }

  /// - Parameter answers: what each connection is answered, part after part; then it is closed.
  init(_ answers: [[String]]) {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, address, &length) == 0
      }
    }
    precondition(isListening, String(cString: strerror(errno)))
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [heard] in
      for parts in answers {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        let request = Self.request(on: connection)
        heard.withLock { $0.append(request) }
        for part in parts {
          _ = part.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
          // Parts come one by one.
          usleep(20_000)
        }
        close(connection)
      }
      close(listener)
    }
  }

  /// One that answers once.
  convenience init(status: String, type: String, _ body: String, fields: String = "") {
    let length = "Content-Length: \(body.utf8.count)\r\n"
    self.init([["HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\n\(length)\(fields)\r\n\(body)"]])
  }

  /// The head, and as much of the body as it says.
  private static func request(on connection: Int32) -> String {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let end = text.range(of: "\r\n\r\n") {
        let field = text[..<end.lowerBound].split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
        let length = field.flatMap { Int($0.dropFirst("Content-Length: ".count)) } ?? 0
        if text[end.upperBound...].utf8.count >= length { return text }
      }
      let count = recv(connection, &part, part.count, 0)
      guard count > 0 else { return text }
      bytes += part[..<count]
    }
  }
}
