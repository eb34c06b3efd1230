import ArgumentParser
import Defence
import Foundation
import NeuralNet

/// Which model is asked, and with which secret.
struct ModelOptions: ParsableArguments {
  @Option(help: "A model's folder, such as Models/flowers (its current version), or one version's, Models/flowers/1.")
  var model: String

  @Option(
    help: """
      A file whose bytes, 16 at least, decide which differentiators an image meets. Without it (and without \
      DISTINGUO_SELECTION_KEY, hexadecimal) the choice follows from the bundle, and anybody can foretell it.
      """)
  var selectionKeyFile: String?

  @Option(
    help: """
      float32, bfloat16, or auto: bfloat16 where the processor has instructions for it. bfloat16 takes half the time, and \
      its scores differ in the third digit.
      """)
  var precision = PrecisionChoice.float32

  @Option(help: "How many threads compute.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...1024).contains(threads) else { throw ValidationError("--threads is \(threads); it must be 1 to 1024.") }
  }

  func bundle() throws -> ModelBundle { try ModelBundle(contentsOf: model) }

  /// The bundle, ready to be asked on several threads.
  func pool(_ bundle: ModelBundle) throws -> DefencePool {
    try DefencePool(try bundle.model(key: try selectionKey(), precision: precision), threads: threads)
  }

  /// The secret that was given, or nil.
  func selectionKey() throws -> SelectionKey? {
    if let selectionKeyFile {
      do {
        return try SelectionKey(contentsOf: selectionKeyFile)
      } catch {
        throw ValidationError("--selection-key-file '\(selectionKeyFile)': \(error)")
      }
    }
    do {
      return try SelectionKey(environment: ProcessInfo.processInfo.environment)
    } catch {
      throw ValidationError("\(error).")
    }
  }
}

extension ModelFolder {
  /// - Throws: a `ValidationError` if no version can have the number that was given for one.
  static func checkNumber(_ number: Int) throws {
    guard versionNumbers.contains(number) else {
      throw ValidationError("--number is \(number); it must be 1 to \(versionNumbers.upperBound).")
    }
  }
}
