/// Numbers the external arrays of a training program: what the caller puts in, and what it finds afterwards.
struct TrainingArrays: Sendable {
  private let inputs: [String: Int]
  private let parameters: [String: Int]
  private let normalizations: [String: Int]
  private let outputs: [String: Int]

  /// - Parameters:
  ///   - parameters: those that are trained.
  ///   - normalizations: the outputs of the batch normalisations that use the batch's statistics.
  init(inputs: [String], parameters: [String], normalizations: [String], outputs: [String]) {
    func numbered(_ names: [String]) -> [String: Int] {
      Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    }
    self.inputs = numbered(inputs)
    self.parameters = numbered(parameters)
    self.normalizations = numbered(normalizations)
    self.outputs = numbered(outputs)
  }

  /// What dropout draws its numbers from: one 64-bit integer.
  var dropoutKey: Int { 0 }
  /// A graph input, row-major.
  func input(_ name: String) -> Int? { inputs[name].map { 1 + 2 * $0 } }
  /// The gradient of an input, row-major.
  func inputGradient(_ name: String) -> Int? { inputs[name].map { 2 + 2 * $0 } }
  private var firstParameter: Int { 1 + 2 * inputs.count }
  /// A trained weight, row-major.
  func parameter(_ name: String) -> Int? { parameters[name].map { firstParameter + 2 * $0 } }
  /// The gradient of a trained weight, row-major.
  func parameterGradient(_ name: String) -> Int? { parameters[name].map { firstParameter + 1 + 2 * $0 } }
  private var firstNormalization: Int { firstParameter + 2 * parameters.count }
  /// The batch's mean at a batch normalisation, by its output.
  func mean(_ output: String) -> Int? { normalizations[output].map { firstNormalization + 2 * $0 } }
  /// The batch's biased variance there.
  func variance(_ output: String) -> Int? { normalizations[output].map { firstNormalization + 1 + 2 * $0 } }
  private var firstSeed: Int { firstNormalization + 2 * normalizations.count }
  /// The gradient that arrives at an output, row-major.
  func seed(_ output: String) -> Int? { outputs[output].map { firstSeed + $0 } }
}
