import Base
import Testing

@Suite struct CounterGeneratorTests {
  @Test(arguments: [0, 1, 2, 7, 1000]) func `a permutation has each number once`(_ count: Int) {
    #expect(CounterGenerator(key: 5).permutation(of: count).sorted() == Array(0..<count))
  }

  @Test func `the same key gives the same permutation and another key another`() {
    let order = CounterGenerator(1, 2).permutation(of: 50)
    #expect(CounterGenerator(1, 2).permutation(of: 50) == order)
    #expect(CounterGenerator(2, 1).permutation(of: 50) != order)
  }

  @Test func `each order is as likely as another`() {
    var counts: [[Int]: Int] = [:]
    for key in 0..<6000 { counts[CounterGenerator(UInt64(key)).permutation(of: 3), default: 0] += 1 }
    #expect(counts.count == 6)
    // Binomial: 1000 with a standard deviation of 29.
    #expect(counts.values.allSatisfy { (890...1110).contains($0) }, "\(counts)")
  }

  @Test func `a number does not depend on which others were asked for`() {
    let generator = CounterGenerator(key: 9)
    let alone = generator.bits(3)
    #expect((0..<5).map { generator.bits($0) }[3] == alone)
    #expect(Set((0..<1000).map { generator.bits($0) }).count == 1000)
  }

  @Test func `uniform numbers are evenly spread and below one`() {
    let numbers = (0..<10_000).map { CounterGenerator(key: 3).uniform($0) }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    for tenth in 0..<10 {
      let count = numbers.count { Int($0 * 10) == tenth }
      // 1000 with a standard deviation of 30.
      #expect((880...1120).contains(count), "\(tenth): \(count)")
    }
  }
}
