internal import Foundation

/// Ids of jobs: UUIDs of version 7 (RFC 9562 §5.7), so that those made later sort behind.
enum JobID {
  /// A new one.
  static func make(at time: Date = Date()) -> String {
    let milliseconds = UInt64(time.timeIntervalSince1970 * 1000)
    var bytes = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (8 * (5 - UInt64($0)))) }
    bytes += (0..<10).map { _ in UInt8.random(in: 0...255) }
    bytes[6] = 0x70 | bytes[6] & 0x0f
    bytes[8] = 0x80 | bytes[8] & 0x3f
    let digits = bytes.map { String(format: "%02x", $0) }.joined()
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(digit)
    }
    return text
  }
}
