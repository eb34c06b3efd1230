import Foundation
import NeuralNet
import ONNX
import Testing

/// Writes every model of a directory again, for `Tests/Reference/check_export.py` to compare in another runtime.
///
/// `REEXPORT_FROM` names the directory read (searched in depth), `REEXPORT_TO` the one written.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["REEXPORT_TO"] != nil))
struct ReexportTests {
  @Test func `every model is read, written, and read again as the same graph`() throws {
    let environment = ProcessInfo.processInfo.environment
    let source = URL(fileURLWithPath: try #require(environment["REEXPORT_FROM"]), isDirectory: true)
    let target = URL(fileURLWithPath: try #require(environment["REEXPORT_TO"]), isDirectory: true)
    let paths = try #require(FileManager.default.enumerator(atPath: source.path)).compactMap { $0 as? String }
    for path in paths.sorted() where path.hasSuffix(".onnx") {
      do {
        let graph = try ONNXFile.read(path: source.appending(path: path).path)
        for (folder, precision) in [("float32", ONNXFile.WeightPrecision.float32), ("float16", .float16)] {
          let copy = target.appending(path: folder).appending(path: path)
          try FileManager.default.createDirectory(
            at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
          try ONNXFile.write(graph, to: copy.path, weights: precision)
          let again = try ONNXFile.read(path: copy.path)
          #expect(again.inputs == graph.inputs)
          #expect(again.outputs == graph.outputs)
          #expect(Set(again.parameters.keys).isSuperset(of: graph.parameters.keys), "\(path)")
          if precision == .float32, !graph.isComposedWhenWritten { #expect(again == graph, "\(path)") }
        }
      } catch let error as ONNXError {
        Issue.record("\(error)")
      }
    }
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
