import NeuralNet

/// Graphs put together by chance from the pieces of well-known architectures, and a few that nobody would build.
struct RandomGraph {
  let graph: Graph
  let input: [String: [Int]]
  /// Whether height and width may be chosen anew: false if the head flattens space.
  let hasFreeSize: Bool

  private var build: GraphBuilder

  init(seed: UInt64) {
    build = GraphBuilder(seed: seed)
    let size = Extent(height: 4 + build.choice(3), width: 4 + build.choice(2))
    let image = build.image(size: size)
    var x = build.convolution(image, 2 * (2 + build.choice(3)), kernel: build.chance(0.5) ? 3 : 1)
    for _ in 0..<(2 + build.choice(5)) { x = build.randomBlock(x) }
    let flattensSpace = build.chance(0.4)
    let output = build.randomHead(x, flattensSpace: flattensSpace)
    graph = build.graph(outputs: output)
    input = [image: build.shapes[image] ?? []]
    hasFreeSize = !flattensSpace
  }
}

extension GraphBuilder {
  fileprivate mutating func choice(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  fileprivate mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }

  private mutating func randomActivation(_ x: String) -> String {
    let functions: [Activation] = [
      .relu, .leakyRelu(slope: 0.1), .clip(lower: 0, upper: 6), .clip(lower: 0.25, upper: 1), .sigmoid,
      .hardSigmoid(alpha: 0.2, beta: 0.5), .hardSwish, .swish, .tanh, .gelu(tanhApproximation: false),
      .gelu(tanhApproximation: true), .erf,
    ]
    switch choice(8) {
    case 0: return add(.parametricRelu, x, parameter([channels(x), 1, 1]))
    case 1: return add(.parametricRelu, x, parameter([1]))
    case 2: return add(.binary(.multiply), x, activation(.sigmoid, x))
    default: return activation(functions[choice(functions.count)], x)
    }
  }

  private mutating func randomNormalization(_ x: String) -> String {
    switch choice(5) {
    case 0, 1: batchNormalization(x)
    case 2:
      add(
        .binary(.add), add(.binary(.multiply), x, parameter([1, channels(x), 1, 1])), parameter([channels(x), 1, 1]))
    case 3: add(.binary(.divide), x, parameter([channels(x), 1, 1], in: 1...2))
    default: x
    }
  }

  private mutating func randomLayer(_ x: String, _ outputs: Int) -> String {
    let convolved = convolution(x, outputs, kernel: chance(0.5) ? 3 : 1, hasBias: chance(0.5))
    return randomActivation(randomNormalization(convolved))
  }

  private mutating func randomGate(_ x: String) -> String {
    let count = channels(x)
    let gate: Activation = chance(0.5) ? .sigmoid : .hardSigmoid(alpha: 0.2, beta: 0.5)
    let pooled = chance(0.5) ? add(.globalPool(.average), x) : add(.mean(axes: [2, 3], keepsDimensions: true), x)
    if chance(0.6) {
      let squeezed = activation(.relu, convolution(pooled, 3, kernel: 1))
      return add(.binary(.multiply), x, activation(gate, convolution(squeezed, count, kernel: 1)))
    }
    let features = chance(0.5) ? add(.flatten(axis: 1), pooled) : add(.squeeze(axes: [2, 3]), pooled)
    let excited = activation(gate, linear(activation(.relu, linear(features, 4)), count))
    let back =
      chance(0.5)
      ? add(.unsqueeze(axes: [2, 3]), excited)
      : add(.reshape([.copy(axis: 0), .fixed(count), .fixed(1), .fixed(1)]), excited)
    return add(.binary(.multiply), back, x)
  }

  fileprivate mutating func randomBlock(_ x: String) -> String {
    let count = channels(x)
    switch choice(20) {
    case 0: return randomLayer(x, 2 * (1 + choice(4)))
    case 1:  // residual
      return add(.binary(.add), randomLayer(randomLayer(x, 3 + choice(4)), count), x)
    case 2:  // inverted residual
      let wide = randomActivation(depthwise(randomLayer(x, 2 * count)))
      return add(.binary(chance(0.5) ? .add : .subtract), x, convolution(randomGate(wide), count, kernel: 1))
    case 3: return randomActivation(depthwise(x, multiplier: count <= 6 ? 1 + choice(2) : 1))
    case 4: return randomGate(x)
    case 5:  // Inception
      let branches = (0..<(2 + choice(2))).map { _ in randomLayer(x, 2 + choice(3)) }
      return even(add(.concatenation(axis: 1), branches, outputs: ["c\(shapes.count)"])[0])
    case 6:  // DenseNet
      return count > 16 ? randomLayer(x, 6) : add(.concatenation(axis: 1), x, randomLayer(x, 4))
    case 7:  // ShuffleNetV2
      let halves = split(x, count / 2)
      let branch = randomLayer(depthwise(randomLayer(halves[1], count / 2)), count / 2)
      return shuffle(add(.concatenation(axis: 1), halves[0], branch), groups: 2)
    case 8: return shuffle(x, groups: 2)
    case 9:  // ResNeXt
      let wide = randomLayer(x, 8)
      return add(.binary(.add), x, convolution(randomActivation(convolution(wide, 8, groups: 2)), count))
    case 10: return convolution(x, 2 * (1 + choice(3)), groups: 2)
    case 11:  // halves by Slice
      let first = add(.slice([SliceRange(axis: 1, start: 0, end: count / 2)]), x)
      let second = add(.slice([SliceRange(axis: 1, start: count / 2, end: .max)]), x)
      return add(.concatenation(axis: 1), randomActivation(second), first)
    case 12:
      let steps = [2, -1, -2, 3]
      let step = steps[choice(steps.count)]
      let part = add(
        .slice([SliceRange(axis: 1, start: step < 0 ? -1 : choice(2), end: step < 0 ? .min : .max, step: step)]), x)
      return randomLayer(part, 4)
    case 13:  // a shortcut that is padded with empty channels (He et al. 2016, option A)
      let wide = randomLayer(x, count + 4)
      let before = choice(4)
      return add(
        .binary(.add), wide,
        add(.pad(.init(before: [0, before, 0, 0], after: [0, 4 - before, 0, 0], value: 0.5)), x))
    case 14:  // a border of pixels, and cropped channels
      let crop = count > 2 ? -1 : 0
      let cropped = add(.pad(.init(before: [0, crop, 1, 0], after: [0, crop, 0, 1], value: -1)), x)
      return randomLayer(
        add(.slice([SliceRange(axis: 2, start: 1, end: .max), SliceRange(axis: 3, start: 0, end: -1)]), cropped), 6)
    case 15:  // channels last and back
      let last = add(.transpose(permutation: [0, 2, 3, 1]), x)
      let features = add(.matrixMultiplication, last, parameter([count, 6]))
      let shifted = randomActivationOfLastAxis(add(.binary(.add), features, parameter([6])))
      return add(.transpose(permutation: [0, 3, 1, 2]), shifted)
    case 16:  // one weight, two layers
      let weight = parameter([count, count, 1, 1])
      let first = add(.convolution(.init()), x, weight)
      return add(.convolution(.init()), randomActivation(first), weight)
    case 17:  // what holds channels
      return chance(0.5)
        ? add(.softmax(axis: 1 + choice(2)), x)
        : add(.localResponseNormalization(.init(size: 1 + choice(3), alpha: 1)), x)
    case 18:
      let pooling = Operator.Pooling(kernel: Extent(3), padding: .all(1))
      return chance(0.5) ? add(.maxPool(pooling), x) : add(.averagePool(pooling, includesPadding: chance(0.5)), x)
    default:  // spatial attention: one channel for all
      return add(.binary(.multiply), x, activation(.sigmoid, convolution(x, 1)))
    }
  }

  /// Blocks expect an even number of channels.
  private mutating func even(_ x: String) -> String {
    channels(x).isMultiple(of: 2) ? x : add(.concatenation(axis: 1), x, convolution(x, 1))
  }

  private mutating func randomActivationOfLastAxis(_ x: String) -> String {
    chance(0.5) ? activation(.relu, x) : add(.parametricRelu, x, parameter([shapes[x]?.last ?? 0]))
  }

  fileprivate mutating func randomHead(_ x: String, flattensSpace: Bool) -> String {
    let pooled = flattensSpace ? x : add(.globalPool(chance(0.8) ? .average : .maximum), x)
    let flat: String
    switch (choice(3), flattensSpace) {
    case (0, true): flat = add(.reshape([.copy(axis: 0), .inferred]), pooled)
    case (1, true): flat = add(.reshape([.inferred, .fixed((shapes[x] ?? []).dropFirst().product)]), pooled)
    case (0, false): flat = add(.mean(axes: [2, 3], keepsDimensions: false), x)
    default: flat = add(.flatten(axis: 1), pooled)
    }
    let hidden = chance(0.5) ? add(.dropout(ratio: 0.2), activation(.relu, linear(flat, 6))) : flat
    let logits =
      chance(0.5)
      ? linear(hidden, 3)
      : add(
        .binary(.add), add(.matrixMultiplication, hidden, parameter([shapes[hidden]?.last ?? 0, 3])), parameter([3]))
    return chance(0.3) ? add(.softmax(axis: 1), logits) : logits
  }
}
