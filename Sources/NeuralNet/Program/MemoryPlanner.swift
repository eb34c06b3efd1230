/// Gives buffers places in one arena so that two which live at the same time never overlap.
///
/// Greedy by size, the largest first, each at the lowest offset that is free for its whole life (Pisarchyk and Lee,
/// "Efficient Memory Management for Deep Neural Net Inference", 2020, algorithm 3).
struct MemoryPlanner {
  private struct Request {
    let id: Int
    let size: Int
    let life: ClosedRange<Int>
  }

  private var requests: [Request] = []

  /// A buffer of `size` bytes that is in use from one step to another, both included.
  mutating func add(_ id: Int, size: Int, life: ClosedRange<Int>) {
    let rounded = (size + Storage.alignment - 1) / Storage.alignment * Storage.alignment
    requests.append(Request(id: id, size: rounded, life: life))
  }

  /// Each buffer's offset, and the size of the arena that holds them all.
  func plan() -> (offsets: [Int: Int], size: Int) {
    var placed: [(request: Request, offset: Int)] = []
    var offsets: [Int: Int] = [:]
    var size = 0
    for request in requests.sorted(by: { ($1.size, $0.id) < ($0.size, $1.id) }) {
      var offset = 0
      for other in placed where other.request.life.overlaps(request.life) {
        if offset + request.size <= other.offset { break }
        offset = max(offset, other.offset + other.request.size)
      }
      offsets[request.id] = offset
      size = max(size, offset + request.size)
      let index = placed.firstIndex { $0.offset > offset } ?? placed.endIndex
      placed.insert((request, offset), at: index)
    }
    return (offsets, size)
  }
}
