public import ArgumentParser
public import NeuralNet
import ONNX

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run an ONNX file on NumPy arrays.",
    discussion: """
      Reads .npy files, computes the model's outputs (or the inner values named with --value) and writes them as a \
      .npy file, or as a .npz file where there are several.

        distinguo run model.onnx --input x.npy --output y.npy
        distinguo run model.onnx --input a=x.npy --input b=z.npy --value block8 --output features.npy
      """)

  @Argument(help: "The ONNX file.")
  var file: String

  @Option(help: "An array in a .npy file, with NAME= before it where the model has several inputs.")
  var input: [String] = []

  @Option(help: "Where the result goes: a .npy file, or .npz for several values.")
  var output: String

  @Option(name: .customLong("value"), help: "A value to compute instead of the model's outputs; may be repeated.")
  var values: [String] = []

  @Option(help: "float32, bfloat16, or auto: bfloat16 where the processor has instructions for it.")
  var precision: PrecisionChoice = .float32

  @Option(help: "How many threads compute.")
  var threads = 1

  func validate() throws {
    guard (1...1024).contains(threads) else { throw ValidationError("--threads is \(threads); it must be 1 to 1024.") }
    guard output.hasSuffix(".npy") || output.hasSuffix(".npz") else {
      throw ValidationError("--output is '\(output)'; its name must end in .npy or .npz.")
    }
    if input.isEmpty { throw ValidationError("--input is missing: name a .npy file.") }
  }

  func run() throws {
    let graph = try ONNXFile.read(path: file)
    let inputs = try readInputs(graph)
    let plan = try InferencePlan(graph, outputs: values.isEmpty ? nil : values, precision: precision)
    let wanted = inputs.filter { name, _ in plan.inputs.contains { $0.name == name } }
    let results = try InferenceWorker(plan, threads: threads).run(wanted)
    if output.hasSuffix(".npz") {
      let named = Dictionary(zip(plan.outputs, results), uniquingKeysWith: { first, _ in first })
      try NumPyArchive.write(named, to: output)
    } else if results.count == 1 {
      try NumPyFile.write(results[0], to: output)
    } else {
      throw ValidationError(
        "\(file) computes \(results.count) values (\(plan.outputs.joined(separator: ", "))): "
          + "choose one with --value, or name a .npz file as --output.")
    }
  }

  private func readInputs(_ graph: Graph) throws -> [String: Tensor] {
    let names = graph.inputs.map(\.name)
    var inputs: [String: Tensor] = [:]
    for argument in input {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      let (name, path) =
        if parts.count == 2, names.contains(parts[0]) {
          (parts[0], parts[1])
        } else if names.count == 1 {
          (names[0], argument)
        } else {
          throw ValidationError(
            "--input '\(argument)' must be NAME=FILE with one of: \(names.joined(separator: ", ")).")
        }
      guard inputs[name] == nil else { throw ValidationError("--input '\(name)' is given twice.") }
      inputs[name] = try NumPyFile(contentsOf: path).tensor
    }
    return inputs
  }
}

extension PrecisionChoice: ExpressibleByArgument {}
