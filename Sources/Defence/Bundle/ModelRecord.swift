/// A bundle without its networks: all that is needed beside a compiled ``DefendedModel`` to answer for it.
///
/// Who serves keeps this and lets the bundle go, whose weights the compiled model has packed in its own way.
public struct ModelRecord: Sendable {
  /// The bundle's folder.
  public let path: String
  /// What it says of itself.
  public let manifest: Manifest
  /// `sha256:` and the digest of `manifest.json`.
  public let digest: String
  /// The thresholds.
  public let calibration: Calibration

  /// The verdict on what the networks said.
  ///
  /// - Parameter policy: another policy than the bundle's own.
  public func verdict(_ judgement: Judgement, policy: Policy? = nil) -> Verdict {
    Verdict(judgement, policy: policy ?? manifest.policy, threshold: calibration.thresholds[judgement.studentLabel])
  }
}
