import Foundation
import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct RunTests {
  private let folder: TemporaryFolder
  private let model = Fixture.path("architectures/resnet_basic.onnx")

  init() throws {
    folder = try TemporaryFolder()
    try NumPyFile.write(Tensor(shape: [2, 3, 64, 64], repeating: 0.25), to: folder.path("x.npy"))
  }

  @Test func `run writes the outputs of the model`() throws {
    let outcome = try Command.run("run", model, "--input", folder.path("x.npy"), "--output", folder.path("y.npy"))
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.isEmpty)
    #expect(try NumPyFile(contentsOf: folder.path("y.npy")).tensor.shape[0] == 2)
  }

  @Test func `run writes several values into an archive`() throws {
    let summary = try Command.run("inspect", model, "--size", "64", "--json").output
    let nodes = try #require(try JSONSerialization.jsonObject(with: Data(summary.utf8)) as? [String: Any])["nodes"]
    let names = try #require(nodes as? [[String: Any]]).prefix(2).compactMap {
      ($0["outputs"] as? [[String: Any]])?.first?["name"] as? String
    }
    let outcome = try Command.run(
      "run", model, "--input", folder.path("x.npy"), "--output", folder.path("y.npz"), "--value", names[0], "--value",
      names[1], "--precision", "auto", "--threads", "2")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(try NumPyArchive(contentsOf: folder.path("y.npz")).names == names.sorted())
  }

  /// Arguments after `run`, with MODEL, X and Y for the files, and what the complaint must say.
  static let wrong: [(arguments: [String], complaint: String)] = [
    (["nowhere.onnx", "--input", "X", "--output", "Y"], "nowhere.onnx"),
    (["X", "--input", "X", "--output", "Y"], "x.npy"),
    (["MODEL", "--output", "Y"], "--input is missing"),
    (["MODEL", "--input", "nowhere.npy", "--output", "Y"], "nowhere.npy"),
    (["MODEL", "--input", "MODEL", "--output", "Y"], "resnet_basic.onnx"),
    (["MODEL", "--input", "X", "--input", "X", "--output", "Y"], "given twice"),
    (["MODEL", "--input", "X", "--output", "y.txt"], "must end in .npy or .npz"),
    (["MODEL", "--input", "X", "--output", "/nowhere/y.npy"], "/nowhere/y.npy"),
    (["MODEL", "--input", "X", "--output", "Y", "--value", "block99"], "there is no value 'block99'"),
    (["MODEL", "--input", "X", "--output", "Y", "--threads", "0"], "--threads is 0; it must be 1 to 1024"),
    (["MODEL", "--input", "X", "--output", "Y", "--precision", "float64"], "float64"),
    (["MODEL", "--input", "FLAT", "--output", "Y"], "has 4 axes, not 1"),
    (["MODEL", "--input", "DEEP", "--output", "Y"], "wants extent 3 at axis 1, not 4"),
  ]

  @Test(arguments: wrong.indices) func `a wrong argument of run is named and nothing is written`(_ index: Int) throws {
    let (arguments, complaint) = Self.wrong[index]
    try NumPyFile.write(Tensor(shape: [12], repeating: 0), to: folder.path("flat.npy"))
    try NumPyFile.write(Tensor(shape: [1, 4, 64, 64], repeating: 0), to: folder.path("deep.npy"))
    let files = [
      "MODEL": model, "X": folder.path("x.npy"), "Y": folder.path("y.npy"), "FLAT": folder.path("flat.npy"),
      "DEEP": folder.path("deep.npy"),
    ]
    let process = try Command.run(["run"] + arguments.map { files[$0] ?? $0 })
    #expect(process.status != 0)
    #expect(process.error.contains(complaint), "\(process.error)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("y.npy")))
  }

  @Test func `inspect counts weights and multiply-adds as they are counted by hand`() throws {
    // One 3×3 convolution of 2 to 4 channels, stride 2, over 8×6 pixels: 4·3 places · 4 channels · 2·9 taps.
    let graph = Graph(
      name: "one", inputs: [.init(name: "x", shape: [.free("N"), .fixed(2), .free("H"), .free("W")])],
      nodes: [Node(.convolution(.init(strides: Extent(2), padding: .all(1))), ["x", "w"], "y")], outputs: ["y"],
      parameters: ["w": Tensor(shape: [4, 2, 3, 3], repeating: 1)])
    try ONNXFile.write(graph, to: folder.path("one.onnx"))
    let outcome = try Command.run("inspect", folder.path("one.onnx"), "--size", "8x6", "--batch", "5", "--json")
    let summary = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(summary["multiply_adds"] as? Int == 5 * 4 * 3 * 4 * 18)
    #expect(summary["parameters"] as? Int == 4 * 2 * 9)
    #expect((summary["outputs"] as? [[String: Any]])?.first?["shape"] as? [Int] == [5, 4, 4, 3])
    let table = try Command.run("inspect", folder.path("one.onnx"), "--size", "8x6").output
    #expect(table.contains("Conv") && table.contains("1×4×4×3") && table.contains("864"))
  }

  @Test(arguments: [
    ([], "give it a size"), (["--size", "0"], "--size"), (["--size", "12x"], "--size"),
    (["--batch", "0"], "--batch is 0"),
  ]) func `a wrong argument of inspect is named`(_ arguments: [String], _ complaint: String) throws {
    let outcome = try Command.run(["inspect", model] + arguments)
    #expect(outcome.status != 0)
    #expect(outcome.error.contains(complaint), "\(outcome.error)")
  }

  @Test(arguments: [
    (["--runs", "0"], "--runs is 0"), (["--batch", "0"], "--batch is 0"), (["--threads", "0"], "--threads is 0"),
    (["--mode", "both"], "both"), (["--model", "nowhere.onnx"], "nowhere.onnx"),
  ]) func `a wrong argument of bench engine is named`(_ arguments: [String], _ complaint: String) throws {
    let model = arguments.contains("--model") ? [] : ["--model", model]
    let outcome = try Command.run(["bench", "engine"] + model + arguments)
    #expect(outcome.status != 0)
    #expect(outcome.error.contains(complaint), "\(outcome.error)")
  }
}
