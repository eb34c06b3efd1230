public import HTTPCore
internal import Foundation

/// What an ``HTTPServer`` allows its clients.
public struct ServerConfiguration: Sendable, Hashable {
  /// How large the parts of a request may be.
  public var limits = HTTPLimits()
  /// How long clients may take.
  public var timeouts = ServerTimeouts()
  /// Connections at a time; further ones are answered with 503.
  public var connections = 10_000
  /// Connections of one address at a time; further ones are answered with 429.
  public var connectionsPerAddress = 10_000
  /// Requests that are answered on one connection before it is closed.
  public var requestsPerConnection = 100_000
  /// Bytes that are held for all connections together; a body for which there is no room is answered with 503.
  public var bufferedBytes = 512 << 20
  /// Queues that the connections are divided over. One for every two cores: a queue serves tens of thousands of requests
  /// a second, and more of them only take turns with the handlers' threads (README, "How fast").
  public var loops = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)

  /// The defaults.
  public init() {}
}

/// How long a client may take. A slow one is cut off at the end of the time, however steadily it sends.
public struct ServerTimeouts: Sendable, Hashable {
  /// For a TLS handshake.
  public var handshake = Duration.seconds(10)
  /// From a request's first byte to the end of its head; 408 then.
  public var header = Duration.seconds(10)
  /// From there to the end of its body; 408 then.
  public var body = Duration.seconds(60)
  /// Between requests, and before the first.
  public var idle = Duration.seconds(75)
  /// For taking an answer.
  public var write = Duration.seconds(30)
  /// For closing its side once the server has closed its own.
  public var linger = Duration.seconds(2)

  /// The defaults.
  public init() {}
}
