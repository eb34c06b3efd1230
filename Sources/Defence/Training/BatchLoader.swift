internal import Base
internal import Images
internal import NeuralNet

/// The batches of one network's training. Each is a function of the seed and the step alone, so that an interrupted
/// training goes on with the very batches that it would have had.
struct BatchLoader: Sendable {
  /// A picture and its right output.
  struct Sample: Sendable {
    let picture: Picture
    let output: Int
  }

  let format: InputFormat
  let recipe: Recipe
  let seed: UInt64
  private let samples: [Sample]
  /// Samples that every epoch has, and those of which each epoch draws only so many.
  private let always: [Int]
  private let drawn: [Int]
  private let drawnCount: Int

  /// The batches for a differentiator of some scope, or for the Student, whose scope is all labels.
  ///
  /// Where there is an output for `other`, each epoch has as many pictures of it, drawn anew, as of the rest together, so
  /// that few are not lost among many.
  init(
    _ examples: [(picture: Picture, label: Int)], scope: Scope, format: InputFormat, recipe: Recipe, seed: UInt64
  ) {
    self.format = format
    self.recipe = recipe
    self.seed = seed
    samples = examples.compactMap { example in
      scope.output(for: example.label).map { Sample(picture: example.picture, output: $0) }
    }
    let isOther = samples.map { scope.hasOther && $0.output == scope.labels.count }
    always = samples.indices.filter { !isOther[$0] }
    drawn = samples.indices.filter { isOther[$0] }
    drawnCount = min(drawn.count, always.count)
  }

  /// Pictures in an epoch.
  var count: Int { always.count + drawnCount }
  /// Pictures in a batch: fewer than the recipe's where there are not so many.
  var batch: Int { min(recipe.batch, count) }
  /// Whole batches in an epoch; the rest, another one each time, is left out.
  var stepsPerEpoch: Int { max(1, count / batch) }
  /// Steps in all.
  var steps: Int { stepsPerEpoch * recipe.epochs }

  /// The batch of a step, from 0.
  func batch(at step: Int) -> (images: Tensor, outputs: [Int]) {
    let (epoch, place) = (step / stepsPerEpoch, step % stepsPerEpoch)
    let order = order(epoch: epoch)
    let chosen = (0..<batch).map { order[place * batch + $0] }
    var images = Tensor(shape: [batch, 3, format.height, format.width], repeating: 0)
    images.withUnsafeMutableScalars { scalars in
      for (row, index) in chosen.enumerated() {
        recipe.augmentation.write(
          samples[index].picture, format: format,
          draw: CounterGenerator(seed, 0x6175_676d, UInt64(epoch), UInt64(index)),
          to: UnsafeMutableBufferPointer(rebasing: scalars[(row * format.count)..<((row + 1) * format.count)]))
      }
    }
    return (images, chosen.map { samples[$0].output })
  }

  private func order(epoch: Int) -> [Int] {
    let other = CounterGenerator(seed, 0x6f74_6865, UInt64(epoch)).permutation(of: drawn.count).prefix(drawnCount)
    let indices = always + other.map { drawn[$0] }
    return CounterGenerator(seed, 0x6f72_6465, UInt64(epoch)).permutation(of: indices.count).map { indices[$0] }
  }
}
