internal import Images

extension Picture {
  /// Red, green and blue, each row-major: `[3, height, width]`, 0…255.
  var planes: [Float] {
    let area = width * height
    return [Float](unsafeUninitializedCapacity: 3 * area) { planes, count in
      for channel in 0..<3 {
        for index in 0..<area { planes[channel * area + index] = Float(pixels[3 * index + channel]) }
      }
      count = 3 * area
    }
  }

  /// A picture of planes that hold whole numbers 0…255.
  init(planes: UnsafePointer<Float>, width: Int, height: Int) {
    let area = width * height
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * area) { pixels, count in
      for index in 0..<area {
        for channel in 0..<3 { pixels[3 * index + channel] = UInt8(planes[channel * area + index]) }
      }
      count = 3 * area
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}
