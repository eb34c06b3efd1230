internal import Synchronization

/// What all connections of a server share.
final class ServerState: Sendable {
  /// How far a server is on its way out.
  enum Stage: Int, AtomicRepresentable {
    /// It serves.
    case serving
    /// It serves, and closes each connection with the next answer.
    case leaving
    /// It takes no new connection, and closes those on which nothing happens.
    case draining
  }

  let configuration: ServerConfiguration
  let observer: any ServerObserver
  let census: ConnectionCensus
  let budget: ByteBudget
  private let current = Atomic(Stage.serving)

  init(_ configuration: ServerConfiguration, observer: any ServerObserver) {
    self.configuration = configuration
    self.observer = observer
    census = ConnectionCensus(limit: configuration.connections, perAddress: configuration.connectionsPerAddress)
    budget = ByteBudget(limit: configuration.bufferedBytes)
  }

  var stage: Stage {
    get { current.load(ordering: .relaxed) }
    set { current.store(newValue, ordering: .relaxed) }
  }
}
