internal import Foundation
internal import Images
internal import NeuralNet

/// The search of a ``Mimicry`` for one batch of pairs, on one thread.
struct MimicrySearch {
  /// One pair's part of the batch.
  private struct Member {
    let pair: MimicryPair
    let similarity: MultiScaleSSIM
    let targetFeatures: ArraySlice<Float>
    var firstDistance = 0.0
    /// The closest within the budget; the source to begin with.
    var best: MimickingPicture?
  }

  /// The weight of the square of the share by which the DSSIM is above the budget. With 1 a search spends most of its
  /// steps outside the budget, with 1,000 it does not dare to go near it; from 10 to 30 it hardly matters.
  private static let penaltyWeight = 10.0
  private static let denominator: Float = 2 - 1e-6
  private static let largestStart: Float = 3.2

  private let worker: GradientWorker
  private let input: NetworkInput
  private let settings: MimicrySettings
  /// The number of values of a picture.
  private let length: Int
  private var members: [Member] = []
  private var w: [Float]
  /// tanh(w)
  private var squashed: [Float]
  /// What `w` stands for, in whole numbers: `[N, 3, height, width]`.
  private var pixels: [Float]
  /// The gradient of the penalties with respect to `pixels`.
  private var penalties: [Float]
  private var adam: AdamMoments

  init(
    _ worker: GradientWorker, _ input: NetworkInput, _ settings: MimicrySettings, aims: [MimicryAim],
    pairs: [MimicryPair]
  ) throws {
    self.worker = worker
    self.input = input
    self.settings = settings
    length = 3 * input.height * input.width
    let sources = pairs.map { aims[$0.source].source.planes }
    w = sources.flatMap { source in
      source.map { min(max(atanh(($0 / 255 - 0.5) * Self.denominator), -Self.largestStart), Self.largestStart) }
    }
    squashed = w
    pixels = w
    penalties = w
    adam = AdamMoments(count: w.count)
    // Where features of zero are wanted, black stands in for the target that is not there.
    let pictures = pairs.flatMap { pair in
      pair.target.map { aims[pair.source].targets[$0].planes } ?? sources[0].map { _ in 0 }
    }
    let targets = try features(of: pictures, count: pairs.count)
    let size = targets.count / pairs.count
    members = pairs.indices.map { index in
      Member(
        pair: pairs[index],
        similarity: MultiScaleSSIM(planes: sources[index], width: input.width, height: input.height),
        targetFeatures: pairs[index].target == nil
          ? ArraySlice(repeating: 0, count: size) : targets.scalars[(index * size)..<((index + 1) * size)])
    }
  }

  /// - Parameter afterStep: is called after each step; what it throws ends the search.
  mutating func run(afterStep: () throws -> Void) throws -> [MimickingPicture] {
    let rates = LearningRateSchedule.cosine(
      maximum: settings.rate, steps: settings.steps, minimum: settings.rate / 10)
    for step in 0..<settings.steps {
      let seeds = try judge(step)
      let gradient = try worker.backward([worker.plan.outputs[0]: seeds]).inputs[input.name]!
      try gather(gradient, step)
      adam.move(&w, rate: rates.rate(at: step), step: step + 1)
      try afterStep()
    }
    _ = try judge(settings.steps)
    return members.map { $0.best! }
  }

  /// Rounds to pixels, keeps those that are the closest so far, and works out the penalties.
  ///
  /// - Returns: the gradient of the distances with respect to the features.
  private mutating func judge(_ step: Int) throws -> Tensor {
    squash()
    var seeds = try features(of: pixels, count: members.count)
    for index in members.indices {
      let distance = try seed(&seeds, of: index, step: step)
      let dissimilarity = pixels.withUnsafeBufferPointer { [length] pixels in
        penalties.withUnsafeMutableBufferPointer {
          members[index].similarity.dissimilarity(
            of: pixels.baseAddress! + index * length, gradient: $0.baseAddress! + index * length)
        }
      }
      let excess = max(dissimilarity / settings.budget - 1, 0)
      let factor = Float(2 * Self.penaltyWeight * excess / settings.budget)
      for place in (index * length)..<((index + 1) * length) { penalties[place] *= factor }
      if excess == 0, distance < members[index].best?.distanceAfter ?? .infinity {
        members[index].best = MimickingPicture(
          picture: picture(index), target: members[index].pair.target, dissimilarity: dissimilarity,
          distanceBefore: members[index].firstDistance, distanceAfter: distance)
      }
    }
    return seeds
  }

  /// Makes pixels of `w`. By pointers: with arrays every index would be checked.
  private mutating func squash() {
    w.withUnsafeBufferPointer { w in
      squashed.withUnsafeMutableBufferPointer { squashed in
        pixels.withUnsafeMutableBufferPointer { pixels in
          for index in w.indices {
            squashed[index] = tanh(w[index])
            let value = min(max(255 * (squashed[index] / Self.denominator + 0.5), 0), 255)
            pixels[index] = Float(Int32(value + 0.5))
          }
        }
      }
    }
  }

  /// Turns the features of one picture into the gradient of their distance from the target's, as a share of the first.
  ///
  /// - Returns: the distance.
  private mutating func seed(_ features: inout Tensor, of index: Int, step: Int) throws(AttackError) -> Double {
    let size = members[index].targetFeatures.count
    let places = (index * size)..<((index + 1) * size)
    var sum = 0.0
    features.withUnsafeMutableScalars { features in
      for (place, target) in zip(places, members[index].targetFeatures) {
        features[place] -= target
        sum += Double(features[place]) * Double(features[place])
      }
    }
    let distance = sum.squareRoot()
    guard distance.isFinite else { throw .notFinite(source: members[index].pair.source, step: step) }
    if step == 0 { members[index].firstDistance = distance }
    // At the target itself there is no way to go.
    let scale = distance > 0 ? Float(1 / distance / members[index].firstDistance) : 0
    features.withUnsafeMutableScalars { features in
      for place in places { features[place] *= scale }
    }
    return distance
  }

  /// Fills in the whole gradient with respect to `w`; `byInput` is that of the distances with respect to the input.
  private mutating func gather(_ byInput: Tensor, _ step: Int) throws(AttackError) {
    let area = input.width * input.height
    var isFinite = true
    for plane in 0..<(3 * members.count) {
      let scale = 1 / input.deviation[plane % 3]
      for index in (plane * area)..<((plane + 1) * area) {
        let slope = 255 / Self.denominator * (1 - squashed[index] * squashed[index])
        let value = (byInput.scalars[index] * scale + penalties[index]) * slope
        adam.gradient[index] = value
        isFinite = isFinite && value.isFinite
      }
      guard isFinite else { throw .notFinite(source: members[plane / 3].pair.source, step: step) }
    }
  }

  /// The features of pictures at the cut: `[N, …]`.
  private func features(of pixels: [Float], count: Int) throws -> Tensor {
    let features = try worker.forward([input.name: input.tensor(of: pixels, count: count)])[0]
    guard features.shape.first == count else {
      throw AttackError.featureShape(features.shape, cut: worker.plan.outputs[0], pictures: count)
    }
    return features
  }

  private func picture(_ index: Int) -> Picture {
    pixels.withUnsafeBufferPointer {
      Picture(planes: $0.baseAddress! + index * length, width: input.width, height: input.height)
    }
  }
}
