import Base
@testable import Defence
import Dispatch
import Foundation
@testable import Gateway
import Images
import NeuralNet
import TestSupport
import Testing

@Suite struct BatcherTests {
  private let tiny: TinyBundle
  private let generation: Generation
  private let log = EventLog()

  init() throws {
    tiny = try TinyBundle()
    generation = try Generation(contentsOf: tiny.path, key: nil, precision: .float32, threads: 2)
    try generation.prepare(upTo: 32)
  }

  private func batcher(
    threads: Int = 1, capacity: Int = 64, maximum: Int = 8, delay: Duration = .zero
  ) -> Batcher {
    var settings = Batcher.Settings()
    (settings.threads, settings.capacity, settings.maximumBatch, settings.delay) = (threads, capacity, maximum, delay)
    return Batcher(settings, observer: log)
  }

  /// Lets a picture wait in a place of its own.
  private func submit(
    _ batcher: Batcher, _ picture: Picture = ColoredPictures.picture(1, seed: 3), _ generation: Generation? = nil,
    deadline: Duration = .seconds(60), isReserved: Bool = false
  ) -> Promised<Result<Judgement, ClassificationFault>> {
    let promised = Promised<Result<Judgement, ClassificationFault>>()
    if !isReserved { #expect(batcher.reserve() == 1) }
    batcher.submit(
      WaitingPicture(
        picture: picture, generation: generation ?? self.generation, deadline: .now + deadline, since: .now,
        isObserved: true
      ) { promised.give($0) })
    return promised
  }

  /// Keeps the compute thread busy with a picture that no event tells of, until the semaphore is signalled.
  private func hold(_ batcher: Batcher) throws -> DispatchSemaphore {
    let (entered, semaphore) = (Promised<Bool>(), DispatchSemaphore(value: 0))
    #expect(batcher.reserve() == 1)
    batcher.submit(
      WaitingPicture(
        picture: ColoredPictures.picture(0, seed: 1), generation: generation, deadline: .now + .seconds(60),
        since: .now, isObserved: false
      ) { _ in
        entered.give(true)
        semaphore.wait()
      })
    _ = try entered.wait()
    return semaphore
  }

  @Test func `pictures that wait at the same moment share one run`() throws {
    let batcher = batcher()
    let semaphore = try hold(batcher)
    let pictures = (0..<5).map { ColoredPictures.picture($0 % 3, seed: UInt64($0)) }
    let promised = pictures.map { submit(batcher, $0) }
    semaphore.signal()
    let judgements = try promised.map { try $0.wait().get() }
    #expect(log.runs == [5])
    let alone = try pictures.map { try generation.worker(1).judge([$0])[0] }
    #expect(judgements.map(\.studentLabel) == alone.map(\.studentLabel))
    #expect(judgements.map { $0.opinions.map(\.id) } == alone.map { $0.opinions.map(\.id) })
    for (one, other) in zip(judgements, alone) { #expect(abs(one.score(.mean)! - other.score(.mean)!) < 1e-5) }
  }

  @Test func `a run has no more pictures than it may`() throws {
    let batcher = batcher(maximum: 4)
    let semaphore = try hold(batcher)
    let promised = (0..<9).map { _ in submit(batcher) }
    semaphore.signal()
    for one in promised { _ = try one.wait().get() }
    #expect(log.runs == [4, 4, 1])
  }

  @Test func `a generation that is not compiled for more judges one picture at a time`() throws {
    let fresh = try Generation(contentsOf: tiny.path, key: nil, precision: .float32, threads: 1)
    #expect(fresh.largestBatch == 1)
    let batcher = batcher()
    let semaphore = try hold(batcher)
    let promised = (0..<3).map { _ in submit(batcher, ColoredPictures.picture(2, seed: 5), fresh) }
    semaphore.signal()
    for one in promised { _ = try one.wait().get() }
    #expect(log.runs == [1, 1, 1])
  }

  @Test func `pictures of two generations do not share a run, nor lose their turn`() throws {
    let other = try Generation(contentsOf: tiny.path, key: nil, precision: .float32, threads: 1)
    try other.prepare(upTo: 8)
    let batcher = batcher()
    let semaphore = try hold(batcher)
    let order = LockBox<[String]>([])
    for (name, generation) in [("a", generation), ("b", other), ("a", generation), ("b", other), ("b", other)] {
      #expect(batcher.reserve() == 1)
      batcher.submit(
        WaitingPicture(
          picture: ColoredPictures.picture(1, seed: 3), generation: generation, deadline: .now + .seconds(60),
          since: .now, isObserved: true
        ) { _ in order.withLock { $0.append(name) } })
    }
    semaphore.signal()
    try eventually { order.withLock { $0.count } == 5 }
    #expect(log.runs == [2, 3])
    #expect(order.withLock { $0 } == ["a", "a", "b", "b", "b"])
  }

  @Test func `an idle server begins at once when nobody is on the way`() throws {
    let batcher = batcher(delay: .seconds(20))
    let start = ContinuousClock.now
    _ = try submit(batcher).wait().get()
    #expect(.now - start < .seconds(5))
    #expect(log.runs == [1])
  }

  @Test func `a picture waits for one that is on its way, and they share a run`() throws {
    let batcher = batcher(delay: .seconds(20))
    #expect(batcher.reserve(2) == 2)
    let first = submit(batcher, isReserved: true)
    #expect(!first.isGiven)
    let second = submit(batcher, isReserved: true)
    _ = try (first.wait(10).get(), second.wait(10).get())
    #expect(log.runs == [2])
  }

  @Test func `it waits no longer than the delay`() throws {
    let batcher = batcher(delay: .milliseconds(50))
    #expect(batcher.reserve(2) == 2)
    let start = ContinuousClock.now
    _ = try submit(batcher, isReserved: true).wait().get()
    #expect(.now - start >= .milliseconds(50))
    #expect(log.runs == [1] && batcher.occupied == 1)
  }

  @Test func `nor for one that turned out to be no picture`() throws {
    let batcher = batcher(delay: .seconds(60))
    #expect(batcher.reserve(2) == 2)
    let first = submit(batcher, isReserved: true)
    batcher.giveUp()
    _ = try first.wait(20).get()
    #expect(log.runs == [1] && batcher.occupied == 0)
  }

  @Test func `a picture past its deadline is dropped before a network is asked`() throws {
    let batcher = batcher()
    let semaphore = try hold(batcher)
    let late = submit(batcher, deadline: .milliseconds(1))
    let inTime = submit(batcher)
    Thread.sleep(forTimeInterval: 0.02)
    semaphore.signal()
    #expect(try late.wait() == .failure(.deadline))
    _ = try inTime.wait().get()
    #expect(log.runs == [1])
  }

  @Test func `there are as many places as were set, and each is free again when its picture's turn has come`() throws {
    let batcher = batcher(capacity: 3)
    #expect(batcher.reserve(5) == 3 && batcher.isFull && batcher.reserve() == 0)
    _ = try submit(batcher, isReserved: true).wait().get()
    #expect(!batcher.isFull && batcher.reserve() == 1 && batcher.isFull)
  }

  @Test func `several threads judge many pictures as one does`() throws {
    let batcher = batcher(threads: 2)
    let pictures = (0..<60).map { ColoredPictures.picture($0 % 3, seed: UInt64($0)) }
    let judgements = try pictures.map { submit(batcher, $0) }.map { try $0.wait().get() }
    let alone = try DefencePool(generation.model, threads: 1).judge(pictures)
    #expect(judgements.map(\.studentLabel) == alone.map(\.studentLabel))
    #expect(judgements.map { $0.opinions.map(\.id) } == alone.map { $0.opinions.map(\.id) })
    #expect(log.runs.reduce(0, +) == 60)
  }

  @Test func `one picture's fault is not that of the others in its run`() throws {
    // Weights so large that only a picture of the mean colour, all of whose values are zero, comes through.
    var input = TinyBundle.input
    input.mean = [128, 128, 128]
    var graph = TinyNetwork.graph(classes: 3)
    graph.parameters["weight"] = Tensor(shape: [3, 24], repeating: 3e38)
    for (name, channels) in [("shift1", 16), ("shift2", 16), ("shift3", 16), ("shift4", 24)] {
      graph.parameters[name] = Tensor(shape: [channels], repeating: 0)
    }
    let model = try DefendedModel(
      labels: ColoredPictures.labels, input: input, student: graph, differentiators: [], asked: 1,
      key: SelectionKey(derivedFrom: "test"))
    let grey = Picture(width: 16, height: 16, pixels: [UInt8](repeating: 128, count: 768))
    let white = Picture(width: 16, height: 16, pixels: [UInt8](repeating: 255, count: 768))
    let brittle = try Generation(try tiny.bundle().record, model, threads: 1)
    try brittle.prepare(upTo: 8)
    let batcher = batcher()
    let semaphore = try hold(batcher)
    let answers = [grey, white, grey].map { submit(batcher, $0, brittle) }
    semaphore.signal()
    #expect(try answers[0].wait().get().opinions.isEmpty)
    #expect(
      try answers[1].wait()
        == .failure(.failure("the Student: it answers a picture with a number that is not finite")))
    #expect(try answers[2].wait().get().opinions.isEmpty)
    #expect(log.runs == [3])
  }
}
