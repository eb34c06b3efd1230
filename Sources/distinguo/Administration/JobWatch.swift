import AdminClient
import ArgumentParser
import Dispatch
import Foundation
import Retraining
import StateStore

/// Tells how a retraining goes until it ends: a line that changes where somebody watches, lines where it goes into a log.
final class JobWatch {
  private let client: AdminClient
  private let json: Bool
  private let hasBar: Bool
  private var last: JobStatus?
  private var lastLine = Date.distantPast

  /// How often a stream that broke is asked for again, a second after the other: a gateway may start anew.
  private static let attempts = 60
  /// Between two lines that tell of nothing but progress.
  private static let interval: TimeInterval = 10

  init(_ client: AdminClient, json: Bool) {
    (self.client, self.json) = (client, json)
    hasBar = !json && isatty(STDERR_FILENO) == 1
  }

  /// Watches until the retraining ends.
  ///
  /// - Throws: `ExitCode(1)` if there is no new version, and says why.
  func run(_ id: String) throws {
    let interrupt = stopOnInterrupt(id)
    defer { interrupt.cancel() }
    var failures = 0
    while last?.job.state.isFinal != true {
      do {
        try client.stream(.jobEvents(id)) { event in
          failures = 0
          return self.show(event)
        }
      } catch {
        failures += 1
        // Before anything came nobody knows whether there is anything to wait for.
        guard last != nil, error.isPassing, failures <= Self.attempts else { throw error }
        if failures == 1 { note("\(error); trying again") }
        Thread.sleep(forTimeInterval: 1)
      }
    }
    if let last { try finish(last) }
  }

  /// - Returns: whether there is more to come.
  private func show(_ event: ServerSentEvent) -> Bool {
    guard event.name == "job", let status: JobStatus = event.value() else { return true }
    if json {
      print(String(decoding: event.data, as: UTF8.self))
      fflush(nil)
    } else if !status.job.state.isFinal {
      progress(status)
    }
    last = status
    return !status.job.state.isFinal
  }

  private func progress(_ status: JobStatus) {
    let text = JobLine.text(status)
    if hasBar {
      let line = "\(status.progress.map { JobLine.bar($0.fraction) + "  " } ?? "")\(text)"
      write("\r\u{1b}[K" + line.prefix(columns - 1))
    } else if last?.job.state != status.job.state || last?.job.step != status.job.step
      || last?.progress?.network != status.progress?.network || -lastLine.timeIntervalSinceNow >= Self.interval
    {
      write(text + "\n")
      lastLine = .now
    }
  }

  private func finish(_ status: JobStatus) throws {
    let hasSucceeded = status.job.state == .succeeded
    if !json {
      if hasBar { write("\r\u{1b}[K") }
      let comparison = status.job.gate.map { "\n\n\(AdminText.comparison($0))" } ?? ""
      let text = JobLine.text(status) + comparison
      if hasSucceeded { print(text) } else { tell(text) }
    }
    if !hasSucceeded { throw ExitCode(1) }
  }

  private func note(_ text: String) { write((hasBar ? "\r\u{1b}[K" : "") + text + "\n") }

  private func write(_ text: some StringProtocol) { FileHandle.standardError.write(Data(text.utf8)) }

  /// How wide the terminal is; a line that is wider could not be written over.
  private var columns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) : 80
  }

  private func stopOnInterrupt(_ id: String) -> any DispatchSourceSignal {
    // Dispatch only watches; what the signal did otherwise must be taken from it.
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      tell("\nno longer watched; the retraining goes on. 'distinguo jobs cancel \(id)' ends it")
      fflush(nil)
      // What a shell expects of an interrupted command. The other thread waits for the gateway.
      _exit(128 + SIGINT)
    }
    // Until Dispatch watches, a signal would be lost.
    let registration = DispatchSemaphore(value: 0)
    source.setRegistrationHandler { registration.signal() }
    source.activate()
    registration.wait()
    return source
  }
}
