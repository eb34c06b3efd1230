internal import Base
public import Images
public import NeuralNet

/// The mimicry attack of Wang et al., "With Great Training Comes Great Vulnerability" (USENIX Security 2018): pictures
/// that look like their source and have, at the cut layer, the features of a target.
///
///     minimise  ‖F(x) − F(t)‖₂ / ‖F(s) − F(t)‖₂ + 10 · max(DSSIM(x, s) / P − 1, 0)²
///
/// over `x = 255 · (tanh(w) / (2 − 1e-6) + ½)`, for a source `s`, a target `t`, the features `F` and a budget `P`.
/// Deviations from the original, which make 200 steps do what it needs 2,000 for:
/// - Both terms are shares, of the first distance and of the budget, so that one weight serves every network and
///   budget; the original has them unscaled and a weight of 1e10.
/// - Adam (beta 0.9 and 0.99) in place of Adadelta; its rate falls to a tenth along half a cosine.
/// - The network and the DSSIM see pixels rounded to whole numbers, and gradients pass through the rounding as if it
///   were not there. What is kept is the closest of all these pictures that are within the budget, exactly as it will
///   be judged; the source is the first.
/// - `w` begins within ±3.2, where black and white pixels round to themselves and can still move.
///
/// It sees only the network up to the cut, as an attacker does who knows the Teacher. Immutable and safe to share.
public struct Mimicry: Sendable {
  /// The value whose features are mimicked.
  public let cut: String
  /// How the network takes pictures.
  public let input: NetworkInput
  private let plan: GradientPlan

  /// Prepares attacks on a network.
  ///
  /// - Parameters:
  ///   - graph: the Teacher, or anything that begins like the attacked network.
  ///   - cut: the output value of the cut layer.
  ///   - input: the graph's input, and the pictures' size.
  /// - Throws: ``AttackError`` if there is no such input or cut, `GraphError` if the graph is not sound or does not take
  ///   pictures of this size.
  public init(_ graph: Graph, cut: String, input: NetworkInput) throws {
    try input.validate()
    guard graph.inputs.contains(where: { $0.name == input.name }) else {
      throw AttackError.unknownInput(input.name, inputs: graph.inputs.map(\.name))
    }
    guard graph.nodes.contains(where: { $0.outputs.contains(cut) }) else { throw AttackError.unknownCut(cut) }
    plan = try GradientPlan(graph, outputs: [cut], inputs: [input.name], batchStatistics: .never)
    guard plan.inputs.map(\.name) == [input.name] else {
      throw AttackError.cutNeeds(inputs: plan.inputs.map(\.name), cut: cut, wanted: input.name)
    }
    self.cut = cut
    self.input = input
    try plan.prepare([input.name: [1, 3, input.height, input.width]])
  }

  /// Attacks from all sources.
  ///
  /// - Parameters:
  ///   - progress: is told after each step of each batch, from one thread at a time; what it throws ends the attack.
  /// - Returns: one picture for each aim, in their order; the same for the same aims and settings, whatever
  ///   ``MimicrySettings/threads`` is.
  /// - Throws: ``AttackError`` for settings out of range, pictures of another size, an aim without a target, and
  ///   features that are not finite.
  public func attack(
    _ aims: [MimicryAim], _ settings: MimicrySettings, progress: (@Sendable (AttackProgress) throws -> Void)? = nil
  ) throws -> [MimickingPicture] {
    try settings.validate()
    try validate(aims)
    let pairs = aims.indices.flatMap { source in
      aims[source].targets.indices.map { MimicryPair(source: source, target: $0) }
    }
    return try attack(aims, pairs, settings, progress: progress)
  }

  /// Looks for pictures whose features are all zero, which shows whose Student a network is: one of this Teacher, cut at
  /// this layer, has nothing to tell classes apart by then, and answers evenly or always the same (Wang et al. 2018,
  /// section 6.2).
  ///
  /// - Parameter pictures: what the results are to look like.
  /// - Returns: one picture for each, with no target.
  /// - Throws: as ``attack(_:_:progress:)``.
  public func fingerprint(
    _ pictures: [Picture], _ settings: MimicrySettings, progress: (@Sendable (AttackProgress) throws -> Void)? = nil
  ) throws -> [MimickingPicture] {
    try settings.validate()
    for (index, picture) in pictures.enumerated() { try check(picture, "source \(index)") }
    let aims = pictures.map { MimicryAim(source: $0, targets: []) }
    return try attack(
      aims, aims.indices.map { MimicryPair(source: $0, target: nil) }, settings, progress: progress)
  }

  private func attack(
    _ aims: [MimicryAim], _ pairs: [MimicryPair], _ settings: MimicrySettings,
    progress: (@Sendable (AttackProgress) throws -> Void)?
  ) throws -> [MimickingPicture] {
    let total = pairs.count * settings.steps
    let done = LockBox(0)
    let batches = BatchRun(batchSize: settings.batchSize, threads: settings.threads)
    let pictures = try batches.run(pairs.count, makeWorker: { [plan] in try GradientWorker(plan) }) {
      [input] worker, batch in
      var search = try MimicrySearch(worker, input, settings, aims: aims, pairs: Array(pairs[batch]))
      return try search.run {
        guard let progress else { return }
        try done.withLock { steps in
          steps += batch.count
          try progress(AttackProgress(steps: steps, total: total))
        }
      }
    }
    var best = [MimickingPicture?](repeating: nil, count: aims.count)
    for (pair, picture) in zip(pairs, pictures) {
      if let known = best[pair.source], known.distanceAfter <= picture.distanceAfter { continue }
      best[pair.source] = picture
    }
    return best.map { $0! }
  }

  private func check(_ picture: Picture, _ name: @autoclosure () -> String) throws(AttackError) {
    guard picture.width == input.width, picture.height == input.height else {
      throw .pictureSize(
        of: name(), width: picture.width, height: picture.height, wanted: (input.width, input.height))
    }
  }

  private func validate(_ aims: [MimicryAim]) throws(AttackError) {
    for (index, aim) in aims.enumerated() {
      guard !aim.targets.isEmpty else { throw .noTarget(source: index) }
      try check(aim.source, "source \(index)")
      for (target, picture) in aim.targets.enumerated() { try check(picture, "target \(target) of source \(index)") }
    }
  }
}

/// One search: which aim's source, and which of its targets; nil for features of zero.
struct MimicryPair: Sendable {
  let source: Int
  let target: Int?
}
