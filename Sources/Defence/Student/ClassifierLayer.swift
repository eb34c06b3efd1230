internal import Base
public import NeuralNet

/// The last layer of a classifier, which tells the classes apart: a product with a weight, and a bias.
struct ClassifierLayer {
  /// The value it reads, [N, features].
  let features: String
  /// The value it computes, [N, classes].
  let logits: String
  /// How many classes it has.
  let classes: Int
  /// How many features it reads.
  let featureCount: Int

  /// Finds it: the last product of the graph, with nothing but a bias, a softmax and changes of shape behind it.
  ///
  /// - Throws: ``DefenceError/network(name:_:)`` if the graph does not end in one.
  init(of graph: Graph) throws(DefenceError) {
    func fail(_ text: String) -> DefenceError { .network(name: graph.name, text) }
    guard graph.outputs.count == 1 else { throw fail("it has \(graph.outputs.count) outputs; a classifier has one") }
    let producers = graph.producers()
    var value = graph.outputs[0]
    while true {
      guard let index = producers[value] else { throw fail("it has no layer that tells classes apart") }
      let node = graph.nodes[index]
      switch node.operation {
      case .softmax, .logSoftmax, .identity, .dropout, .flatten, .squeeze, .reshape:
        value = node.inputs[0]
      case .binary(.add):
        let computed = node.inputs.filter { graph.parameters[$0] == nil }
        guard computed.count == 1, let inner = producers[computed[0]],
          case .matrixMultiplication = graph.nodes[inner].operation,
          let weight = graph.parameters[graph.nodes[inner].inputs[1]], weight.shape.count == 2
        else { throw fail("its last layer is a sum, not a product with a weight and a bias") }
        self.init(
          features: graph.nodes[inner].inputs[0], logits: value, classes: weight.shape[1],
          featureCount: weight.shape[0])
        return
      case .matrixMultiplication, .gemm:
        guard let weight = graph.parameters[node.inputs[1]], weight.shape.count == 2 else {
          throw fail("its last product has no constant weight")
        }
        var transposes = false
        if case .gemm(let gemm) = node.operation { transposes = gemm.transposesB }
        self.init(
          features: node.inputs[0], logits: value, classes: weight.shape[transposes ? 0 : 1],
          featureCount: weight.shape[transposes ? 1 : 0])
        return
      default:
        throw fail(
          "its last layer is '\(node.name)', and a classifier is wanted that ends in a Gemm or MatMul; "
            + "export the Teacher with a fully connected last layer")
      }
    }
  }

  private init(features: String, logits: String, classes: Int, featureCount: Int) {
    self.features = features
    self.logits = logits
    self.classes = classes
    self.featureCount = featureCount
  }
}

extension Graph {
  /// What the last layer, which tells the classes apart, reads: a value's name, and how many numbers it has for an image.
  ///
  /// - Throws: ``DefenceError/network(name:_:)`` if the graph does not end in one.
  public var features: (name: String, count: Int) {
    get throws(DefenceError) {
      let layer = try ClassifierLayer(of: self)
      return (layer.features, layer.featureCount)
    }
  }

  /// The same network with its last layer replaced by a new one for `classes` classes, its weights small and random.
  ///
  /// - Throws: ``DefenceError/network(name:_:)`` if it does not end in a layer that tells classes apart.
  func withNewHead(classes: Int, seed: UInt64) throws -> Graph {
    let layer = try ClassifierLayer(of: self)
    var graph = try trimmed(to: [layer.features])
    // Names that stay free: a Teacher may have a 'head' of its own.
    let taken = Set(graph.nodes.flatMap(\.outputs)).union(graph.parameters.keys).union(graph.inputs.map(\.name))
    func free(_ name: String) -> String {
      var name = name
      while taken.contains(name) { name += "_" }
      return name
    }
    let (weight, bias, logits) = (free("classifier.weight"), free("classifier.bias"), free("logits"))
    let generator = CounterGenerator(seed, 0x6865_6164)
    // He et al. 2015 for a layer without a rectifier behind it: uniform with variance 1 / features.
    let bound = (3 / Float(layer.featureCount)).squareRoot()
    let scalars = (0..<(classes * layer.featureCount)).map { bound * (2 * generator.uniform(UInt64($0)) - 1) }
    graph.parameters[weight] = Tensor(shape: [classes, layer.featureCount], scalars: scalars)
    graph.parameters[bias] = Tensor(shape: [classes], repeating: 0)
    graph.nodes.append(Node(.gemm(.init(transposesB: true)), [layer.features, weight, bias], logits))
    graph.outputs = [logits]
    return graph
  }

  /// The same network without what comes behind its logits, such as a softmax.
  func endingInLogits() throws -> Graph { try trimmed(to: [ClassifierLayer(of: self).logits]) }
}
