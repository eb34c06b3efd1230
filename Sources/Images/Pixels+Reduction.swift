extension [UInt8] {
  /// RGBA to RGB over white, in place: `(c · a + 255 · (255 − a)) / 255`, rounded.
  mutating func reduceFromRGBAOverWhite() {
    reduceFourToThree { pixel in
      let alpha = UInt32(pixel.3)
      let white = 255 * (255 - alpha)
      return (
        (UInt32(pixel.0) * alpha + white).dividedBy255, (UInt32(pixel.1) * alpha + white).dividedBy255,
        (UInt32(pixel.2) * alpha + white).dividedBy255
      )
    }
  }

  /// CMYK to RGB without a profile, in place: `c · k / 255`, rounded in Pillow's two steps.
  ///
  /// The values are inverted, 255 for no ink: Adobe's convention, which all software that writes such files keeps.
  mutating func reduceFromInvertedCMYK() {
    reduceFourToThree { pixel in
      let light = UInt32(pixel.3)
      let ink = { (value: UInt8) in UInt8(light - UInt32(UInt32(255 - value) * light).dividedBy255Wide) }
      return (ink(pixel.0), ink(pixel.1), ink(pixel.2))
    }
  }

  private mutating func reduceFourToThree(_ reduce: ((UInt8, UInt8, UInt8, UInt8)) -> (UInt8, UInt8, UInt8)) {
    precondition(count % 4 == 0, "pixels of four values")
    let pixels = count / 4
    withUnsafeMutableBufferPointer { buffer in
      guard var from = buffer.baseAddress else { return }
      // In bounds: four values are read and three written for each pixel, and writing never overtakes reading.
      var to = from
      for _ in 0..<pixels {
        (to[0], to[1], to[2]) = reduce((from[0], from[1], from[2], from[3]))
        from += 4
        to += 3
      }
    }
    removeLast(pixels)
  }
}

extension UInt32 {
  /// Divided by 255 and rounded; exact up to 255 · 255.
  fileprivate var dividedBy255Wide: UInt32 {
    let sum = self &+ 128
    return ((sum >> 8) &+ sum) >> 8
  }

  fileprivate var dividedBy255: UInt8 { UInt8(truncatingIfNeeded: dividedBy255Wide) }
}
