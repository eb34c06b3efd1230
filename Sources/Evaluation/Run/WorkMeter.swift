/// Adds up how much of an evaluation is done.
struct WorkMeter {
  private let report: @Sendable (String, Double) throws -> Void
  private var total = 1.0
  private var done = 0.0

  init(_ report: @escaping @Sendable (String, Double) throws -> Void) { self.report = report }

  /// Says how much there is to do, in any unit.
  mutating func plan(_ work: [Double]) { (total, done) = (max(work.reduce(0, +), 1e-9), 0) }

  /// What tells the share of a piece of work that is done of it, as a share of all.
  func telling(_ stage: String, _ work: Double) -> @Sendable (Double) throws -> Void {
    let (report, done, total) = (report, done, total)
    return { try report(stage, min((done + $0 * work) / total, 1)) }
  }

  /// A piece of work is done.
  mutating func finish(_ work: Double) { done += work }
}
