import Foundation
import NeuralNet
import ONNX
import TestSupport
import Testing

/// Writes models for `Tests/Reference/check_export.py` to compare in another runtime.
///
/// `REEXPORT_FROM` names the folders read (searched in depth, parted by colons), `REEXPORT_TO` the one written: each model
/// as `float32/FOLDER/…` and `float16/FOLDER/…`, and the pruned networks with what the engine computes as `pruned/…`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["REEXPORT_TO"] != nil))
struct ReexportTests {
  private let sources: [URL]
  private let target: URL

  init() throws {
    let environment = ProcessInfo.processInfo.environment
    sources = (environment["REEXPORT_FROM"] ?? "").split(separator: ":").map { URL(filePath: String($0)) }
    target = URL(filePath: try #require(environment["REEXPORT_TO"]))
  }

  @Test func `every model is read, written, and read again as the same graph`() throws {
    for source in sources {
      let paths = try #require(FileManager.default.enumerator(atPath: source.path)).compactMap { $0 as? String }
      for path in paths.sorted() where path.hasSuffix(".onnx") {
        do {
          let graph = try ONNXFile.read(path: source.appending(path: path).path)
          try reexport(graph, "\(source.lastPathComponent)/\(path)")
        } catch let error as ONNXError {
          Issue.record("\(error)")
        }
      }
    }
  }

  private func reexport(_ graph: Graph, _ path: String) throws {
    for (folder, precision) in [("float32", ONNXFile.WeightPrecision.float32), ("float16", .float16)] {
      let copy = try place("\(folder)/\(path)")
      try ONNXFile.write(graph, to: copy, weights: precision)
      let again = try ONNXFile.read(path: copy)
      #expect(again.inputs == graph.inputs)
      #expect(again.outputs == graph.outputs)
      #expect(Set(again.parameters.keys).isSuperset(of: graph.parameters.keys), "\(path)")
      if precision == .float32, !graph.isComposedWhenWritten { #expect(again == graph, "\(path)") }
    }
  }

  @Test(arguments: Fixture.all(in: "architectures"))
  func `a pruned network is written beside the engine's values`(_ fixture: Fixture) throws {
    let images = try Fixture.networkInput().rows(3)
    let pruned = try PrunedNetwork(fixture, input: images.shape).pruned
    try ONNXFile.write(pruned, to: try place("pruned/\(fixture.name).onnx"))
    var arrays = [pruned.inputs[0].name: images]
    let results = try InferenceWorker(try InferencePlan(pruned)).run(images)
    for (name, result) in zip(pruned.outputs, results) { arrays["output:\(name)"] = result }
    try NumPyArchive.write(arrays, to: try place("pruned/\(fixture.name).npz"))
  }

  /// The path of a file to write, with the folders on the way to it made.
  private func place(_ path: String) throws -> String {
    let file = target.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    return file.path
  }
}

extension Graph {
  /// Whether some operator is written as several, which are read as they are written.
  fileprivate var isComposedWhenWritten: Bool {
    nodes.contains { node in
      switch node.operation {
      case .activation(.swish), .activation(.gelu): true
      default: false
      }
    }
  }
}
