public import NeuralNet

/// What is wrong with an ONNX file, or keeps a graph from being written as one, and at which node.
public struct ONNXError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: Sendable, Equatable {
    /// The file cannot be opened, read or written; the text is the system's reason.
    case inaccessible(String)
    /// The bytes are no ONNX model, or not a whole one.
    case notONNX(String)
    /// The model is written for this version of ONNX's operators, not one of ``ONNXFile/opsets``.
    case opset(Int)
    /// There is no such operator here; the payload is its domain, empty for ONNX's own.
    case unknownOperator(domain: String)
    /// The model is wrong by ONNX's rules; the text says what would be right.
    case malformed(String)
    /// The model may be right, but is outside of what is read here; the text says what is read.
    case unsupported(String)
    /// The graph in the file does not hold together.
    case graph(GraphError.Kind)
  }

  /// What is wrong.
  public let kind: Kind
  /// The file's name, or what the caller calls the bytes.
  public private(set) var file: String
  /// The node's name (or its first output's, if it has none), where one is at fault.
  public private(set) var node: String?
  /// The node's operator, where one is at fault.
  public private(set) var operatorName: String?

  init(_ kind: Kind, file: String = "", node: String? = nil, operatorName: String? = nil) {
    self.kind = kind
    self.file = file
    self.node = node
    self.operatorName = operatorName
  }

  init(_ error: GraphError) {
    self.init(.graph(error.kind), node: error.node, operatorName: error.operatorName)
  }

  static func malformed(_ text: String) -> ONNXError { ONNXError(.malformed(text)) }
  static func unsupported(_ text: String) -> ONNXError { ONNXError(.unsupported(text)) }

  /// The same error in a file.
  func inFile(_ name: String) -> ONNXError {
    var error = self
    error.file = name
    return error
  }

  /// The same error at a node as the file has it; a node made at import is not known to whoever reads the message.
  func atNode(_ name: String, _ operatorName: String) -> ONNXError {
    var error = self
    error.node = name
    error.operatorName = operatorName
    return error
  }

  /// One line for people.
  public var description: String {
    let place = (file.isEmpty ? "" : "\(file): ") + (node.map { "node '\($0)' (\(operatorName ?? "?")): " } ?? "")
    let text =
      switch kind {
      case .inaccessible(let text), .malformed(let text): text
      case .notONNX(let text): "not an ONNX model: \(text)"
      case .opset(let version):
        "opset \(version) is not supported, only \(ONNXFile.opsets.lowerBound) to \(ONNXFile.opsets.upperBound)"
      case .unknownOperator(let domain) where !domain.isEmpty:
        "operators of the domain '\(domain)' are not supported, only ONNX's own"
      case .unknownOperator: "this operator is not supported"
      case .unsupported(let text): "not supported: \(text)"
      case .graph(let kind): GraphError(kind).description
      }
    return place + text
  }
}
