public import Images
internal import NeuralNet

/// Asks a ``DefendedModel`` about pictures, with buffers of its own; one thread at a time.
public final class DefenceWorker {
  /// What it asks.
  public let model: DefendedModel
  private let student: NetworkWorker
  private let differentiators: [NetworkWorker]

  /// - Throws: ``OneDNNError`` if oneDNN cannot start or memory is short.
  public init(_ model: DefendedModel) throws {
    self.model = model
    let arena = try InferenceArena()
    student = try NetworkWorker(model.student, name: "the Student", input: model.input, arena: arena)
    differentiators = try model.differentiators.map {
      try NetworkWorker($0.plan, name: "differentiator \($0.id)", input: model.input, arena: arena)
    }
  }

  /// Phase one, the Student's label for each picture, then phase two, where the differentiators that an image is to meet
  /// verify it; images that meet the same one share its runs.
  ///
  /// - Parameter pictures: at the input's size, as ``InputFormat/fitted(_:)`` makes them.
  /// - Returns: one judgement for each, in order.
  /// - Throws: ``OneDNNError`` if a primitive fails, ``DefenceError/network(name:_:)`` if an answer is not finite.
  public func judge(_ pictures: [Picture]) throws -> [Judgement] {
    // Made once for all networks.
    let images = pictures.map(model.input.values)
    let answers = try labels(of: images)
    let places = Dictionary(
      uniqueKeysWithValues: model.differentiators.enumerated().map { ($1.id, $0) })
    let chosen = zip(pictures, answers).map { picture, answer in
      let eligible = model.differentiators.filter { $0.scope.holds(answer.label) }.map(\.id)
      return model.selection.chosen(from: eligible, for: picture).compactMap { places[$0] }
    }
    var opinions: [[Int: Verdict.Opinion]] = Array(repeating: [:], count: pictures.count)
    for (place, differentiator) in model.differentiators.enumerated() {
      let asked = pictures.indices.filter { chosen[$0].contains(place) }
      guard !asked.isEmpty else { continue }
      let rows = try differentiators[place].probabilities(of: asked.map { images[$0] })
      for (image, row) in zip(asked, rows) {
        guard let output = differentiator.scope.output(for: answers[image].label) else { continue }
        opinions[image][place] = Verdict.Opinion(
          id: differentiator.id, score: row[output], agrees: row.indexOfLargest == output)
      }
    }
    return pictures.indices.map { image in
      Judgement(
        studentLabel: answers[image].label, confidence: answers[image].confidence,
        opinions: chosen[image].compactMap { opinions[image][$0] })
    }
  }

  /// Phase one alone: the Student's label for each picture, an index of the labels, and its probability.
  ///
  /// - Parameter pictures: at the input's size.
  /// - Throws: ``OneDNNError`` if a primitive fails.
  public func labels(of pictures: [Picture]) throws -> [(label: Int, confidence: Double)] {
    try labels(of: pictures.map(model.input.values))
  }

  private func labels(of images: [[Float]]) throws -> [(label: Int, confidence: Double)] {
    try student.probabilities(of: images).map { row in
      let label = row.indexOfLargest
      return (label: label, confidence: row[label])
    }
  }

  /// Each network's logits' softmax for some pictures: the Student's, then each differentiator's by its id.
  func probabilities(of pictures: [Picture]) throws -> (student: [[Double]], differentiators: [String: [[Double]]]) {
    var all: [String: [[Double]]] = [:]
    for (differentiator, worker) in zip(model.differentiators, differentiators) {
      all[differentiator.id] = try worker.probabilities(of: pictures)
    }
    return (try student.probabilities(of: pictures), all)
  }
}
