/// What is wrong with a ``Graph``, or with the use of one, and at which node.
public struct GraphError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: Sendable, Equatable {
    /// A value is used that nothing computes.
    case unknownValue(String)
    /// Two nodes, inputs or parameters have the same value name.
    case duplicateValue(String)
    /// These values need one another.
    case cycle([String])
    /// Extents that do not fit; the text says which and what would be right.
    case shape(String)
    /// The node has a wrong number of inputs or outputs, or a setting out of its range.
    case malformed(String)
    /// A weight holds a value that is not a finite number.
    case notFinite(parameter: String, index: Int)
    /// The engine cannot do this.
    case unsupported(String)
  }

  /// What is wrong.
  public let kind: Kind
  /// The node's name, where one is at fault.
  public let node: String?
  /// The node's operator, in ONNX's words.
  public let operatorName: String?

  /// An error, at a node if one is at fault.
  public init(_ kind: Kind, at node: Node? = nil) {
    self.kind = kind
    self.node = node?.name
    self.operatorName = node?.operation.name
  }

  /// One line for people.
  public var description: String {
    let place = node.map { "node '\($0)' (\(operatorName ?? "?")): " } ?? ""
    let text =
      switch kind {
      case .unknownValue(let name): "there is no value '\(name)'"
      case .duplicateValue(let name): "the value '\(name)' is defined more than once"
      case .cycle(let names): "the graph has a cycle through \(names.map { "'\($0)'" }.joined(separator: ", "))"
      case .shape(let text), .malformed(let text): text
      case .notFinite(let parameter, let index): "weight '\(parameter)' is not finite at index \(index)"
      case .unsupported(let text): "not supported: \(text)"
      }
    return place + text
  }
}

extension Operator {
  /// The ONNX operator this is, for messages and tables.
  public var name: String {
    switch self {
    case .convolution: "Conv"
    case .batchNormalization: "BatchNormalization"
    case .activation(let activation): activation.name
    case .parametricRelu: "PRelu"
    case .binary(.add): "Add"
    case .binary(.subtract): "Sub"
    case .binary(.multiply): "Mul"
    case .binary(.divide): "Div"
    case .softmax: "Softmax"
    case .logSoftmax: "LogSoftmax"
    case .concatenation: "Concat"
    case .split: "Split"
    case .slice: "Slice"
    case .maxPool: "MaxPool"
    case .averagePool: "AveragePool"
    case .globalPool(.average): "GlobalAveragePool"
    case .globalPool(.maximum): "GlobalMaxPool"
    case .mean: "ReduceMean"
    case .flatten: "Flatten"
    case .reshape: "Reshape"
    case .transpose: "Transpose"
    case .squeeze: "Squeeze"
    case .unsqueeze: "Unsqueeze"
    case .gemm: "Gemm"
    case .matrixMultiplication: "MatMul"
    case .dropout: "Dropout"
    case .identity: "Identity"
    case .pad: "Pad"
    case .localResponseNormalization: "LRN"
    }
  }
}

extension Activation {
  /// The ONNX operator this is; `Swish` is ours, ONNX writes it as Sigmoid and Mul.
  public var name: String {
    switch self {
    case .relu: "Relu"
    case .leakyRelu: "LeakyRelu"
    case .clip: "Clip"
    case .sigmoid: "Sigmoid"
    case .hardSigmoid: "HardSigmoid"
    case .hardSwish: "HardSwish"
    case .swish: "Swish"
    case .tanh: "Tanh"
    case .gelu: "Gelu"
    case .erf: "Erf"
    }
  }
}
