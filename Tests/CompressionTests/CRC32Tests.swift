import Compression
import Testing

@Suite struct CRC32Tests {
  @Test func `the checksum is the one that everybody checks first`() {
    #expect(CRC32.checksum(of: Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(CRC32.checksum(of: []) == 0)
  }
}
