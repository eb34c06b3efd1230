import Defence
import Foundation
import TestSupport
import Testing

@Suite struct RecalibrationTests {
  private let tiny: TinyBundle
  private let bundle: ModelBundle

  init() throws {
    tiny = try TinyBundle()
    bundle = try tiny.bundle()
  }

  private var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: tiny.model.path)) ?? []).sorted()
  }

  @Test func `a larger alpha gives higher thresholds as a new version of the same networks`() throws {
    let path = try bundle.recalibrated(alpha: 0.5, as: 2, of: tiny.model, command: "distinguo calibrate")
    #expect(path == tiny.model.path(of: 2))
    let made = try ModelBundle(contentsOf: path)
    #expect(made.calibration.alpha == 0.5 && made.calibration.scores == bundle.calibration.scores)
    #expect(made.calibration.pooled > bundle.calibration.pooled)
    #expect(made.manifest.version == 2 && made.manifest.policy == .calibrated && made.manifest.measured.isEmpty)
    #expect(made.manifest.training.command.hasSuffix("; distinguo calibrate"))
    #expect(made.student == bundle.student && made.digest != bundle.digest)
    #expect(ModelBundle.faults(of: path) == [])
    #expect(contents == ["1", "2", "current"] && tiny.model.currentVersion == "1")
    // The old one is as it was.
    #expect(try tiny.bundle().digest == bundle.digest)
  }

  @Test func `another policy leaves the thresholds`() throws {
    let path = try bundle.recalibrated(policy: .vote, as: 5, of: tiny.model, command: "")
    let made = try ModelBundle(contentsOf: path)
    #expect(made.manifest.policy == .vote && made.calibration == bundle.calibration)
  }

  @Test func `new scores make new thresholds`() throws {
    let scores = [[0.9, 0.8, 0.7, 0.6, 0.5], [Double](repeating: 0.25, count: 20), []]
    let path = try bundle.recalibrated(scores: scores, as: 2, of: tiny.model, command: "")
    let made = try ModelBundle(contentsOf: path).calibration
    #expect(made.scores == [[0.5, 0.6, 0.7, 0.8, 0.9], scores[1], []])
    #expect(made.thresholds == [0.25, 0.25, 0.25] && made.isPooled == [true, false, true])
  }

  @Test func `a version that is there is not replaced`() throws {
    #expect(throws: DefenceError.exists(tiny.path)) {
      try bundle.recalibrated(alpha: 0.2, as: 1, of: tiny.model, command: "")
    }
    #expect(contents == ["1", "current"])
  }

  static let wrong: [(alpha: Double?, scores: [[Double]]?, version: Int, complaint: String)] = [
    (0, nil, 2, "an alpha of 0.0; it must be more than 0 and less than 1"),
    (.nan, nil, 2, "an alpha of nan; it must be more than 0 and less than 1"),
    (1e-9, nil, 2, "calibration with alpha 1e-09 needs 999999999 withheld pictures that the Student gets right"),
    (nil, [[0.5]], 2, "the scores must be 0 to 1, in a list for each of the 3 labels"),
    (nil, [[0.5], [2], []], 2, "the scores must be 0 to 1, in a list for each of the 3 labels"),
    (nil, [[0.5], [.nan], []], 2, "the scores must be 0 to 1, in a list for each of the 3 labels"),
    (nil, [[0.5], [], []], 2, "needs 9 withheld pictures that the Student gets right, and there are 1"),
    (nil, [[], [], []], 2, "and there are 0: give more pictures, withhold a larger share"),
    (0.2, nil, 0, "its version is 0; versions count from 1 to 999999999"),
  ]

  @Test(arguments: wrong.indices) func `what cannot be is named and leaves nothing behind`(_ index: Int) throws {
    let one = Self.wrong[index]
    let error = #expect(throws: DefenceError.self) {
      try bundle.recalibrated(alpha: one.alpha, scores: one.scores, as: one.version, of: tiny.model, command: "")
    }
    #expect(error?.description.contains(one.complaint) == true, "\(error?.description ?? "")")
    #expect(contents == ["1", "current"])
  }

  @Test func `a bundle whose files changed meanwhile is not copied`() throws {
    try Data("x".utf8).write(to: URL(filePath: "\(tiny.path)/student.onnx"))
    let error = #expect(throws: DefenceError.self) {
      try bundle.recalibrated(alpha: 0.2, as: 2, of: tiny.model, command: "")
    }
    #expect(error?.description.contains("student.onnx: its digest is") == true)
    #expect(contents == ["1", "current"])
  }
}
