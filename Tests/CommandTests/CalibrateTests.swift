import Defence
import Foundation
import TestSupport
import Testing

@Suite struct CalibrateTests {
  private let model: ColorModel

  init() throws { model = try ColorModel() }

  private var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: model.model)) ?? []).sorted()
  }

  private func manifest(_ version: Int) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(filePath: "\(model.model)/\(version)/manifest.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func `another alpha makes the next version, which is not yet the current one`() throws {
    let outcome = try Command.run("calibrate", "--model", model.model, "--alpha", "0.3")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.hasPrefix("\(model.model)/2  sha256:"), "\(outcome.output)")
    #expect(outcome.output.contains("\nalpha 0.3, policy calibrated, aggregation mean, pooled threshold 0."))
    #expect(outcome.output.hasSuffix("\nnot yet the current version\n"))
    #expect(contents == ["1", "2", "current"])
    #expect(try manifest(2)["version"] as? Int == 2)
    let command = try #require((try manifest(2)["training"] as? [String: Any])?["command"] as? String)
    #expect(command.contains("; distinguo calibrate --model ") && command.hasSuffix(" --alpha 0.3"))
    #expect(try Command.run("verify", model.model + "/2").status == 0)
    #expect(try Command.run("verify", model.model).output.hasPrefix(model.bundle))
  }

  @Test func `another policy can be taken into use at once, under any number`() throws {
    let outcome = try Command.run(
      "calibrate", "--model", model.bundle, "--policy", "vote", "--number", "7", "--activate")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(!outcome.output.contains("not yet"))
    #expect(try manifest(7)["policy"] as? String == "vote")
    #expect(try Command.run("verify", model.model).output.hasPrefix("\(model.model)/7 is sound"))
    // The next one counts on.
    #expect(
      try Command.run("calibrate", "--model", model.model, "--alpha", "0.2").output.hasPrefix("\(model.model)/8 "))
  }

  @Test func `other pictures make other thresholds`() throws {
    let outcome = try Command.run("calibrate", "--model", model.model, "--data", try model.writePictures(15))
    #expect(outcome.status == 0, "\(outcome.error)")
    let scores = try #require(outcome.output.firstMatch(of: /, ([0-9]+) clean scores/))
    #expect((36...45).contains(Int(scores.1) ?? 0), "\(outcome.output)")
  }

  @Test func `of the pictures that it was trained with those are taken that were withheld`() throws {
    let outcome = try Command.run(
      "calibrate", "--model", model.model, "--data", try model.writeTrainingPictures(), "--withheld")
    #expect(outcome.status == 0, "\(outcome.error)")
    func scores(_ version: Int) throws -> [[Double]] {
      try ModelBundle(contentsOf: "\(model.model)/\(version)").calibration.scores
    }
    let (trained, anew) = (try scores(1), try scores(2))
    // Other differentiators may be asked under another key, but here are only as many as are asked.
    #expect(trained.map(\.count) == anew.map(\.count))
    for (one, other) in zip(trained.joined(), anew.joined()) { #expect(abs(one - other) < 1e-5) }
    let others = try Command.run(
      "calibrate", "--model", model.model, "--data", try model.writePictures(15), "--withheld")
    #expect(others.status == 1 && others.error.contains("is not what colours 1 was trained with"), "\(others.error)")
  }

  @Test func `scores can become one in another way, by pictures that are judged again`() throws {
    let pictures = try model.writeTrainingPictures()
    let outcome = try Command.run(
      "calibrate", "--model", model.model, "--data", pictures, "--withheld", "--aggregation", "geometric-mean")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains(", aggregation geometric-mean, "))
    let (means, geometric) = (
      try ModelBundle(contentsOf: model.bundle), try ModelBundle(contentsOf: "\(model.model)/2")
    )
    #expect(geometric.calibration.aggregation == .geometricMean)
    #expect(try Command.run("verify", "\(model.model)/2").status == 0)
    // Never above the mean of the same numbers.
    let pairs = Array(zip(means.calibration.scores.joined(), geometric.calibration.scores.joined()))
    #expect(!pairs.isEmpty && pairs.allSatisfy { $0 >= $1 - 1e-5 })
    // Another α keeps the way, and so does a training that is like it, unless it is given another.
    #expect(
      try Command.run("calibrate", "--model", "\(model.model)/2", "--alpha", "0.3").output.contains("geometric-mean"))
    for (number, given, expected) in [(4, [], .geometricMean), (5, ["--aggregation", "mean"], Aggregation.mean)] {
      let trained = try Command.run(
        [
          "train", "--warm-start", "\(model.model)/2", "--data", pictures, "--output", model.model, "--number",
          "\(number)", "--student-epochs", "8", "--epochs", "4", "--threads", "1", "--progress", "none",
        ] + given)
      #expect(trained.status == 0, "\(trained.error)")
      #expect(try ModelBundle(contentsOf: "\(model.model)/\(number)").calibration.aggregation == expected)
    }
  }

  /// Arguments with FEW for a folder of three pictures.
  static let wrong: [(arguments: [String], complaint: String)] = [
    ([], "Nothing to change: give --alpha, --policy, --aggregation or --data"),
    (["--alpha", "0"], "--alpha is 0.0; it must be more than 0 and less than 1"),
    (["--alpha", "nan"], "--alpha is nan; it must be more than 0 and less than 1"),
    (["--alpha", "1e-300"], "calibration with alpha 1e-300 needs"),
    (["--alpha", "0.001"], "calibration with alpha 0.001 needs 999 withheld pictures that the Student gets right"),
    (["--policy", "trust"], "--policy"),
    (["--aggregation", "median"], "--aggregation"),
    (["--aggregation", "geometric-mean"], "the aggregation 'geometric-mean' goes with new clean scores, of --data"),
    (["--policy", "vote", "--number", "0"], "--number is 0; it must be 1 to 999999999"),
    (["--policy", "vote", "--number", "1"], "colours/1 exists already; nothing was changed"),
    (["--alpha", "0.2", "--withheld"], "--withheld goes with --data."),
    (["--data", "nowhere"], "nowhere: stat: No such file or directory"),
    (["--data", "FEW"], "calibration with alpha 0.1 needs 9 withheld pictures"),
    (["--data", "FEW", "--label-by", "("], "the pattern '(' is no regular expression"),
    (["--alpha", "0.2", "--threads", "0"], "--threads is 0; it must be 1 to 1024"),
  ]

  @Test(arguments: wrong.indices) func `a wrong argument of calibrate is named and makes no version`(
    _ index: Int
  ) throws {
    let (arguments, complaint) = Self.wrong[index]
    let few = try model.writePictures(1)
    let outcome = try Command.run(["calibrate", "--model", model.model] + arguments.map { $0 == "FEW" ? few : $0 })
    #expect(outcome.status != 0)
    #expect(outcome.error.contains(complaint), "\(outcome.error)")
    #expect(contents == ["1", "current"])
  }

  @Test func `a version of the highest number has none after it`() throws {
    try FileManager.default.moveItem(atPath: model.bundle, toPath: "\(model.model)/999999999")
    let outcome = try Command.run("calibrate", "--model", "\(model.model)/999999999", "--alpha", "0.2")
    #expect(outcome.status != 0)
    #expect(outcome.error.contains("--number is 1000000000; it must be 1 to 999999999"), "\(outcome.error)")
  }
}
