@testable import Defence
@testable import Evaluation
import Images
import Testing

@Suite struct MimicryOutcomeTests {
  /// An attack with two opinions, of which so many agree.
  private static func attack(succeeds: Bool, accepted: Bool, agreeing: Int) -> MimicryOutcome.Attack {
    let opinions = (0..<2).map { Verdict.Opinion(id: "d0\($0)", score: accepted ? 0.9 : 0.1, agrees: $0 < agreeing) }
    return MimicryOutcome.Attack(
      source: 0, target: 1, dissimilarity: 0.001,
      verdict: Verdict(
        Judgement(studentLabel: 1, confidence: 1, opinions: opinions), policy: .calibrated, threshold: 0.5),
      succeeds: succeeds, picture: Picture(width: 1, height: 1, pixels: [0, 0, 0]))
  }

  @Test func `defence and agreement are counted of those that fool the Student, the rest of all`() {
    let outcome = MimicryOutcome(
      budget: 0.01, aim: .targeted,
      attacks: [
        Self.attack(succeeds: true, accepted: false, agreeing: 0),
        Self.attack(succeeds: true, accepted: false, agreeing: 1),
        Self.attack(succeeds: true, accepted: true, agreeing: 2),
        // The Student is not fooled: no rejection counts, nor any agreement.
        Self.attack(succeeds: false, accepted: false, agreeing: 0),
        Self.attack(succeeds: false, accepted: true, agreeing: 2),
      ])
    #expect(outcome.undefended == Rate(3, of: 5))
    #expect(outcome.defenceRate == Rate(2, of: 3))
    #expect(outcome.left == Rate(1, of: 5))
    #expect(outcome.agreement == Rate(3, of: 6))
  }

  @Test func `where no attack fools the Student there is nothing to defend`() {
    let outcome = MimicryOutcome(
      budget: 0.01, aim: .nonTargeted, attacks: [Self.attack(succeeds: false, accepted: true, agreeing: 2)])
    #expect(outcome.undefended == Rate(0, of: 1) && outcome.left == Rate(0, of: 1))
    #expect(outcome.defenceRate == Rate(0, of: 0) && outcome.agreement == Rate(0, of: 0))
  }

  @Test func `a trial's defaults are those of the documented command`() {
    let trial = MimicryTrial()
    #expect(trial.pairs == 200 && trial.steps == 200 && trial.budgets == [0.003, 0.01, 0.03] && trial.aim == .targeted)
  }
}
