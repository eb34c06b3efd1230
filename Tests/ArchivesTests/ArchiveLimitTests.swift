import Archives
import Compression
import TestSupport
import Testing

@Suite struct ArchiveLimitTests {
  private static func limits(_ change: (inout ArchiveLimits) -> Void) -> ArchiveLimits {
    var limits = ArchiveLimits()
    change(&limits)
    return limits
  }

  private static let tar = TarBuilder(files: [("a", [1, 2]), ("b", [3, 4, 5]), ("c", [])]).archive

  @Test(
    arguments: [
      (limits { $0.entries = 3 }, nil), (limits { $0.entries = 2 }, .limit("more than 2 entries")),
      (limits { $0.bytesPerEntry = 3 }, nil),
      (limits { $0.bytesPerEntry = 2 }, .limit("3 bytes; 2 are allowed in one file")),
      (limits { $0.bytes = 5 }, nil), (limits { $0.bytes = 4 }, .limit("more than 4 bytes in all")),
      (limits { $0.nameBytes = 1 }, nil), (limits { $0.nameBytes = 0 }, .limit("a name of 1 bytes; 0 are allowed")),
    ] as [(ArchiveLimits, ArchiveError.Kind?)])
  func `a limit is met exactly`(_ limits: ArchiveLimits, _ expected: ArchiveError.Kind?) throws {
    let archive = try ArchiveReader(bytes: Self.tar, name: "a.tar", limits: limits)
    guard let expected else {
      #expect(try archive.files() == ["a": [1, 2], "b": [3, 4, 5], "c": []])
      return
    }
    let error = #expect(throws: ArchiveError.self) { try archive.files() }
    #expect(error?.kind == expected)
  }

  @Test(arguments: ["bomb.zip", "bomb.tar.gz"])
  func `a bomb does not go off`(_ name: String) throws {
    let error = #expect(throws: ArchiveError.self) {
      try ArchiveReader(contentsOf: ArchiveFixture.path(name)).files()
    }
    #expect(error?.kind == .notInflated(.tooDense(ratio: 250)))
    #expect(error?.isConfined == false)
    let lenient = Self.limits { $0.ratio = 2000 }
    let files = try ArchiveReader(contentsOf: ArchiveFixture.path(name), limits: lenient).files()
    #expect(files.mapValues(\.count) == ["cat/bomb": 40 << 20])
  }

  @Test func `what a compressed tar inflates to is limited, with its headers`() throws {
    let size = try ArchiveFixture.bytes("pax.tar").count
    func read(_ bytes: Int) throws -> Int {
      let limits = Self.limits { $0.bytes = bytes }
      return try ArchiveReader(contentsOf: ArchiveFixture.path("pax.tar.gz"), limits: limits).files().count
    }
    #expect(try read(size) == 5)
    let error = #expect(throws: ArchiveError.self) { try read(size - 1) }
    #expect(error?.kind == .notInflated(.tooLong(limit: size - 1)))
  }

  @Test func `a size that is not there takes no memory`() throws {
    let limits = Self.limits { ($0.bytes, $0.bytesPerEntry) = (.max, .max) }
    var tar = TarBuilder()
    tar.add(nameBytes: Array("a".utf8), [1, 2, 3], type: "0", size: Array("77777777777".utf8))
    let archive = try ArchiveReader(bytes: tar.archive, name: "a.tar", limits: limits)
    #expect(throws: ArchiveError(.truncated("its content"), in: "a.tar", entry: "a")) { try archive.next() }
  }
}
