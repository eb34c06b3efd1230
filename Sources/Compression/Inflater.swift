internal import CZlib

/// Inflates compressed bytes as they come in, by zlib, up to a limit.
///
/// It belongs to one thread at a time. After an error every further call throws that error again.
public final class Inflater {
  /// How the deflated data (RFC 1951) is wrapped.
  public enum Format: Sendable {
    /// Not at all, as in ZIP archives.
    case deflate
    /// RFC 1950; what HTTP calls `deflate` (RFC 9110 §8.4.1.2).
    case zlib
    /// RFC 1952: one member or several, one after the other (§2.2).
    case gzip

    fileprivate var windowBits: Int32 {
      switch self {
      case .deflate: -MAX_WBITS
      case .zlib: MAX_WBITS
      case .gzip: MAX_WBITS + 16
      }
    }
  }

  private enum State {
    case between
    case within
    case failed(InflateError)
  }

  /// Up to this size bytes may be as dense as they like: blank pictures are.
  public static let ratioMatters = 16 << 20

  /// How many bytes have gone in.
  public private(set) var consumed = 0
  /// How many have come out.
  public private(set) var produced = 0

  private let format: Format
  private let limit: Int
  private let ratio: Int
  private let allowsPadding: Bool
  private var state = State.within
  private var piece = [UInt8](repeating: 0, count: 64 << 10)
  // On the heap, since zlib's own state points back to it.
  private let stream: UnsafeMutablePointer<z_stream>

  /// - Parameters:
  ///   - limit: how many bytes may come out in all.
  ///   - ratio: how many times the bytes that went in, once more than ``ratioMatters`` have come out; at least 1.
  ///   - allowsPadding: whether zero bytes may follow gzip's members, as tapes leave them.
  public init(
    _ format: Format, limit: Int, ratio: Int = .max, allowsPadding: Bool = true
  ) throws(InflateError) {
    precondition(ratio > 0, "a ratio of \(ratio)")
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard inflateInit2_(stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      stream.deallocate()
      throw .noMemory
    }
    self.format = format
    self.limit = limit
    self.ratio = ratio
    self.allowsPadding = allowsPadding
    self.stream = stream
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Whether the format's end was reached and nothing has followed.
  public var isFinished: Bool { if case .between = state { true } else { false } }

  /// Says that no more comes in.
  ///
  /// - Throws: ``InflateError/truncated`` if the end was not reached.
  public func finish() throws(InflateError) {
    switch state {
    case .between: break
    case .within: throw fail(.truncated)
    case .failed(let error): throw error
    }
  }

  /// Takes bytes from the front of `input` and appends what comes of them to `output`.
  ///
  /// Returns when all are taken and nothing more comes of them, or when `maximum` bytes were appended; more may come
  /// then, even of no further input.
  public func inflate(
    _ input: inout ArraySlice<UInt8>, appendingTo output: inout [UInt8], upTo maximum: Int = .max
  ) throws(InflateError) {
    var room = maximum
    while room > 0 {
      switch state {
      case .failed(let error): throw error
      case .within: break
      case .between:
        if format == .gzip, allowsPadding { input = input.drop { $0 == 0 } }
        guard !input.isEmpty else { return }
        guard format == .gzip else { throw fail(.trailing) }
        inflateReset(stream)
        state = .within
      }
      // One byte above the limit, to see whether there is one.
      let (taken, given) = try step(&input, room: min(room, min(piece.count - 1, max(limit - produced, 0)) + 1))
      guard taken > 0 || given > 0 else { return }
      guard produced <= limit else { throw fail(.tooLong(limit: limit)) }
      guard produced <= Self.ratioMatters || produced / ratio < consumed else { throw fail(.tooDense(ratio: ratio)) }
      output.append(contentsOf: piece[..<given])
      room -= given
    }
  }

  /// One call of zlib's, into `piece`.
  private func step(_ input: inout ArraySlice<UInt8>, room: Int) throws(InflateError) -> (taken: Int, given: Int) {
    let available = min(input.count, Int(UInt32.max))
    let code = input.withUnsafeBufferPointer { input in
      piece.withUnsafeMutableBufferPointer { piece in
        // zlib does not write to its input; that its header says otherwise is for the sake of old compilers.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(available)
        stream.pointee.next_out = piece.baseAddress
        stream.pointee.avail_out = UInt32(room)
        return CZlib.inflate(stream, Z_NO_FLUSH)
      }
    }
    let taken = available - Int(stream.pointee.avail_in)
    let given = room - Int(stream.pointee.avail_out)
    consumed += taken
    produced += given
    input = input.dropFirst(taken)
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: state = .between
    case Z_MEM_ERROR: throw fail(.noMemory)
    case Z_NEED_DICT: throw fail(.malformed("it needs a preset dictionary"))
    default: throw fail(.malformed(stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(code)"))
    }
    return (taken, given)
  }

  private func fail(_ error: InflateError) -> InflateError {
    state = .failed(error)
    return error
  }
}
