internal import CLinux
internal import Glibc

/// The system calls that the server makes. Each is tried again where a signal came between (EINTR), and what fails is
/// thrown with the call's name.
enum System {
  static func close(_ descriptor: Int32) {
    // Not tried again: on Linux the descriptor is gone even after EINTR.
    _ = Glibc.close(descriptor)
  }

  // MARK: Sockets

  static func socket(_ family: Int32) throws(SystemError) -> Int32 {
    try check("socket") {
      Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }
  }

  static func set(_ option: Int32, at level: Int32 = SOL_SOCKET, of descriptor: Int32, to value: Int32)
    throws(SystemError)
  {
    var value = value
    _ = try check("setsockopt") {
      setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  static func option(_ option: Int32, of descriptor: Int32) throws(SystemError) -> Int32 {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    _ = try check("getsockopt") { getsockopt(descriptor, SOL_SOCKET, option, &value, &size) }
    return value
  }

  static func bind(_ descriptor: Int32, to address: SocketAddress) throws(SystemError) {
    _ = try check("bind \(address)") { address.withPointer { Glibc.bind(descriptor, $0, $1) } }
  }

  static func listen(_ descriptor: Int32, backlog: Int32) throws(SystemError) {
    _ = try check("listen") { Glibc.listen(descriptor, backlog) }
  }

  /// The next connection, non-blocking, with its other side; nil if none waits.
  static func accept(_ descriptor: Int32) throws(SystemError) -> (descriptor: Int32, peer: SocketAddress)? {
    while true {
      var storage = sockaddr_storage()
      var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let accepted = withUnsafeMutablePointer(to: &storage) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          accept4(descriptor, $0, &size, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
        }
      }
      if accepted >= 0 { return (accepted, SocketAddress(storage)) }
      switch errno {
      case EAGAIN: return nil
      // A connection that broke off while it waited says nothing of the next one (accept(2), "Error handling").
      case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH: continue
      case let code: throw SystemError("accept", code: code)
      }
    }
  }

  /// The address that a socket is bound to.
  static func localAddress(of descriptor: Int32) throws(SystemError) -> SocketAddress {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    _ = try check("getsockname") {
      withUnsafeMutablePointer(to: &storage) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
      }
    }
    return SocketAddress(storage)
  }

  /// Lets no further connection begin at a listening socket: the kernel drops what would begin one, and the client's tries
  /// again until it is told that nobody listens. Those that are complete can still be accepted.
  static func refuseFurther(_ descriptor: Int32) {
    // A program of one instruction: keep nothing of the packet (linux/filter.h).
    var instruction = sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0)
    withUnsafeMutablePointer(to: &instruction) { instruction in
      var program = sock_fprog(len: 1, filter: instruction)
      // Where it fails, a connection that comes in this very moment is reset when the socket is closed.
      _ = setsockopt(
        descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<sock_fprog>.size))
    }
  }

  /// How many bytes were read, 0 at the end; nil if reading would block.
  static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int? {
    try checkUnlessBlocking("recv") { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
  }

  /// How many bytes were taken; nil if writing would block. A connection that is gone is an error, never a SIGPIPE.
  static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int? {
    try checkUnlessBlocking("send") { Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
  }

  static func shutdownWriting(_ descriptor: Int32) {
    // It fails only for a connection that is gone already.
    _ = shutdown(descriptor, Int32(SHUT_WR))
  }

  // MARK: epoll

  static func makeEpoll() throws(SystemError) -> Int32 {
    try check("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
  }

  static func makeEventDescriptor() throws(SystemError) -> Int32 {
    try check("eventfd") { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }
  }

  static func watch(_ descriptor: Int32, in epoll: Int32, events: EPOLL_EVENTS, key: UInt64) throws(SystemError) {
    var event = epoll_event(events: events.rawValue, data: epoll_data_t(u64: key))
    _ = try check("epoll_ctl") { epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) }
  }

  static func unwatch(_ descriptor: Int32, in epoll: Int32) {
    var event = epoll_event()
    _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
  }

  /// How many events there are, waited for up to `milliseconds`.
  static func wait(
    _ epoll: Int32, into events: UnsafeMutableBufferPointer<epoll_event>, milliseconds: Int32
  ) throws(SystemError) -> Int {
    Int(try check("epoll_wait") { epoll_wait(epoll, events.baseAddress, Int32(events.count), milliseconds) })
  }

  /// Makes an event descriptor readable.
  static func ring(_ descriptor: Int32) {
    // A counter that is full is readable already.
    eventfd_write(descriptor, 1)
  }

  /// Makes it unreadable again.
  static func hush(_ descriptor: Int32) {
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
  }

  // MARK: Limits

  /// Raises the number of descriptors that the process may have to the most it may ask for.
  ///
  /// - Returns: that number.
  static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return 1024 }
    let before = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    return Int(clamping: setrlimit(resource, &limit) == 0 ? limit.rlim_max : before)
  }

  private static func check(_ call: String, _ body: () -> Int32) throws(SystemError) -> Int32 {
    while true {
      let result = body()
      if result >= 0 { return result }
      let code = errno
      guard code == EINTR else { throw SystemError(call, code: code) }
    }
  }

  private static func checkUnlessBlocking(_ call: String, _ body: () -> Int) throws(SystemError) -> Int? {
    while true {
      let result = body()
      if result >= 0 { return result }
      let code = errno
      switch code {
      case EINTR: continue
      case EAGAIN: return nil
      default: throw SystemError(call, code: code)
      }
    }
  }
}
