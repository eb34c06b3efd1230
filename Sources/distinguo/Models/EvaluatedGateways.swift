import Base
import Defence
import NeuralNet

/// The gateways that an evaluation attacks (threat model T5): this program as it serves, a process for each disclosure of
/// scores, begun when it is first asked.
final class EvaluatedGateways: Sendable {
  private let bundle: ModelBundle
  private let selectionKeyFile: String?
  /// What begins them: a child ends with the thread that began it (PR_SET_PDEATHSIG), and a questioner's may go any time.
  private let starter = ComputeThread()
  private let running = LockBox<[ScoreDisclosure: EvaluatedGateway]>([:])

  /// - Parameter selectionKeyFile: as in `--selection-key-file`; without it, the environment's key is theirs, too.
  init(_ bundle: ModelBundle, selectionKeyFile: String?) {
    (self.bundle, self.selectionKeyFile) = (bundle, selectionKeyFile)
  }

  /// What the gateway of a disclosure answers to a request with all of some PNG files. May be called from any thread.
  @Sendable func answer(_ disclosure: ScoreDisclosure, _ files: [[UInt8]]) throws -> [UInt8] {
    // Whoever comes meanwhile waits until it is ready.
    let gateway = try running.withLock { running in
      if let known = running[disclosure] { return known }
      let started = try starter.submit { [bundle, selectionKeyFile] in
        try EvaluatedGateway(bundle, disclosure, selectionKeyFile: selectionKeyFile)
      }.wait()
      running[disclosure] = started
      return started
    }
    return try gateway.answer(files)
  }

  /// Ends all of them.
  func stop() {
    running.withLock { running in
      for gateway in running.values { gateway.stop() }
      running = [:]
    }
  }
}
