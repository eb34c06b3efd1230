import Foundation
import TestSupport
import Testing

@Suite struct TrainTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path("colours"))) ?? []).sorted()
  }

  @Test func `train makes a bundle, tells how it goes in lines of JSON and ends with a table`() throws {
    try ColorModel.prepare(folder)
    try ColoredPictures.write(10, seed: 3, to: URL(filePath: folder.path("test")))
    try Data("no picture".utf8).write(to: URL(filePath: folder.path("data/red/broken.png")))
    try FileManager.default.createDirectory(atPath: folder.path("samples"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: folder.path("test/red/0.png"), toPath: folder.path("samples/red-1.png"))
    try FileManager.default.copyItem(atPath: folder.path("test/red/1.png"), toPath: folder.path("samples/blue-1.png"))
    let outcome = try Command.run(
      ColorModel.training(in: folder) + [
        "--progress", "json", "--test", folder.path("test"), "--samples", folder.path("samples"), "--broken-share",
        "0.1",
      ])
    #expect(outcome.status == 0, "\(outcome.error)")
    let events = try objects(outcome.error)
    func all(_ name: String) -> [[String: Any]] { events.filter { $0["event"] as? String == name } }
    #expect(all("note").contains { ($0["text"] as? String)?.contains("broken.png") == true })
    let data = try #require(all("data").first)
    #expect(data["labels"] as? Int == 3 && data["training"] as? Int == 84 && data["withheld"] as? Int == 36)
    #expect(data["broken"] as? Int == 1 && data["held_out"] as? Int == 0)
    let trained = all("trained")
    #expect(trained.map { $0["network"] as? String } == ["student", "d01", "d02"])
    #expect(trained[0]["agreement"] is NSNull && trained[1]["agreement"] is Double)
    #expect(trained.allSatisfy { ($0["accuracy"] as? Double ?? 0) > 0.8 })
    #expect(all("step").last?["network"] as? String == "d02")
    #expect(all("step").allSatisfy { $0["loss"] is Double && $0["seconds_left"] is Double })
    #expect(all("sample_left_out").map { $0["name"] as? String } == ["blue-1.png"])
    #expect(all("finished").first?["bundle"] as? String == folder.path("colours/1"))
    for row in ["student", "d01", "d02", "test: Student "] { #expect(outcome.output.contains("\n\(row)"), "\(row)") }
    #expect(contents == ["1", "current"])
    #expect(FileManager.default.fileExists(atPath: folder.path("colours/1/samples/red-1.png")))
    #expect(try Command.run("verify", folder.path("colours")).status == 0)
  }

  @Test func `a training that is killed goes on and ends with the same networks`() throws {
    try ColorModel.prepare(folder)
    let process = Process()
    let error = Pipe()
    process.executableURL = Command.binary
    process.arguments = ColorModel.training(in: folder) + ["--progress", "json"]
    process.standardError = error
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    // The Student is trained then and a differentiator begun.
    var text = ""
    while !text.contains(#""number":2"#) {
      let data = error.fileHandleForReading.availableData
      if data.isEmpty { break }
      text += String(decoding: data, as: UTF8.self)
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal, "\(text)")
    #expect(contents == [".1.training"])
    let outcome = try Command.run(ColorModel.training(in: folder) + ["--progress", "json"])
    #expect(outcome.status == 0, "\(outcome.error)")
    // How far the differentiators came before the signal is the machine's affair; the Student is not trained again.
    let first = try objects(outcome.error).first { $0["event"] as? String == "step" }?["network"] as? String
    #expect(["d01", "d02", nil].contains(first), "\(first ?? "")")
    #expect(contents == ["1", "current"])
    let whole = try ColorModel()
    for name in ["student.onnx", "differentiators/d01.onnx", "differentiators/d02.onnx", "calibration.json"] {
      let path = folder.path("colours/1/\(name)")
      #expect(FileManager.default.contentsEqual(atPath: path, andPath: "\(whole.bundle)/\(name)"), "\(name)")
    }
  }

  @Test func `a version that stands is not trained over`() throws {
    let model = try ColorModel()
    try ColorModel.prepare(model.folder, pictures: 2)
    let outcome = try Command.run(ColorModel.training(in: model.folder))
    #expect(outcome.status != 0)
    #expect(outcome.error.contains("\(model.bundle) exists already; nothing was changed"), "\(outcome.error)")
  }

  /// Arguments that are added to or replace those of a right command, with what the complaint must say.
  static let wrong: [(arguments: [String], complaint: String)] = [
    (["--teacher", "nowhere.onnx"], "nowhere.onnx: "),
    (["--teacher", "DATA"], "not a regular file"),
    (["--student", "TEACHER"], "Give either --teacher or --student"),
    (["--warm-start", "DATA"], "Give either --teacher or --student, or --warm-start"),
    (["--like", "nowhere"], "nowhere: there is no such folder"),
    (["--like", "DATA"], "it is neither a bundle (it has no manifest.json) nor a model"),
    (["--hold-out=-0.1"], "--hold-out is -0.1; it must be at least 0 and less than 1"),
    (["--hold-out", "1"], "--hold-out is 1.0; it must be at least 0 and less than 1"),
    (["--hold-out", "nan"], "--hold-out is nan; it must be at least 0 and less than 1"),
    (["--hold-out", "0.01"], "a share of 0.01 holds no picture out"),
    (["--data", "DATA", "--data", "nowhere"], "nowhere: stat: No such file or directory"),
    (["--teacher"], "Missing value for '--teacher"),
    (["--labels", "LABELS"], "--labels goes with --student"),
    (
      ["--cut", "nowhere"],
      "the cut 'nowhere' is no value of the network, nor a share in 0...1; it can be one of: conv1"
    ),
    (["--cut", "inner"], "the cut 'inner' does not have everything passing through it"),
    (["--cut", "1.5"], "the cut '1.5' is no value of the network, nor a share in 0...1"),
    (["--size", "0"], "--size"), (["--size", "12x"], "--size"),
    (["--size", "5000"], "the input's size is 5000×5000; it must be 1 to 4096 each"),
    (["--size", "15"], "it does not take images of 15×15"),
    (["--resize", "crop"], "--resize"), (["--mean", "1,2"], "--mean"), (["--mean", "nan"], "--mean"),
    (["--std", "0"], "the input's mean and std must be three numbers each, std positive"),
    (["--data", "nowhere"], "nowhere: stat: No such file or directory"),
    (["--data", "TEACHER"], "is no data set"),
    (["--label-by", "("], "the pattern '(' is no regular expression"),
    (["--label-by", "^x"], "of which the pattern '^x' gives nothing"),
    (["--group-by", "("], "the pattern '(' is no regular expression"),
    (["--calibration-share", "0"], "--calibration-share is 0.0; it must be more than 0 and less than 1"),
    (["--calibration-share", "1"], "--calibration-share is 1.0; it must be more than 0 and less than 1"),
    (["--calibration-share", "nan"], "--calibration-share is nan"),
    (["--calibration-share", "0.01"], "calibration with alpha 0.1 needs 9 withheld pictures"),
    (["--broken-share", "1.5"], "--broken-share is 1.5; it must be 0 to 1"),
    (["--test", "nowhere"], "nowhere: stat: No such file or directory"),
    (["--samples", "nowhere"], "--samples 'nowhere' is no folder that can be read"),
    (["--samples", "DATA/red"], "--samples: '0.png' does not begin with a label; it should, as in blue-1.png"),
    (["--scopes", "some"], "--scopes"),
    (["--scopes", "one-vs-rest"], "--protect LABEL… and --scopes one-vs-rest go together"),
    (["--protect", "red"], "--protect LABEL… and --scopes one-vs-rest go together"),
    (["--scopes", "one-vs-rest", "--protect", "mauve"], "--protect 'mauve' is no label; there are: blue, green, red"),
    (["--scopes", "one-vs-rest", "--protect", "red", "red"], "the labels to protect must be different"),
    (["--group-size", "2"], "--group-size goes with --scopes groups"),
    (["--scopes", "groups", "--group-size", "3"], "groups of 3 of 3 classes; they must have 2 to 2"),
    (["--scopes", "groups", "--asked", "200"], "more than 256 differentiators"),
    (["--differentiators", "0"], "--differentiators is 0; it must be 1 to 256"),
    (["--differentiators", "257"], "--differentiators is 257; it must be 1 to 256"),
    (["--asked", "0"], "--asked is 0; it must be 1 to 256"),
    (["--asked", "9223372036854775807"], "--asked is 9223372036854775807; it must be 1 to 256"),
    (["--pruning-ratio", "1"], "--pruning-ratio is 1.0; it must be at least 0 and less than 1"),
    (["--adversarial-radius", "4", "65"], "--adversarial-radius is 65.0; it must be 0 to 64"),
    (["--grey", "1.5"], "--grey is 1.5; it must be 0 to 1"),
    (["--grey", "nan"], "--grey is nan; it must be 0 to 1"),
    (["--scales", "0.05", "2"], "--scales has 0.05; factors are 0.1 to 10.0"),
    (["--scales", "1", "nan"], "--scales has nan; factors are 0.1 to 10.0"),
    (["--scales", "0.6"], "--scales takes two factors, the smaller one first, as in 0.6 1.7"),
    (["--scales", "1.7", "0.6"], "--scales takes two factors, the smaller one first, as in 0.6 1.7"),
    (["--alpha", "0"], "--alpha is 0.0; it must be more than 0 and less than 1"),
    (["--alpha", "1"], "--alpha is 1.0; it must be more than 0 and less than 1"),
    (["--alpha", "1e-300"], "calibration with alpha 1e-300 needs"),
    (["--policy", "trust"], "--policy"),
    (["--output", "/"], "the model's name '/' must be a folder's name"),
    (["--output", "TEACHER"], "Not a directory"),
    (["--number", "0"], "--number is 0; it must be 1 to 999999999"),
    (["--number", "9223372036854775807"], "--number is 9223372036854775807; it must be 1 to 999999999"),
    (["--preset", "slow"], "--preset"),
    (["--student-epochs", "0"], "--student-epochs is 0; it must be 1 to 10000"),
    (["--epochs", "10001"], "--epochs is 10001; it must be 1 to 10000"),
    (["--seed=-1"], "--seed"), (["--threads", "0"], "--threads is 0; it must be 1 to 1024"),
    (["--threads", "1025"], "--threads is 1025; it must be 1 to 1024"), (["--progress", "loud"], "--progress"),
  ]

  @Test(arguments: wrong.indices) func `a wrong argument of train is named and nothing is written`(_ index: Int) throws
  {
    try ColorModel.prepare(folder, pictures: 14)
    try Data("red\n".utf8).write(to: URL(filePath: folder.path("labels.txt")))
    let (added, complaint) = Self.wrong[index]
    let files = [
      "TEACHER": folder.path("teacher.onnx"), "DATA": folder.path("data"), "DATA/red": folder.path("data/red"),
      "LABELS": folder.path("labels.txt"),
    ]
    var arguments = ColorModel.training(in: folder)
    // What is given again replaces what was there.
    if let place = arguments.firstIndex(of: added[0]) {
      let end = arguments[(place + 1)...].firstIndex { $0.hasPrefix("--") } ?? arguments.endIndex
      arguments.removeSubrange(place..<end)
    }
    let outcome = try Command.run(arguments + added.map { files[$0] ?? $0 })
    #expect(outcome.status != 0)
    #expect(outcome.error.contains(complaint), "\(outcome.error)")
    #expect(contents.isEmpty)
  }

  /// Arguments for a Student of five classes in place of the Teacher.
  static let wrongStudent: [(arguments: [String], complaint: String)] = [
    ([], "--cut is missing: name the value up to which the Student is its Teacher"),
    (["--cut", "block1"], "it tells 5 classes apart, and the pictures have 3 labels"),
    (["--cut", "block1", "--labels", "nowhere.txt"], "--labels 'nowhere.txt' cannot be read as text"),
    (["--cut", "block1", "--labels", "ONE"], "has 1 labels; two or more are wanted, all different"),
    (["--cut", "block1", "--labels", "TWICE"], "has 3 labels; two or more are wanted, all different"),
    (["--cut", "block1", "--labels", "OTHER"], "has labels that are not among the 2 expected: 'blue', 'green', 'red'"),
  ]

  @Test(arguments: wrongStudent.indices) func `what does not fit a finished Student is named`(_ index: Int) throws {
    try ColorModel.prepare(folder, pictures: 14)
    let (added, complaint) = Self.wrongStudent[index]
    var files: [String: String] = [:]
    for (name, text) in [("ONE", "red"), ("TWICE", "red\nred\nblue"), ("OTHER", "mauve\nteal")] {
      files[name] = folder.path(name)
      try Data(text.utf8).write(to: URL(filePath: folder.path(name)))
    }
    let arguments = ColorModel.training(in: folder).map { $0 == "--teacher" ? "--student" : $0 }
    let outcome = try Command.run(arguments + added.map { files[$0] ?? $0 })
    #expect(outcome.status != 0)
    #expect(outcome.error.contains(complaint), "\(outcome.error)")
    #expect(contents.isEmpty)
  }
}
