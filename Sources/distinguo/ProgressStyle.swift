import ArgumentParser
import Foundation

/// How a command tells on standard error how far it is.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
  case bar, json, lines, none

  /// A bar where somebody watches, lines where it goes into a log.
  static var suited: ProgressStyle { isatty(STDERR_FILENO) == 1 ? .bar : .lines }

  /// Does a command's work; where progress is told in lines of JSON, so is the error that ends it.
  func telling(_ work: () throws -> Void) throws {
    do {
      try work()
    } catch {
      guard self == .json else { throw error }
      Self.emit(["event": "error", "text": Distinguo.message(for: error)])
      // What is wrong with the arguments is told in the usual way, too, and has a status of its own.
      throw error is ValidationError ? error : ExitCode(1)
    }
  }

  /// Writes a line of JSON.
  static func emit(_ members: [String: Any]) {
    let values = members.mapValues { value -> Any in
      if case Optional<Any>.none = value { return NSNull() }
      // JSON has no infinities.
      if let number = value as? Double, !number.isFinite { return NSNull() }
      return value
    }
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: values, options: options) else { return }
    FileHandle.standardError.write(data + Data("\n".utf8))
  }
}
