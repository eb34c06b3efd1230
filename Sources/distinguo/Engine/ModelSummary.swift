import Foundation
import NeuralNet

/// What `distinguo inspect` tells of a model.
struct ModelSummary: Encodable {
  struct Array: Encodable {
    let name: String
    let shape: [Int]
  }

  struct Step: Encodable {
    let node: String
    let `operator`: String
    let outputs: [Array]
    let parameters: Int
    let multiplyAdds: Int
  }

  let name: String
  let inputs: [Array]
  let outputs: [Array]
  let parameters: Int
  let multiplyAdds: Int
  let operators: [String: Int]
  let nodes: [Step]
  let metadata: [String: String]

  init(_ graph: Graph, batch: Int, size: Extent?) throws(GraphError) {
    var given: [String: [Int]] = [:]
    for input in graph.inputs {
      let alone = Graph(name: graph.name, inputs: [input], nodes: [], outputs: [])
      given[input.name] = try alone.inputShape(batch: batch, size: size)
    }
    let shapes = try graph.shapes(of: given)
    let costs = try graph.costs(of: given)
    name = graph.name
    inputs = graph.inputs.map { Array(name: $0.name, shape: given[$0.name]!) }
    outputs = graph.outputs.map { Array(name: $0, shape: shapes[$0]!) }
    parameters = graph.parameterCount
    multiplyAdds = costs.reduce(0) { $0 + $1.multiplyAdds }
    operators = Dictionary(grouping: costs, by: \.operatorName).mapValues(\.count)
    nodes = costs.map { cost in
      Step(
        node: cost.node, operator: cost.operatorName,
        outputs: zip(cost.outputs, cost.shapes).map { Array(name: $0, shape: $1) }, parameters: cost.parameters,
        multiplyAdds: cost.multiplyAdds)
    }
    metadata = graph.metadata
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  func table() -> String {
    func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
    var rows = TextTable(["operator", "value", "shape", "parameters", "multiply-adds"], rightAligned: [3, 4])
    for node in nodes {
      for (index, output) in node.outputs.enumerated() {
        rows.add([
          node.operator, output.name, text(output.shape), index == 0 ? node.parameters.grouped : "",
          index == 0 ? node.multiplyAdds.grouped : "",
        ])
      }
    }
    rows.add(["total", "", "", parameters.grouped, multiplyAdds.grouped])
    let counts = operators.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let lines = [
      "model      \(name)",
      "inputs     " + inputs.map { "\($0.name) \(text($0.shape))" }.joined(separator: ", "),
      "outputs    " + outputs.map { "\($0.name) \(text($0.shape))" }.joined(separator: ", "),
      "operators  " + counts.map { "\($0.value) \($0.key)" }.joined(separator: ", "),
    ]
    let notes = metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return (lines + notes.map { "note       " + $0 } + ["", rows.text]).joined(separator: "\n")
  }
}

extension Int {
  /// With a comma between each three digits.
  var grouped: String {
    let digits = Array<Character>(String(magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[Swift.max(0, $0 - 3)..<$0]) }
    return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }
}
