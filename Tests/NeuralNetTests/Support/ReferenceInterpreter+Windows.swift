import NeuralNet

/// Convolution and pooling. Where windows stand is found by walking them, not by the engine's formula.
extension ReferenceInterpreter {
  /// The windows along one direction: where each begins (the first may begin before 0), and where the border ends.
  private struct Walk {
    var starts: [Int] = []
    var farEnd: Int

    init(
      extent: Int, kernel: Int, stride: Int, dilation: Int, border: (before: Int, after: Int)?, isLower: Bool,
      ceilMode: Bool
    ) {
      let span = (kernel - 1) * dilation + 1
      var (before, after) = (0, 0)
      if let border {
        (before, after) = border
      } else {
        let outputs = extent / stride + (extent % stride == 0 ? 0 : 1)
        let total = max(0, (outputs - 1) * stride + span - extent)
        (before, after) = isLower ? (total - total / 2, total / 2) : (total / 2, total - total / 2)
      }
      farEnd = extent + after
      var start = -before
      while start + span <= farEnd {
        starts.append(start)
        start += stride
      }
      // In ceil mode a last window may stick out, if it begins inside and there is something it adds.
      let reached = start - stride + span
      if ceilMode, !starts.isEmpty, reached < farEnd, start < extent { starts.append(start) }
    }
  }

  private static func walks(
    _ extents: [Int], _ kernel: Extent, _ strides: Extent, _ dilations: Extent, _ padding: SpatialPadding,
    ceilMode: Bool = false
  ) -> (Walk, Walk) {
    var (vertical, horizontal): ((Int, Int)?, (Int, Int)?) = (nil, nil)
    if case .explicit(let top, let left, let bottom, let right) = padding {
      (vertical, horizontal) = ((top, bottom), (left, right))
    }
    return (
      Walk(
        extent: extents[0], kernel: kernel.height, stride: strides.height, dilation: dilations.height,
        border: vertical, isLower: padding == .sameLower, ceilMode: ceilMode),
      Walk(
        extent: extents[1], kernel: kernel.width, stride: strides.width, dilation: dilations.width,
        border: horizontal, isLower: padding == .sameLower, ceilMode: ceilMode)
    )
  }

  static func convolve(
    _ x: ReferenceArray, _ weight: ReferenceArray, bias: ReferenceArray?, _ settings: Operator.Convolution
  ) -> ReferenceArray {
    let kernel = Extent(height: weight.shape[2], width: weight.shape[3])
    let (rows, columns) = walks(Array(x.shape[2...]), kernel, settings.strides, settings.dilations, settings.padding)
    let inputs = weight.shape[1]
    let outputsPerGroup = weight.shape[0] / settings.groups
    let (height, width) = (x.shape[2], x.shape[3])
    return ReferenceArray(shape: [x.shape[0], weight.shape[0], rows.starts.count, columns.starts.count]) { index in
      let (output, top, left) = (index[1], rows.starts[index[2]], columns.starts[index[3]])
      var sum = bias?.scalars[output] ?? 0
      for input in 0..<inputs {
        let map = (index[0] * x.shape[1] + output / outputsPerGroup * inputs + input) * height * width
        let taps = (output * inputs + input) * kernel.height * kernel.width
        for row in 0..<kernel.height {
          let y = top + row * settings.dilations.height
          guard y >= 0, y < height else { continue }
          for column in 0..<kernel.width {
            let z = left + column * settings.dilations.width
            guard z >= 0, z < width else { continue }
            sum += x.scalars[map + y * width + z] * weight.scalars[taps + row * kernel.width + column]
          }
        }
      }
      return sum
    }
  }

  /// - Parameter reduce: Takes the values under the window, and how many taps lie on them or on the declared border.
  static func pool(
    _ x: ReferenceArray, _ settings: Operator.Pooling, _ reduce: ([Double], Int) -> Double
  ) -> ReferenceArray {
    let (rows, columns) = walks(
      Array(x.shape[2...]), settings.kernel, settings.strides, settings.dilations, settings.padding,
      ceilMode: settings.ceilMode)
    return ReferenceArray(shape: [x.shape[0], x.shape[1], rows.starts.count, columns.starts.count]) { index in
      var taps: [Double] = []
      var covered = 0
      for row in 0..<settings.kernel.height {
        for column in 0..<settings.kernel.width {
          let y = rows.starts[index[2]] + row * settings.dilations.height
          let z = columns.starts[index[3]] + column * settings.dilations.width
          if y < rows.farEnd, z < columns.farEnd { covered += 1 }
          guard (0..<x.shape[2]).contains(y), (0..<x.shape[3]).contains(z) else { continue }
          taps.append(x[[index[0], index[1], y, z]])
        }
      }
      return reduce(taps, covered)
    }
  }
}
