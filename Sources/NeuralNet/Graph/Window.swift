/// A kernel that slides over a feature map: what convolutions and poolings share.
struct Window: Hashable {
  var kernel: Extent
  var strides: Extent
  var dilations: Extent
  var padding: SpatialPadding
  var ceilMode = false

  /// Where a window slides along one direction: border before, number of outputs, border after as far as it is needed.
  ///
  /// `after` may be smaller than the declared border (the last step does not reach it) or, in ceil mode, larger.
  struct Track: Hashable {
    var before: Int
    var output: Int
    var after: Int
    /// The declared border after; what counts as padding where an average includes it.
    var declaredAfter: Int
  }

  /// No kernel, step or border is larger, so that they can be added and multiplied.
  static let largestNumber = 1 << 20

  /// Whether every number is in its range, and small enough to add up.
  var isSound: Bool {
    let limit = Self.largestNumber
    let positive = [kernel, strides, dilations].flatMap { [$0.height, $0.width] }
    guard positive.allSatisfy({ (1...limit).contains($0) }) else { return false }
    guard case .explicit(let top, let left, let bottom, let right) = padding else { return true }
    return [top, left, bottom, right].allSatisfy { (0...limit).contains($0) }
  }

  func vertical(_ input: Int) -> Track {
    let border: (Int, Int)? = if case .explicit(let top, _, let bottom, _) = padding { (top, bottom) } else { nil }
    return track(input, kernel.height, strides.height, dilations.height, border)
  }

  func horizontal(_ input: Int) -> Track {
    let border: (Int, Int)? = if case .explicit(_, let left, _, let right) = padding { (left, right) } else { nil }
    return track(input, kernel.width, strides.width, dilations.width, border)
  }

  /// Whether each window lies on at least one pixel, so that a pooling has something to reduce.
  ///
  /// Borders must be narrower than the kernel, as onnxruntime demands; and where there is a border, taps must not be
  /// further apart than the image is wide, or they may lie on either side of it.
  func alwaysHoldsPixels(of height: Int, _ width: Int) -> Bool {
    if case .explicit(let top, let left, let bottom, let right) = padding {
      guard max(top, bottom) < kernel.height, max(left, right) < kernel.width else { return false }
    }
    return (vertical(height).before == 0 || dilations.height <= height)
      && (horizontal(width).before == 0 || dilations.width <= width)
  }

  private func track(_ input: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ border: (Int, Int)?) -> Track {
    let span = (kernel - 1) * dilation + 1
    var (before, after) = (0, 0)
    if let border {
      (before, after) = border
    } else {
      let output = (input + stride - 1) / stride
      let total = max(0, (output - 1) * stride + span - input)
      before = padding == .sameLower ? total - total / 2 : total / 2
      after = total - before
    }
    let room = input + before + after - span
    guard room >= 0 else { return Track(before: before, output: 0, after: after, declaredAfter: after) }
    var output = room / stride + 1
    // A window that begins in the far border is dropped (PyTorch's rule, which ONNX follows).
    if ceilMode, room % stride != 0, output * stride < input + before { output += 1 }
    let reached = (output - 1) * stride + span - input - before
    return Track(before: before, output: output, after: reached, declaredAfter: after)
  }
}

extension Window {
  init(_ pooling: Operator.Pooling) {
    self.init(
      kernel: pooling.kernel, strides: pooling.strides, dilations: pooling.dilations, padding: pooling.padding,
      ceilMode: pooling.ceilMode)
  }
}
