internal import Defence
internal import Images

/// A picture that waits for the networks.
struct WaitingPicture: Sendable {
  /// At the networks' size.
  let picture: Picture
  /// Who is to judge it.
  let generation: Generation
  /// When it is too late to begin.
  let deadline: ContinuousClock.Instant
  /// Since when it waits.
  let since: ContinuousClock.Instant
  /// Whether metrics are told of it.
  let isObserved: Bool
  /// Is told what came of it, once, on a compute thread.
  let completion: @Sendable (Result<Judgement, ClassificationFault>) -> Void
}
