/// An event of a `text/event-stream`.
public struct ServerSentEvent: Sendable, Hashable {
  /// Its kind; `message` if it has none.
  public let name: String
  /// What it says.
  public let data: [UInt8]
}
