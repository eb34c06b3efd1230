internal import COneDNN

/// One of oneDNN's functions of a single value, with its two numbers.
struct Eltwise: Hashable {
  let algorithm: dnnl_alg_kind_t
  var alpha: Float = 0
  var beta: Float = 0

  static func == (a: Eltwise, b: Eltwise) -> Bool {
    a.algorithm == b.algorithm && a.alpha == b.alpha && a.beta == b.beta
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(algorithm.rawValue)
    hasher.combine(alpha)
    hasher.combine(beta)
  }

  var postOperation: PostOperation { .eltwise(algorithm, alpha: alpha, beta: beta) }

  static func linear(_ factor: Float, _ summand: Float) -> Eltwise {
    Eltwise(algorithm: dnnl_eltwise_linear, alpha: factor, beta: summand)
  }
}

extension Activation {
  /// The functions that make up this activation, in order; nil where oneDNN has none.
  var eltwise: [Eltwise]? {
    switch self {
    case .relu: [Eltwise(algorithm: dnnl_eltwise_relu)]
    case .leakyRelu(let slope): [Eltwise(algorithm: dnnl_eltwise_relu, alpha: slope)]
    case .clip(let lower, let upper): [Self.clip(lower, upper)]
    case .sigmoid: [Eltwise(algorithm: dnnl_eltwise_logistic)]
    case .hardSigmoid(let alpha, let beta): [.linear(alpha, beta), Self.clip(0, 1)]
    case .hardSwish: [Eltwise(algorithm: dnnl_eltwise_hardswish)]
    case .swish: [Eltwise(algorithm: dnnl_eltwise_swish, alpha: 1)]
    case .tanh: [Eltwise(algorithm: dnnl_eltwise_tanh)]
    case .gelu(tanhApproximation: false): [Eltwise(algorithm: dnnl_eltwise_gelu_erf)]
    case .gelu(tanhApproximation: true): [Eltwise(algorithm: dnnl_eltwise_gelu_tanh)]
    case .erf: nil
    }
  }

  // oneDNN refuses infinities.
  private static func clip(_ lower: Float, _ upper: Float) -> Eltwise {
    let largest = Float.greatestFiniteMagnitude
    return Eltwise(algorithm: dnnl_eltwise_clip_v2, alpha: max(lower, -largest), beta: min(upper, largest))
  }
}
