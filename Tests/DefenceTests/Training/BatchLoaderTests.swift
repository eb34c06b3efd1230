@testable import Defence
import Images
import NeuralNet
import Testing

/// Pictures of one pixel, whose red value is their number.
@Suite struct BatchLoaderTests {
  private static let format = InputFormat(
    width: 1, height: 1, mean: [0, 0, 0], std: [1, 1, 1], resize: .squash)

  private static func loader(_ labels: [Int], scope: Scope, batch: Int, epochs: Int = 2, seed: UInt64 = 1)
    -> BatchLoader
  {
    var recipe = Recipe(epochs: epochs, rate: 1e-3, augmentation: Augmentation())
    recipe.batch = batch
    let examples = labels.enumerated().map {
      (picture: Picture(width: 1, height: 1, pixels: [UInt8($0), 0, 0]), label: $1)
    }
    return BatchLoader(examples, scope: scope, format: format, recipe: recipe, seed: seed)
  }

  /// Numbers and outputs of an epoch's pictures.
  private static func epoch(_ loader: BatchLoader, _ number: Int) -> [(number: Int, output: Int)] {
    (0..<loader.stepsPerEpoch).flatMap { step in
      let (images, outputs) = loader.batch(at: number * loader.stepsPerEpoch + step)
      return outputs.enumerated().map { (Int(images.scalars[3 * $0]), $1) }
    }
  }

  private static let all = Scope(labels: [0, 1, 2], of: 3)

  @Test func `every picture comes once in an epoch, with its output`() {
    let labels = (0..<24).map { $0 % 3 }
    let loader = Self.loader(labels, scope: Self.all, batch: 8)
    #expect((loader.count, loader.batch, loader.stepsPerEpoch, loader.steps) == (24, 8, 3, 6))
    for number in 0..<2 {
      let epoch = Self.epoch(loader, number)
      #expect(epoch.map(\.number).sorted() == Array(0..<24))
      #expect(epoch.allSatisfy { $0.output == labels[$0.number] })
    }
    #expect(Self.epoch(loader, 0).map(\.number) != Self.epoch(loader, 1).map(\.number))
  }

  @Test func `the rest that fills no batch is another one in each epoch`() {
    let loader = Self.loader((0..<20).map { $0 % 3 }, scope: Self.all, batch: 8, epochs: 20)
    #expect(loader.stepsPerEpoch == 2 && loader.steps == 40)
    let epochs = (0..<20).map { Set(Self.epoch(loader, $0).map(\.number)) }
    #expect(epochs.allSatisfy { $0.count == 16 })
    #expect(Set(epochs.joined()).count == 20)
  }

  @Test func `fewer pictures than a batch has are one batch`() {
    let loader = Self.loader([0, 1, 2, 0, 1], scope: Self.all, batch: 64)
    #expect((loader.batch, loader.stepsPerEpoch, loader.steps) == (5, 1, 2))
    #expect(loader.batch(at: 0).images.shape == [5, 3, 1, 1])
  }

  @Test func `of other pictures there are as many as of the scope's, drawn anew for each epoch`() {
    // Eight of the scope, forty outside.
    let labels = (0..<48).map { $0 < 8 ? 5 : $0 % 5 }
    let loader = Self.loader(labels, scope: Scope(labels: [5], of: 6), batch: 4)
    #expect(loader.count == 16 && loader.stepsPerEpoch == 4)
    let epochs = (0..<2).map { Self.epoch(loader, $0) }
    for epoch in epochs {
      #expect(epoch.filter { $0.output == 0 }.map(\.number).sorted() == Array(0..<8))
      let other = epoch.filter { $0.output == 1 }.map(\.number)
      #expect(other.count == 8 && Set(other).count == 8 && other.allSatisfy { $0 >= 8 })
    }
    #expect(Set(epochs[0].map(\.number)) != Set(epochs[1].map(\.number)))
  }

  @Test func `where fewer are outside all of them come`() {
    let labels = (0..<12).map { $0 < 9 ? 0 : 1 }
    let loader = Self.loader(labels, scope: Scope(labels: [0], of: 2), batch: 4)
    #expect(loader.count == 12)
    #expect(Self.epoch(loader, 0).map(\.number).sorted() == Array(0..<12))
  }

  @Test func `pictures outside of a scope without other are left out`() {
    let loader = Self.loader([0, 1, 7, 2], scope: Self.all, batch: 4)
    #expect(loader.count == 3)
    #expect(Set(Self.epoch(loader, 0).map(\.number)) == [0, 1, 3])
  }

  @Test func `a step's batch is the same whenever it is asked for`() {
    let labels = (0..<40).map { $0 % 4 }
    var recipe = Recipe(epochs: 4, rate: 1e-3, augmentation: .standard)
    recipe.batch = 8
    let examples = labels.enumerated().map {
      (picture: Picture(width: 4, height: 4, pixels: (0..<48).map { place in UInt8(place * 5) }), label: $1)
    }
    let format = InputFormat(width: 4, height: 4, mean: [0, 0, 0], std: [1, 1, 1], resize: .squash)
    func loader(_ seed: UInt64) -> BatchLoader {
      BatchLoader(examples, scope: Scope(labels: [1, 2], of: 4), format: format, recipe: recipe, seed: seed)
    }
    let first = loader(1)
    let batches = (0..<first.steps).map { first.batch(at: $0) }
    for step in [7, 0, 15, 3] {
      let again = loader(1).batch(at: step)
      #expect(again.images == batches[step].images && again.outputs == batches[step].outputs)
    }
    #expect(Set(batches.map(\.images)).count == batches.count)
    #expect(loader(2).batch(at: 0).images != batches[0].images)
  }
}
