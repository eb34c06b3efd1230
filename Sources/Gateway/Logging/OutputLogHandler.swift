public import Logging

/// swift-log's way to a ``LogOutput``.
public struct OutputLogHandler: LogHandler {
  /// The metadata of a logger's every line.
  public var metadata: Logger.Metadata = [:]
  /// What adds metadata from the task that logs.
  public var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let output: LogOutput
  /// A logger's own level, instead of the output's.
  private var ownLevel: Logger.Level?

  /// A handler for the logger with this label.
  public init(label: String, output: LogOutput) {
    self.label = label
    self.output = output
  }

  /// The output's level, which a reload may change, unless the logger was given its own.
  public var logLevel: Logger.Level {
    get { ownLevel ?? output.level }
    set { ownLevel = newValue }
  }

  /// One entry of the logger's metadata.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a line; what is nearer to the event wins where names are the same.
  public func log(event: LogEvent) {
    var all = metadata
    all.merge(metadataProvider?.get() ?? [:]) { $1 }
    all.merge(event.metadata ?? [:]) { $1 }
    if let error = event.error { all["error"] = "\(error)" }
    let fields = all.sorted { $0.key < $1.key }.map { LogRecord.Field($0.key, .text("\($0.value)")) }
    output.write(LogRecord(level: event.level, logger: label, message: "\(event.message)", fields: fields))
  }
}

extension LogOutput {
  /// A logger that writes here.
  public func logger(_ label: String) -> Logger { Logger(label: label) { OutputLogHandler(label: $0, output: self) } }
}
