import Foundation

/// A command that runs beside the test.
final class Tool {
  struct Outcome {
    let status: Int32
    let output: String
    let error: String
  }

  private let process = Process()
  private let (input, output, error) = (Pipe(), Pipe(), Pipe())

  /// Starts a command of the PATH.
  init(_ name: String, _ arguments: [String]) throws {
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = error
    try process.run()
  }

  /// Writes to its standard input.
  func say(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

  /// Ends its standard input and waits for its end. Little enough is written to standard error that it never blocks.
  func finish() -> Outcome {
    try? input.fileHandleForWriting.close()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
      error: String(decoding: complaint, as: UTF8.self))
  }
}
