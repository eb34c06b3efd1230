internal import Base
internal import Defence
internal import Metrics

/// Watches how much of what comes in the version that serves rejects. Most pictures are clean, so that a share far above
/// the one that it was calibrated for says that the pictures are no longer those it was made for, or that it is attacked.
final class DriftMonitor: ClassificationObserver {
  /// What can be set.
  struct Settings: Sendable, Hashable {
    /// How far back it looks, in seconds.
    var seconds = 3600
    /// The share beyond which it drifts; nil for any.
    var bound: Double?
    /// So many pictures at least.
    var minimum = 200
  }

  /// How a model does.
  struct Report: Encodable, Sendable, Hashable {
    /// The share of pictures that were rejected; 0 if there were none.
    var rejectionRate: Double
    /// How many there were.
    var images: Int
    /// What is allowed.
    @Always var bound: Double?
    /// Whether it is beyond that.
    var isExceeded: Bool
  }

  private struct Counts: Sendable {
    var images = 0
    var rejected = 0
  }

  private struct Watched: Sendable {
    /// Counting begins anew with each version.
    var version: Int
    var window: SlidingWindow<Counts>

    init(version: Int, seconds: Int, slices: Int, now: ContinuousClock.Instant) {
      self.version = version
      window = SlidingWindow(seconds: seconds, slices: slices, start: now, empty: Counts())
    }
  }

  private let settings: LockBox<Settings>
  private let watched = LockBox<[String: Watched]>([:])
  private let clock: @Sendable () -> ContinuousClock.Instant
  private let slices: Int

  init(_ settings: Settings, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.settings = LockBox(settings)
    self.clock = clock
    // The finest steps that divide it, up to sixty.
    slices = (1...60).last { settings.seconds % $0 == 0 } ?? 1
  }

  /// Another bound, or another least number, from now on. The window's length stays.
  func change(_ new: Settings) {
    settings.withLock { ($0.bound, $0.minimum) = (new.bound, new.minimum) }
  }

  func observe(_ event: ClassificationEvent) {
    guard case .judged(let verdict, _, let model, let version, _) = event else { return }
    let now = clock()
    let seconds = settings.withLock { $0.seconds }
    watched.withLock { watched in
      if watched[model] == nil {
        watched[model] = Watched(version: version, seconds: seconds, slices: slices, now: now)
      }
      // An answer of the version before may come after the next one has begun.
      guard watched[model]?.version == version else { return }
      watched[model]?.window.update(at: now) { counts in
        counts.images += 1
        counts.rejected += verdict.isAccepted ? 0 : 1
      }
    }
  }

  /// Counts anew: another version serves.
  func begin(_ model: String, version: Int) {
    let now = clock()
    let seconds = settings.withLock { $0.seconds }
    watched.withLock {
      $0[model] = Watched(version: version, seconds: seconds, slices: slices, now: now)
    }
  }

  /// How a model does at the moment.
  func report(_ model: String) -> Report {
    let now = clock()
    let settings = settings.withLock { $0 }
    let counts = watched.withLock { watched in
      (watched[model]?.window.tallies(at: now) ?? []).reduce(into: Counts()) { sum, slice in
        sum.images += slice.images
        sum.rejected += slice.rejected
      }
    }
    let rate = counts.images == 0 ? 0 : Double(counts.rejected) / Double(counts.images)
    return Report(
      rejectionRate: (rate * 1e6).rounded() / 1e6, images: counts.images, bound: settings.bound,
      isExceeded: settings.bound.map { counts.images >= settings.minimum && rate > $0 } ?? false)
  }
}
