/// How a network takes pictures: `(pixel − mean) / deviation` for pixels 0…255, as `[N, 3, height, width]`.
public struct NetworkInput: Sendable, Hashable {
  /// The input's name in the graph.
  public var name: String
  /// In pixels.
  public var width: Int
  /// In pixels.
  public var height: Int
  /// Of red, green and blue, on the scale 0…255.
  public var mean: [Float]
  /// What red, green and blue are divided by, on the scale 0…255.
  public var deviation: [Float]

  /// An input from its parts; what is wrong with them shows when an attack is made.
  public init(name: String, width: Int, height: Int, mean: [Float], deviation: [Float]) {
    self.name = name
    self.width = width
    self.height = height
    self.mean = mean
    self.deviation = deviation
  }

  func validate() throws(AttackError) {
    guard (1...8192).contains(width), (1...8192).contains(height) else {
      throw .setting("an input of \(width)×\(height) pixels; each side must be 1 to 8192")
    }
    guard mean.count == 3, mean.allSatisfy(\.isFinite) else {
      throw .setting("the input's means \(mean); there must be three finite ones")
    }
    guard deviation.count == 3, deviation.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .setting("the input's deviations \(deviation); there must be three positive ones")
    }
  }
}
