/// A function applied to each value by itself.
public enum Activation: Sendable, Hashable {
  /// `max(x, 0)`
  case relu
  /// `x < 0 ? slope · x : x`
  case leakyRelu(slope: Float)
  /// `min(max(x, lower), upper)`; a missing bound is an infinity
  case clip(lower: Float, upper: Float)
  /// `1 / (1 + exp(−x))`
  case sigmoid
  /// `min(max(alpha · x + beta, 0), 1)`
  case hardSigmoid(alpha: Float, beta: Float)
  /// `x · min(max(x / 6 + ½, 0), 1)`
  case hardSwish
  /// `x · sigmoid(x)`, also called SiLU
  case swish
  /// `tanh(x)`
  case tanh
  /// `x / 2 · (1 + erf(x / √2))`, or with `tanhApproximation` the approximation by a hyperbolic tangent
  case gelu(tanhApproximation: Bool)
  /// The error function.
  case erf
}
