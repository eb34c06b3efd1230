internal import HTTPCore

/// A request's way: head, body, handler, answer.
extension Connection {
  /// A body up to this size is read to its end before an answer that does not need it, so that the connection can go on.
  private static let shortBody = 64 << 10
  /// A body that says to be larger grows as it comes: what a client claims costs nothing.
  private static let trustedLength = 256 << 10

  func beginHead() {
    guard case .idle = state else { return }
    state = .readingHead(Exchange(arrival: loop.now))
    deadline = .now + server.configuration.timeouts.header
  }

  func begin(_ head: RequestHead) {
    beginHead()
    guard case .readingHead(let exchange) = state else { return }
    requests += 1
    exchange.head = head
    server.observer.observe(.began)
    deadline = .now + server.configuration.timeouts.body
    // RFC 9110 §7.4: who thinks that nobody reads along must not be answered here.
    guard head.scheme != "https" || transport.isEncrypted else {
      let problem = Problem(
        .misdirectedRequest, detail: "https is not spoken on this connection", error: "misdirected_request")
      return answer(refusal(head, problem), exchange, head)
    }
    switch handler.receive(head, from: peer) {
    case .answer(let response): answer(response, exchange, head)
    case .gather(let limit, let then):
      if case .length(let length) = head.framing {
        guard length <= limit else { return answer(refusal(head, tooLarge(limit)), exchange, head) }
        guard server.budget.hasRoom(for: length) else { return answer(refusal(head, noRoom), exchange, head) }
        body.reserveCapacity(min(length, Self.trustedLength))
      }
      state = .gathering(exchange, ConnectionState.Gathering(limit: limit, then: then))
      // RFC 9110 §10.1.1.
      if head.expectsContinue { sendContinue() }
    }
  }

  /// An answer that is known before the body.
  private func answer(_ response: Response, _ exchange: Exchange, _ head: RequestHead) {
    switch head.framing {
    case .none: state = .dropping(exchange, response)
    case .length(let length) where length <= Self.shortBody && !head.expectsContinue:
      state = .dropping(exchange, response)
    // A client that waits for 100 may send its body after another status or not: what follows is either, so nothing
    // that follows can be understood.
    case .length, .chunked: send(response, exchange, closes: true)
    }
  }

  func take(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .dropping(let exchange, _): exchange.bytesIn += bytes.count
    case .gathering(let exchange, let gathering):
      guard body.count + bytes.count <= gathering.limit else {
        return send(refusal(exchange.head, tooLarge(gathering.limit)), exchange, closes: true)
      }
      guard server.budget.hasRoom(for: bytes.count) else {
        return send(refusal(exchange.head, noRoom), exchange, closes: true)
      }
      body.append(contentsOf: bytes)
      account()
    case .handshaking, .idle, .readingHead, .waiting, .writing, .streaming, .lingering, .closed: break
    }
  }

  func end(_ trailers: HeaderFields) {
    switch state {
    case .dropping(let exchange, let response):
      exchange.completion = .now
      send(response, exchange, closes: response.closes)
    case .gathering(let exchange, let gathering):
      guard let head = exchange.head else { return }
      exchange.completion = .now
      exchange.bytesIn = body.count
      state = .waiting(exchange)
      deadline = nil
      bytesWithHandler = body.count
      let request = Request(head: head, body: body, trailers: trailers, peer: peer, arrival: exchange.arrival)
      body = []
      gathering.then(
        request,
        Responder { [self] response, stream in
          let buffer = stream?.buffer
          if loop.isCurrent, isReading {
            // From within the handler: reading goes on when it is done.
            answer(response, buffer)
          } else {
            loop.perform { [self] in
              answer(response, buffer)
              advance()
            }
          }
        })
    case .handshaking, .idle, .readingHead, .waiting, .writing, .streaming, .lingering, .closed: break
    }
  }

  /// The handler's answer. It may come after the client has gone.
  private func answer(_ response: Response, _ buffer: BodyBuffer?) {
    guard case .waiting(let exchange) = state else {
      buffer?.close()
      return
    }
    guard let buffer else { return send(response, exchange, closes: response.closes) }
    write(response, bodyFrom: buffer, exchange, keepsAlive: goesOn(after: exchange, closes: response.closes))
  }

  private func send(_ response: Response, _ exchange: Exchange, closes: Bool) {
    write(response, exchange, keepsAlive: goesOn(after: exchange, closes: closes))
  }

  private func goesOn(after exchange: Exchange, closes: Bool) -> Bool {
    !closes && exchange.head?.keepsAlive == true && requests < server.configuration.requestsPerConnection
      && server.stage == .serving
  }

  // MARK: What is wrong with a request

  /// Answers what is no request, and closes: where the next would begin is unknown (RFC 9112 §9.3, §11.2).
  func refuse(_ error: RequestError) {
    let exchange: Exchange
    switch state {
    case .readingHead(let begun), .dropping(let begun, _), .gathering(let begun, _): exchange = begun
    case .handshaking, .idle, .waiting, .writing, .streaming, .lingering, .closed:
      exchange = Exchange(arrival: loop.now)
    }
    exchange.refusedMethod = parser.refusedMethod
    send(refusal(exchange.head, error.problem), exchange, closes: true)
  }

  func answerTimeout(_ exchange: Exchange) {
    let what = exchange.head == nil ? "head" : "body"
    let problem = Problem(
      .requestTimeout, detail: "the request's \(what) did not come within its time", error: "request_timeout")
    send(refusal(exchange.head, problem), exchange, closes: true)
  }

  /// The handler has a say in what is answered about a request that it has seen.
  private func refusal(_ head: RequestHead?, _ problem: Problem) -> Response {
    var response = head.map { handler.response(to: $0, from: peer, refusing: problem) } ?? problem.response
    if problem.status == .serviceUnavailable { response.fields.set("Retry-After", "1") }
    return response
  }

  private func tooLarge(_ limit: Int) -> Problem {
    Problem(
      .contentTooLarge, detail: "the body has more than the \(limit) bytes that are taken here",
      error: "content_too_large")
  }

  private var noRoom: Problem {
    Problem(.serviceUnavailable, detail: "there is no memory for the body at the moment", error: "out_of_memory")
  }
}
