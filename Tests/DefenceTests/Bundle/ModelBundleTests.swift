@testable import Defence
import Digests
import Foundation
import Images
import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct ModelBundleTests {
  private let tiny: TinyBundle

  init() throws { tiny = try TinyBundle() }

  @Test func `a bundle is read as it was trained`() throws {
    let bundle = try tiny.bundle()
    #expect(bundle.path == tiny.path)
    #expect(bundle.manifest.name == "colours" && bundle.manifest.version == 1 && bundle.manifest.format == 1)
    #expect(bundle.manifest.labels == ["blue", "green", "red"])
    #expect(bundle.manifest.input == TinyBundle.input)
    #expect(bundle.manifest.student == .init(file: "student.onnx", cut: "features", input: "image", output: "logits"))
    #expect(bundle.manifest.selection.count == 2 && bundle.manifest.policy == .calibrated)
    #expect(bundle.manifest.training.trainingPictures == 36 && bundle.manifest.training.withheldPictures == 30)
    #expect(bundle.manifest.training.teacher == "teacher.onnx" && bundle.manifest.training.data == "colours")
    #expect(bundle.digest == "sha256:" + SHA256.hexadecimal(of: try tiny.bytes("manifest.json")))
    #expect(bundle.differentiators.map(\.id) == ["d01", "d02", "d03"])
    #expect(bundle.differentiators.allSatisfy { $0.scope.labels == [0, 1, 2] && $0.pruningRatio == 0.5 })
    #expect(bundle.calibration.alpha == 0.1 && bundle.calibration.scores.map(\.count).reduce(0, +) <= 30)
    #expect(bundle.student.parameters["w1"] != nil && bundle.student.parameters["classifier.weight"]?.shape == [3, 24])
    #expect(ModelBundle.faults(of: tiny.path) == [])
    #expect(ModelBundle.faults(of: tiny.model.path) == [])
  }

  @Test func `a manifest from before patterns, flips and held-out pictures were noted is read`() throws {
    let training = try tiny.bundle().manifest.training
    #expect(
      training.invariances == Invariances(scales: 1...1) && training.heldOutShare == nil && training.warmStart == nil)
    try tiny.editManifest { manifest in
      var training = manifest["training"] as? [String: Any] ?? [:]
      for key in [
        "preset", "groupPattern", "flips", "grey", "scales", "calibrationShare", "heldOutShare", "heldOutPictures",
      ] {
        training[key] = nil
      }
      manifest["training"] = training
    }
    let older = try tiny.bundle().manifest.training
    #expect(older.invariances == nil && older.trainingPictures == training.trainingPictures)
  }

  @Test func `the frozen trunk is the Teacher's in float16 and a differentiator's is not`() throws {
    let (bundle, teacher) = (try tiny.bundle(), TinyNetwork.graph())
    for name in ["w1", "w2", "w3", "w4"] {
      #expect(try #require(bundle.student.parameters[name]).relativeError(to: teacher.parameters[name]!) < 1e-3)
    }
    for one in bundle.differentiators {
      #expect(one.graph.parameters["w2"]?.shape == [8, 16, 3, 3])
      #expect(one.graph.parameterCount < bundle.student.parameterCount)
    }
    #expect(Set(bundle.differentiators.map { $0.graph.parameters["w1"] }).count == 3)
  }

  @Test func `pictures get their labels and the ensemble agrees`() throws {
    let bundle = try tiny.bundle()
    let pool = try DefencePool(try bundle.model(), threads: 2)
    let items = TinyBundle.items(40, seed: 9)
    let verdicts = try pool.judge(items.map(\.picture)).map { bundle.verdict($0) }
    #expect(verdicts.count == 120)
    let measured = CleanMeasurement(data: "", verdicts: verdicts, labels: items.map(\.label))
    #expect(measured.studentAccuracy.share > 0.95)
    #expect(measured.cleanRejectionRate.share < 0.3)
    #expect(verdicts.allSatisfy { $0.opinions.count == 2 && Set($0.opinions.map(\.id)).count == 2 })
    #expect(Set(verdicts.flatMap { $0.opinions.map(\.id) }) == ["d01", "d02", "d03"])
    #expect(verdicts.allSatisfy { $0.opinions.allSatisfy { (0...1).contains($0.score) } })
    #expect(try pool.judge([]).isEmpty)
  }

  @Test func `a picture's verdict is the same alone and among others, on one thread and on several`() throws {
    let bundle = try tiny.bundle()
    let pictures = TinyBundle.items(14, seed: 8).map(\.picture)
    let worker = try DefenceWorker(try bundle.model())
    let alone = try pictures.map { try worker.judge([$0])[0] }
    for together in [try worker.judge(pictures), try DefencePool(try bundle.model(), threads: 3).judge(pictures)] {
      for (one, other) in zip(alone, together) {
        #expect(one.studentLabel == other.studentLabel)
        #expect(one.opinions.map(\.id) == other.opinions.map(\.id))
        #expect(abs((one.score(.mean) ?? 0) - (other.score(.mean) ?? 1)) < 1e-5)
      }
    }
  }

  @Test func `another key chooses other judges and leaves the label`() throws {
    let bundle = try tiny.bundle()
    let pictures = TinyBundle.items(20, seed: 8).map(\.picture)
    let keys = [nil, SelectionKey(derivedFrom: "a"), try SelectionKey([UInt8](repeating: 7, count: 32))]
    let judged = try keys.map { try DefenceWorker(try bundle.model(key: $0)).judge(pictures) }
    #expect(Set(judged.map { $0.map(\.studentLabel) }).count == 1)
    #expect(Set(judged.map { $0.map { $0.opinions.map(\.id) } }).count == 3)
  }

  @Test func `what the probes say is what the bundle's networks say`() throws {
    let bundle = try tiny.bundle()
    #expect(bundle.probes.pictures.count == 3 && Set(bundle.probes.pictures).count == 3)
    #expect(bundle.probes.pictures.allSatisfy { Set($0.pixels).count > 10 })
    #expect(bundle.probes.differentiators.keys.sorted() == ["d01", "d02", "d03"])
    for row in bundle.probes.student + bundle.probes.differentiators.values.joined() {
      #expect(row.count == 3 && abs(row.reduce(0, +) - 1) < 1e-5)
    }
    let answers = try DefenceWorker(try bundle.model()).probabilities(of: bundle.probes.pictures)
    for (given, wanted) in zip(answers.student.joined(), bundle.probes.student.joined()) {
      #expect(abs(given - wanted) < 1e-4)
    }
  }

  @Test func `probes are drawn from the seed and survive being written`() throws {
    let model = try tiny.bundle().model()
    let probes = try Probes(of: model, seed: 4, count: 2)
    #expect(try Probes(of: model, seed: 4, count: 2).pictures == probes.pictures)
    #expect(try Probes(of: model, seed: 5, count: 2).pictures != probes.pictures)
    let read = try Probes(bytes: try probes.bytes(), manifest: try tiny.bundle().manifest, file: "probes.npz")
    #expect(read.pictures == probes.pictures)
    for (given, wanted) in zip(read.student.joined(), probes.student.joined()) { #expect(abs(given - wanted) < 1e-6) }
  }

  @Test func `a network whose answer is no number is named`() throws {
    var graph = try tiny.bundle().student
    graph.parameters["classifier.weight"] = Tensor(shape: [3, 24], repeating: .greatestFiniteMagnitude)
    let worker = try NetworkWorker(try InferencePlan(graph), name: "the Student", input: TinyBundle.input)
    #expect(
      throws: DefenceError.network(name: "the Student", "it answers a picture with a number that is not finite")
    ) { try worker.probabilities(of: [ColoredPictures.picture(0, seed: 1)]) }
  }
}

@Suite struct BundleWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a bundle that stands is not replaced and what was written stays`() throws {
    let tiny = try TinyBundle()
    let manifest = try tiny.bundle().manifest
    var writer = try BundleWriter(folder.path("new"))
    for name in manifest.files.keys.sorted() { try writer.add(name, try tiny.bytes(name)) }
    #expect(throws: DefenceError.exists(tiny.path)) { try writer.finish(manifest, at: tiny.path) }
    #expect(FileManager.default.fileExists(atPath: folder.path("new/manifest.json")))
    try writer.finish(manifest, at: folder.path("place"))
    #expect(try ModelBundle(contentsOf: folder.path("place")).manifest == manifest)
    #expect(!FileManager.default.fileExists(atPath: folder.path("new")))
  }

  @Test func `a manifest that is not sound is not written`() throws {
    let manifest = try TinyBundle().bundle().manifest
    let writer = try BundleWriter(folder.path("new"))
    #expect(throws: DefenceError.bundle(file: folder.path("place"), "'files' has no digest of student.onnx")) {
      try writer.finish(manifest, at: folder.path("place"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["new"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("new")).isEmpty)
  }

  @Test func `what an earlier attempt left is removed first`() throws {
    var first = try BundleWriter(folder.path("new"))
    try first.add("a/b", [1, 2])
    _ = try BundleWriter(folder.path("new"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("new")).isEmpty)
  }

  @Test func `a folder that cannot be made is named`() throws {
    try Data().write(to: folder.url.appending(path: "file"))
    let error = #expect(throws: DefenceError.self) { try BundleWriter(folder.path("file/new")) }
    #expect(error == .inaccessible(file: folder.path("file/new"), "mkdir: Not a directory"))
  }

  @Test func `weights are kept as float16 and returned as they will be read`() throws {
    var writer = try BundleWriter(folder.path("new"))
    let graph = TinyNetwork.graph()
    let read = try writer.add("net.onnx", graph)
    #expect(read.parameters["w4"] != graph.parameters["w4"])
    #expect(read.parameters["w4"]?.relativeError(to: graph.parameters["w4"]!) ?? 1 < 1e-3)
    #expect(try ONNXFile.read(path: folder.path("new/net.onnx")).parameters == read.parameters)
  }
}
