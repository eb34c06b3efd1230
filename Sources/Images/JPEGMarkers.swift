internal import Glibc

/// A JPEG file's markers (ITU-T T.81, annex B), as far as the decoder does not report them.
struct JPEGMarkers {
  /// EXIF data in the first such APP1 segment.
  private(set) var exif: ArraySlice<UInt8>?
  /// How many scans start.
  private(set) var scans = 0
  /// Whether the end of the image is marked.
  private(set) var isComplete = false

  private enum Code {
    static let temporary: UInt8 = 0x01
    static let restarts: ClosedRange<UInt8> = 0xd0...0xd7
    static let startOfImage: UInt8 = 0xd8
    static let endOfImage: UInt8 = 0xd9
    static let startOfScan: UInt8 = 0xda
    static let application1: UInt8 = 0xe1
  }

  /// Walks through a file up to its end, or as far as it can be followed.
  init(_ bytes: [UInt8]) {
    var position = 0
    while let (code, next) = Self.marker(in: bytes, from: position) {
      position = next
      switch code {
      case Code.endOfImage:
        isComplete = true
        return
      case 0, Code.temporary, Code.restarts, Code.startOfImage: continue
      default:
        // The length counts its own two bytes.
        guard let length = bytes[...].integer(at: position, bytes: 2, .bigEndian), length >= 2,
          length <= bytes.count - position
        else { return }
        if code == Code.startOfScan { scans += 1 }
        let content = bytes[(position + 2)..<(position + length)]
        if code == Code.application1, exif == nil, content.starts(with: Orientation.prefix) { exif = content }
        position += length
      }
    }
  }

  /// The code after the next byte 0xff, and where what follows begins.
  private static func marker(in bytes: [UInt8], from position: Int) -> (code: UInt8, next: Int)? {
    bytes.withUnsafeBufferPointer { buffer in
      // memchr looks at no more than the bytes that are left.
      guard let found = memchr(buffer.baseAddress! + position, 0xff, buffer.count - position) else { return nil }
      var index = UnsafeRawPointer(found) - UnsafeRawPointer(buffer.baseAddress!)
      // Any number of bytes 0xff may come before the code.
      while index < buffer.count, buffer[index] == 0xff { index += 1 }
      return index < buffer.count ? (buffer[index], index + 1) : nil
    }
  }
}
