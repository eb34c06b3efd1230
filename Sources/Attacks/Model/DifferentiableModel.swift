/// What gradient attacks see: networks over one picture, each ending in a row of logits (a head), to ask and to
/// differentiate. A classifier has one head, a defence one for the Student and one for each differentiator.
public protocol DifferentiableModel: Sendable {
  /// The pictures' width in pixels.
  var width: Int { get }
  /// The pictures' height in pixels.
  var height: Int { get }
  /// How many logits each head has.
  var heads: [Int] { get }
  /// What one thread asks with.
  func makeWorker() throws -> any DifferentiableWorker
}

extension DifferentiableModel {
  /// The number of values of one picture.
  var length: Int { 3 * width * height }
}

/// Asks a ``DifferentiableModel`` and carries gradients back, on one thread at a time.
public protocol DifferentiableWorker: AnyObject {
  /// The logits of some pictures.
  ///
  /// - Parameter pixels: red, green and blue planes, row-major, 0…255, one picture after the other: `[N, 3, height,
  ///   width]`. They need not be whole numbers.
  /// - Returns: for each head `[N, classes]`, row-major.
  func logits(of pixels: [Float], count: Int) throws -> [[Float]]

  /// The gradient with respect to the pixels of the last ``logits(of:count:)``, once after each.
  ///
  /// - Parameter seeds: the gradient that arrives at each head's logits, of their extent; nil for none, which costs
  ///   nothing.
  /// - Returns: `[N, 3, height, width]`, on the scale of pixels.
  func gradient(_ seeds: [[Float]?]) throws -> [Float]
}
