import Base
import Foundation
import Glibc
import HTTPCore
import HTTPServer
import Testing

/// Where a server listens, and how it stops.
struct ListeningTests {
  private let get = "GET /a HTTP/1.1\r\nHost: here\r\n\r\n"

  @Test(arguments: [
    ("127.0.0.1:8080", ListenAddress.tcp(host: "127.0.0.1", port: 8080)),
    ("localhost:0", .tcp(host: "127.0.0.1", port: 0)),
    ("[::]:443", .tcp(host: "::", port: 443)),
    ("unix:/run/d.sock", .unix(path: "/run/d.sock", mode: 0o660)),
    ("unix:/run/d.sock?mode=600", .unix(path: "/run/d.sock", mode: 0o600)),
  ])
  func `an address is read`(text: String, address: ListenAddress) throws {
    #expect(try ListenAddress(text) == address)
  }

  @Test(arguments: [
    ("8080", "it has no port"),
    ("127.0.0.1:", "its port must be 0 to 65535"),
    ("127.0.0.1:65536", "its port must be 0 to 65535"),
    ("127.0.0.1:-1", "its port must be 0 to 65535"),
    ("127.0.0.1:+80", "its port must be 0 to 65535"),
    ("::1:80", "an IPv6 address needs brackets"),
    ("example.org:80", "'example.org' is no numeric IPv4 or IPv6 address"),
    ("[::g]:80", "'::g' is no numeric IPv4 or IPv6 address"),
    ("unix:relative", "its path must be absolute and have at most 107 bytes"),
    ("unix:/\(String(repeating: "a", count: 107))", "its path must be absolute and have at most 107 bytes"),
    ("unix:/a?mode=999", "after the question mark there can be mode=, with octal digits up to 777"),
    ("unix:/a?user=me", "after the question mark there can be mode=, with octal digits up to 777"),
  ])
  func `what is no address is named`(text: String, fault: String) throws {
    let error = #expect(throws: ListenAddressError.self) { try ListenAddress(text) }
    #expect(error?.fault == fault)
  }

  private static func freePath() -> String { "/tmp/distinguo-test-\(UUID().uuidString).sock" }

  @Test func `it listens at IPv6, at both, and at a path`() throws {
    let path = Self.freePath()
    let server = try RunningServer(
      at: [.tcp(host: "::1", port: 0), .tcp(host: "::", port: 0), .unix(path: path, mode: 0o600)])
    let port = server.addresses[1].split(separator: ":").last!
    for address in [server.addresses[0], "127.0.0.1:\(port)", "[::1]:\(port)", "unix:\(path)"] {
      let client = try RawClient(address)
      try client.send(get)
      #expect(try client.response().text == "/a")
    }
    var status = stat()
    #expect(lstat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    // An IPv4 client at an address for both is known by its IPv4 address.
    let peers = ["::1", "127.0.0.1", "::1", "unix"]
    #expect(try eventually { server.events.exchanges.map(\.peer.address) == peers })
  }

  @Test func `an address that is taken is named`() throws {
    let first = try RunningServer()
    let port = UInt16(first.address.split(separator: ":")[1])!
    let error = #expect(throws: SystemError.self) { try RunningServer(at: [.tcp(host: "127.0.0.1", port: port)]) }
    #expect(error?.description == "bind 127.0.0.1:\(port): Address already in use")
  }

  @Test func `the file of a socket that nobody listens at is replaced, that of a living one is not`() throws {
    let path = Self.freePath()
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(dead, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    close(dead)
    let server = try RunningServer(at: [.unix(path: path, mode: 0o660)])
    let client = try RawClient(server.address)
    try client.send(get)
    #expect(try client.response().status == 200)
    #expect(throws: SystemError("bind unix:\(path)", code: EADDRINUSE)) {
      try RunningServer(at: [.unix(path: path, mode: 0o660)])
    }
  }

  @Test func `a socket that is handed over is used, one that does not listen is refused`() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #expect(throws: SystemError.self) { try RunningServer(at: [.inherited(descriptor: descriptor)]) }
    #expect(listen(descriptor, 16) == 0)
    let server = try RunningServer(at: [.inherited(descriptor: descriptor)])
    let client = try RawClient(server.address.replacingOccurrences(of: "0.0.0.0", with: "127.0.0.1"))
    try client.send(get)
    #expect(try client.response().text == "/a")
  }

  @Test func `draining answers what is asked and closes what is not`() throws {
    let server = try RunningServer()
    let (busy, idle) = (try RawClient(server.address), try RawClient(server.address))
    try idle.send(get)
    #expect(try idle.response().status == 200)
    try busy.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo")
    #expect(try eventually { server.server.bufferedBytes == 2 })
    let drained = Drained()
    server.server.drain(notice: .seconds(1), patience: .seconds(30), done: drained.finish)
    // During the notice new connections are still answered, for the last time.
    let late = try RawClient(server.address)
    try late.send(get)
    let last = try late.response()
    #expect(last.status == 200)
    #expect(last["connection"] == "close")
    #expect(try eventually { (try? RawClient(server.address)) == nil })
    try busy.send("dy")
    #expect(drained.wait() == 0)
    let response = try busy.response()
    #expect(response.text == "body")
    #expect(response["connection"] == "close")
    #expect(try idle.isAtEnd())
  }

  @Test func `draining ends in time, whoever is still there`() throws {
    let server = try RunningServer()
    let slow = try RawClient(server.address)
    try slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo")
    #expect(try eventually { server.server.bufferedBytes == 2 })
    let drained = Drained()
    server.server.drain(notice: .zero, patience: .milliseconds(300), done: drained.finish)
    #expect(drained.wait() == 1)
  }
}
