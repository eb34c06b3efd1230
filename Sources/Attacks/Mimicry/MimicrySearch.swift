internal import Foundation
internal import Images
internal import NeuralNet

/// The search of a ``Mimicry`` for one batch of pairs, on one thread.
struct MimicrySearch {
  /// One pair's part of the batch.
  private struct Member {
    let similarity: MultiScaleSSIM
    let target: Int
    let index: Int
    let targetFeatures: [Float]
    var firstDistance = 0.0
    /// The closest within the budget.
    var best: MimickingPicture?
  }

  private static let denominator: Float = 2 - 1e-6
  /// The weight `c` of the DSSIM above the budget.
  private static let penaltyWeight = 10.0

  private let worker: GradientWorker
  private let input: NetworkInput
  private let settings: MimicrySettings
  private let pairs: [MimicryPair]
  private let aims: [MimicryAim]
  private let shape: [Int]
  private let length: Int

  init(
    _ worker: GradientWorker, _ input: NetworkInput, _ settings: MimicrySettings, aims: [MimicryAim],
    pairs: [MimicryPair]
  ) {
    self.worker = worker
    self.input = input
    self.settings = settings
    self.aims = aims
    self.pairs = pairs
    shape = [pairs.count, 3, input.height, input.width]
    length = 3 * input.height * input.width
  }

  /// - Parameter afterStep: is called after each step; what it throws ends the search.
  mutating func run(afterStep: () throws -> Void) throws -> [MimickingPicture] {
    let sources = pairs.map { aims[$0.source].source.planes }
    let targets = try features(pairs.flatMap { aims[$0.source].targets[$0.target].planes })
    let size = targets.count / pairs.count
    var members = pairs.enumerated().map { index, pair in
      Member(
        similarity: MultiScaleSSIM(planes: sources[index], width: input.width, height: input.height),
        target: pair.target, index: pair.source,
        targetFeatures: Array(targets.scalars[(index * size)..<((index + 1) * size)]))
    }
    var w = sources.flatMap { $0.map { min(max(atanh(($0 / 255 - 0.5) * Self.denominator), -3.2), 3.2) } }
    var squashed = w
    var pixels = w
    var adam = AdamMoments(count: w.count)
    let rates = LearningRateSchedule.cosine(
      maximum: settings.rate, steps: settings.steps, minimum: settings.rate / 10)
    var dissimilarityGradient = [Float](repeating: 0, count: length)
    for step in 0...settings.steps {
      for index in w.indices {
        squashed[index] = tanh(w[index])
        pixels[index] = min(max((255 * (squashed[index] / Self.denominator + 0.5)).rounded(), 0), 255)
      }
      let features = try features(pixels)
      var seeds = features
      var penalties = [Float](repeating: 0, count: w.count)
      for index in members.indices {
        let distance = try seed(&seeds, of: index, members[index], step: step)
        let dissimilarity = pixels.withUnsafeBufferPointer { pixels in
          dissimilarityGradient.withUnsafeMutableBufferPointer {
            members[index].similarity.dissimilarity(
              of: pixels.baseAddress! + index * length, gradient: $0.baseAddress!)
          }
        }
        if step == 0 { members[index].firstDistance = distance }
        let scale = 1 / max(members[index].firstDistance, .leastNormalMagnitude)
        seeds.withUnsafeMutableScalars { seeds in
          for place in (index * size)..<((index + 1) * size) { seeds[place] *= Float(scale) }
        }
        if dissimilarity <= settings.budget, distance < members[index].best?.distanceAfter ?? .infinity {
          members[index].best = MimickingPicture(
            picture: pixels.withUnsafeBufferPointer {
              Picture(planes: $0.baseAddress! + index * length, width: input.width, height: input.height)
            }, target: members[index].target, dissimilarity: dissimilarity,
            distanceBefore: members[index].firstDistance, distanceAfter: distance)
        }
        let excess = dissimilarity / settings.budget - 1
        if excess > 0 {
          let factor = Float(2 * Self.penaltyWeight * excess / settings.budget)
          for place in 0..<length { penalties[index * length + place] = factor * dissimilarityGradient[place] }
        }
      }
      if step == settings.steps { break }
      let gradient = try worker.backward([worker.plan.outputs[0]: seeds]).inputs[input.name]!
      let area = input.width * input.height
      for index in w.indices {
        let byPixel = gradient.scalars[index] / input.deviation[index / area % 3] + penalties[index]
        let slope = 255 / Self.denominator * (1 - squashed[index] * squashed[index])
        adam.gradient[index] = byPixel * slope
        guard adam.gradient[index].isFinite else {
          throw AttackError.notFinite(source: members[index / length].index, step: step)
        }
      }
      adam.move(&w, rate: rates.rate(at: step), step: step + 1)
      try afterStep()
    }
    return members.map { $0.best! }
  }

  /// The features of pictures at the cut: `[N, …]`.
  private func features(_ pixels: [Float]) throws -> Tensor {
    let area = input.width * input.height
    var tensor = Tensor(shape: shape, scalars: pixels)
    tensor.withUnsafeMutableScalars { scalars in
      for plane in 0..<(3 * pairs.count) {
        let (mean, deviation) = (input.mean[plane % 3], input.deviation[plane % 3])
        for index in (plane * area)..<((plane + 1) * area) { scalars[index] = (scalars[index] - mean) / deviation }
      }
    }
    let features = try worker.forward([input.name: tensor])[0]
    guard features.shape.first == pairs.count else {
      throw AttackError.featureShape(features.shape, cut: worker.plan.outputs[0], pictures: pairs.count)
    }
    return features
  }

  /// Turns the features of one picture into the gradient of their distance from the target's.
  ///
  /// - Returns: the distance.
  private func seed(_ features: inout Tensor, of index: Int, _ member: Member, step: Int) throws(AttackError) -> Double
  {
    let size = member.targetFeatures.count
    let distance = features.withUnsafeMutableScalars { features in
      var sum = 0.0
      for place in 0..<size {
        let difference = features[index * size + place] - member.targetFeatures[place]
        features[index * size + place] = difference
        sum += Double(difference) * Double(difference)
      }
      let distance = sum.squareRoot()
      let scale = distance > 0 ? Float(1 / distance) : 0
      for place in 0..<size { features[index * size + place] *= scale }
      return distance
    }
    guard distance.isFinite else { throw .notFinite(source: member.index, step: step) }
    return distance
  }
}
