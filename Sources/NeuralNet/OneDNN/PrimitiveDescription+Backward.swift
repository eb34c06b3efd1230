internal import COneDNN

/// What oneDNN differentiates with. `hint` is the forward primitive whose layouts and workspace a backward one follows.
extension PrimitiveDescription {
  static func convolutionBackwardData(
    _ sourceGradient: Layout, _ weights: Layout, _ gradient: Layout, _ geometry: Geometry, hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("convolution backward data") {
      onednn_convolution_backward_data(
        $0, Engine.cpu, sourceGradient.handle, weights.handle, gradient.handle, geometry.convolution,
        attributes.handle, hint.handle)
    }
  }

  static func convolutionBackwardWeights(
    _ source: Layout, _ weightsGradient: Layout, _ biasGradient: Layout?, _ gradient: Layout, _ geometry: Geometry,
    hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("convolution backward weights") {
      onednn_convolution_backward_weights(
        $0, Engine.cpu, source.handle, weightsGradient.handle, biasGradient?.handle, gradient.handle,
        geometry.convolution, attributes.handle, hint.handle)
    }
  }

  static func innerProductBackwardData(
    _ sourceGradient: Layout, _ weights: Layout, _ gradient: Layout, hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("inner product backward data") {
      onednn_inner_product_backward_data(
        $0, Engine.cpu, sourceGradient.handle, weights.handle, gradient.handle, attributes.handle, hint.handle)
    }
  }

  static func innerProductBackwardWeights(
    _ source: Layout, _ weightsGradient: Layout, _ biasGradient: Layout?, _ gradient: Layout,
    hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("inner product backward weights") {
      onednn_inner_product_backward_weights(
        $0, Engine.cpu, source.handle, weightsGradient.handle, biasGradient?.handle, gradient.handle,
        attributes.handle, hint.handle)
    }
  }

  static func batchNormalizationBackward(
    _ gradient: Layout, _ source: Layout, epsilon: Float, flags: UInt32, hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("batch normalization backward") {
      onednn_batch_normalization_backward(
        $0, Engine.cpu, dnnl_backward, gradient.handle, source.handle, epsilon, flags, attributes.handle, hint.handle)
    }
  }

  /// - Parameter data: the layout of the source, or of the destination where the algorithm wants that.
  static func eltwiseBackward(
    _ function: Eltwise, _ gradient: Layout, _ data: Layout, hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("eltwise backward") {
      onednn_eltwise_backward(
        $0, Engine.cpu, function.algorithm, gradient.handle, data.handle, function.alpha, function.beta,
        attributes.handle, hint.handle)
    }
  }

  static func poolingBackward(
    _ algorithm: dnnl_alg_kind_t, _ sourceGradient: Layout, _ gradient: Layout, _ geometry: Geometry,
    hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("pooling backward") {
      onednn_pooling_backward(
        $0, Engine.cpu, algorithm, sourceGradient.handle, gradient.handle, geometry.pooling, attributes.handle,
        hint.handle)
    }
  }

  static func softmaxBackward(
    _ algorithm: dnnl_alg_kind_t, _ sourceGradient: Layout, _ gradient: Layout, _ destination: Layout, axis: Int,
    hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("softmax backward") {
      onednn_softmax_backward(
        $0, Engine.cpu, algorithm, sourceGradient.handle, gradient.handle, destination.handle, Int32(axis),
        attributes.handle, hint.handle)
    }
  }

  static func localResponseNormalizationBackward(
    _ gradient: Layout, _ source: Layout, _ lrn: Operator.LocalResponseNormalization, hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("lrn backward") {
      onednn_lrn_backward(
        $0, Engine.cpu, gradient.handle, source.handle, Int64(lrn.size), lrn.alpha, lrn.beta, lrn.bias,
        attributes.handle, hint.handle)
    }
  }
}

extension PrimitiveDescription {
  static func preluBackward(
    _ source: Layout, slope: Layout, _ gradient: Layout, slopeGradient: Layout, hint: PrimitiveDescription
  ) throws(OneDNNError) -> PrimitiveDescription {
    let attributes = try Attributes()
    return try PrimitiveDescription("prelu backward") {
      onednn_prelu_backward(
        $0, Engine.cpu, source.handle, slope.handle, gradient.handle, slopeGradient.handle, attributes.handle,
        hint.handle)
    }
  }
}
