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
    guard !pictures.isEmpty else { return [] }
    let hearing = Hearing(pictures, before: model)
    while true {
      if case .finished(let judgements) = hearing.advance(with: self) { return try judgements.get() }
    }
  }

  /// Phase one alone: the Student's label for each picture, an index of the labels, and its probability.
  ///
  /// - Parameter pictures: at the input's size.
  /// - Throws: ``OneDNNError`` if a primitive fails.
  public func labels(of pictures: [Picture]) throws -> [(label: Int, confidence: Double)] {
    try labels(of: pictures.map(model.input.values))
  }

  /// Phase one for images, as ``InputFormat/values(_:)`` makes them.
  func labels(of images: [[Float]]) throws -> [(label: Int, confidence: Double)] {
    try student.probabilities(of: images).map { row in
      let label = row.indexOfLargest
      return (label: label, confidence: row[label])
    }
  }

  /// Asks every network about one picture, so that the next one finds all memory in place.
  ///
  /// - Throws: as ``judge(_:)``.
  public func warm() throws {
    let grey = [UInt8](repeating: 128, count: model.input.count)
    _ = try probabilities(of: [Picture(width: model.input.width, height: model.input.height, pixels: grey)])
  }

  /// A row of a differentiator's probabilities for each image, as ``InputFormat/values(_:)`` makes them.
  ///
  /// - Parameter place: the differentiator's place in the ensemble.
  func probabilities(of images: [[Float]], by place: Int) throws -> [[Double]] {
    try differentiators[place].probabilities(of: images)
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
