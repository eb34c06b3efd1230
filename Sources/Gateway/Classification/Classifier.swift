internal import Base
internal import Defence
internal import Foundation
internal import Images

/// From bodies to verdicts: decoding, waiting, asking the networks.
///
/// Nothing here blocks its caller. Decoding has its threads, and so have the networks.
final class Classifier: Sendable {
  /// How it works.
  struct Settings: Sendable, Hashable {
    /// The threads that ask the networks, and what waits for them.
    var batching = Batcher.Settings()
    /// Threads that decode.
    var decodingThreads = 2
    /// How large a picture may be.
    var limits = ImageLimits.default
    /// From a request's last byte to the last moment at which the networks begin with its pictures.
    var deadline = Duration.seconds(5)
  }

  /// Pictures that a request asks about.
  struct Question: Sendable {
    /// Who is to judge them.
    var generation: Generation
    /// Identifies the request.
    var requestID: String
    /// Another policy than the bundle's own.
    var policy: Policy?
    /// When its last byte had come.
    var arrival: ContinuousClock.Instant = .now
    /// Takes the body apart. Called where decoding is done.
    var bodies: @Sendable () throws(ClassificationFault) -> [PictureBody]
  }

  /// What is answered about a picture.
  struct Answer: Sendable {
    /// What the sender calls it.
    let fileName: String?
    /// What came of it.
    let verdict: Result<Verdict, ClassificationFault>
  }

  private let settings: Settings
  private let batcher: Batcher
  private let decoding: DecodingThreads
  private let observer: (any ClassificationObserver)?
  private let keeper = LockBox<(any PictureKeeper)?>(nil)

  init(_ settings: Settings, observer: (any ClassificationObserver)? = nil) {
    self.settings = settings
    self.observer = observer
    batcher = Batcher(settings.batching, observer: observer)
    decoding = DecodingThreads(count: settings.decodingThreads)
  }

  /// Refuses a picture that there is no place for. It saves sending the body.
  func checkRoom() throws(ClassificationFault) {
    guard batcher.isFull else { return }
    observer?.observe(.refused(.queueFull))
    throw .queueFull
  }

  /// Pictures that are decoded or wait.
  var occupied: Int { batcher.occupied }

  /// Hands the pictures that are rejected from now on to a keeper.
  func keepPictures(with keeper: any PictureKeeper) { self.keeper.withLock { $0 = keeper } }

  /// Asks a generation about a plain picture, on the way of every other: whether all of it works.
  func rehearse(
    _ generation: Generation, completion: @escaping @Sendable (Result<Verdict, ClassificationFault>) -> Void
  ) {
    let input = generation.record.manifest.input
    let question = Question(generation: generation, requestID: "") { () throws(ClassificationFault) in
      let grey = [UInt8](repeating: 128, count: 3 * input.width * input.height)
      do throws(ImageError) {
        let bytes = try ImageEncoder.png(Picture(width: input.width, height: input.height, pixels: grey))
        return [PictureBody(bytes: bytes)]
      } catch {
        throw .image(error)
      }
    }
    answer(question, isObserved: false) { answers in completion(answers.flatMap { $0[0].verdict }) }
  }

  /// Answers a question.
  ///
  /// - Parameters:
  ///   - isObserved: whether the observer is told of it, and the keeper.
  ///   - completion: called once, from any thread: an answer for each picture, in order; or why there is none for the
  ///     request as a whole.
  func answer(
    _ question: Question, isObserved: Bool = true,
    completion: @escaping @Sendable (Result<[Answer], ClassificationFault>) -> Void
  ) {
    let observer = isObserved ? observer : nil
    let keeper = isObserved ? keeper.withLock { $0 } : nil
    guard batcher.reserve() == 1 else {
      observer?.observe(.refused(.queueFull))
      return completion(.failure(.queueFull))
    }
    observer?.observe(.received)
    decoding.submit { [self] in
      let bodies: [PictureBody]
      do throws(ClassificationFault) {
        guard question.arrival + settings.deadline > .now else { throw .deadline }
        bodies = try question.bodies()
      } catch {
        batcher.giveUp()
        observer?.observe(.refused(error.refusal))
        return completion(.failure(error))
      }
      // One has its place already.
      let places = 1 + batcher.reserve(bodies.count - 1)
      let answers = Answers(bodies.map(\.fileName), completion: completion)
      for (number, body) in bodies.enumerated() {
        if number > 0 { observer?.observe(number < places ? .received : .refused(.queueFull)) }
        guard number < places else {
          answers.give(.failure(.queueFull), to: number)
          continue
        }
        decode(body, question, observer, keeper) { answers.give($0, to: number) }
      }
    }
  }

  /// Decodes a picture, for which there is a place, and lets it wait.
  private func decode(
    _ body: PictureBody, _ question: Question, _ observer: (any ClassificationObserver)?,
    _ keeper: (any PictureKeeper)?,
    completion: @escaping @Sendable (Result<Verdict, ClassificationFault>) -> Void
  ) {
    let start = ContinuousClock.now
    let record = question.generation.record
    let picture: Picture
    let format: ImageFormat
    do {
      let decoded = try body.picture(record.manifest.input, limits: settings.limits)
      (picture, format) = (decoded.picture, decoded.format)
      observer?.observe(.decoded(format, .now - start))
    } catch {
      batcher.giveUp()
      observer?.observe(.refused(error.refusal))
      return completion(.failure(error))
    }
    let (policy, requestID) = (question.policy, question.requestID)
    let file = keeper?.wants(bytes: body.bytes.count) == true ? body.bytes : nil
    batcher.submit(
      WaitingPicture(
        picture: picture, generation: question.generation, deadline: question.arrival + settings.deadline, since: .now,
        isObserved: observer != nil
      ) { judgement in
        let verdict = judgement.map { record.verdict($0, policy: policy) }
        switch verdict {
        case .success(let verdict):
          let label = record.manifest.labels[verdict.studentLabel]
          observer?.observe(
            .judged(
              verdict, label: label, model: record.manifest.name, version: record.manifest.version,
              requestID: requestID))
          if let keeper, let reason = verdict.reason {
            keeper.take(
              RejectedPicture(
                verdict: verdict, reason: reason, label: label, model: record.manifest.name,
                version: record.manifest.version, requestID: requestID, time: .now, format: format, file: file))
          }
        case .failure(let fault): observer?.observe(.refused(fault.refusal))
        }
        completion(verdict)
      })
  }
}
