/// Which steps at the beginning of a network are run for a few images at a time.
///
/// The first layers of a network have the largest maps. Over a whole batch they do not fit into the processor's caches,
/// so that each layer fetches from memory what the one before it wrote there; a few images at a time stay near.
struct BatchTiling {
  /// How many of the steps, from the first, are run so.
  let steps: Int
  /// How many images are run at a time.
  let images: Int
  /// What these steps compute and others need.
  let boundary: [String]

  /// The bytes that a step may read and write before it is worth dividing. By measurement: steps above this gain, those
  /// below lose more by smaller products than they gain by nearer memory.
  static let stepBytes = 4 << 20

  /// - Returns: nil where every step of the batch is small enough, or the network does not begin with steps that treat
  ///   each image by itself.
  init?(
    _ fused: [FusedNode], outputs: [String], shapes: [String: [Int]], inputs: [String], precision: Precision,
    threads: Int, stepBytes: Int
  ) {
    guard let batch = inputs.first.flatMap({ shapes[$0]?.first }), batch > 1,
      inputs.allSatisfy({ shapes[$0]?.first == batch && shapes[$0]?.count == 4 })
    else { return nil }
    let width = precision == .bfloat16 ? 2 : 4
    var computed = Set(inputs)
    var (end, largest) = (0, 0)
    for (index, step) in fused.enumerated() {
      let read = (step.node.inputs + [step.summand].compactMap { $0 })
      let moving = read.filter(computed.contains)
      guard step.node.operation.treatsImagesApart,
        (moving + step.node.outputs).allSatisfy({ shapes[$0]?.count == 4 && shapes[$0]?[0] == batch }),
        // A constant that has a batch of its own cannot be divided.
        read.allSatisfy({
          computed.contains($0) || shapes[$0]!.count < 4 || shapes[$0]![0] != batch || step.isWeight($0)
        })
      else { break }
      computed.formUnion(step.node.outputs + [step.output])
      let bytes = (moving + step.node.outputs).reduce(0) { $0 + shapes[$1]!.product } * width
      if bytes > stepBytes * threads {
        end = index + 1
        largest = max(largest, bytes)
      }
    }
    guard end > 0 else { return nil }
    images = max(threads, stepBytes * threads / (largest / batch))
    guard images < batch else { return nil }
    steps = end
    let made = Set(fused[..<end].flatMap { $0.node.outputs + [$0.output] })
    let needed = Set(fused[end...].flatMap { $0.node.inputs + [$0.summand].compactMap { $0 } }).union(outputs)
    boundary = made.intersection(needed).sorted()
  }
}

extension FusedNode {
  /// Whether a value is read as a kernel, whose first extent counts channels.
  fileprivate func isWeight(_ name: String) -> Bool {
    if case .convolution = node.operation { node.inputs.dropFirst().contains(name) } else { false }
  }
}

extension Operator {
  /// Whether an operator on [N,C,H,W] gives for each of the N what it would give for that one alone.
  fileprivate var treatsImagesApart: Bool {
    switch self {
    case .convolution, .batchNormalization, .activation, .parametricRelu, .binary, .maxPool, .averagePool,
      .localResponseNormalization:
      true
    case .concatenation(let axis), .split(let axis, _): axis == 1
    case .softmax, .logSoftmax, .slice, .globalPool, .mean, .flatten, .reshape, .transpose, .squeeze, .unsqueeze, .gemm,
      .matrixMultiplication, .dropout, .identity, .pad:
      false
    }
  }
}
