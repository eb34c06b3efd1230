@testable import Defence
import Digests
import Images
import TestSupport
import Testing

@Suite struct SelectionTests {
  private let ids = (1...8).map { "d0\($0)" }
  private let key = SelectionKey(derivedFrom: "test")

  @Test func `the same picture meets the same judges, in whatever order they are listed`() {
    let selection = Selection(key: key, count: 3)
    for seed in 0..<20 as Range<UInt64> {
      let picture = ColoredPictures.picture(0, size: 4, seed: seed)
      let chosen = selection.chosen(from: ids, for: picture)
      #expect(chosen.count == 3 && Set(chosen).isSubset(of: ids))
      #expect(selection.chosen(from: ids.reversed(), for: picture) == chosen)
      // Those that were not chosen do not matter.
      #expect(selection.chosen(from: chosen, for: picture) == chosen)
    }
  }

  @Test func `the choice is the lowest HMAC of the picture's digest and the id`() {
    let picture = ColoredPictures.picture(1, size: 4, seed: 7)
    let digest = SHA256.digest(of: picture.pixels)
    let key = SHA256.digest(of: Array("test".utf8))
    let expected = ids.sorted {
      HMAC.code(of: digest + Array($0.utf8), key: key).hexadecimal
        < HMAC.code(of: digest + Array($1.utf8), key: key).hexadecimal
    }
    #expect(Selection(key: self.key, count: 8).chosen(from: ids, for: picture) == expected)
    #expect(Selection(key: self.key, count: 2).chosen(from: ids, for: picture) == Array(expected.prefix(2)))
  }

  @Test func `another key and another picture give another choice`() {
    let selection = Selection(key: key, count: 3)
    let other = Selection(key: SelectionKey(derivedFrom: "other"), count: 3)
    let pictures = (0..<50).map { ColoredPictures.picture(0, size: 4, seed: $0) }
    let choices = pictures.map { selection.chosen(from: ids, for: $0) }
    #expect(Set(choices).count > 30)
    #expect(zip(pictures, choices).count { other.chosen(from: ids, for: $0) == $1 } < 5)
  }

  @Test func `each is chosen as often as another`() {
    let selection = Selection(key: key, count: 3)
    var counts: [String: Int] = [:]
    for seed in 0..<800 as Range<UInt64> {
      for id in selection.chosen(from: ids, for: ColoredPictures.picture(0, size: 2, seed: seed)) {
        counts[id, default: 0] += 1
      }
    }
    // 300 each, with a standard deviation of 14.
    #expect(counts.count == 8 && counts.values.allSatisfy { (245...355).contains($0) }, "\(counts)")
  }

  @Test func `all are asked where there are no more than that`() {
    let picture = ColoredPictures.picture(0, size: 2, seed: 1)
    #expect(Set(Selection(key: key, count: .max).chosen(from: ids, for: picture)) == Set(ids))
    #expect(Selection(key: key, count: 5).chosen(from: [], for: picture).isEmpty)
  }

  @Test func `a key of fewer than 16 bytes is refused`() throws {
    #expect(throws: DefenceError.setting("a selection key of 15 bytes; it must have 16 at least")) {
      try SelectionKey([UInt8](repeating: 1, count: 15))
    }
    #expect(try SelectionKey([UInt8](repeating: 1, count: 16)) == SelectionKey([UInt8](repeating: 1, count: 16)))
  }
}
