@testable import Defence
import Foundation
import NeuralNet
import ONNX
import TestSupport
import Testing

/// Bundles edited by hand, their digests too where only the contents can tell.
@Suite struct BundleFaultTests {
  private let tiny: TinyBundle

  init() throws { tiny = try TinyBundle() }

  /// That reading and verifying say this of a file, and nothing traps.
  private func expectFault(_ file: String, _ complaint: String, _ location: SourceLocation = #_sourceLocation) {
    let line = "\(tiny.path)/\(file): \(complaint)"
    let faults = ModelBundle.faults(of: tiny.path)
    #expect(faults.contains { $0.hasPrefix(line) }, "\(faults)", sourceLocation: location)
    let error = #expect(throws: DefenceError.self, sourceLocation: location) {
      _ = try ModelBundle(contentsOf: tiny.path).model()
    }
    #expect(error?.description.hasPrefix(line) == true, "\(error?.description ?? "")", sourceLocation: location)
  }

  // MARK: The manifest

  typealias Change = @Sendable (inout [String: Any]) -> Void

  private static func inside(_ key: String, _ change: @escaping Change) -> Change {
    { manifest in
      var inner = manifest[key] as? [String: Any] ?? [:]
      change(&inner)
      manifest[key] = inner
    }
  }

  /// A change of the first differentiator.
  private static func first(_ change: @escaping Change) -> Change {
    { manifest in
      var all = manifest["differentiators"] as? [[String: Any]] ?? []
      change(&all[0])
      manifest["differentiators"] = all
    }
  }

  private static let noJSON = "it is not JSON, or not all of it, or has a number that does not fit where it stands"

  static let manifests: [(change: Change, complaint: String)] = [
    ({ $0["format"] = 2 }, "its format is 2; this version reads 1"),
    ({ $0["format"] = "1" }, "format must be Int"),
    ({ $0["format"] = nil }, "'format' is missing at the top"),
    ({ $0["version"] = 0 }, "its version is 0; versions count from 1 to 999999999"),
    ({ $0["version"] = Int.max }, "its version is \(Int.max); versions count from 1 to 999999999"),
    ({ $0["version"] = 1.5 }, noJSON),
    ({ $0["name"] = "" }, "its name is ''; it must be a folder's name"),
    ({ $0["name"] = "../x" }, "its name is '../x'; it must be a folder's name"),
    ({ $0["name"] = ".." }, "its name is '..'; it must be a folder's name"),
    ({ $0["labels"] = [String]() }, "its labels must be two or more, all different and none empty"),
    ({ $0["labels"] = ["red"] }, "its labels must be two or more, all different and none empty"),
    ({ $0["labels"] = ["red", "red", "blue"] }, "its labels must be two or more, all different and none empty"),
    ({ $0["labels"] = ["", "green", "red"] }, "its labels must be two or more, all different and none empty"),
    ({ $0["labels"] = "red" }, "labels must be"),
    ({ $0["policy"] = "trust" }, "policy"),
    ({ $0["differentiators"] = NSNull() }, "a value is missing at differentiators"),
    (inside("input") { $0["width"] = 0 }, "the input's size is 0×16; it must be 1 to 4096 each"),
    (inside("input") { $0["height"] = 1 << 40 }, "the input's size is 16×\(1 << 40); it must be 1 to 4096 each"),
    (inside("input") { $0["color"] = "BGR" }, "the input's color is 'BGR'; it must be RGB"),
    (inside("input") { $0["std"] = [1, 0, 1] }, "the input's mean and std must be three numbers each, std positive"),
    (inside("input") { $0["mean"] = [1, 1] }, "the input's mean and std must be three numbers each, std positive"),
    (inside("input") { $0["mean"] = [1e300, 0, 0] }, noJSON),
    (inside("input") { $0["resize"] = "stretch" }, "input.resize"),
    (inside("selection") { $0["count"] = 0 }, "its selection.count is 0; it must be 1 at least"),
    (inside("selection") { $0["count"] = -1 }, "its selection.count is -1; it must be 1 at least"),
    (
      inside("training") { $0["heldOutShare"] = 1 },
      "its training.heldOutShare is 1.0; it must be more than 0 and less than 1"
    ),
    (inside("training") { $0["preset"] = "slow" }, "training.preset"),
    (inside("student") { $0["file"] = "other.onnx" }, "'files' has no digest of other.onnx"),
    (inside("student") { $0["file"] = "../../teacher.onnx" }, "'files' has no digest of ../../teacher.onnx"),
    (inside("student") { $0["cut"] = "nowhere" }, "the cut 'nowhere' is no value of student.onnx"),
    (
      inside("student") { $0["output"] = "features" },
      "the Student's output is called 'features', and in its file 'logits'"
    ),
    (first { $0["id"] = "d02" }, "two of its differentiators have the same id"),
    (first { $0["id"] = "" }, "'' is no id for a differentiator; it must be like d01"),
    (first { $0["id"] = "student" }, "'student' is no id for a differentiator; it must be like d01"),
    (first { $0["id"] = "../d01" }, "'../d01' is no id for a differentiator; it must be like d01"),
    (first { $0["scope"] = [String]() }, "the scope of d01 must have different labels, one at least"),
    (first { $0["scope"] = ["red", "red"] }, "the scope of d01 must have different labels, one at least"),
    (first { $0["scope"] = ["blue", "mauve"] }, "the scope of d01 has no label 'mauve'"),
    (first { $0["scope"] = ["red", "green", "blue"] }, "the scope of d01 must be in the order of the labels"),
    (first { $0["scope"] = ["red"] }, "d01 must have an 'other' exactly if its scope leaves labels out"),
    (first { $0["other"] = true }, "d01 must have an 'other' exactly if its scope leaves labels out"),
    (first { $0["pruningRatio"] = 1 }, "the pruningRatio of d01 is 1.0; it must be at least 0 and less than 1"),
    (first { $0["seed"] = -1 }, noJSON),
    (inside("files") { $0["../x"] = "sha256:0" }, "'../x' in 'files' is no path inside the bundle"),
    (inside("files") { $0["/etc/passwd"] = "sha256:0" }, "'/etc/passwd' in 'files' is no path inside the bundle"),
    (inside("files") { $0["a//b"] = "sha256:0" }, "'a//b' in 'files' is no path inside the bundle"),
    (inside("files") { $0["calibration.json"] = nil }, "'files' has no digest of calibration.json"),
    (inside("files") { $0["probes.npz"] = nil }, "'files' has no digest of probes.npz"),
  ]

  @Test(arguments: manifests.indices) func `what is wrong with a manifest is named`(_ index: Int) throws {
    let (change, complaint) = Self.manifests[index]
    try tiny.editManifest(change)
    expectFault("manifest.json", complaint)
  }

  @Test(arguments: ["", "[]", "{", "nonsense", "{\"format\": 1e999}", String(repeating: "[", count: 100_000)])
  func `a manifest that is no JSON object is named`(_ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(tiny.path)/manifest.json"))
    expectFault("manifest.json", "")
  }

  @Test func `a file that a manifest names outside of the bundle is not read`() throws {
    try tiny.editManifest(Self.inside("files") { $0["../../teacher.onnx"] = "sha256:0" })
    let faults = ModelBundle.faults(of: tiny.path)
    #expect(faults.contains("\(tiny.path)/../../teacher.onnx: it is no path inside the bundle"))
    #expect(!faults.contains { $0.contains("its digest is") && $0.contains("teacher") })
  }

  // MARK: Files

  @Test(arguments: ["student.onnx", "differentiators/d02.onnx", "calibration.json", "probes.npz"])
  func `a file that is changed, cut short or gone is named`(_ name: String) throws {
    let path = "\(tiny.path)/\(name)"
    let bytes = try tiny.bytes(name)
    var changed = bytes
    changed[bytes.count / 2] ^= 1
    try Data(changed).write(to: URL(filePath: path))
    expectFault(name, "its digest is sha256:")
    try Data(bytes.dropLast()).write(to: URL(filePath: path))
    expectFault(name, "its digest is sha256:")
    try FileManager.default.removeItem(atPath: path)
    expectFault(name, "open: No such file or directory")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    expectFault(name, "not a regular file")
  }

  @Test func `a file that the manifest does not name is a fault, and every fault is listed`() throws {
    try Data("x".utf8).write(to: URL(filePath: "\(tiny.path)/differentiators/d99.onnx"))
    try FileManager.default.removeItem(atPath: "\(tiny.path)/probes.npz")
    let faults = ModelBundle.faults(of: tiny.path)
    #expect(
      faults == [
        "\(tiny.path)/differentiators/d99.onnx: the manifest does not name it",
        "\(tiny.path)/probes.npz: open: No such file or directory",
      ])
  }

  // MARK: Networks

  @Test func `a network that is none, or of another shape, is named though its digest is right`() throws {
    try tiny.replace("student.onnx", with: Array("nonsense".utf8))
    expectFault("student.onnx", "not an ONNX model")
    try tiny.replace("student.onnx", with: try ONNXFile.encode(TinyNetwork.graph(classes: 4)))
    expectFault("student.onnx", "its output has the shape [1, 4], and the manifest wants [1, 3]")
    var graph = TinyNetwork.graph(classes: 3)
    graph.inputs[0].shape = [.free("N"), .fixed(3), .fixed(32), .fixed(32)]
    try tiny.replace("student.onnx", with: try ONNXFile.encode(graph))
    expectFault("student.onnx", "it does not fit the manifest's input: ")
    graph = TinyNetwork.graph(classes: 3)
    graph.outputs = ["logits", "pool"]
    try tiny.replace("student.onnx", with: try ONNXFile.encode(graph))
    expectFault("student.onnx", "it must have one output")
  }

  @Test func `a differentiator of another input is named`() throws {
    var graph = TinyNetwork.graph(classes: 3)
    graph.inputs[0].name = "picture"
    graph.nodes[0].inputs[0] = "picture"
    try tiny.replace("differentiators/d03.onnx", with: try ONNXFile.encode(graph))
    expectFault("differentiators/d03.onnx", "it must have one input, 'image'")
  }

  @Test func `networks exchanged for others answer the probes otherwise`() throws {
    let (first, second) = (try tiny.bytes("differentiators/d01.onnx"), try tiny.bytes("differentiators/d02.onnx"))
    try tiny.replace("differentiators/d01.onnx", with: second)
    expectFault("probes.npz", "differentiator d01 answers a probe with probabilities that are off by ")
    try tiny.replace("differentiators/d01.onnx", with: first)
    #expect(ModelBundle.faults(of: tiny.path) == [])
    var student = try tiny.bundle().student
    student.parameters["classifier.bias"] = Tensor(shape: [3], scalars: [1, 0, 0])
    try tiny.replace("student.onnx", with: try ONNXFile.encode(student))
    expectFault("probes.npz", "the Student answers a probe with probabilities that are off by ")
  }

  // MARK: Probes

  @Test(.enabled(if: Processor.computesBFloat16, "the processor has no AVX-512"))
  func `in bfloat16 the same networks come near the probes' answers and others do not`() throws {
    let bundle = try tiny.bundle()
    func worker(_ student: Graph) throws -> DefenceWorker {
      try DefenceWorker(
        try DefendedModel(
          labels: bundle.manifest.labels, input: bundle.manifest.input, student: student,
          differentiators: bundle.differentiators, asked: 2, key: SelectionKey(derivedFrom: "test"),
          precision: .bfloat16))
    }
    try bundle.probes.check(try worker(bundle.student), file: "probes.npz")
    #expect(try bundle.model(precision: .bfloat16).precision == .bfloat16)
    var student = bundle.student
    student.parameters["classifier.bias"] = Tensor(shape: [3], scalars: [4, 0, 0])
    let error = #expect(throws: DefenceError.self) {
      try bundle.probes.check(try worker(student), file: "probes.npz")
    }
    let text = "probes.npz: the Student answers the probes, in bfloat16 and on the mean, with probabilities"
    #expect(error?.description.hasPrefix(text) == true)
  }

  @Test func `probes of another shape, without an array, or no numbers are named`() throws {
    let archive = try NumPyArchive(bytes: try tiny.bytes("probes.npz"), name: "")
    var arrays: [String: Tensor] = [:]
    for name in archive.names { arrays[name] = try archive.tensor(name) }
    func expect(_ complaint: String, _ change: (inout [String: Tensor]) -> Void) throws {
      var changed = arrays
      change(&changed)
      try tiny.replace("probes.npz", with: try NumPyArchive.bytes(of: changed, name: ""))
      expectFault("probes.npz", complaint)
    }
    let pictures = "'pictures' must be whole numbers 0 to 255 of shape [P,16,16,3]"
    try expect(pictures) { $0["pictures"] = Tensor(shape: [1, 3, 16, 16], repeating: 1) }
    try expect(pictures) { $0["pictures"] = Tensor(shape: [0, 16, 16, 3], repeating: 1) }
    try expect(pictures) { $0["pictures"] = Tensor(shape: [3, 16, 16, 3], repeating: 256) }
    try expect(pictures) { $0["pictures"] = Tensor(shape: [3, 16, 16, 3], repeating: 0.5) }
    try expect(pictures) { $0["pictures"] = Tensor(shape: [3, 16, 16, 3], repeating: .nan) }
    try expect("has no array 'pictures'") { $0["pictures"] = nil }
    try expect("has no array 'd02'") { $0["d02"] = nil }
    try expect("'student' must have the shape [3,3]") { $0["student"] = Tensor(shape: [3, 4], repeating: 0) }
    try expect("'d01' must have the shape [3,3]") { $0["d01"] = Tensor(shape: [9], repeating: 0) }
    try expect("the Student answers a probe with probabilities that are off by nan") {
      $0["student"] = Tensor(shape: [3, 3], repeating: .nan)
    }
    try tiny.replace("probes.npz", with: Array("PK".utf8))
    expectFault("probes.npz", "ends within the first bytes")
  }

  // MARK: Calibration

  static let calibrations: [(change: Change, complaint: String)] = [
    (inside("thresholds") { $0["red"] = 0 }, "the threshold of 'red' is 0.0, and its scores give 0."),
    (inside("thresholds") { $0["red"] = nil }, "its scores and thresholds must be for the manifest's labels"),
    (inside("scores") { $0["mauve"] = [0.5] }, "its scores and thresholds must be for the manifest's labels"),
    ({ $0["pooledThreshold"] = 0 }, "its pooledThreshold is 0.0, and its scores give 0."),
    (inside("quantiles") { $0["0.5"] = 0.1 }, "its quantiles are not those of its scores"),
    (
      inside("scores") { $0["red"] = Array(($0["red"] as? [Any] ?? []).reversed()) }, "its scores must be ascending"
    ),
    (inside("scores") { $0["red"] = [1.5] }, "its scores must be 0 to 1"),
    (inside("scores") { $0["red"] = [-0.1] }, "its scores must be 0 to 1"),
    (
      { $0["aggregation"] = "minimum" }, "its aggregation is 'minimum'; this version knows 'mean' and 'geometric-mean'"
    ),
    ({ $0["aggregation"] = nil }, "'aggregation' is missing at the top"),
    ({ $0["alpha"] = 0 }, "an alpha of 0.0; it must be more than 0 and less than 1"),
    ({ $0["alpha"] = 1 }, "an alpha of 1.0; it must be more than 0 and less than 1"),
    ({ $0["alpha"] = 1e-300 }, "calibration with alpha 1e-300 needs 1"),
    ({ $0["alpha"] = 0.999_999_999_999 }, "the threshold of "),
    (
      { $0["scores"] = ["blue": [Double](), "green": [Double](), "red": [Double]()] },
      "calibration with alpha 0.1 needs 9"
    ),
    ({ $0["alpha"] = nil }, "'alpha' is missing at the top"),
  ]

  @Test(arguments: calibrations.indices) func `what is wrong with a calibration is named though its digest is right`(
    _ index: Int
  ) throws {
    let (change, complaint) = Self.calibrations[index]
    try tiny.edit("calibration.json", change)
    expectFault("calibration.json", complaint)
  }
}
