import ArgumentParser
import Foundation
import NeuralNet
import ONNX

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what an ONNX file computes: operators, parameters, multiply-adds, value names and shapes.",
    discussion: """
      Free extents need a size: --batch and --size give the first axis and height and width of image inputs.

        distinguo inspect model.onnx --size 224
      """)

  @Argument(help: "The ONNX file.")
  var file: String

  @Option(help: "The batch size, where the file leaves it free.")
  var batch = 1

  @Option(help: "Height and width in pixels where the file leaves them free: N for both, or HxW.")
  var size: ImageSize?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func validate() throws {
    guard (1...65536).contains(batch) else { throw ValidationError("--batch is \(batch); it must be 1 to 65536.") }
  }

  func run() throws {
    let graph = try ONNXFile.read(path: file)
    let summary = try ModelSummary(graph, batch: batch, size: size?.extent)
    print(json ? try summary.json() : summary.table())
  }
}

/// A size in pixels as people write it: `224` or `224x320` (height first).
struct ImageSize: ExpressibleByArgument {
  let extent: Extent

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(parts.count), let height = parts[0], let width = parts.last!,
      (1...16384).contains(height), (1...16384).contains(width)
    else { return nil }
    extent = Extent(height: height, width: width)
  }
}
