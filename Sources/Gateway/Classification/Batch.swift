internal import Defence

/// Pictures of one generation whose networks are being asked.
final class Batch: Sendable {
  /// In the order of the hearing's judgements.
  let pictures: [WaitingPicture]
  /// What is asked already, and what not.
  let hearing: Hearing
  /// When it began.
  let start = ContinuousClock.now

  /// One picture at least, all of one generation.
  init(_ pictures: [WaitingPicture]) {
    self.pictures = pictures
    hearing = Hearing(pictures.map(\.picture), before: pictures[0].generation.model)
  }

  /// Who is asked.
  var generation: Generation { pictures[0].generation }
}
