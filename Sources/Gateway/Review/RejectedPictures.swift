internal import Base
internal import Defence
internal import Digests
internal import Dispatch
internal import Foundation
internal import Images
internal import Logging
internal import StateStore

/// Keeps the files of rejected pictures, to be looked at by people: each in a file named by its digest and a row of the
/// state.
///
/// Pictures are written one after the other on a queue of its own, so that no verdict waits for the disk. What comes
/// faster than that is not kept. A row is only there with its file; a file without a row is what a crash has left, and goes
/// at the next start.
final class RejectedPictures: PictureKeeper {
  /// What became of a rejected picture.
  enum Fate: Sendable {
    /// It is kept, or was kept before; how it is now.
    case kept(KeptRejection)
    /// Keeping is off, or it is too large.
    case unwanted
    /// Too many others were waiting to be written.
    case dropped
    /// The folder or the state could not be written.
    case failed
  }

  /// What waits to be written.
  struct Backlog: Sendable {
    var pictures: Int
    var bytes: Int
  }

  let folder: PictureFolder
  let table: RejectionTable
  let log: Logger
  /// Held while files and rows change, so that they agree.
  let changing = LockBox(())
  private let settings: LockBox<GatewayConfiguration.Review>
  private let most: Backlog
  private let backlog = LockBox(Backlog(pictures: 0, bytes: 0))
  private let isFailing = LockBox(false)
  private let clock: @Sendable () -> Date
  private let observe: @Sendable (RejectedPicture, Fate) -> Void
  private let queue = DispatchQueue(label: "distinguo.review", qos: .utility)

  /// - Parameters:
  ///   - folder: where the files are.
  ///   - table: where the rest is.
  ///   - backlog: how much may wait to be written.
  ///   - clock: what time it is.
  ///   - observe: told of every rejected picture what became of it, from any thread; must be quick.
  init(
    _ settings: GatewayConfiguration.Review, folder: String, table: RejectionTable, log: Logger,
    backlog: Backlog = Backlog(pictures: 64, bytes: 64 << 20), clock: @escaping @Sendable () -> Date = { .now },
    observe: @escaping @Sendable (RejectedPicture, Fate) -> Void = { _, _ in }
  ) {
    self.settings = LockBox(settings)
    self.folder = PictureFolder(path: folder)
    (self.table, self.log, most, self.clock, self.observe) = (table, log, backlog, clock, observe)
    queue.async { [self] in
      sweep()
      enforceLimits()
    }
    enforceLimitsEachMinute()
  }

  /// What is to be kept from now on. What is beyond it goes.
  func change(_ settings: GatewayConfiguration.Review) {
    self.settings.withLock { $0 = settings }
    queue.async { [self] in enforceLimits() }
  }

  func wants(bytes: Int) -> Bool { settings.withLock { $0.wants(bytes) } }

  func take(_ picture: RejectedPicture) {
    guard let file = picture.file else { return observe(picture, .unwanted) }
    let hasPlace = backlog.withLock { backlog in
      guard backlog.pictures < most.pictures, backlog.bytes + file.count <= most.bytes else { return false }
      backlog.pictures += 1
      backlog.bytes += file.count
      return true
    }
    guard hasPlace else { return observe(picture, .dropped) }
    queue.async { [self] in
      let fate = keep(picture, file)
      backlog.withLock { backlog in
        backlog.pictures -= 1
        backlog.bytes -= file.count
      }
      observe(picture, fate)
    }
  }

  /// Returns when everything that was taken before is written.
  func flush() { queue.sync {} }

  private func keep(_ picture: RejectedPicture, _ file: [UInt8]) -> Fate {
    // It may have been switched off while it waited.
    guard wants(bytes: file.count) else { return .unwanted }
    let rejection = KeptRejection(picture, digest: SHA256.hexadecimal(of: file), bytes: file.count)
    do {
      let kept = try changing.withLock { _ in
        if !folder.contains(rejection.digest) {
          try makeRoom(for: file.count)
          try folder.write(file, digest: rejection.digest)
        }
        do throws(StateError) {
          return try table.keep(rejection)
        } catch {
          try removeIfUnused(rejection.digest)
          throw error
        }
      }
      if setFailing(false) { log.notice("rejected pictures are kept again") }
      return .kept(kept)
    } catch {
      // Said once, not for each picture.
      if setFailing(true) {
        log.error("rejected pictures are not kept", metadata: ["folder": "\(folder.path)", "reason": "\(error)"])
      }
      return .failed
    }
  }

  /// - Returns: whether that is another than before.
  private func setFailing(_ now: Bool) -> Bool {
    isFailing.withLock { before in
      defer { before = now }
      return before != now
    }
  }

  // MARK: Limits

  /// Takes out what is too old, and what is beyond the limits.
  private func enforceLimits() {
    let oldest = clock() - TimeInterval(settings.withLock { $0.age } / .seconds(1))
    do {
      try changing.withLock { _ in
        for rejection in try table.expired(before: oldest) { try drop(rejection) }
        try makeRoom(for: 0)
      }
    } catch {
      log.warning("old rejected pictures could not be removed", metadata: ["reason": "\(error)"])
    }
  }

  /// Pictures become too old whether others come or not.
  private func enforceLimitsEachMinute() {
    queue.asyncAfter(deadline: .now() + 60) { [weak self] in
      self?.enforceLimits()
      self?.enforceLimitsEachMinute()
    }
  }

  /// Takes out what is to go first until there is room for so many bytes, or, for 0 bytes, until all is within limits.
  private func makeRoom(for bytes: Int) throws {
    let (count, most) = settings.withLock { ($0.count, $0.bytes) }
    while true {
      let stored = try table.stored()
      guard stored.files + (bytes > 0 ? 1 : 0) > count || stored.bytes + bytes > most,
        let first = try table.oldest(limit: 1).first
      else { return }
      try drop(first)
    }
  }

  /// Takes out a rejection, and its file if no other model has rejected it. To be called while `changing` is held.
  func drop(_ rejection: KeptRejection) throws {
    try table.remove(model: rejection.model, digest: rejection.digest)
    try removeIfUnused(rejection.digest)
  }

  private func removeIfUnused(_ digest: String) throws {
    if try !table.contains(digest: digest) { try folder.remove(digest) }
  }

  /// Makes files and rows agree again after a crash.
  private func sweep() {
    do {
      try changing.withLock { _ in
        let rows = try table.list()
        let there = try folder.contents()
        there.leftovers.forEach(folder.removeLeftover)
        for digest in there.digests.subtracting(rows.map(\.digest)) { try folder.remove(digest) }
        let missing = rows.filter { !there.digests.contains($0.digest) }
        for rejection in missing { try table.remove(model: rejection.model, digest: rejection.digest) }
        guard !missing.isEmpty else { return }
        log.warning("rejections were forgotten whose files are gone", metadata: ["count": "\(missing.count)"])
      }
    } catch {
      log.warning("the kept pictures could not be looked through", metadata: ["reason": "\(error)"])
    }
  }
}

extension GatewayConfiguration.Review {
  /// Whether a file of so many bytes is kept.
  func wants(_ bytes: Int) -> Bool { keeps && count > 0 && bytes <= min(pictureBytes, self.bytes) }
}

extension KeptRejection {
  /// What is kept of a rejected picture beside its file. A number that is none counts as the smallest.
  init(_ picture: RejectedPicture, digest: String, bytes: Int) {
    func number(_ value: Double) -> Double { value.isFinite ? value : 0 }
    let verdict = picture.verdict
    self.init(
      digest: digest, model: picture.model, version: picture.version, label: picture.label,
      confidence: number(verdict.confidence), score: verdict.score.map(number),
      threshold: verdict.threshold.flatMap { $0.isFinite ? $0 : nil },
      reason: picture.reason.rawValue,
      opinions: verdict.opinions.map { Opinion(id: $0.id, score: number($0.score), agrees: $0.agrees) },
      mediaType: picture.format.mediaType, bytes: bytes, time: picture.time, requestID: picture.requestID)
  }

  /// How the file's name ends, after a dot.
  var fileExtension: String { ImageFormat.allCases.first { $0.mediaType == mediaType }?.rawValue ?? "bin" }
}
