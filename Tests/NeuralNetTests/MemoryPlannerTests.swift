import Testing

@testable import NeuralNet

@Suite struct MemoryPlannerTests {
  private func plan(_ requests: [(size: Int, life: ClosedRange<Int>)]) -> (offsets: [Int: Int], size: Int) {
    var planner = MemoryPlanner()
    for (id, request) in requests.enumerated() { planner.add(id, size: request.size, life: request.life) }
    return planner.plan()
  }

  @Test func `buffers that live one after the other share their bytes`() {
    let (offsets, size) = plan([(640, 0...1), (640, 2...3), (640, 4...5)])
    #expect(offsets == [0: 0, 1: 0, 2: 0])
    #expect(size == 640)
  }

  @Test func `a buffer that is read while another is written does not share with it`() {
    let (offsets, size) = plan([(64, 0...1), (64, 1...2)])
    #expect(offsets[0] != offsets[1])
    #expect(size == 128)
  }

  @Test func `a small buffer takes a gap between larger ones`() {
    let (offsets, size) = plan([(256, 0...9), (128, 0...4), (128, 5...9), (64, 0...9)])
    #expect(offsets[1] == offsets[2])
    #expect(size == 256 + 128 + 64)
  }

  @Test func `offsets stand on cache lines whatever the sizes`() {
    let (offsets, size) = plan([(1, 0...2), (65, 0...2), (3, 0...2)])
    #expect(offsets.values.allSatisfy { $0 % 64 == 0 })
    #expect(size == 64 + 128 + 64)
  }

  @Test(arguments: 0..<50) func `no two buffers overlap in time and place`(_ seed: Int) {
    var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let requests = (0..<60).map { _ in
      let start = next(40)
      return (size: 1 + next(5000), life: start...(start + next(12)))
    }
    let (offsets, size) = plan(requests)
    for (i, a) in requests.enumerated() {
      #expect(offsets[i]! + a.size <= size)
      for (j, b) in requests.enumerated() where i < j && a.life.overlaps(b.life) {
        #expect(offsets[i]! + a.size <= offsets[j]! || offsets[j]! + b.size <= offsets[i]!, "\(i) and \(j)")
      }
    }
    // Never worse than keeping all of them apart, never better than the fullest moment.
    let fullest = (0..<52).map { step in requests.filter { $0.life.contains(step) }.reduce(0) { $0 + $1.size } }.max()!
    #expect(size >= fullest)
    #expect(size <= requests.reduce(0) { $0 + $1.size + 64 })
  }
}
