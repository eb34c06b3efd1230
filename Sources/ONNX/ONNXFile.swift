internal import Base
public import NeuralNet
internal import SwiftProtobuf

/// ONNX files (https://onnx.ai/onnx/repo-docs/IR.html) as ``Graph`` values, and the other way round.
///
/// A graph computes in float32. Weights stored as float16, bfloat16 or double become float32, and so do inputs that are
/// declared as one of these. Integers exist only at import: shapes that an exporter computes at run time are resolved to
/// ``ReshapeDimension`` and ``SliceRange`` lists, and a model in which that cannot be done is refused.
public enum ONNXFile {
  /// The versions of ONNX's operators that are read.
  public static let opsets = 11...21

  /// Protobuf's own limit, in bytes.
  private static let largestFile = Int(Int32.max)

  /// How weights are written.
  public enum WeightPrecision: Sendable, Hashable {
    /// As they are.
    case float32
    /// At half the size, with a Cast to float32 behind each, so that every runtime computes in float32. Arrays with
    /// fewer than two axes (biases, statistics), which are small and sensitive, and arrays with a value that
    /// float16 cannot hold stay as they are.
    case float16
  }

  /// The graph in a file.
  ///
  /// - Throws: ``ONNXError`` if the file cannot be read, is no ONNX model, or holds something that is not supported.
  public static func read(path: String) throws(ONNXError) -> Graph {
    let bytes: [UInt8]
    do {
      bytes = try FileAccess.read(path, limit: largestFile)
    } catch {
      throw ONNXError(.inaccessible(error.description), file: path)
    }
    return try decode(bytes, name: path)
  }

  /// The graph in the bytes of a file, which messages call `name`.
  ///
  /// - Throws: ``ONNXError`` if the bytes are no ONNX model, or hold something that is not supported.
  public static func decode(_ bytes: consuming [UInt8], name: String) throws(ONNXError) -> Graph {
    do {
      let model = try parse(bytes)
      return try ModelImporter(model, file: name).graph()
    } catch {
      throw error.inFile(name)
    }
  }

  /// The bytes of a file with this graph.
  ///
  /// The graph is written for opset 17, or 19 where it needs that (an average pooling with dilation).
  /// - Throws: ``ONNXError`` if the graph is not valid, or its shapes do not fit at any usual size.
  public static func encode(_ graph: Graph, weights: WeightPrecision = .float32) throws(ONNXError) -> [UInt8] {
    var exporter = GraphExporter(graph, weights: weights)
    let model = try exporter.model()
    do {
      return try model.serializedBytes()
    } catch {
      throw .unsupported("a model of more than 2 GiB")
    }
  }

  /// Writes a graph to a file: beside its place, synced to disk, then renamed, so that there is never half a file.
  ///
  /// - Throws: ``ONNXError`` as ``encode(_:weights:)``, or if the file cannot be written.
  public static func write(
    _ graph: Graph, to path: String, weights: WeightPrecision = .float32
  ) throws(ONNXError) {
    let bytes: [UInt8]
    do {
      bytes = try encode(graph, weights: weights)
    } catch {
      throw error.inFile(path)
    }
    do {
      try FileAccess.replace(path, with: bytes)
    } catch {
      throw ONNXError(.inaccessible(error.description), file: path)
    }
  }

  private static func parse(_ bytes: [UInt8]) throws(ONNXError) -> Onnx_ModelProto {
    let model: Onnx_ModelProto
    do {
      model = try Onnx_ModelProto(serializedBytes: bytes)
    } catch {
      throw ONNXError(.notONNX("its protobuf encoding is broken or cut off"))
    }
    // Almost any short text is some protobuf message, so that the fields which every model has must be there.
    guard model.hasIrVersion, model.hasGraph else {
      throw ONNXError(.notONNX("it has no \(model.hasIrVersion ? "graph" : "ir_version")"))
    }
    return model
  }
}
