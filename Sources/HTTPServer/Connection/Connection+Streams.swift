internal import HTTPCore

/// An answer whose body comes to be while it is sent.
extension Connection {
  /// How many pieces are sent before others have their turn.
  private static let pieces = 16

  /// Begins such an answer.
  func write(_ response: Response, bodyFrom buffer: BodyBuffer, _ exchange: Exchange, keepsAlive: Bool) {
    let framing = StreamFraming(response.status, for: exchange.head)
    let closes = !keepsAlive || framing == .untilClose
    exchange.isStreamed = framing != .noBody
    if exchange.isStreamed {
      buffer.attach { [self] in loop.perform { [self] in look(at: buffer) } }
      state = .streaming(exchange, ConnectionState.Streaming(buffer, isChunked: framing == .chunked, closes: closes))
    } else {
      buffer.close()
      state = .writing(exchange, closes: closes)
    }
    begin(response, exchange) {
      ResponseSerializer.appendHead(
        ofStream: response, to: &$0, for: exchange.head, keepsAlive: keepsAlive, date: loop.date)
    }
    pump()
  }

  private func look(at buffer: BodyBuffer) {
    buffer.looked()
    pump()
    advance()
  }

  /// Sends what there is of the body, as much as the client takes.
  func pump() {
    for _ in 0..<Self.pieces {
      guard case .streaming(let exchange, let stream) = state, output.isEmpty else { return }
      switch stream.buffer.take() {
      case .nothing:
        deadline = nil
        return
      case .overrun: return close()
      case .bytes(let bytes): append(bytes, to: stream)
      case .end(let bytes):
        append(bytes, to: stream)
        if stream.isChunked { output += ResponseSerializer.lastChunk }
        state = .writing(exchange, closes: stream.closes || server.stage != .serving)
        stream.buffer.close()
      }
      exchange.bytesOut += output.count
      deadline = .now + server.configuration.timeouts.write
      flush()
    }
    // The next pieces come in their turn.
    if case .streaming(_, let stream) = state { loop.perform { [self] in look(at: stream.buffer) } }
  }

  private func append(_ bytes: [UInt8], to stream: ConnectionState.Streaming) {
    if stream.isChunked { ResponseSerializer.appendChunk(bytes, to: &output) } else { output += bytes }
  }

  /// Ends the body, so that the server can. A client that is behind may take what is left in no more time than one that is
  /// to close its side.
  func endStream() {
    guard case .streaming(_, let stream) = state else { return }
    stream.buffer.end()
    if !output.isEmpty {
      let latest = ContinuousClock.now + server.configuration.timeouts.linger
      deadline = min(deadline ?? latest, latest)
    }
  }
}
