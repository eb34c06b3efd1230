/// Two numbers of pixels: vertical, then horizontal.
public struct Extent: Sendable, Hashable {
  /// Vertical.
  public var height: Int
  /// Horizontal.
  public var width: Int

  /// The same in both directions.
  public init(_ both: Int) {
    height = both
    width = both
  }

  /// One for each direction.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

/// The border around a feature map before a kernel slides over it.
public enum SpatialPadding: Sendable, Hashable {
  /// Widths in pixels.
  case explicit(top: Int, left: Int, bottom: Int, right: Int)
  /// As much as makes the output `⌈input / stride⌉`, the odd pixel at the bottom and right. (TensorFlow's SAME.)
  case sameUpper
  /// The same, the odd pixel at the top and left.
  case sameLower

  /// No border.
  public static let none = SpatialPadding.explicit(top: 0, left: 0, bottom: 0, right: 0)

  /// The same width on every side.
  public static func all(_ width: Int) -> SpatialPadding {
    .explicit(top: width, left: width, bottom: width, right: width)
  }
}

/// A static part of one axis.
public struct SliceRange: Sendable, Hashable {
  /// Which axis.
  public var axis: Int
  /// First index; a negative one counts from the end, as in NumPy.
  public var start: Int
  /// One past the last index (before it for a negative step); `Int.max` and `Int.min` reach to the end.
  public var end: Int
  /// Distance between the indices taken; never zero.
  public var step: Int

  /// A part of `axis`.
  public init(axis: Int, start: Int, end: Int, step: Int = 1) {
    self.axis = axis
    self.start = start
    self.end = end
    self.step = step
  }

  /// How many indices are taken from an axis of `extent`.
  public func count(in extent: Int) -> Int {
    let (first, last) = bounds(in: extent)
    // In magnitudes: a step may be as large as an integer gets.
    let span = step > 0 ? last - first : first - last
    return span <= 0 ? 0 : (span - 1) / Int(clamping: step.magnitude) + 1
  }

  /// The first index taken from an axis of `extent`, if any is.
  public func first(in extent: Int) -> Int { bounds(in: extent).first }

  /// The indices taken from an axis of `extent`, which is positive.
  public func indices(in extent: Int) -> StrideTo<Int> {
    let (first, last) = bounds(in: extent)
    return stride(from: first, to: last, by: step)
  }

  /// The bounds counted from the front and clamped as ONNX's Slice does; NumPy takes nothing where a negative step
  /// begins before the first value, ONNX takes that value. `last` is the first one that is not reached any more.
  private func bounds(in extent: Int) -> (first: Int, last: Int) {
    func clamp(_ index: Int, _ low: Int, _ high: Int) -> Int {
      let fromFront = index < 0 && index != Int.min ? index + extent : index
      return Swift.min(Swift.max(fromFront, low), high)
    }
    return step > 0
      ? (clamp(start, 0, extent), clamp(end, 0, extent))
      : (clamp(start, 0, extent - 1), clamp(end, -1, extent - 1))
  }
}

/// One extent of a reshaped array.
public enum ReshapeDimension: Sendable, Hashable {
  /// A number.
  case fixed(Int)
  /// The extent of this axis of the input: what keeps batch size, height and width free.
  case copy(axis: Int)
  /// Whatever is left over; at most one.
  case inferred
}

/// One extent of a graph input.
public enum Dimension: Sendable, Hashable {
  /// A number.
  case fixed(Int)
  /// Chosen when a plan is made; equal names are equal extents.
  case free(String)
}
