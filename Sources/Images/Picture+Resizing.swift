extension Picture {
  /// The picture at another size, by antialiased bilinear resampling: the pixels that Pillow's
  /// `resize((width, height), Image.Resampling.BILINEAR)` gives.
  public func resized(width: Int, height: Int) -> Picture {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height)")
    return resampled(width: width, height: height, left: 0, top: 0, columns: width, rows: height)
  }

  /// The part of this size around the centre, which the picture must hold; where a margin is odd, the left or upper one
  /// is the smaller.
  public func centerCropped(width: Int, height: Int) -> Picture {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height)")
    precondition(
      width <= self.width && height <= self.height, "a part of \(width)×\(height) in \(self.width)×\(self.height)")
    return cropped(left: (self.width - width) / 2, top: (self.height - height) / 2, width: width, height: height)
  }

  /// The picture at a network's input size.
  ///
  /// For `fitAndCrop` with Pillow, where `(w, h)` is the picture's size and `//` rounds down:
  /// ```python
  /// W, H = width, height
  /// if w * H <= h * W:  # the width fits, the height is more than enough
  ///     size = (W, (2 * h * W + w) // (2 * w))
  /// else:
  ///     size = ((2 * w * H + h) // (2 * h), H)
  /// left, top = (size[0] - W) // 2, (size[1] - H) // 2
  /// image = image.resize(size, Image.Resampling.BILINEAR).crop((left, top, left + W, top + H))
  /// ```
  public func fitted(width: Int, height: Int, mode: ResizeMode) -> Picture {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height)")
    switch mode {
    case .squash: return resized(width: width, height: height)
    case .fitAndCrop:
      let (wide, high) =
        self.width * height <= self.height * width
        ? (width, (2 * self.height * width + self.width) / (2 * self.width))
        : ((2 * self.width * height + self.height) / (2 * self.height), height)
      // Only the part that is kept is made: of a picture of 1×5000, the whole would be enormous.
      return resampled(
        width: wide, height: high, left: (wide - width) / 2, top: (high - height) / 2, columns: width, rows: height)
    }
  }

  /// A part of the picture; it must lie inside.
  private func cropped(left: Int, top: Int, width: Int, height: Int) -> Picture {
    if width == self.width && height == self.height { return self }
    var part: [UInt8] = []
    part.reserveCapacity(3 * width * height)
    for row in top..<(top + height) {
      let start = 3 * (row * self.width + left)
      part += pixels[start..<(start + 3 * width)]
    }
    return Picture(width: width, height: height, pixels: part)
  }

  /// A part of what the picture would be at another size. Columns first, then rows, with 8 bits between, as Pillow does.
  private func resampled(width: Int, height: Int, left: Int, top: Int, columns: Int, rows: Int) -> Picture {
    let across = ResamplingWeights(from: self.width, to: width, region: left..<(left + columns))
    let down = ResamplingWeights(from: self.height, to: height, region: top..<(top + rows))
    let span = down.span
    // An axis whose size stays is left alone: its weights would be ones.
    let narrow =
      width == self.width
      ? cropped(left: left, top: span.lowerBound, width: columns, height: span.count)
      : resampledAcross(across, rows: span)
    if height == self.height { return narrow }
    return narrow.resampledDown(down, from: span.lowerBound)
  }

  /// Some rows, with other columns.
  private func resampledAcross(_ weights: ResamplingWeights, rows: Range<Int>) -> Picture {
    let columns = weights.inputs.count
    precondition(rows.upperBound <= height && weights.span.upperBound <= width, "weights of another picture")
    let result = [UInt8](unsafeUninitializedCapacity: 3 * columns * rows.count) { target, count in
      count = 3 * columns * rows.count
      pixels.withUnsafeBufferPointer { source in
        weights.weights.withUnsafeBufferPointer { shares in
          // In bounds: no output's inputs reach beyond the span that was checked, and it has `stride` weights.
          var to = target.baseAddress!
          for row in rows {
            let start = source.baseAddress! + 3 * row * width
            var share = shares.baseAddress!
            for column in 0..<columns {
              let inputs = weights.inputs[column]
              Self.sum(start + 3 * inputs.lowerBound, share, inputs.count, to)
              to += 3
              share += weights.stride
            }
          }
        }
      }
    }
    return Picture(width: columns, height: rows.count, pixels: result)
  }

  /// The weighted sum of some neighbouring pixels.
  @inline(__always)
  private static func sum(
    _ pixels: UnsafePointer<UInt8>, _ weights: UnsafePointer<Int32>, _ count: Int, _ target: UnsafeMutablePointer<UInt8>
  ) {
    var (red, green, blue) = (half, half, half)
    var pixel = pixels
    var index = 0
    while index < count {
      let weight = weights[index]
      red &+= Int32(pixel[0]) &* weight
      green &+= Int32(pixel[1]) &* weight
      blue &+= Int32(pixel[2]) &* weight
      pixel += 3
      index &+= 1
    }
    target[0] = rounded(red)
    target[1] = rounded(green)
    target[2] = rounded(blue)
  }

  /// Other rows, where the picture's first row is the input of number `first`.
  private func resampledDown(_ weights: ResamplingWeights, from first: Int) -> Picture {
    let rows = weights.inputs.count
    let length = 3 * width
    precondition(first == weights.span.lowerBound && weights.span.count <= height, "weights of another picture")
    var sums = [Int32](repeating: 0, count: length)
    let result = [UInt8](unsafeUninitializedCapacity: length * rows) { target, count in
      count = length * rows
      pixels.withUnsafeBufferPointer { source in
        sums.withUnsafeMutableBufferPointer { sums in
          // In bounds: no output's inputs reach beyond the span that was checked; all rows have `length` values.
          for row in 0..<rows {
            sums.update(repeating: Self.half)
            for (index, input) in weights.inputs[row].enumerated() {
              let from = source.baseAddress! + (input - first) * length
              let weight = weights.weights[row * weights.stride + index]
              Self.accumulate(from, weight, length, sums.baseAddress!)
            }
            let to = target.baseAddress! + row * length
            var column = 0
            while column < length {
              to[column] = Self.rounded(sums[column])
              column &+= 1
            }
          }
        }
      }
    }
    return Picture(width: width, height: rows, pixels: result)
  }

  @inline(__always)
  private static func accumulate(
    _ values: UnsafePointer<UInt8>, _ weight: Int32, _ count: Int, _ sums: UnsafeMutablePointer<Int32>
  ) {
    var index = 0
    while index < count {
      sums[index] &+= Int32(values[index]) &* weight
      index &+= 1
    }
  }

  /// What makes cutting off the bits behind the point round.
  private static let half: Int32 = 1 << (ResamplingWeights.precision - 1)

  /// Rounded weights can add up to slightly more than one; hence the bound above. None is negative.
  @inline(__always)
  private static func rounded(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(sum &>> ResamplingWeights.precision, 255))
  }
}
