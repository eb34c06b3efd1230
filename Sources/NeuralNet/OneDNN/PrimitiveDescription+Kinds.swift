internal import COneDNN

/// What oneDNN computes with, one function for each primitive; the arguments are oneDNN's.
extension PrimitiveDescription {
  /// Padding, strides and dilations of a convolution as oneDNN wants them.
  struct Geometry: Hashable {
    let kernel: Extent
    let strides: Extent
    let dilations: Extent
    let before: Extent
    let after: Extent

    init(_ window: Window, input: Extent) {
      let (vertical, horizontal) = (window.vertical(input.height), window.horizontal(input.width))
      kernel = window.kernel
      strides = window.strides
      dilations = window.dilations
      before = Extent(height: vertical.before, width: horizontal.before)
      after = Extent(height: vertical.after, width: horizontal.after)
    }

    private func flat(_ extents: [Extent]) -> [Int64] { extents.flatMap { [Int64($0.height), Int64($0.width)] } }
    private var skips: Extent { Extent(height: dilations.height - 1, width: dilations.width - 1) }
    var convolution: [Int64] { flat([strides, skips, before, after]) }
    var pooling: [Int64] { flat([strides, kernel, skips, before, after]) }
  }

  static func reorder(_ source: Layout, _ destination: Layout) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("reorder") {
      onednn_reorder($0, Engine.cpu, source.handle, destination.handle, attributes.handle)
    }
  }

  static func convolution(
    _ kind: dnnl_prop_kind_t, _ source: Layout, _ weights: Layout, _ bias: Layout?, _ destination: Layout,
    _ geometry: Geometry, _ operations: [PostOperation] = []
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes(operations)
    return try PrimitiveDescription("convolution") {
      onednn_convolution_forward(
        $0, Engine.cpu, kind, source.handle, weights.handle, bias?.handle, destination.handle, geometry.convolution,
        attributes.handle)
    }
  }

  static func innerProduct(
    _ kind: dnnl_prop_kind_t, _ source: Layout, _ weights: Layout, _ bias: Layout?, _ destination: Layout,
    _ operations: [PostOperation] = []
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes(operations)
    return try PrimitiveDescription("inner product") {
      onednn_inner_product_forward(
        $0, Engine.cpu, kind, source.handle, weights.handle, bias?.handle, destination.handle, attributes.handle)
    }
  }

  static func matmul(_ a: Layout, _ b: Layout, _ bias: Layout?, _ destination: Layout) throws(OneDNNError)
    -> PrimitiveDescription
  {
    let attributes = try Attributes()
    return try PrimitiveDescription("matmul") {
      onednn_matmul($0, Engine.cpu, a.handle, b.handle, bias?.handle, destination.handle, attributes.handle)
    }
  }

  static func batchNormalization(_ kind: dnnl_prop_kind_t, _ source: Layout, epsilon: Float, flags: UInt32)
    throws(OneDNNError) -> PrimitiveDescription
  {
    let attributes = try Attributes()
    return try PrimitiveDescription("batch normalization") {
      onednn_batch_normalization_forward($0, Engine.cpu, kind, source.handle, epsilon, flags, attributes.handle)
    }
  }

  static func eltwise(
    _ kind: dnnl_prop_kind_t, _ algorithm: dnnl_alg_kind_t, _ source: Layout, alpha: Float, beta: Float
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("eltwise") {
      onednn_eltwise_forward($0, Engine.cpu, kind, algorithm, source.handle, alpha, beta, attributes.handle)
    }
  }

  static func pooling(
    _ kind: dnnl_prop_kind_t, _ algorithm: dnnl_alg_kind_t, _ source: Layout, _ destination: Layout,
    _ geometry: Geometry
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("pooling") {
      onednn_pooling_forward(
        $0, Engine.cpu, kind, algorithm, source.handle, destination.handle, geometry.pooling, attributes.handle)
    }
  }

  static func binary(
    _ algorithm: dnnl_alg_kind_t, _ a: Layout, _ b: Layout, _ destination: Layout, _ operations: [PostOperation] = []
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes(operations)
    return try PrimitiveDescription("binary") {
      onednn_binary($0, Engine.cpu, algorithm, a.handle, b.handle, destination.handle, attributes.handle)
    }
  }

  static func reduction(_ algorithm: dnnl_alg_kind_t, _ source: Layout, _ destination: Layout) throws(OneDNNError)
    -> PrimitiveDescription
  {
    let attributes = try Attributes()
    return try PrimitiveDescription("reduction") {
      onednn_reduction($0, Engine.cpu, algorithm, source.handle, destination.handle, attributes.handle)
    }
  }

  static func softmax(
    _ kind: dnnl_prop_kind_t, _ algorithm: dnnl_alg_kind_t, _ source: Layout, _ destination: Layout, axis: Int
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("softmax") {
      onednn_softmax_forward(
        $0, Engine.cpu, kind, algorithm, source.handle, destination.handle, Int32(axis), attributes.handle)
    }
  }

  static func prelu(_ kind: dnnl_prop_kind_t, _ source: Layout, slope: Layout) throws(OneDNNError)
    -> PrimitiveDescription
  {
    let attributes = try Attributes()
    return try PrimitiveDescription("prelu") {
      onednn_prelu_forward($0, Engine.cpu, kind, source.handle, slope.handle, attributes.handle)
    }
  }

  static func localResponseNormalization(
    _ kind: dnnl_prop_kind_t, _ source: Layout, _ lrn: Operator.LocalResponseNormalization
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("lrn") {
      onednn_lrn_forward(
        $0, Engine.cpu, kind, source.handle, Int64(lrn.size), lrn.alpha, lrn.beta, lrn.bias, attributes.handle)
    }
  }

  static func concat(_ sources: [Layout], axis: Int, destination: Layout? = nil) throws(OneDNNError)
    -> PrimitiveDescription
  {
    let attributes = try Attributes()
    let handles = sources.map { Optional(UnsafePointer($0.handle)) }
    return try PrimitiveDescription("concat") {
      onednn_concat(
        $0, Engine.cpu, destination?.handle, Int32(sources.count), Int32(axis), handles, attributes.handle)
    }
  }

  static func sum(_ sources: [Layout], destination: Layout? = nil) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    let handles = sources.map { Optional(UnsafePointer($0.handle)) }
    return try PrimitiveDescription("sum") {
      onednn_sum($0, Engine.cpu, destination?.handle, Int32(sources.count), handles, attributes.handle)
    }
  }
}
