import StateStore
import Testing

@testable import Retraining

struct GateTests {
  private let margins = GateReport.Margins(accuracy: 0.01, cleanRejection: 0.005, defence: 0.02)

  @Test func `a version that is as good passes`() {
    let report = GateReport.decided(candidate: figures(2), serving: figures(1), margins: margins)
    #expect(report.isPassed && report.reasons.isEmpty)
    #expect(report.candidate.version == 2 && report.serving?.version == 1 && report.margins == margins)
  }

  @Test func `a version that is better in everything passes`() {
    let better = figures(2, accuracy: 990, rejection: 0, defence: 100, feedback: 10)
    let report = GateReport.decided(candidate: better, serving: figures(1, feedback: 5), margins: margins)
    #expect(report.isPassed)
  }

  @Test func `a loss of just the margin is allowed, whatever its quotient is rounded to`() {
    for count in 20...1000 {
      let serving = figures(1, accuracy: count)
      let report = GateReport.decided(candidate: figures(2, accuracy: count - 10), serving: serving, margins: margins)
      #expect(report.isPassed)
    }
  }

  @Test func `each figure that is worse than its margin allows is a sentence`() {
    func reasons(_ candidate: GateReport.Figures) -> [String] {
      let report = GateReport.decided(candidate: candidate, serving: figures(1, feedback: 10), margins: margins)
      #expect(report.isPassed == report.reasons.isEmpty)
      return report.reasons
    }
    #expect(
      reasons(figures(2, accuracy: 941, feedback: 10)) == [
        "the accuracy from end to end fell from 96.60 % to 94.10 %, more than the 1 point that gate.accuracy allows"
      ])
    #expect(
      reasons(figures(2, rejection: 16, feedback: 10)) == [
        "the clean rejection rate rose from 1.00 % to 1.60 %, more than the 0.5 points that gate.clean-rejection allows"
      ])
    #expect(
      reasons(figures(2, defence: 77, feedback: 10)) == [
        "the defence rate fell from 80.00 % to 77.00 %, more than the 2 points that gate.defence allows"
      ])
    #expect(
      reasons(figures(2, feedback: 9)) == [
        "the share of pictures called adversarial that are rejected fell from 100.00 % to 90.00 %, "
          + "more than the 2 points that gate.defence allows"
      ])
    #expect(reasons(figures(2, accuracy: 0, rejection: 999, defence: 0, feedback: 0)).count == 4)
  }

  @Test func `without a current version every version passes`() {
    let report = GateReport.decided(candidate: figures(1, accuracy: 1), serving: nil, margins: margins)
    #expect(report.isPassed && report.serving == nil)
  }

  @Test func `a figure that the current version does not have is not compared`() {
    let serving = figures(1, defence: nil)
    let worse = figures(2, defence: 0, feedback: 0)
    #expect(GateReport.decided(candidate: worse, serving: serving, margins: margins).isPassed)
    // Nothing fooled it.
    let unfooled = figures(1, defence: 0, of: 0)
    #expect(GateReport.decided(candidate: figures(2, defence: 0), serving: unfooled, margins: margins).isPassed)
  }

  @Test func `a version that no attack fools has nothing to reject`() {
    let report = GateReport.decided(candidate: figures(2, defence: 0, of: 0), serving: figures(1), margins: margins)
    #expect(report.isPassed)
  }

  @Test func `a figure that was measured of the current version alone is missing`() {
    let report = GateReport.decided(candidate: figures(2, defence: nil), serving: figures(1), margins: margins)
    #expect(report.reasons == ["the defence rate of the new version was not measured"])
  }

  @Test func `what evaluate prints is read`() throws {
    func share(_ count: Int, _ of: Int) -> String {
      #"{"count":\#(count),"of":\#(of),"share":\#(Double(count) / Double(of)),"low":0.25,"high":0.75}"#
    }
    let clean =
      #"{"data":"x","student_accuracy":\#(share(9, 10)),"end_to_end_accuracy":\#(share(8, 10)),"#
      + #""clean_rejection_rate":\#(share(1, 9))}"#
    let attack = #"{"attack":"mimicry","budget":0.01,"defence_rate":\#(share(3, 4))}"#
    let text =
      #"{"model":"x","version":7,"digest":"y","clean":\#(clean),"attacks":[\#(attack)],"#
      + #""feedback_rejection_rate":\#(share(1, 2))}"#
    let figures = try EvaluationOutput.figures(Array(text.utf8))
    #expect(figures.version == 7 && figures.studentAccuracy.count == 9 && figures.endToEndAccuracy.share == 0.8)
    #expect(figures.cleanRejectionRate.of == 9 && figures.cleanRejectionRate.low == 0.25)
    #expect(figures.defenceRate?.share == 0.75 && figures.feedbackRejectionRate?.high == 0.75)
    let without = text.replacing(attack, with: "").replacing(share(1, 2), with: "null")
    let fewer = try EvaluationOutput.figures(Array(without.utf8))
    #expect(fewer.defenceRate == nil && fewer.feedbackRejectionRate == nil)
  }

  /// Of 1000 pictures, 100 attacks and 10 that people called adversarial.
  private func figures(
    _ version: Int, accuracy: Int = 966, rejection: Int = 10, defence: Int? = 80, of attacks: Int = 100,
    feedback: Int? = nil
  ) -> GateReport.Figures {
    func share(_ count: Int, _ of: Int) -> GateReport.Share {
      .init(count: count, of: of, share: of == 0 ? 0 : Double(count) / Double(of), low: 0, high: 1)
    }
    return .init(
      version: version, studentAccuracy: share(980, 1000), endToEndAccuracy: share(accuracy, 1000),
      cleanRejectionRate: share(rejection, 1000), defenceRate: defence.map { share($0, attacks) },
      feedbackRejectionRate: feedback.map { share($0, 10) })
  }
}
