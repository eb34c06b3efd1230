import Foundation
import TestSupport
import Testing

@Suite struct ClassifyTests {
  private let model: ColorModel
  private let pictures: String

  init() throws {
    model = try ColorModel()
    pictures = try model.writePictures(4)
  }

  private func classify(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
  ) throws -> Command.Outcome {
    try Command.run(["classify", "--model", model.model] + arguments, input: input, environment: environment)
  }

  @Test func `lines of JSON come in the order of the pictures`() throws {
    let paths = ["red/1.png", "blue/0.png", "green/3.png", "red/0.png"].map { "\(pictures)/\($0)" }
    let outcome = try classify(["--json"] + paths)
    #expect(outcome.status == 0, "\(outcome.error)")
    let verdicts = try objects(outcome.output)
    #expect(verdicts.map { $0["image"] as? String } == paths)
    let labels = verdicts.map { ($0["student"] as? [String: Any])?["label"] as? String }
    #expect(labels == ["red", "blue", "green", "red"])
    for verdict in verdicts {
      #expect(["accepted", "rejected"].contains(verdict["outcome"] as? String))
      #expect((verdict["outcome"] as? String == "accepted") == (verdict["label"] is String))
      #expect((verdict["differentiators"] as? [[String: Any]])?.count == 2)
      #expect(verdict["score"] is Double && verdict["threshold"] is Double && verdict["request_id"] is String)
      #expect((verdict["model"] as? [String: Any])?["name"] as? String == "colours")
    }
  }

  @Test func `a folder is every file below it and a table has a line for each`() throws {
    let outcome = try classify([pictures + "/"])
    #expect(outcome.status == 0, "\(outcome.error)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2 + 12)
    #expect(lines[0].split(separator: " ") == ["picture", "outcome", "label", "score", "threshold", "agree"])
    #expect(lines[2].hasPrefix("\(pictures)/blue/0.png  ") && lines[13].hasPrefix("\(pictures)/red/3.png  "))
  }

  @Test func `a version is as good as a model and a dash is standard input`() throws {
    let outcome = try Command.run(
      ["classify", "--model", model.bundle, "--json", "--policy", "vote", "-"], input: "\(pictures)/green/0.png")
    #expect(outcome.status == 0, "\(outcome.error)")
    let verdict = try #require(try objects(outcome.output).first)
    #expect(verdict["image"] as? String == "-" && verdict["threshold"] is NSNull)
    #expect((verdict["student"] as? [String: Any])?["label"] as? String == "green")
  }

  @Test func `a picture that cannot be read is named and the others are answered`() throws {
    let (broken, missing, fine) = ("\(pictures)/broken.png", "\(pictures)/missing.png", "\(pictures)/red/0.png")
    try Data("no picture".utf8).write(to: URL(filePath: broken))
    let outcome = try classify(["--json", broken, missing, fine])
    #expect(outcome.status == 1)
    let lines = try objects(outcome.output)
    #expect(lines.map { $0["image"] as? String } == [broken, missing, fine])
    #expect(lines[0]["error"] is String && lines[1]["error"] as? String == "open: No such file or directory")
    #expect(lines[2]["outcome"] is String)
    #expect(outcome.error.contains("\(broken): ") && outcome.error.contains("\(missing): open: No such file"))
    let table = try classify([broken, missing, fine])
    #expect(table.status == 1 && table.output.split(separator: "\n").count == 3)
  }

  @Test func `the key from a file and from the environment is the same`() throws {
    let path = model.folder.path("key")
    try Data(0..<32).write(to: URL(filePath: path))
    let hexadecimal = (0..<32).map { String(format: "%02X", $0) }.joined()
    func judges(_ outcome: Command.Outcome) throws -> [[String]] {
      #expect(outcome.status == 0, "\(outcome.error)")
      return try objects(outcome.output).map { verdict in
        (verdict["differentiators"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
      }
    }
    let fromFile = try judges(try classify(["--json", "--selection-key-file", path, pictures]))
    let environment = ["DISTINGUO_SELECTION_KEY": hexadecimal]
    #expect(try judges(try classify(["--json", pictures], environment: environment)) == fromFile)
    #expect(try judges(try classify(["--json", pictures])) != fromFile)
  }

  @Test(arguments: ["00", String(repeating: "0", count: 33), String(repeating: "xy", count: 16), ""])
  func `a wrong key in the environment is refused and not repeated`(_ key: String) throws {
    let outcome = try classify(["\(pictures)/red/0.png"], environment: ["DISTINGUO_SELECTION_KEY": key])
    #expect(outcome.status != 0)
    #expect(outcome.error.contains("DISTINGUO_SELECTION_KEY must be 32 or more hexadecimal digits, an even number"))
    #expect(key.count < 3 || !outcome.error.contains(key))
  }

  /// Arguments with PICTURE, SHORT and EMPTY for files and a folder.
  static let wrong: [(arguments: [String], complaint: String)] = [
    ([], "Missing expected argument"),
    (["EMPTY"], "there are no files in the folder"),
    (["--threads", "0", "PICTURE"], "--threads is 0; it must be 1 to 1024"),
    (["--threads", "1025", "PICTURE"], "--threads is 1025; it must be 1 to 1024"),
    (["--policy", "trust", "PICTURE"], "--policy"),
    (
      ["--selection-key-file", "nowhere", "PICTURE"], "--selection-key-file 'nowhere': open: No such file or directory"
    ),
    (["--selection-key-file", "SHORT", "PICTURE"], "a selection key of 3 bytes; it must have 16 at least"),
    (["--model", "nowhere", "PICTURE"], "nowhere: there is no such folder"),
  ]

  @Test(arguments: wrong.indices) func `a wrong argument of classify is named`(_ index: Int) throws {
    let (arguments, complaint) = Self.wrong[index]
    let files = [
      "PICTURE": "\(pictures)/red/0.png", "SHORT": model.folder.path("short"), "EMPTY": model.folder.path("empty"),
    ]
    try Data("abc".utf8).write(to: URL(filePath: files["SHORT"]!))
    try FileManager.default.createDirectory(atPath: files["EMPTY"]!, withIntermediateDirectories: true)
    let start = arguments.contains("--model") ? ["classify"] : ["classify", "--model", model.model]
    let outcome = try Command.run(start + arguments.map { files[$0] ?? $0 })
    #expect(outcome.status != 0 && outcome.output.isEmpty)
    #expect(outcome.error.contains(complaint), "\(outcome.error)")
  }
}
