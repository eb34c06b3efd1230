internal import Systemd

/// What the service manager wants and is told; without one there is nothing to do.
struct ServiceManager: Sendable {
  /// How often it wants to hear that all is well; nil if it does not ask.
  let watchdogInterval: Duration?
  private let socket: NotifySocket?
  private let environment: [String: String]

  /// - Throws: ``GatewayError/activation(_:)`` for variables that make no sense.
  init(environment: [String: String]) throws(GatewayError) {
    self.environment = environment
    do {
      socket = try NotifySocket(environment: environment)
      watchdogInterval = try WatchdogRequest(environment: environment)?.interval
    } catch {
      throw .activation("\(error)")
    }
  }

  /// The sockets that it has opened for the service. To be asked for once.
  func sockets() throws(GatewayError) -> [ActivatedSocket] {
    do {
      return try ActivatedSocket.passed(environment: environment)
    } catch {
      throw .activation(error.description)
    }
  }

  /// Tells it what is the case. That it cannot be told is no reason to serve worse.
  func notify(_ states: ServiceState...) {
    for state in states { try? socket?.notify(state) }
  }
}
