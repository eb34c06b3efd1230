/// The memory that values between layers lie in, for several workers of one thread: what one has left in the caches the
/// next one finds there.
///
/// Workers that share one must not run at the same time.
public final class InferenceArena {
  var storage: Storage

  /// An empty one; it grows with the largest program that is run in it.
  ///
  /// - Throws: ``OneDNNError`` if memory is short.
  public init() throws(OneDNNError) { storage = try Storage(size: 0) }
}
