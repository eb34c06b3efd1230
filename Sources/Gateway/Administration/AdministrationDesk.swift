internal import Base
internal import Foundation
internal import HTTPCore
internal import HTTPServer
internal import Logging
internal import StateStore

/// Where administrators are answered: by the ``Administration``, or, while the state cannot be used, with why not.
/// What is served meanwhile does not suffer.
final class AdministrationDesk: Sendable {
  /// Who answers at the administration's address.
  let handler: ReloadableHandler
  private let gate: AdminGate
  private let log: Logger
  private let started = Date()
  private let settings: LockBox<GatewayConfiguration>
  private let open = LockBox<Administration?>(nil)

  init(_ tokens: TokenFile, _ configuration: GatewayConfiguration, log: Logger) {
    gate = AdminGate(tokens, failures: configuration.administration.failures)
    handler = ReloadableHandler(Unavailable(reason: "the administration has not begun yet"))
    settings = LockBox(configuration)
    self.log = log
  }

  /// The settings as they are.
  var configuration: GatewayConfiguration { settings.withLock { $0 } }

  /// Opens the state. To be tried again if that fails.
  ///
  /// - Returns: whether administrators are answered.
  func open(_ around: Administration.Surroundings) -> Bool {
    guard open.withLock({ $0 == nil }) else { return true }
    do throws(StateError) {
      let administration = try Administration(around, gate: gate, started: started)
      open.withLock { $0 = administration }
      handler.replace(with: Router(administration.routes))
      log.info("administration", metadata: ["address": "\(configuration.administration.listen)"])
      return true
    } catch {
      log.error("there is no administration", metadata: ["reason": "\(error)"])
      handler.replace(with: Unavailable(reason: error.description))
      return false
    }
  }

  /// Takes up other settings and tokens.
  func change(_ configuration: GatewayConfiguration, _ tokens: TokenFile) {
    settings.withLock { $0 = configuration }
    gate.replace(with: tokens, failures: configuration.administration.failures)
    open.withLock { $0 }?.change(configuration)
  }

  /// Ends what goes on in the background.
  func stop() { open.withLock { $0 }?.stop() }

  /// Says why there is no administration.
  private struct Unavailable: RequestHandler {
    let reason: String

    func receive(_ head: RequestHead, from peer: Peer) -> Reception {
      .answer(
        RoutedRequest(head, from: peer).problem(
          .serviceUnavailable, reason, error: "state_unavailable", fields: [("Retry-After", "5")]))
    }
  }
}
