import Foundation
import TestSupport
import Testing

/// Trainings that start from a bundle or are like one, and what they hold out.
@Suite struct RetrainTests {
  private let model: ColorModel
  private var folder: TemporaryFolder { model.folder }

  init() throws {
    model = try ColorModel()
    try ColorModel.prepare(model.folder, pictures: 60)
  }

  private func train(_ arguments: String...) throws -> Command.Outcome {
    try Command.run(
      [
        "train", "--data", folder.path("data"), "--output", model.model, "--number", "2", "--preset", "quick",
        "--student-epochs", "8", "--epochs", "4", "--threads", "1", "--progress", "json",
      ] + arguments)
  }

  private func manifest(_ version: Int) throws -> [String: Any] {
    try object(Data(contentsOf: URL(filePath: "\(model.model)/\(version)/manifest.json")))
  }

  private func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Changes what the first version says of its training.
  private func editTraining(_ change: (inout [String: Any]) -> Void) throws {
    var manifest = try manifest(1)
    var training = try #require(manifest["training"] as? [String: Any])
    change(&training)
    manifest["training"] = training
    try JSONSerialization.data(withJSONObject: manifest).write(to: URL(filePath: "\(model.bundle)/manifest.json"))
  }

  @Test func `a warm start takes from the bundle what is not given, and what it holds out is measured alone`() throws {
    let outcome = try train("--warm-start", model.model, "--hold-out", "0.1")
    #expect(outcome.status == 0, "\(outcome.error)")
    let events = try objects(outcome.error)
    let data = try #require(events.first { $0["event"] as? String == "data" })
    // 6 of 60 of each label, then 0.3 of the other 54.
    #expect(data["held_out"] as? Int == 18 && data["withheld"] as? Int == 48 && data["training"] as? Int == 114)
    let step = try #require(events.first { $0["event"] as? String == "step" })
    #expect(step["count"] as? Int == 3 && step["epochs"] as? Int == 8 && (step["accuracy"] as? Double ?? 0) > 0.8)
    #expect(outcome.output.contains("data, held out: Student "))

    let (first, second) = (try manifest(1), try manifest(2))
    for key in ["labels", "input", "selection", "policy"] {
      #expect(first[key] as? NSObject == second[key] as? NSObject, "\(key)")
    }
    let ratios = (second["differentiators"] as? [[String: Any]])?.map { $0["pruningRatio"] as? Double }
    #expect(ratios == [0.5, 0.6])
    let training = try #require(second["training"] as? [String: Any])
    #expect(training["preset"] as? String == "quick" && training["flips"] as? Bool == false)
    #expect(training["calibrationShare"] as? Double == 0.3)
    #expect(training["heldOutShare"] as? Double == 0.1 && training["heldOutPictures"] as? Int == 18)
    #expect((training["warmStart"] as? String)?.hasPrefix("sha256:") == true)
    #expect(training["teacher"] as? String == "teacher.onnx")
    let measured = try #require((second["measured"] as? [[String: Any]])?.first)
    #expect(measured["data"] as? String == "data, held out")
    #expect((measured["studentAccuracy"] as? [String: Any])?["of"] as? Int == 18)

    // Each version is measured with just those.
    for version in 1...2 {
      let outcome = try Command.run(
        "evaluate", "--model", "\(model.model)/\(version)", "--held-out-of", "\(model.model)/2", "--data",
        folder.path("data"), "--pairs", "0", "--json")
      #expect(outcome.status == 0, "\(outcome.error)")
      let report = try object(Data(outcome.output.utf8))
      #expect(report["version"] as? Int == version && report["feedback_rejection_rate"] is NSNull)
      let clean = try #require(report["clean"] as? [String: Any])
      #expect(clean["data"] as? String == "data, held out")
      let accuracy = try #require(clean["student_accuracy"] as? [String: Any])
      #expect(accuracy["of"] as? Int == 18)
      if version == 2 {
        #expect(accuracy["count"] as? Int == (measured["studentAccuracy"] as? [String: Any])?["count"] as? Int)
      }
    }
  }

  @Test func `pictures that were not held out of the same data are not measured with`() throws {
    #expect(try train("--warm-start", model.bundle, "--hold-out", "0.1").status == 0)
    func evaluate(_ heldOutOf: Int, _ data: String...) throws -> Command.Outcome {
      try Command.run(
        ["evaluate", "--model", model.bundle, "--held-out-of", "\(model.model)/\(heldOutOf)", "--pairs", "0"]
          + data.flatMap { ["--data", $0] })
    }
    let data = folder.path("data")
    let none = try evaluate(1, data)
    #expect(none.status == 1 && none.error.contains("colours/1: its training held no pictures out"), "\(none.error)")
    let complaint = "these are not the pictures that \(model.model)/2 was trained with (data)"
    let other = try evaluate(2, try model.writePictures(60))
    #expect(other.status == 1 && other.error.contains(complaint), "\(other.error)")
    // More pictures from elsewhere change nothing for those of the first source, but they may be held out, too.
    let more = try evaluate(2, data, try model.writePictures(60))
    #expect(more.status == 1 && more.error.contains(complaint), "\(more.error)")
    try FileManager.default.removeItem(atPath: "\(data)/red/0.png")
    let fewer = try evaluate(2, data)
    #expect(fewer.status == 1 && fewer.error.contains(complaint), "\(fewer.error)")
  }

  @Test func `a training like a bundle reads an older manifest's command line, and what is given wins`() throws {
    try editTraining { training in
      for key in ["flips", "preset", "groupPattern", "calibrationShare"] { training[key] = nil }
      training["command"] =
        "distinguo train --flips --group-by '^(.)' --calibration-share=0.25; distinguo calibrate --no-flips"
    }
    let like = ["--teacher", folder.path("teacher.onnx"), "--like", model.bundle]
    let outcome = try train(
      like[0], like[1], like[2], like[3], "--alpha", "0.4", "--differentiators", "1",
      "--grey", "0.3", "--scales", "0.7", "1.4")
    #expect(outcome.status == 0, "\(outcome.error)")
    let training = try #require(try manifest(2)["training"] as? [String: Any])
    #expect(training["flips"] as? Bool == true && training["groupPattern"] as? String == "^(.)")
    #expect(training["grey"] as? Double == 0.3 && training["scales"] as? [Double] == [0.7, 1.4])
    #expect(training["calibrationShare"] as? Double == 0.25 && training["warmStart"] == nil)
    #expect((try manifest(2)["differentiators"] as? [Any])?.count == 1)
    let calibration = try object(Data(contentsOf: URL(filePath: "\(model.model)/2/calibration.json")))
    #expect(calibration["alpha"] as? Double == 0.4)
    let against = try train(
      like[0], like[1], like[2], "\(model.model)/2", "--number", "3", "--no-flips", "--group-by", "", "--grey", "0")
    #expect(against.status == 0, "\(against.error)")
    let third = try #require(try manifest(3)["training"] as? [String: Any])
    #expect(third["flips"] as? Bool == false && third["groupPattern"] == nil)
    #expect(third["grey"] == nil && third["scales"] as? [Double] == [0.7, 1.4])
  }

  @Test func `pictures of several sources are one data set, and a bundle's labels need no pattern`() throws {
    try editTraining { $0["labelPattern"] = "^[0-9]+-(.+)$" }
    for (number, label) in ColoredPictures.labels.enumerated() {
      try FileManager.default.moveItem(
        atPath: folder.path("data/\(label)"), toPath: folder.path("data/0\(number)-\(label)"))
    }
    try ColoredPictures.write(10, seed: 7, to: URL(filePath: folder.path("feedback")))
    // A picture of the first source under another name.
    try FileManager.default.copyItem(
      atPath: folder.path("data/02-red/0.png"), toPath: folder.path("feedback/red/copy.png"))
    let outcome = try train("--warm-start", model.bundle, "--data", folder.path("feedback"), "--hold-out", "0.1")
    #expect(outcome.status == 0, "\(outcome.error)")
    let training = try #require(try manifest(2)["training"] as? [String: Any])
    #expect(training["data"] as? String == "data, feedback")
    let counts = ["trainingPictures", "withheldPictures", "heldOutPictures"].map { training[$0] as? Int ?? 0 }
    #expect(counts.reduce(0, +) == 211 && (20...24).contains(counts[2]), "\(counts)")
    let measured = try Command.run(
      "evaluate", "--model", model.bundle, "--held-out-of", "\(model.model)/2", "--data", folder.path("data"), "--data",
      folder.path("feedback"), "--pairs", "0")
    #expect(measured.status == 0 && measured.output.contains("/\(counts[2])  "), "\(measured.error)")
    // Both sources are needed to know what was withheld.
    let withheld = ["calibrate", "--model", "\(model.model)/2", "--withheld", "--data", folder.path("data")]
    let part = try Command.run(withheld)
    #expect(part.status == 1 && part.error.contains("data is not what colours 2 was trained with"), "\(part.error)")
    let whole = try Command.run(withheld + ["--data", folder.path("feedback")])
    #expect(whole.status == 0 && whole.output.contains("clean scores"), "\(whole.error)")
  }

  /// Arguments with a warm start, with what the complaint must say.
  static let wrong: [(arguments: [String], status: Int32, complaint: String)] = [
    (["--warm-start", "nowhere"], 1, "nowhere: there is no such folder"),
    (["--warm-start", "DATA"], 1, "it is neither a bundle (it has no manifest.json) nor a model"),
    (["--warm-start", "MODEL", "--like", "MODEL"], 64, "--like goes with --teacher; --warm-start implies it"),
    (["--warm-start", "MODEL", "--teacher", "TEACHER"], 64, "Give either --teacher or --student, or --warm-start"),
    (["--warm-start", "MODEL", "--cut", "block1"], 64, "a warm start keeps its bundle's"),
    (["--warm-start", "MODEL", "--labels", "LABELS"], 64, "--labels goes with --student"),
    (["--warm-start", "MODEL", "--size", "15"], 1, "it does not take images of 15×15"),
    (["--warm-start", "MODEL", "--label-by", "("], 1, "the pattern '(' is no regular expression"),
    (["--warm-start", "MODEL", "--data", "OTHER"], 1, "other: has labels that are not among the 3 expected: 'mauve'"),
    (["--warm-start", "MODEL", "--group-by", "^x"], 1, "of which the pattern '^x' gives nothing"),
    (["--teacher", "TEACHER", "--like", "MODEL", "--cut", "nowhere"], 1, "the cut 'nowhere' is no value"),
    (["--student", "TEACHER", "--cut", "block1", "--like", "MODEL"], 64, "--like goes with --teacher"),
    (["--like", "MODEL"], 64, "Give either --teacher or --student"),
  ]

  @Test(arguments: wrong.indices) func `a wrong start is named and nothing is written`(_ index: Int) throws {
    let (arguments, status, complaint) = Self.wrong[index]
    try ColoredPictures.write(2, seed: 7, to: URL(filePath: folder.path("other")))
    try FileManager.default.moveItem(atPath: folder.path("other/red"), toPath: folder.path("other/mauve"))
    let files = [
      "MODEL": model.model, "DATA": folder.path("data"), "TEACHER": folder.path("teacher.onnx"),
      "OTHER": folder.path("other"),
      "LABELS": folder.path("labels.txt"),
    ]
    let outcome = try Command.run(
      [
        "train", "--data", folder.path("data"), "--output", model.model, "--number", "2", "--preset", "quick",
        "--progress", "json",
      ] + arguments.map { files[$0] ?? $0 })
    #expect(outcome.status == status, "\(outcome.error)")
    #expect(outcome.error.contains(complaint), "\(outcome.error)")
    if status == 1 {
      let last = try #require(try objects(outcome.error).last)
      #expect(last["event"] as? String == "error" && (last["text"] as? String)?.contains(complaint) == true)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: model.model).sorted() == ["1", "current"])
  }

  @Test func `a label of the bundle without pictures is named`() throws {
    try FileManager.default.removeItem(atPath: folder.path("data/green"))
    let outcome = try train("--warm-start", model.model)
    #expect(outcome.status == 1)
    #expect(try objects(outcome.error).last?["text"] as? String == "no picture of 'green' is left to train on")
  }

  @Test func `an ensemble that cannot be repeated is not guessed at`() throws {
    var manifest = try manifest(1)
    var all = try #require(manifest["differentiators"] as? [[String: Any]])
    all.removeAll()
    manifest["differentiators"] = all
    try JSONSerialization.data(withJSONObject: manifest).write(to: URL(filePath: "\(model.bundle)/manifest.json"))
    let outcome = try train("--warm-start", model.model)
    #expect(
      outcome.status == 1 && outcome.error.contains("say which scopes the new one is to have"), "\(outcome.error)")
    #expect(try train("--warm-start", model.model, "--scopes", "pairwise").status == 0)
  }

  @Test func `a training ends soon after SIGTERM and goes on from its checkpoint`() throws {
    let process = Process()
    let error = Pipe()
    process.executableURL = Command.binary
    process.arguments = [
      "train", "--warm-start", model.model, "--data", folder.path("data"), "--output", model.model, "--number", "2",
      "--student-epochs", "1", "--epochs", "500", "--threads", "1", "--progress", "json", "--checkpoint-interval", "0",
    ]
    process.standardError = error
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    var text = ""
    while !text.contains(#""number":2"#) {
      let data = error.fileHandleForReading.availableData
      if data.isEmpty { break }
      text += String(decoding: data, as: UTF8.self)
    }
    // The thread that tests run on blocks the signal, and the command is its child.
    let start = ContinuousClock.now
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGTERM, "\(text)")
    #expect(ContinuousClock.now - start < .seconds(10))
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(model.model)/.2.training").sorted()
    #expect(left.contains("student.onnx") && left.contains("d01.checkpoint"), "\(left)")
  }
}
