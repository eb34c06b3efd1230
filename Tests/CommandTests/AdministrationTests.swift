import Foundation
import TestSupport
import Testing

@Suite struct AdministrationTests {
  private let folder: TemporaryFolder

  /// TOKEN and SHORT stand for files.
  init() throws {
    folder = try TemporaryFolder()
    try Data(String(repeating: "t", count: 43).utf8).write(to: URL(filePath: folder.path("token")))
    try Data("short".utf8).write(to: URL(filePath: folder.path("short")))
  }

  private func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Command.Outcome {
    let files = ["TOKEN": folder.path("token"), "SHORT": folder.path("short")]
    return try Command.run(arguments.map { files[$0] ?? $0 }, environment: environment)
  }

  @Test func `token prints a token and the line for the gateway's file`() throws {
    let outcome = try Command.run("token", "--name", "alice", "--role", "full")
    #expect(outcome.status == 0)
    let token = try #require(outcome.output.wholeMatch(of: /([A-Za-z0-9_-]{43})\n/)).1
    let digest = try #require(outcome.error.wholeMatch(of: /alice full sha256:([0-9a-f]{64})\n/)).1
    // sha256sum says the same.
    #expect(try sha256(String(token)) == String(digest))
    #expect(try Command.run("token", "--name", "alice", "--role", "full").output != outcome.output)
  }

  private func sha256(_ text: String) throws -> String {
    let (process, input, output) = (Process(), Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/sha256sum")
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
    return String(decoding: output.fileHandleForReading.readDataToEndOfFile().prefix(64), as: UTF8.self)
  }

  static let wrong: [(arguments: [String], complaint: String)] = [
    (["token", "--role", "full"], "Missing expected argument '--name <name>'"),
    (["token", "--name", "a", "--role", "all"], "The value 'all' is invalid for '--role <role>'"),
    (["token", "--name", "a b", "--role", "read"], "--name is 'a b'; it must be 1 to 64 visible ASCII characters"),
    (["token", "--name", "#a", "--role", "read"], "not beginning with a #"),
    (["models", "list"], "No token: give --token-file, DISTINGUO_TOKEN_FILE or DISTINGUO_TOKEN"),
    (["models", "list", "--token-file", "nowhere"], "--token-file 'nowhere': open: No such file or directory"),
    (["models", "list", "--token-file", "SHORT"], "that is no token: one has 32 visible characters at least"),
    (["models", "list", "--token-file", "TOKEN", "--url", "127.0.0.1"], "'127.0.0.1' is no address; it must be http"),
    (["models", "activate", "flowers", "three"], "The value 'three' is invalid for '<version>'"),
    (["models", "activate", "flowers"], "Missing expected argument '<version>'"),
    (["jobs", "list", "--state", "lost"], "The value 'lost' is invalid for '--state <state>'"),
    (["jobs", "list", "--limit", "0"], "--limit is 0; it must be 1 or more"),
    (["jobs", "start", "flowers"], "No pictures: give --path, --upload or --feedback"),
    (["jobs", "start", "flowers", "--path", "a", "--upload", "b"], "Give --path or --upload, not both"),
    (["jobs", "start", "flowers", "--upload", "nowhere"], "--upload 'nowhere': open: No such file or directory"),
    (["jobs", "start", "flowers", "--path", "a", "--start", "teacher"], "--start teacher needs --teacher beside it"),
    (["jobs", "start", "flowers", "--path", "a", "--teacher", "t"], "--teacher needs --start teacher beside it"),
    (
      ["jobs", "start", "flowers", "--path", "a", "--preset", "fast"], "--preset is 'fast'; it must be quick, standard"
    ),
  ]

  @Test(arguments: wrong.indices) func `a wrong argument is named`(_ index: Int) throws {
    let (arguments, complaint) = Self.wrong[index]
    let outcome = try run(arguments)
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.error.contains(complaint), "\(outcome.error)")
  }

  @Test func `a wrong variable is named and the token in it is not repeated`() throws {
    let token = try run(["models", "list"], environment: ["DISTINGUO_TOKEN": "much-too-short"])
    #expect(token.status == 64 && token.error.contains("DISTINGUO_TOKEN: that is no token"))
    #expect(!token.error.contains("much-too-short"))
    let url = try run(
      ["models", "list", "--token-file", "TOKEN"], environment: ["DISTINGUO_URL": "gopher://x"])
    #expect(url.status == 64 && url.error.contains("DISTINGUO_URL: 'gopher://x' is no address"))
  }

  @Test func `where no gateway is administered is said with what to do`() throws {
    // Nobody may listen at port 1 but root, and nobody does.
    let options = ["--token-file", "TOKEN", "--url", "http://127.0.0.1:1"]
    for arguments in [["models", "list"], ["jobs", "watch", "1"], ["jobs", "start", "m", "--feedback", "--watch"]] {
      let outcome = try run(arguments + options)
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.error.contains("nothing answers at http://127.0.0.1:1: Connection refused"), "\(outcome.error)")
      #expect(outcome.error.contains("admin.listen"))
    }
  }
}
