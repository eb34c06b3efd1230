import Glibc
import Testing

@testable import Systemd

@Suite struct ActivatedSocketTests {
  /// Two descriptors in a row, as the manager passes them. Every open(2) takes the lowest that is free, so that those at
  /// the end of what is allowed stay clear of what other tests have open meanwhile.
  private final class Passed {
    static let first: Int32 = {
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      return Int32(min(limit.rlim_cur, 65_536)) - 2
    }()
    let first = Passed.first

    init(_ kinds: [__socket_type], listening: Bool) throws {
      for (index, kind) in kinds.enumerated() {
        let made = socket(AF_UNIX, Int32(kind.rawValue), 0)
        try #require(made >= 0 && dup2(made, first + Int32(index)) >= 0)
        close(made)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        // With no name at all, an abstract one is made up (unix(7), autobind).
        let bound = withUnsafePointer(to: &name) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(first + Int32(index), $0, socklen_t(MemoryLayout<sa_family_t>.size))
          }
        }
        try #require(bound == 0)
        if listening, kind == SOCK_STREAM { try #require(listen(first + Int32(index), 1) == 0) }
      }
    }

    deinit { for descriptor in first..<first + 2 { close(descriptor) } }
  }

  private let environment = ["LISTEN_FDS": "2", "LISTEN_PID": "42"]

  // One test for all, since each uses the same descriptors.
  @Test func `sockets that listen are taken by their names, and no others`() throws {
    do {
      let passed = try Passed([SOCK_STREAM, SOCK_STREAM], listening: true)
      var named = environment
      named["LISTEN_FDNAMES"] = "http:metrics"
      let sockets = try ActivatedSocket.passed(environment: named, process: 42, from: passed.first)
      #expect(sockets.map(\.name) == ["http", "metrics"])
      #expect(sockets.map(\.descriptor) == [passed.first, passed.first + 1])
      for socket in sockets { #expect(fcntl(socket.descriptor, F_GETFD) == FD_CLOEXEC) }
      let unnamed = try ActivatedSocket.passed(environment: environment, process: 42, from: passed.first)
      #expect(unnamed.map(\.name) == ["unknown", "unknown"])
    }
    do {
      let passed = try Passed([SOCK_STREAM, SOCK_STREAM], listening: false)
      #expect(throws: ActivationError.notListening(descriptor: passed.first, name: "unknown")) {
        try ActivatedSocket.passed(environment: environment, process: 42, from: passed.first)
      }
    }
    do {
      let passed = try Passed([SOCK_STREAM, SOCK_DGRAM], listening: true)
      #expect(throws: ActivationError.notListening(descriptor: passed.first + 1, name: "unknown")) {
        try ActivatedSocket.passed(environment: environment, process: 42, from: passed.first)
      }
    }
    // Nothing is there any more.
    #expect(throws: ActivationError.notListening(descriptor: Passed.first, name: "unknown")) {
      try ActivatedSocket.passed(environment: environment, process: 42, from: Passed.first)
    }
  }
}
