internal import Defence

/// What one thread of a ``Batcher`` does.
struct BatchRunner {
  /// The thread's number, and that of its worker in each generation.
  let lane: Int
  let hall: Hall
  let observer: (any ClassificationObserver)?

  /// Works until there is nothing more to come.
  func run() {
    while let work = hall.next() {
      switch work {
      case .judge(let pictures): judge(pictures)
      case .help(let batch): advance(batch)
      }
    }
  }

  private func judge(_ pictures: [WaitingPicture]) {
    let now = ContinuousClock.now
    var inTime: [WaitingPicture] = []
    for picture in pictures {
      if picture.isObserved { observer?.observe(.dequeued(now - picture.since)) }
      if picture.deadline > now { inTime.append(picture) } else { picture.completion(.failure(.deadline)) }
    }
    guard !inTime.isEmpty else { return }
    let batch = Batch(inTime)
    hall.announce(batch)
    advance(batch)
  }

  /// Asks networks until there is none left that nobody has begun to ask.
  private func advance(_ batch: Batch) {
    let worker = batch.generation.worker(lane)
    while true {
      switch batch.hearing.advance(with: worker) {
      case .nothing: return
      case .advanced:
        // The Student's answer may have shown which others are to be asked.
        if !batch.generation.model.choiceIgnoresLabel { hall.announce(batch) }
      case .finished(let judgements):
        hall.retire(batch)
        finish(batch, judgements, worker)
        return
      }
    }
  }

  private func finish(_ batch: Batch, _ judgements: Result<[Judgement], any Error>, _ worker: DefenceWorker) {
    let count = batch.pictures.count { $0.isObserved }
    if count > 0 { observer?.observe(.ran(pictures: count, .now - batch.start)) }
    switch judgements {
    case .success(let judgements):
      for (picture, judgement) in zip(batch.pictures, judgements) { picture.completion(.success(judgement)) }
    case .failure(let error) where batch.pictures.count == 1:
      batch.pictures[0].completion(.failure(.failure("\(error)")))
    case .failure:
      // One picture's fault is not the others': each is asked about by itself.
      for picture in batch.pictures {
        picture.completion(
          Result { try worker.judge([picture.picture])[0] }.mapError { .failure("\($0)") })
      }
    }
  }
}
