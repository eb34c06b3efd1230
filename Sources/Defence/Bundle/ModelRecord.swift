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

  init(path: String, manifest: Manifest, digest: String, calibration: Calibration) {
    (self.path, self.manifest, self.digest, self.calibration) = (path, manifest, digest, calibration)
  }

  /// Reads a bundle's manifest and thresholds: one version's folder, or a model's, whose current version is meant.
  ///
  /// Whether the networks are sound is not looked at.
  /// - Throws: ``DefenceError``, which names the file that is wrong.
  public init(contentsOf folder: String) throws(DefenceError) {
    let path = try ModelFolder.version(at: folder)
    let name = "\(path)/\(ModelBundle.manifestFile)"
    let (manifest, bytes) = try JSONFile.read(Manifest.self, from: name, name: name)
    if let fault = manifest.fault { throw .bundle(file: name, fault) }
    let file = "\(path)/\(ModelBundle.calibrationFile)"
    let thresholds = try BundleFiles(path: path, digests: manifest.files).bytes(ModelBundle.calibrationFile)
    let calibration = try JSONFile.decode(CalibrationFile.self, from: thresholds, name: file)
      .calibration(labels: manifest.labels, file: file)
    self.init(path: path, manifest: manifest, digest: BundleFiles.digest(of: bytes), calibration: calibration)
  }

  /// The verdict on what the networks said.
  ///
  /// - Parameter policy: another policy than the bundle's own.
  public func verdict(_ judgement: Judgement, policy: Policy? = nil) -> Verdict {
    calibration.verdict(judgement, policy: policy ?? manifest.policy)
  }
}
