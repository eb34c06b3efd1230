import NeuralNet

/// The files under Tests/Fixtures, which `make fixtures` makes.
enum Fixtures {
  /// The path of one, such as `arrays/float32.npy`.
  static func path(_ name: String) -> String {
    // …/Tests/NeuralNetTests/Fixtures.swift → …/Tests/Fixtures
    #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Fixtures/\(name)"
  }
}
