import Base
import ClassificationClient
import Defence
import Foundation
import Retraining

/// One gateway process, at a Unix-domain socket in a folder of its own.
final class EvaluatedGateway: Sendable {
  private let folder: String
  private let model: String
  private let process: Process
  private let idle = LockBox<[ClassificationClient]>([])

  private var socket: String { "\(folder)/gateway" }
  /// How long a gateway may take to be ready, in seconds.
  private static let patience = 120.0

  /// Starts it, and waits until it is ready.
  ///
  /// - Throws: ``DefenceError/setting(_:)`` with what it logged if it does not become ready.
  init(_ bundle: ModelBundle, _ disclosure: ScoreDisclosure, selectionKeyFile: String?) throws {
    let manager = FileManager.default
    // Short, since a socket's path may have 107 bytes.
    folder = manager.temporaryDirectory.appending(path: "distinguo-\(UUID().uuidString.prefix(8))").path
    try manager.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    model = bundle.manifest.name
    process = Process()
    process.executableURL = URL(filePath: OwnProgram.path)
    var settings = [
      // Verdicts are compared with those of the files, in float32.
      "models.precision=float32", "answers.disclosure=\(disclosure.rawValue)", "log.access=false",
      "metrics.listen=unix:\(folder)/metrics",
      // However busy the machine is, a question that is given up would end the evaluation.
      "batching.deadline=10min",
    ]
    if let selectionKeyFile { settings.append("models.selection-key-file=\(selectionKeyFile)") }
    // It ends with this process, whatever becomes of that.
    process.arguments =
      ["child", "--nice", "0", "--parent", "\(getpid())", "--", "serve", "--models", bundle.path]
      + ["--listen", "unix:\(folder)/gateway", "--log-level", "warning"] + settings.flatMap { ["--set", $0] }
    process.environment = ProcessInfo.processInfo.environment.filter { name, _ in
      !name.hasPrefix("DISTINGUO_") || name == "DISTINGUO_SELECTION_KEY" && selectionKeyFile == nil
    }
    let log = URL(filePath: folder).appending(path: "log")
    try Data().write(to: log)
    let output = try FileHandle(forWritingTo: log)
    (process.standardOutput, process.standardError) = (output, output)
    do {
      try process.run()
      let deadline = Date.now.addingTimeInterval(Self.patience)
      while !ClassificationClient.isReady(socket: socket) {
        guard process.isRunning, Date.now < deadline else {
          let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
          throw DefenceError.setting("the gateway that T5 attacks did not become ready: \(text)")
        }
        Thread.sleep(forTimeInterval: 0.05)
      }
    } catch {
      stop()
      throw error
    }
  }

  /// What it answers to a request with all of some PNG files. May be called from any thread.
  func answer(_ files: [[UInt8]]) throws -> [UInt8] {
    let client = idle.withLock { $0.popLast() } ?? ClassificationClient(socket: socket, model: model)
    defer { idle.withLock { $0.append(client) } }
    return try client.classify(files)
  }

  /// Ends it and removes its folder.
  func stop() {
    if process.isRunning {
      process.terminate()
      process.waitUntilExit()
    }
    try? FileManager.default.removeItem(atPath: folder)
  }
}
