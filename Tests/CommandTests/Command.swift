import Foundation

/// The built binary, run as a user would.
struct Command {
  struct Outcome {
    let status: Int32
    let output: String
    let error: String
  }

  /// Beside the test bundle, which the runner names as its own program.
  static let binary = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "distinguo")

  static func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// Runs a command to its end.
  ///
  /// - Parameters:
  ///   - input: a file for standard input.
  ///   - environment: variables besides the test's own.
  static func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    let (output, error) = (Pipe(), Pipe())
    process.executableURL = binary
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = error
    if let input { process.standardInput = try FileHandle(forReadingFrom: URL(filePath: input)) }
    try process.run()
    // Little enough is written to standard error that it never blocks.
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
      error: String(decoding: complaint, as: UTF8.self))
  }
}
