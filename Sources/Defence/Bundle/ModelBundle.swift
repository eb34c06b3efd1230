internal import Base
internal import Digests
public import NeuralNet
internal import ONNX

/// The files of one trained defence: Student, ensemble, calibration, labels, probes (see docs of ``Manifest``).
///
/// A bundle is never changed once it stands at its place.
public struct ModelBundle: Sendable {
  /// The folder.
  public let path: String
  /// What it says of itself.
  public let manifest: Manifest
  /// `sha256:` and the digest of `manifest.json`, which has the digests of all else: it stands for the whole bundle.
  public let digest: String
  /// The served classifier.
  public let student: Graph
  /// The ensemble, in the manifest's order.
  public let differentiators: [Differentiator]
  /// The thresholds.
  public let calibration: Calibration
  let probes: Probes

  static let manifestFile = "manifest.json"
  static let calibrationFile = "calibration.json"
  static let probesFile = "probes.npz"
  /// The most bytes of one file.
  public static let largestFile = 1 << 30

  /// Reads a bundle: one version's folder, or a model's folder, whose current version is meant.
  ///
  /// Every file's digest is checked before it is used, and the networks must fit the labels.
  /// - Throws: ``DefenceError``, which names the file that is wrong.
  public init(contentsOf folder: String) throws(DefenceError) {
    let path = try ModelFolder.version(at: folder)
    let name = "\(path)/\(Self.manifestFile)"
    let (manifest, bytes) = try JSONFile.read(Manifest.self, from: name, name: name)
    if let fault = manifest.fault { throw .bundle(file: name, fault) }
    let files = BundleFiles(path: path, digests: manifest.files)
    self.path = path
    self.manifest = manifest
    digest = BundleFiles.digest(of: bytes)

    let student = try files.graph(manifest.student.file)
    try Self.check(student, file: "\(path)/\(manifest.student.file)", outputs: manifest.labels.count, manifest)
    guard student.outputs == [manifest.student.output] else {
      throw .bundle(
        file: name,
        "the Student's output is called '\(manifest.student.output)', and in its file '\(student.outputs[0])'")
    }
    guard student.nodes.contains(where: { $0.outputs.contains(manifest.student.cut) }) else {
      throw .bundle(file: name, "the cut '\(manifest.student.cut)' is no value of \(manifest.student.file)")
    }
    self.student = student
    var differentiators: [Differentiator] = []
    for one in manifest.differentiators {
      let graph = try files.graph(one.file)
      let scope = Scope(labels: one.scope.compactMap { manifest.labels.firstIndex(of: $0) }, of: manifest.labels.count)
      try Self.check(graph, file: "\(path)/\(one.file)", outputs: scope.outputs, manifest)
      differentiators.append(
        Differentiator(
          id: one.id, scope: scope, pruningRatio: one.pruningRatio,
          adversarialRadius: one.adversarialRadius ?? 0, seed: one.seed, graph: graph))
    }
    self.differentiators = differentiators
    calibration = try JSONFile.decode(
      CalibrationFile.self, from: try files.bytes(Self.calibrationFile), name: "\(path)/\(Self.calibrationFile)"
    ).calibration(labels: manifest.labels, file: "\(path)/\(Self.calibrationFile)")
    probes = try Probes(
      bytes: try files.bytes(Self.probesFile), manifest: manifest, file: "\(path)/\(Self.probesFile)")
  }

  /// The digest of the bundle in a folder, by its manifest alone: whether it is another one than before.
  ///
  /// - Throws: ``DefenceError`` if there is none.
  public static func digest(of folder: String) throws(DefenceError) -> String {
    let name = "\(try ModelFolder.version(at: folder))/\(manifestFile)"
    return BundleFiles.digest(of: try JSONFile.read(Manifest.self, from: name, name: name).bytes)
  }

  /// Compiles the networks and holds them against the probes.
  ///
  /// - Parameters:
  ///   - key: the secret that decides which differentiators an image meets. The one that is used if it is left out can be
  ///     derived from the bundle, and so by every attacker.
  ///   - asksAll: whether all differentiators are asked whose scope holds the label, for measurements: those that would
  ///     have been asked come first, see ``Judgement/limited(to:)``.
  /// - Throws: ``DefenceError/bundle(file:_:)`` if a network's answer to a probe is another one than was written down.
  public func model(
    key: SelectionKey? = nil, precision: PrecisionChoice = .float32, asksAll: Bool = false
  ) throws -> DefendedModel {
    let key = key ?? SelectionKey(derivedFrom: "distinguo selection \(digest)")
    func checked(_ precision: PrecisionChoice) throws -> DefendedModel {
      let model = try DefendedModel(
        labels: manifest.labels, input: manifest.input, student: student, differentiators: differentiators,
        asked: asksAll ? max(1, differentiators.count) : manifest.selection.count, key: key, precision: precision)
      try probes.check(try DefenceWorker(model), file: "\(path)/\(Self.probesFile)")
      return model
    }
    // In float32 the answers must be those written down: that the files and the machine are sound. In bfloat16 they
    // cannot be, and must only be near.
    let exact = try checked(.float32)
    return precision.resolved == .float32 ? exact : try checked(precision)
  }

  /// All but the networks.
  public var record: ModelRecord {
    ModelRecord(path: path, manifest: manifest, digest: digest, calibration: calibration)
  }

  /// The verdict on what the networks said.
  public func verdict(_ judgement: Judgement, policy: Policy? = nil) -> Verdict {
    record.verdict(judgement, policy: policy)
  }

  private static func check(
    _ graph: Graph, file: String, outputs: Int, _ manifest: Manifest
  ) throws(DefenceError) {
    guard graph.inputs.count == 1, graph.inputs[0].name == manifest.student.input else {
      throw .bundle(file: file, "it must have one input, '\(manifest.student.input)'")
    }
    guard graph.outputs.count == 1, let output = graph.outputs.first else {
      throw .bundle(file: file, "it must have one output")
    }
    let shape: [Int]?
    do {
      let input = [manifest.student.input: [1, 3, manifest.input.height, manifest.input.width]]
      shape = try graph.shapes(of: input)[output]
    } catch {
      throw .bundle(file: file, "it does not fit the manifest's input: \(error)")
    }
    guard shape == [1, outputs] else {
      throw .bundle(file: file, "its output has the shape \(shape ?? []), and the manifest wants [1, \(outputs)]")
    }
  }
}
