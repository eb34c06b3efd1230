internal import Base
internal import Dispatch
internal import Images

/// Decodes a source's pictures on all cores. What comes out does not depend on which thread was first.
struct PictureDecoder: Sendable {
  /// What became of a picture.
  enum Outcome: Sendable {
    case decoded(Picture)
    case broken(reason: String)
  }

  var imageLimits: ImageLimits
  var size: (width: Int, height: Int)?
  var prepare: @Sendable (Picture) -> Picture
  /// How many bytes of pixels there may be, and how many there are already.
  var memory: Int
  var used: Int
  var threads: Int
  var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  private struct State {
    var source: any PictureSource
    var outcomes: [Outcome?]
    var done = 0
    var bytes: Int
    var failure: DataSetError.Kind?
  }

  /// The outcomes by index; nil for pictures that the source did not have.
  func decode(_ source: any PictureSource, count: Int) throws(DataSetError.Kind) -> [Outcome?] {
    let state = LockBox(State(source: source, outcomes: Array(repeating: nil, count: count), bytes: used))
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while let picture = next(state) {
        let outcome = decode(picture.content)
        state.withLock { record(outcome, at: picture.index, in: &$0) }
      }
    }
    let (outcomes, failure) = state.withLock { ($0.outcomes, $0.failure) }
    if let failure { throw failure }
    return outcomes
  }

  private func next(_ state: LockBox<State>) -> StoredPicture? {
    state.withLock { (state) -> StoredPicture? in
      guard state.failure == nil else { return nil }
      do throws(DataSetError.Kind) {
        return try state.source.next()
      } catch {
        state.failure = error
        return nil
      }
    }
  }

  private func record(_ outcome: Outcome, at index: Int, in state: inout State) {
    if case .decoded(let picture) = outcome { state.bytes += picture.pixels.count }
    guard state.bytes <= memory else {
      state.failure = state.failure ?? .tooLarge(limit: memory)
      return
    }
    state.outcomes[index] = outcome
    state.done += 1
    progress?(state.done, state.outcomes.count)
  }

  private func decode(_ content: StoredPicture.Content) -> Outcome {
    switch content {
    case .file(let path):
      do throws(FileError) {
        return decode(file: try FileAccess.read(path, limit: imageLimits.bytes))
      } catch {
        return .broken(reason: error.description)
      }
    case .bytes(let bytes):
      return decode(file: bytes)
    case .grey(let width, let height, let pixels):
      let rgb = [UInt8](unsafeUninitializedCapacity: 3 * pixels.count) { rgb, count in
        for (index, value) in pixels.enumerated() {
          (rgb[3 * index], rgb[3 * index + 1], rgb[3 * index + 2]) = (value, value, value)
        }
        count = 3 * pixels.count
      }
      return .decoded(prepare(Picture(width: width, height: height, pixels: rgb)))
    case .broken(let reason):
      return .broken(reason: reason)
    }
  }

  private func decode(file bytes: [UInt8]) -> Outcome {
    do throws(ImageError) {
      return .decoded(prepare(try ImageDecoder.decode(bytes, limits: imageLimits, atLeast: size)))
    } catch {
      return .broken(reason: error.description)
    }
  }
}
