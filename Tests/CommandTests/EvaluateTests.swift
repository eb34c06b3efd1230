import Foundation
import TestSupport
import Testing

@Suite struct EvaluateTests {
  private let model: ColorModel
  private let pictures: String

  init() throws {
    model = try ColorModel()
    pictures = try model.writePictures(6)
  }

  private func evaluate(_ arguments: [String]) throws -> Command.Outcome {
    try Command.run(["evaluate", "--model", model.model, "--data", pictures, "--threads", "1"] + arguments)
  }

  private static func rate(_ value: Any?) -> (count: Int, of: Int)? {
    guard let rate = value as? [String: Any], let count = rate["count"] as? Int, let of = rate["of"] as? Int,
      let share = rate["share"] as? Double, let low = rate["low"] as? Double, let high = rate["high"] as? Double,
      low <= share, share <= high, of == 0 || abs(share - Double(count) / Double(of)) < 1e-4
    else { return nil }
    return (count, of)
  }

  @Test func `clean pictures alone are measured in a table`() throws {
    let outcome = try evaluate(["--pairs", "0"])
    #expect(outcome.status == 0, "\(outcome.error)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 5 && lines[0].hasPrefix("dev, colours 1 "))
    #expect(lines[2].hasPrefix("Student accuracy ") && lines[2].contains("/18  "))
    #expect(lines[4].hasPrefix("clean rejection rate "))
  }

  @Test func `attacks at each budget are measured in JSON and written as pictures`() throws {
    let folder = model.folder.path("attacks")
    let outcome = try evaluate([
      "--pairs", "3", "--steps", "5", "--budget", "0.01", "0.5", "--pictures", folder, "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.error)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(report["model"] as? String == "colours" && report["version"] as? Int == 1 && report["seed"] as? Int == 1)
    let clean = try #require(report["clean"] as? [String: Any])
    let accuracy = try #require(Self.rate(clean["student_accuracy"]))
    #expect(accuracy.of == 18 && accuracy.count > 14)
    #expect(try #require(Self.rate(clean["clean_rejection_rate"])).of == accuracy.count)
    let attacks = try #require(report["attacks"] as? [[String: Any]])
    #expect(attacks.map { $0["budget"] as? Double } == [0.01, 0.5])
    for attack in attacks {
      #expect(attack["threat"] as? String == "T1" && attack["aim"] as? String == "targeted")
      #expect(attack["steps"] as? Int == 5)
      let fooled = try #require(Self.rate(attack["undefended_success"]))
      let (rejected, left) = (
        try #require(Self.rate(attack["defence_rate"])), try #require(Self.rate(attack["success_left"]))
      )
      #expect(fooled.of == 3 && left.of == 3 && rejected.of == fooled.count)
      #expect(rejected.count + left.count == fooled.count)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names.count == 6)
    #expect(names.allSatisfy { $0.wholeMatch(of: /0\.(01|5)-000[123]-[a-z]+-as-[a-z]+\.png/) != nil }, "\(names)")
  }

  @Test func `a seed draws the same attacks and an aim can be any wrong label`() throws {
    let arguments = ["--pairs", "2", "--steps", "3", "--budget", "0.03", "--aim", "non-targeted", "--seed", "5"]
    let first = try evaluate(arguments)
    #expect(first.status == 0, "\(first.error)")
    #expect(first.output.contains("\n0.03 non-targeted  "))
    #expect(try evaluate(arguments).output == first.output)
  }

  @Test func `adversarial pictures that are rejected are counted`() throws {
    let folder = model.folder.path("called")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for number in 0..<4 {
      try FileManager.default.copyItem(atPath: "\(pictures)/red/\(number).png", toPath: "\(folder)/\(number).png")
    }
    let outcome = try evaluate(["--pairs", "0", "--json", "--adversarial", folder])
    #expect(outcome.status == 0, "\(outcome.error)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let rejected = try #require(Self.rate(report["feedback_rejection_rate"]))
    #expect(rejected.of == 4 && rejected.count < 4)
    let table = try evaluate(["--pairs", "0", "--adversarial", folder])
    #expect(table.output.contains("of those called adversarial, rejected"))
    let without = try evaluate(["--pairs", "0", "--json"])
    #expect(without.output.contains("\"feedback_rejection_rate\" : null"))
  }

  @Test func `progress is told in lines of JSON up to the end`() throws {
    let outcome = try evaluate(["--pairs", "2", "--steps", "5", "--budget", "0.01", "--progress", "json"])
    #expect(outcome.status == 0, "\(outcome.error)")
    let steps = try objects(outcome.error)
    #expect(steps.allSatisfy { $0["event"] as? String == "step" && $0["total"] as? Int == 28 })
    let done = steps.compactMap { $0["done"] as? Int }
    #expect(done == done.sorted() && done.last == 28 && done.count { $0 == 28 } == 1)
    #expect(steps.last?["seconds_left"] as? Double == 0)
    #expect(try evaluate(["--pairs", "0"]).error.isEmpty)
  }

  @Test func `the error that ends an evaluation is a line of JSON, too`() throws {
    let outcome = try evaluate(["--held-out-of", model.model, "--progress", "json"])
    #expect(outcome.status == 1)
    let events = try objects(outcome.error)
    #expect(events.count == 1 && events[0]["event"] as? String == "error")
    #expect((events[0]["text"] as? String)?.contains("held no pictures out") == true)
  }

  /// Arguments, of which `--data` is replaced where it is given.
  static let wrong: [(arguments: [String], complaint: String)] = [
    (["--data", "nowhere"], "nowhere: stat: No such file or directory"),
    (["--held-out-of", "nowhere"], "nowhere: there is no such folder"),
    (["--adversarial", "nowhere"], "nowhere: opendir: No such file or directory"),
    (["--adversarial", "/dev/null"], "/dev/null: opendir: Not a directory"),
    (["--adversarial", "PICTURES"], "it has a folder in it, 'blue'; only pictures are wanted"),
    (["--progress", "loud"], "--progress"),
    (["--pairs=-1"], "--pairs is -1; it must be 0 to 1000000"),
    (["--pairs", "1000001"], "--pairs is 1000001; it must be 0 to 1000000"),
    (["--steps", "0"], "--steps is 0; it must be 1 to 1000000"),
    (["--steps", "1000001"], "--steps is 1000001; it must be 1 to 1000000"),
    (["--budget", "0"], "--budget is 0.0; it must be more than 0 and at most 0.5"),
    (["--budget", "0.01", "0.6"], "--budget is 0.6; it must be more than 0 and at most 0.5"),
    (["--budget", "nan"], "--budget is nan; it must be more than 0 and at most 0.5"),
    (["--aim", "anything"], "--aim"), (["--seed=-1"], "--seed"),
    (["--label-by", "("], "the pattern '(' is no regular expression"),
    (["--pairs", "1", "--steps", "1", "--budget", "0.01", "--pictures", "/dev/null/x"], "/dev/null/x"),
    (["--selection-key-file", "nowhere"], "--selection-key-file 'nowhere': open: No such file or directory"),
  ]

  @Test(arguments: wrong.indices) func `a wrong argument of evaluate is named`(_ index: Int) throws {
    let (arguments, complaint) = Self.wrong[index]
    let data = arguments.contains("--data") ? [] : ["--data", pictures]
    let outcome = try Command.run(
      ["evaluate", "--model", model.model] + data + arguments.map { $0 == "PICTURES" ? pictures : $0 })
    #expect(outcome.status != 0 && outcome.output.isEmpty)
    #expect(outcome.error.contains(complaint), "\(outcome.error)")
  }

  static let wrongReports: [(arguments: [String], status: Int32, text: String)] = [
    (["--threats", "T1"], 64, "--threats goes with --report DIR."),
    (["--teacher", "t.onnx"], 64, "--teacher goes with --report DIR."),
    (["--training-data", "x"], 64, "--training-data goes with --report DIR."),
    (["--sources", "5"], 64, "--sources goes with --report DIR."),
    (["--report", "r", "--sources", "0"], 64, "--sources is 0; it must be 1 to 1000000."),
    (["--report", "r", "--threats", "T9"], 64, "T9"),
    (["--report", "r", "--threats", "T1,,T2"], 64, "T1,,T2"),
    (["--report", "r", "--preset", "slow"], 64, "slow"),
    (["--report", "r", "--training-data", "/nowhere"], 1, "/nowhere"),
    (["--report", "r", "--teacher", "/nowhere.onnx"], 1, "/nowhere.onnx: "),
  ]

  @Test(arguments: wrongReports.indices) func `a report that cannot be made is refused by name`(_ index: Int) throws {
    let outcome = try evaluate(Self.wrongReports[index].arguments)
    #expect(outcome.status == Self.wrongReports[index].status, "\(outcome.error)")
    #expect(outcome.error.contains(Self.wrongReports[index].text), "\(outcome.error)")
  }

  @Test func `another network than the Teacher is refused, and a folder that is a file`() throws {
    let report = model.folder.path("report")
    try Data("other".utf8).write(to: URL(filePath: model.folder.path("other.onnx")))
    let other = try evaluate(["--report", report, "--teacher", model.folder.path("other.onnx")])
    #expect(other.status == 1 && other.error.contains("it is not the network that the model was made from"))
    try Data().write(to: URL(filePath: report))
    let file = try evaluate(["--report", report, "--threats", "T4"])
    #expect(file.status == 1 && file.error.contains(report), "\(file.error)")
  }

  @Test func `attacks that know the weights are tried on half of the pictures, and go on where they were`() throws {
    let report = model.folder.path("report")
    let arguments = ["--report", report, "--threats", "t4", "--sources", "3", "--progress", "json"]
    let first = try evaluate(arguments)
    #expect(first.status == 0, "\(first.error)")
    #expect(first.output.contains("T4/joint-apgd-non-targeted/Linf-4") && first.output.contains("dev, half"))
    #expect(first.error.contains("\"stage\":\"T4 joint-apgd-non-targeted Linf-4\""))
    let pictures = "\(report)/pictures/T4/joint-apgd-non-targeted/Linf-4"
    let made = try FileManager.default.attributesOfItem(atPath: "\(pictures)/0000.png")[.modificationDate] as? Date
    #expect(FileManager.default.fileExists(atPath: "\(pictures)/0002.png"))
    #expect(!FileManager.default.fileExists(atPath: "\(pictures)/0003.png"))
    // A picture that was changed since is made again, with what was made with it.
    try Data().write(to: URL(filePath: "\(report)/pictures/T4/joint-apgd-non-targeted/Linf-16/0001.png"))
    let second = try evaluate(arguments + ["--json"])
    #expect(second.status == 0, "\(second.error)")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(second.output.utf8)) as? [String: Any])
    #expect(json["format"] as? Int == 1 && (json["attacks"] as? [Any])?.count == 10)
    #expect(
      try FileManager.default.attributesOfItem(atPath: "\(pictures)/0000.png")[.modificationDate] as? Date == made)
    for name in ["report.html", "report.json", "verdicts.jsonl"] {
      #expect(FileManager.default.fileExists(atPath: "\(report)/\(name)"))
    }
  }
}
