internal import Base
public import Images

/// Pictures that are judged together, network by network, by as many threads as have time for it.
///
/// Phase one is the Student's run over all pictures, phase two a run of each differentiator over those that are to meet
/// it. Where every differentiator's scope is all labels, which ones a picture meets does not depend on the Student's
/// label, so that no run has to wait for another and one picture's networks can be asked at once.
public final class Hearing: Sendable {
  /// What came of ``advance(with:)``.
  public enum Progress: Sendable {
    /// Nothing could be begun: what is left others are at, or it waits for what they are at.
    case nothing
    /// A network was asked; there are others yet.
    case advanced
    /// The last network was asked, or the rest given up after a failure. Said once: one judgement for each picture, in
    /// order.
    case finished(Result<[Judgement], any Error>)
  }

  private enum Step {
    case student
    /// A differentiator by its place in the ensemble.
    case differentiator(Int)
  }

  private struct State {
    var steps: [Step]
    var running = 0
    var answers: [(label: Int, confidence: Double)] = []
    /// For each picture the places of the differentiators that it is to meet, once they are known.
    var chosen: [[Int]]?
    /// For each differentiator that was asked its outputs' probabilities, by picture.
    var rows: [Int: [Int: [Double]]] = [:]
    var failure: (any Error)?
  }

  private let model: DefendedModel
  private let pictures: [Picture]
  /// Made once for all networks.
  private let images: [[Float]]
  private let state: LockBox<State>

  /// - Parameter pictures: one at least, at the input's size, as ``InputFormat/fitted(_:)`` makes them.
  public init(_ pictures: [Picture], before model: DefendedModel) {
    precondition(!pictures.isEmpty, "a hearing without a picture")
    self.model = model
    self.pictures = pictures
    images = pictures.map(model.input.values)
    var state = State(steps: [.student])
    if model.choiceIgnoresLabel {
      let chosen = pictures.map { model.chosen(for: $0, labelled: nil) }
      state.steps += Self.steps(chosen)
      state.chosen = chosen
    }
    self.state = LockBox(state)
  }

  /// Whether there is a network that nobody has begun to ask.
  public var hasMore: Bool { state.withLock { !$0.steps.isEmpty } }

  /// Asks the next network that nobody has begun to ask, on the calling thread.
  public func advance(with worker: DefenceWorker) -> Progress {
    let step = state.withLock { state -> Step? in
      guard !state.steps.isEmpty else { return nil }
      state.running += 1
      return state.steps.removeFirst()
    }
    guard let step else { return .nothing }
    let outcome = Result { try run(step, worker) }
    return state.withLock { state in
      state.running -= 1
      switch outcome {
      case .success(let note): note(&state)
      case .failure(let error):
        state.failure = state.failure ?? error
        state.steps = []
      }
      guard state.steps.isEmpty, state.running == 0 else { return .advanced }
      return .finished(state.failure.map { .failure($0) } ?? .success(judgements(state)))
    }
  }

  /// - Returns: what is to be noted down of the answers.
  private func run(_ step: Step, _ worker: DefenceWorker) throws -> (inout State) -> Void {
    switch step {
    case .student:
      let answers = try worker.labels(of: images)
      let chosen =
        model.choiceIgnoresLabel
        ? nil : zip(pictures, answers).map { model.chosen(for: $0, labelled: $1.label) }
      return { state in
        state.answers = answers
        guard let chosen else { return }
        state.chosen = chosen
        state.steps += Self.steps(chosen)
      }
    case .differentiator(let place):
      let chosen = state.withLock { $0.chosen ?? [] }
      let asked = pictures.indices.filter { chosen[$0].contains(place) }
      let rows = try worker.probabilities(of: asked.map { images[$0] }, by: place)
      return { state in
        state.rows[place] = Dictionary(uniqueKeysWithValues: zip(asked, rows))
      }
    }
  }

  /// A run for each differentiator that a picture is to meet.
  private static func steps(_ chosen: [[Int]]) -> [Step] {
    Set(chosen.joined()).sorted().map { .differentiator($0) }
  }

  private func judgements(_ state: State) -> [Judgement] {
    pictures.indices.map { picture in
      let (label, confidence) = state.answers[picture]
      let opinions = (state.chosen?[picture] ?? []).compactMap { place -> Verdict.Opinion? in
        let differentiator = model.differentiators[place]
        guard let row = state.rows[place]?[picture], let output = differentiator.scope.output(for: label) else {
          return nil
        }
        return Verdict.Opinion(id: differentiator.id, score: row[output], agrees: row.indexOfLargest == output)
      }
      return Judgement(studentLabel: label, confidence: confidence, opinions: opinions)
    }
  }
}
