extension Picture {
  /// The picture with left and right in each other's place.
  public func mirrored() -> Picture { turned(.mirrored) }

  /// The picture turned the way its orientation asks.
  func turned(_ orientation: Orientation) -> Picture {
    if orientation == .upright { return self }
    let (lastColumn, lastRow) = (width - 1, height - 1)
    // The stored pixel that is looked at in the top left corner, and the steps to its right and lower neighbours.
    let (start, right, down) =
      switch orientation {
      case .upright: (0, 1, width)
      case .mirrored: (lastColumn, -1, width)
      case .upsideDown: (lastRow * width + lastColumn, -1, -width)
      case .upsideDownMirrored: (lastRow * width, 1, -width)
      case .transposed: (0, width, 1)
      case .quarterTurn: (lastRow * width, -width, 1)
      case .transversed: (lastRow * width + lastColumn, -width, -1)
      case .threeQuarterTurn: (lastColumn, width, -1)
      }
    let (columns, rows) = orientation.swapsSides ? (height, width) : (width, height)
    let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
      count = pixels.count
      pixels.withUnsafeBufferPointer { source in
        // In bounds: the steps lead to each of the picture's pixels once, and both buffers hold that many.
        var to = target.baseAddress!
        for row in 0..<rows {
          var from = source.baseAddress! + 3 * (start + row * down)
          for _ in 0..<columns {
            to[0] = from[0]
            to[1] = from[1]
            to[2] = from[2]
            to += 3
            from += 3 * right
          }
        }
      }
    }
    return Picture(width: columns, height: rows, pixels: turned)
  }
}
