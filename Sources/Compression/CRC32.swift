internal import CZlib

/// The checksum of gzip (RFC 1952 §8) and zip, by zlib.
public enum CRC32 {
  /// The checksum of bytes.
  public static func checksum(of bytes: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) })
  }
}
