internal import Base

/// The ``TLSContext`` that new connections take, which can be replaced while the server runs.
///
/// Connections that are open keep theirs to their end.
public final class ReloadableTLS: Sendable {
  private let box: LockBox<TLSContext>

  /// Reads the files of a configuration.
  public init(_ configuration: TLSConfiguration) throws(TLSError) { box = LockBox(try TLSContext(configuration)) }

  /// What a connection that begins now takes.
  public var context: TLSContext { box.withLock { $0 } }

  /// Reads the files again, or those of another configuration.
  ///
  /// - Throws: what is wrong with them; then everything stays as it was.
  public func reload(_ configuration: TLSConfiguration? = nil) throws(TLSError) {
    replace(with: try TLSContext(configuration ?? context.configuration))
  }

  /// Gives connections that begin from now on another context.
  public func replace(with context: TLSContext) { box.withLock { $0 = context } }
}
