/// What a ``Node`` computes. Every case states its inputs in order; a `?` marks one that may be left out.
///
/// The names and meanings are ONNX's (https://onnx.ai/onnx/operators/), in one canonical form: bounds that ONNX passes
/// as inputs are payload here, and shapes that an exporter computes at run time are ``ReshapeDimension`` lists.
/// Axes are counted from the front and never negative.
public enum Operator: Sendable, Hashable {
  /// x [N,C,H,W], weight [O,C/groups,kH,kW], bias [O]? → [N,O,H′,W′]
  case convolution(Convolution)
  /// x [N,C,…], scale [C], shift [C], mean [C], variance [C] → x's shape
  case batchNormalization(BatchNormalization)
  /// x → x's shape, value by value
  case activation(Activation)
  /// x, slope (broadcast to x) → x's shape; `x < 0 ? slope · x : x`
  case parametricRelu
  /// a, b → their NumPy broadcast
  case binary(Binary)
  /// x → x's shape; normalised along one axis
  case softmax(axis: Int)
  /// x → x's shape; logarithm of softmax along one axis
  case logSoftmax(axis: Int)
  /// one or more inputs, alike but along `axis` → one output
  case concatenation(axis: Int)
  /// x → one output for each of `sizes`, which add up to x's extent along `axis`
  case split(axis: Int, sizes: [Int])
  /// x → a part of x
  case slice([SliceRange])
  /// x [N,C,H,W] → [N,C,H′,W′]
  case maxPool(Pooling)
  /// x [N,C,H,W] → [N,C,H′,W′]; `includesPadding` counts padded positions in the divisor
  case averagePool(Pooling, includesPadding: Bool)
  /// x [N,C,H,W] → [N,C,1,1]
  case globalPool(GlobalPooling)
  /// x → the mean over `axes`, which stay as extents of 1 if `keepsDimensions`
  case mean(axes: [Int], keepsDimensions: Bool)
  /// x → [product of the extents before `axis`, product of the rest]
  case flatten(axis: Int)
  /// x → the same values under another shape
  case reshape([ReshapeDimension])
  /// x → axis `i` of the output is axis `permutation[i]` of x
  case transpose(permutation: [Int])
  /// x → x without these axes, each of extent 1
  case squeeze(axes: [Int])
  /// x → x with new axes of extent 1 at these places of the output
  case unsqueeze(axes: [Int])
  /// a [M,K], b [K,N] (each perhaps transposed), c (broadcast to [M,N])? → [M,N]
  case gemm(Gemm)
  /// a [*,M,K], b [*,K,N] → [*,M,N] with NumPy's matmul broadcasting
  case matrixMultiplication
  /// x → x when inferring; when training, zero with probability `ratio` and the rest scaled by `1 / (1 − ratio)`
  case dropout(ratio: Float)
  /// x → x
  case identity
  /// x → x with a border of a constant value
  case pad(Padding)
  /// x [N,C,H,W] → x's shape; normalised across neighbouring channels
  case localResponseNormalization(LocalResponseNormalization)

  /// Two-dimensional convolution.
  public struct Convolution: Sendable, Hashable {
    /// Vertical and horizontal step, in pixels.
    public var strides: Extent
    /// Distance between neighbouring kernel taps, in pixels.
    public var dilations: Extent
    /// Border of zeros.
    public var padding: SpatialPadding
    /// Number of independent groups of channels; the number of input channels for a depthwise convolution.
    public var groups: Int

    /// The defaults are ONNX's.
    public init(
      strides: Extent = Extent(1), dilations: Extent = Extent(1), padding: SpatialPadding = .none, groups: Int = 1
    ) {
      self.strides = strides
      self.dilations = dilations
      self.padding = padding
      self.groups = groups
    }
  }

  /// `(x − mean) / √(variance + epsilon) · scale + shift`
  public struct BatchNormalization: Sendable, Hashable {
    /// Added to the variance.
    public var epsilon: Float
    /// ONNX's sense: `running = momentum · running + (1 − momentum) · batch` (PyTorch's is one minus this).
    public var momentum: Float

    /// The defaults are ONNX's.
    public init(epsilon: Float = 1e-5, momentum: Float = 0.9) {
      self.epsilon = epsilon
      self.momentum = momentum
    }
  }

  /// A function of two arrays with NumPy broadcasting.
  public enum Binary: String, Sendable, Hashable, CaseIterable {
    case add, subtract, multiply, divide
  }

  /// A sliding window.
  public struct Pooling: Sendable, Hashable {
    /// Window height and width.
    public var kernel: Extent
    /// Vertical and horizontal step.
    public var strides: Extent
    /// Distance between neighbouring window taps.
    public var dilations: Extent
    /// Border; never chosen by a maximum.
    public var padding: SpatialPadding
    /// Whether a last window that does not fit wholly counts.
    public var ceilMode: Bool

    /// The defaults are ONNX's.
    public init(
      kernel: Extent, strides: Extent = Extent(1), dilations: Extent = Extent(1), padding: SpatialPadding = .none,
      ceilMode: Bool = false
    ) {
      self.kernel = kernel
      self.strides = strides
      self.dilations = dilations
      self.padding = padding
      self.ceilMode = ceilMode
    }
  }

  /// How a whole feature map becomes one value.
  public enum GlobalPooling: String, Sendable, Hashable, CaseIterable {
    case average, maximum
  }

  /// `alpha · a · b + beta · c`
  public struct Gemm: Sendable, Hashable {
    /// Factor of the product.
    public var alpha: Float
    /// Factor of the third input.
    public var beta: Float
    /// Whether a is given as [K,M].
    public var transposesA: Bool
    /// Whether b is given as [N,K], as PyTorch's Linear does.
    public var transposesB: Bool

    /// The defaults are ONNX's.
    public init(alpha: Float = 1, beta: Float = 1, transposesA: Bool = false, transposesB: Bool = false) {
      self.alpha = alpha
      self.beta = beta
      self.transposesA = transposesA
      self.transposesB = transposesB
    }
  }

  /// A constant border; a negative width crops.
  public struct Padding: Sendable, Hashable {
    /// Width before the first value of each axis.
    public var before: [Int]
    /// Width after the last value of each axis.
    public var after: [Int]
    /// What the border holds.
    public var value: Float

    /// A border, one width an axis.
    public init(before: [Int], after: [Int], value: Float = 0) {
      self.before = before
      self.after = after
      self.value = value
    }
  }

  /// `x / (bias + alpha / size · Σ x²)^beta` over `size` neighbouring channels.
  public struct LocalResponseNormalization: Sendable, Hashable {
    /// Number of channels in the sum.
    public var size: Int
    /// Scale of the sum.
    public var alpha: Float
    /// Exponent.
    public var beta: Float
    /// Added to the sum.
    public var bias: Float

    /// The defaults are ONNX's.
    public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
      self.size = size
      self.alpha = alpha
      self.beta = beta
      self.bias = bias
    }
  }
}
