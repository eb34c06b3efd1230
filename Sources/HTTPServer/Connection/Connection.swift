internal import CLinux
internal import Glibc
internal import HTTPCore

/// One connection: reads requests one after the other, hands them on, writes the answers.
///
/// Requests that are sent ahead (pipelining, RFC 9112 §9.3.2) wait unread until the one before is answered, so that
/// answers are in order and a client cannot fill the memory.
///
/// Sendable unchecked: all of it is only touched on its loop's queue.
final class Connection: EventHandler, @unchecked Sendable {
  let loop: EventLoop
  let server: ServerState
  let handler: any RequestHandler
  var peer: Peer
  // Lets go of the descriptor with the last reference.
  private(set) var transport: any Transport
  private var slot: Int?

  var state: ConnectionState
  var deadline: ContinuousClock.Instant?
  var parser: RequestParser
  /// How many requests have been read.
  var requests = 0
  /// The body as far as it has come. Not in the state, where appending would copy it.
  var body: [UInt8] = []
  /// The body's bytes while it is with the handler.
  var bytesWithHandler = 0

  /// What goes out; empty once all of it is written.
  var output: [UInt8] = []
  private var written = 0
  /// What was read and belongs to later requests.
  private var ahead: [UInt8] = []
  private var aheadStart = 0
  /// Whether there may be something to read that no further event will tell of.
  private var mayRead = true
  /// Whether the client has closed its side; the end has yet to be read.
  private var isEnding = false
  private var held = 0
  /// Whether ``advance()`` is at work.
  private(set) var isReading = false
  private let isRefused: Bool

  /// How many times the loop's buffer is filled before others have their turn.
  private static let turns = 8
  /// How much of what comes after the last answer is read before the connection is cut.
  private static let mostDropped = 1 << 20
  /// How long a connection must have been without a request before it is closed at the server's end.
  private static let quiet = Duration.seconds(1)
  /// The largest buffer that is kept from one answer to the next.
  private static let keptCapacity = 4096

  /// - Parameter refusal: the answer that the client gets without being asked for anything, if it is not taken.
  init(
    _ transport: any Transport, from address: SocketAddress, loop: EventLoop, server: ServerState,
    handler: any RequestHandler, refusal: Response? = nil
  ) {
    self.transport = transport
    self.loop = loop
    self.server = server
    self.handler = handler
    peer = Peer(address: address.host, port: address.port)
    parser = RequestParser(limits: server.configuration.limits)
    state = .handshaking
    deadline = .now + server.configuration.timeouts.handshake
    isRefused = refusal != nil
    if let refusal {
      state = .writing(Exchange(arrival: .now), closes: true)
      ResponseSerializer.append(refusal, to: &output, for: nil, keepsAlive: false, date: loop.date)
    }
  }

  /// Begins. Called once, on the loop's queue.
  func start() {
    do {
      slot = try loop.add(
        self, descriptor: transport.descriptor, events: [EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLET].union)
    } catch {
      close()
      return
    }
    drive()
  }

  // MARK: Events

  func handle(_ events: EPOLL_EVENTS) {
    if events.contains(EPOLLRDHUP) || events.contains(EPOLLHUP) { isEnding = true }
    // TLS may have had to write before it could read on.
    if events.contains(EPOLLIN) || isEnding || transport.waitsForRoom { mayRead = true }
    if events.contains(EPOLLERR) || events.contains(EPOLLHUP) {
      // Nobody is there to be answered. Elsewhere the next call says so itself.
      switch state {
      case .waiting, .streaming: return close()
      case .handshaking, .idle, .readingHead, .dropping, .gathering, .writing, .lingering, .closed: break
      }
    }
    drive()
  }

  func tick(_ now: ContinuousClock.Instant) {
    if let deadline, now >= deadline { return expire() }
    guard server.stage == .draining else { return }
    if case .idle(let since) = state, now - since >= Self.quiet { leave() }
    endStream()
  }

  /// Closes a connection without a request, unless one has just come.
  private func leave() {
    mayRead = true
    drive()
    if case .idle = state {
      linger()
      advance()
    }
  }

  /// Does whatever can be done without waiting.
  private func drive() {
    if case .handshaking = state {
      do {
        guard try transport.handshake() else { return }
      } catch {
        server.observer.observe(.refused(.handshake))
        return close()
      }
      if let subject = transport.certificateSubject {
        peer = Peer(address: peer.address, port: peer.port, certificateSubject: subject)
      }
      becomeIdle()
    }
    flush()
    pump()
    advance()
  }

  // MARK: Reading

  private var wantsInput: Bool {
    switch state {
    case .idle, .readingHead, .dropping, .gathering: true
    case .handshaking, .waiting, .writing, .streaming, .lingering, .closed: false
    }
  }

  private var isLingering: Bool {
    if case .lingering = state { true } else { false }
  }

  /// Takes what was read ahead, then what there is to be read.
  func advance() {
    isReading = true
    defer {
      isReading = false
      account()
    }
    while wantsInput, aheadStart < ahead.count {
      // A reference of its own: closing lets go of the property meanwhile.
      let input = ahead
      let start = aheadStart
      let taken = input.withUnsafeBytes { parse(UnsafeRawBufferPointer(rebasing: $0[start...])) }
      guard !ahead.isEmpty else { break }
      aheadStart += taken
    }
    if !ahead.isEmpty, aheadStart == ahead.count { (ahead, aheadStart) = ([], 0) }
    var turns = 0
    while mayRead, wantsInput || isLingering {
      guard turns < Self.turns else {
        loop.perform { [self] in advance() }
        return
      }
      turns += 1
      read()
    }
  }

  private func read() {
    let outcome: ReadOutcome
    do {
      outcome = try transport.read(into: loop.buffer)
    } catch {
      return close()
    }
    switch outcome {
    case .wouldBlock: mayRead = false
    // Half a request is nobody's to answer.
    case .end: close()
    case .bytes(let count, let isLast):
      if isLast, !isEnding { mayRead = false }
      if case .lingering(let dropped) = state {
        state = .lingering(dropped: dropped + count)
        if dropped + count > Self.mostDropped { close() }
        return
      }
      let input = UnsafeRawBufferPointer(rebasing: loop.buffer[..<count])
      let taken = parse(input)
      if taken < count, keepsInput { ahead = Array(input[taken...]) }
    }
  }

  /// Whether what was read ahead will be looked at some time.
  private var keepsInput: Bool {
    switch state {
    case .lingering, .closed, .writing(_, closes: true): false
    case .streaming(_, let stream): !stream.closes
    case .handshaking, .idle, .readingHead, .dropping, .gathering, .waiting, .writing: true
    }
  }

  /// Takes requests from the input while they can be taken.
  ///
  /// - Returns: how many bytes were taken.
  private func parse(_ input: UnsafeRawBufferPointer) -> Int {
    var offset = 0
    do {
      while wantsInput {
        guard let event = try parser.next(in: input, from: &offset) else {
          if parser.stage == .head { beginHead() }
          break
        }
        switch event {
        case .head(let head): begin(head)
        case .body(let range): take(UnsafeRawBufferPointer(rebasing: input[range]))
        case .end(let trailers): end(trailers)
        }
      }
    } catch {
      refuse(error)
    }
    return offset
  }

  // MARK: Writing

  /// Adds an interim response to what goes out.
  func sendContinue() {
    output.append(contentsOf: ResponseSerializer.continueResponse)
    flush()
  }

  /// Begins a whole answer.
  func write(_ response: Response, _ exchange: Exchange, keepsAlive: Bool) {
    state = .writing(exchange, closes: !keepsAlive)
    begin(response, exchange) {
      ResponseSerializer.append(
        response, to: &$0, for: exchange.answeredHead, keepsAlive: keepsAlive, date: loop.date)
    }
  }

  /// Begins an answer whose state is there already, with the bytes that are known.
  func begin(_ response: Response, _ exchange: Exchange, _ append: (inout [UInt8]) -> Void) {
    let before = output.count
    append(&output)
    exchange.bytesOut = output.count - before
    exchange.status = response.status
    exchange.notes = response.notes
    exchange.answer = .now
    (body, bytesWithHandler) = ([], 0)
    deadline = .now + server.configuration.timeouts.write
    if !keepsInput { (ahead, aheadStart) = ([], 0) }
    flush()
  }

  /// Writes what goes out, as much as the client takes; the end of an answer may be that nothing is left to be written.
  func flush() {
    if written < output.count {
      do {
        let taken = try output.withUnsafeBytes { bytes throws(TransportError) in
          try transport.write(UnsafeRawBufferPointer(rebasing: bytes[written...]))
        }
        written += taken
      } catch {
        return close()
      }
      guard written == output.count else { return }
      written = 0
      output.removeAll(keepingCapacity: output.capacity <= Self.keptCapacity)
    }
    guard case .writing(let exchange, let closes) = state else { return }
    if !isRefused { server.observer.observe(exchange.report(peer: peer, isComplete: true, at: .now)) }
    if closes { linger() } else { becomeIdle() }
  }

  // MARK: The end

  func becomeIdle() {
    state = .idle(since: .now)
    deadline = .now + server.configuration.timeouts.idle
  }

  private func linger() {
    transport.closeWriting()
    state = .lingering(dropped: 0)
    deadline = .now + server.configuration.timeouts.linger
  }

  private func expire() {
    switch state {
    case .handshaking:
      server.observer.observe(.refused(.handshake))
      close()
    case .readingHead(let exchange), .dropping(let exchange, _), .gathering(let exchange, _):
      answerTimeout(exchange)
      // What is left is only read to be dropped.
      advance()
    case .idle, .writing, .streaming, .lingering: close()
    case .waiting, .closed: deadline = nil
    }
  }

  /// Lets go of everything. The client sees the end, or a reset if it was not done.
  func close() {
    switch state {
    case .closed: return
    case .streaming(let exchange, let stream):
      server.observer.observe(exchange.report(peer: peer, isComplete: false, at: .now))
      stream.buffer.close()
    case .readingHead(let exchange), .dropping(let exchange, _), .gathering(let exchange, _), .waiting(let exchange),
      .writing(let exchange, _):
      if !isRefused { server.observer.observe(exchange.report(peer: peer, isComplete: false, at: .now)) }
    case .handshaking, .idle, .lingering: break
    }
    state = .closed
    deadline = nil
    if let slot { loop.remove(slot, descriptor: transport.descriptor) }
    slot = nil
    transport = ClosedTransport()
    (body, ahead, aheadStart, output, written, bytesWithHandler) = ([], [], 0, [], 0, 0)
    account()
    if isRefused {
      server.census.leaveRefused()
    } else {
      server.census.leave(peer.address)
      server.observer.observe(.closed)
    }
  }

  /// Tells the budget what is held.
  func account() {
    var now = body.count + bytesWithHandler + (ahead.count - aheadStart) + (output.count - written)
    if case .streaming(_, let stream) = state { now += stream.buffer.count }
    server.budget.change(by: now - held)
    held = now
  }
}

extension [EPOLL_EVENTS] {
  fileprivate var union: EPOLL_EVENTS { EPOLL_EVENTS(rawValue: reduce(0) { $0 | $1.rawValue }) }
}

extension EPOLL_EVENTS {
  fileprivate func contains(_ event: EPOLL_EVENTS) -> Bool { rawValue & event.rawValue != 0 }
}
