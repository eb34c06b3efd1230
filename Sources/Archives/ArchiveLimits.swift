/// What an archive may ask for. Where it asks for more, reading stops with an error that names the limit.
public struct ArchiveLimits: Sendable, Equatable {
  /// How many files and folders it may hold.
  public var entries = 1_000_000
  /// How many bytes they may have together; for compressed archives, their headers too.
  public var bytes = 64 << 30
  /// How many bytes one file may have. It is taken into memory as a whole.
  public var bytesPerEntry = 256 << 20
  /// How many times its stored bytes compressed data may give, once it is larger than ``Inflater/ratioMatters``; at
  /// least 1.
  public var ratio = 250
  /// How many bytes a name may have.
  public var nameBytes = 1024

  /// Generous enough for data sets on the user's own disk.
  public init() {}

  /// The same as ``init()``.
  public static let `default` = ArchiveLimits()
}
