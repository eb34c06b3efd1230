import Glibc

/// A client that sends and receives bytes as it is told, blocking, with a time limit on everything.
///
/// Sendable unchecked: one thread may send while another receives, and nothing else is shared.
final class RawClient: @unchecked Sendable {
  private let descriptor: Int32

  struct Failure: Error {
    let what: String
    let code = errno
  }

  /// Connects to an address as the server prints it.
  init(_ address: String, receiveBuffer: Int32? = nil, seconds: Int = 10) throws {
    var storage = sockaddr_storage()
    let size: Int
    if address.hasPrefix("unix:") {
      var unix = sockaddr_un()
      unix.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: address.dropFirst(5).utf8) }
      withUnsafeMutableBytes(of: &storage) { target in withUnsafeBytes(of: unix) { target.copyMemory(from: $0) } }
      size = MemoryLayout<sockaddr_un>.size
    } else {
      let colon = address.lastIndex(of: ":")!
      let port = UInt16(address[address.index(after: colon)...])!
      if address.hasPrefix("[") {
        var six = sockaddr_in6()
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        inet_pton(AF_INET6, String(address.dropFirst().prefix { $0 != "]" }), &six.sin6_addr)
        withUnsafeMutableBytes(of: &storage) { target in withUnsafeBytes(of: six) { target.copyMemory(from: $0) } }
        size = MemoryLayout<sockaddr_in6>.size
      } else {
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = port.bigEndian
        inet_pton(AF_INET, String(address[..<colon]), &four.sin_addr)
        withUnsafeMutableBytes(of: &storage) { target in withUnsafeBytes(of: four) { target.copyMemory(from: $0) } }
        size = MemoryLayout<sockaddr_in>.size
      }
    }
    descriptor = socket(Int32(storage.ss_family), Int32(SOCK_STREAM.rawValue), 0)
    if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = withUnsafePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(size)) }
    }
    guard status == 0 else { throw Failure(what: "connect \(address)") }
  }

  deinit { close(descriptor) }

  /// Sends all of it.
  func send(_ bytes: some Collection<UInt8>) throws {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(what: "send") }
      rest = rest.dropFirst(count)
    }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// Closes the side that sends.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Goes without a word: the other side sees a reset.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    // The descriptor is closed once more at the end, which by then can be another's: so only the write side is left.
    dup2(RawClient.nowhere, descriptor)
  }

  private static let nowhere = open("/dev/null", O_RDONLY)

  /// What comes next, at most so many bytes; empty at the end.
  func receive(_ count: Int = 65_536) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let received = recv(descriptor, &buffer, count, 0)
    guard received >= 0 else { throw Failure(what: "recv") }
    return Array(buffer[..<received])
  }

  /// Everything up to the end.
  func receiveAll() throws -> String {
    var all: [UInt8] = []
    while true {
      let piece = try receive()
      if piece.isEmpty { return String(decoding: all, as: UTF8.self) }
      all += piece
    }
  }

  private var buffered: [UInt8] = []

  /// The next response, delimited by its Content-Length (or by its status having no body).
  func response(toHEAD: Bool = false) throws -> RawResponse {
    while true {
      let separator = Array("\r\n\r\n".utf8)
      if let end = buffered.firstRange(of: separator)?.upperBound {
        let head = String(decoding: buffered[..<end], as: UTF8.self)
        var response = RawResponse(head: head)
        let length = toHEAD || response.status < 200 ? 0 : Int(response["content-length"] ?? "") ?? 0
        if buffered.count >= end + length {
          response.body = Array(buffered[end..<(end + length)])
          buffered.removeFirst(end + length)
          return response
        }
      }
      try receiveMore()
    }
  }

  /// The head of the next response, whose body is read otherwise.
  func head() throws -> RawResponse { try response(toHEAD: true) }

  /// The next chunk's data; nil for the last one, which must be without trailers.
  func chunk() throws -> String? {
    let size = String(decoding: try line(), as: UTF8.self)
    guard let count = Int(size, radix: 16), count >= 0 else { throw Failure(what: "a chunk size of '\(size)'") }
    while buffered.count < count + 2 { try receiveMore() }
    let data = Array(buffered[..<count])
    guard Array(buffered[count..<(count + 2)]) == Array("\r\n".utf8) else { throw Failure(what: "the chunk's end") }
    buffered.removeFirst(count + 2)
    return count == 0 ? nil : String(decoding: data, as: UTF8.self)
  }

  /// The data of all chunks to the last.
  func chunks() throws -> String {
    var all = ""
    while let chunk = try chunk() { all += chunk }
    return all
  }

  /// So many bytes of data, in whatever chunks they come.
  func chunks(_ count: Int) throws -> String {
    var all = ""
    while all.utf8.count < count {
      guard let chunk = try chunk() else { throw Failure(what: "the last chunk came too early") }
      all += chunk
    }
    return all
  }

  private func line() throws -> [UInt8] {
    while true {
      if let end = buffered.firstRange(of: Array("\r\n".utf8)) {
        let line = Array(buffered[..<end.lowerBound])
        buffered.removeFirst(end.upperBound)
        return line
      }
      try receiveMore()
    }
  }

  private func receiveMore() throws {
    let piece = try receive()
    guard !piece.isEmpty else { throw Failure(what: "the end came before the response did") }
    buffered += piece
  }

  /// Whether the other side has closed and nothing is left.
  func isAtEnd() throws -> Bool { buffered.isEmpty ? try receive().isEmpty : false }
}

/// A response as a test looks at it.
struct RawResponse {
  let head: String
  var body: [UInt8] = []

  var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? -1 }
  var text: String { String(decoding: body, as: UTF8.self) }

  subscript(name: String) -> String? {
    for line in head.split(separator: "\r\n").dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == name {
        return String(parts[1].drop { $0 == " " })
      }
    }
    return nil
  }
}
