/// Averages over windows of which those at the far border count only the places inside the declared padding.
struct WindowAverage: Sendable {
  private let window: Window
  private let input: [Int]
  private let output: [Int]

  init(_ window: Window, input: [Int], output: [Int]) {
    self.window = window
    self.input = input
    self.output = output
  }

  /// The taps of one output place along one direction: indices into the input, and how many places count.
  private func taps(_ place: Int, _ track: Window.Track, kernel: Int, stride: Int, dilation: Int, extent: Int)
    -> (indices: [Int], counted: Int)
  {
    let positions = (0..<kernel).map { place * stride - track.before + $0 * dilation }
    return (
      positions.filter { (0..<extent).contains($0) },
      positions.filter { (-track.before..<extent + track.declaredAfter).contains($0) }.count
    )
  }

  /// source [N,C,H,W] → result [N,C,H′,W′], both row-major.
  func run(_ source: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>) {
    forEachWindow { place, taps, share in
      var sum: Float = 0
      taps { sum += source[$0] }
      result[place] = sum * share
    }
  }

  /// The gradient: result [N,C,H′,W′] is shared out among the places it came from, added to source [N,C,H,W].
  func spread(_ result: UnsafePointer<Float>, _ source: UnsafeMutablePointer<Float>) {
    forEachWindow { place, taps, share in
      taps { source[$0] += result[place] * share }
    }
  }

  /// Calls `body` with each output's place, its taps' places in the input, and the share that each tap has in it.
  private func forEachWindow(_ body: (_ place: Int, _ taps: ((Int) -> Void) -> Void, _ share: Float) -> Void) {
    let (vertical, horizontal) = (window.vertical(input[2]), window.horizontal(input[3]))
    var place = 0
    for plane in 0..<(input[0] * input[1]) {
      let map = plane * input[2] * input[3]
      for row in 0..<output[2] {
        let rows = taps(
          row, vertical, kernel: window.kernel.height, stride: window.strides.height,
          dilation: window.dilations.height, extent: input[2])
        for column in 0..<output[3] {
          let columns = taps(
            column, horizontal, kernel: window.kernel.width, stride: window.strides.width,
            dilation: window.dilations.width, extent: input[3])
          body(
            place, { tap in for y in rows.indices { for x in columns.indices { tap(map + y * input[3] + x) } } },
            1 / Float(rows.counted * columns.counted))
          place += 1
        }
      }
    }
  }
}
