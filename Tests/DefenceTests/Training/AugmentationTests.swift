import Base
@testable import Defence
import Images
import NeuralNet
import TestSupport
import Testing

@Suite struct AugmentationTests {
  private let format = InputFormat(width: 8, height: 6, mean: [10, 20, 30], std: [2, 4, 8], resize: .squash)
  private let picture: Picture

  init() {
    var random = SeededGenerator(seed: 3)
    picture = Picture(width: 8, height: 6, pixels: (0..<144).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  private func written(
    _ augmentation: Augmentation, _ picture: Picture, _ format: InputFormat, key: UInt64 = 1
  ) -> [Float] {
    var scalars = [Float](repeating: .nan, count: format.count)
    scalars.withUnsafeMutableBufferPointer {
      augmentation.write(picture, format: format, draw: CounterGenerator(key: key), to: $0)
    }
    return scalars
  }

  private func written(_ change: (inout Augmentation) -> Void = { _ in }, key: UInt64 = 1) -> [Float] {
    var augmentation = Augmentation()
    change(&augmentation)
    return written(augmentation, picture, format, key: key)
  }

  /// Values by channel, row and column, before normalisation.
  private func pixels(_ scalars: [Float]) -> [Float] {
    scalars.enumerated().map { $1 * format.std[$0 / 48] + format.mean[$0 / 48] }
  }

  private func isClose(_ a: [Float], _ b: [Float], _ tolerance: Float = 2e-3) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
  }

  @Test func `no changes are the normalisation alone`() {
    #expect(isClose(written(), format.tensor([picture]).scalars))
  }

  @Test func `a larger picture is sampled at the input's size`() {
    let large = Picture(width: 16, height: 12, pixels: (0..<576).map { UInt8($0 % 3 == 0 ? 200 : 40) })
    let scalars = written(Augmentation(), large, format)
    #expect(isClose(Array(scalars[..<48]), [Float](repeating: 95, count: 48)))
    #expect(isClose(Array(scalars[48..<96]), [Float](repeating: 5, count: 48)))
  }

  @Test func `the same numbers give the same changes and others others`() {
    let augmentation = Augmentation.strong
    #expect(written(augmentation, picture, format, key: 5) == written(augmentation, picture, format, key: 5))
    #expect(written(augmentation, picture, format, key: 5) != written(augmentation, picture, format, key: 6))
  }

  @Test func `a flip mirrors left and right, about every other time`() {
    let plain = written()
    let mirrored = (0..<18).flatMap { row in plain[(8 * row)..<(8 * row + 8)].reversed() }
    let all = (0..<200 as Range<UInt64>).map { key in written({ $0.flips = true }, key: key) }
    #expect(all.allSatisfy { isClose($0, plain) || isClose($0, mirrored) })
    #expect((75...125).contains(all.count { isClose($0, mirrored) }))
  }

  @Test func `what is moved in is reflected at the border`() {
    // Ten more in each column, so that a value tells where it is from.
    let ramp = Picture(width: 8, height: 6, pixels: (0..<144).map { UInt8($0 / 3 % 8 * 10) })
    var augmentation = Augmentation()
    augmentation.shift = 0.4
    var moves: [Float] = []
    for key in 0..<100 as Range<UInt64> {
      let row = Array(pixels(written(augmentation, ramp, format, key: key))[..<8])
      // Of columns 3 and 4 one is never moved out.
      let move = row[4] < 69 ? row[4] / 10 - 4 : row[3] / 10 - 3
      let expected = (0..<8).map { column -> Float in
        let place = Float(column) + move
        let reflected = place < -1 ? -place - 1 : place > 8 ? 15 - place : min(max(place, 0), 7)
        return 10 * reflected
      }
      #expect(isClose(row, expected, 0.01), "\(row), moved by \(move)")
      moves.append(move)
    }
    #expect(moves.min()! < -2.5 && moves.max()! > 2.5)
  }

  @Test func `a picture of one colour has no border however it is turned`() {
    let grey = Picture(width: 8, height: 6, pixels: [UInt8](repeating: 100, count: 144))
    var augmentation = Augmentation()
    (augmentation.rotation, augmentation.shear, augmentation.shift, augmentation.stretch) = (180, 0.5, 1, 0.5)
    (augmentation.smallestScale, augmentation.largestScale) = (0.1, 10)
    for key in 0..<50 as Range<UInt64> {
      #expect(isClose(pixels(written(augmentation, grey, format, key: key)), [Float](repeating: 100, count: 144)))
    }
  }

  @Test func `brightness moves all values alike and keeps within 0 to 255`() {
    let plain = pixels(written())
    for key in 0..<20 as Range<UInt64> {
      let changed = pixels(written({ $0.brightness = 60 }, key: key))
      #expect(changed.allSatisfy { (-0.01...255.01).contains($0) })
      let moves = zip(changed, plain).filter { $0.0 > 0.01 && $0.0 < 254.99 }.map { $0 - $1 }
      #expect(moves.allSatisfy { abs($0 - moves[0]) < 0.01 && abs($0) <= 60 })
    }
  }

  @Test func `without saturation's change grey stays grey`() {
    let grey = Picture(width: 8, height: 6, pixels: (0..<144).map { UInt8($0 / 3 * 5) })
    var augmentation = Augmentation()
    (augmentation.saturation, augmentation.contrast, augmentation.brightness) = (0.9, 0.5, 20)
    let changed = pixels(written(augmentation, grey, format))
    #expect(isClose(Array(changed[..<48]), Array(changed[48..<96]), 0.01))
  }

  @Test func `grey takes the colours of the share of pictures it says, and changes nothing else`() {
    let plain = pixels(written())
    let all = (0..<200 as Range<UInt64>).map { key in pixels(written({ $0.grey = 0.3 }, key: key)) }
    let luma: [Float] = (0..<48).map { (place: Int) -> Float in
      0.299 * plain[place] + 0.587 * plain[48 + place] + 0.114 * plain[96 + place]
    }
    #expect(all.allSatisfy { isClose($0, plain) || isClose($0, luma + luma + luma, 0.01) })
    #expect((40...80).contains(all.count { !isClose($0, plain) }))
    // What else is drawn is the same with and without.
    let strong = Augmentation.strong
    var never = strong
    never.grey = 1e-9
    #expect(written(strong, picture, format) == written(never, picture, format))
  }

  @Test func `erasing paints one rectangle over and leaves the rest`() {
    let plain = written()
    for key in 0..<50 as Range<UInt64> {
      let erased = written({ $0.erasing = 1 }, key: key)
      let places = (0..<48).filter {
        abs(erased[$0] - plain[$0]) > 1e-3 || abs(erased[$0 + 48] - plain[$0 + 48]) > 1e-3
      }
      let (rows, columns) = (places.map { $0 / 8 }, places.map { $0 % 8 })
      let area = (rows.max()! - rows.min()! + 1) * (columns.max()! - columns.min()! + 1)
      #expect(area == places.count && area <= 10, "\(places)")
    }
  }

  @Test func `noise has a mean of nothing and up to the deviation that is set`() {
    let plain = pixels(written())
    var (sum, squares, count) = (0.0, 0.0, 0.0)
    for key in 0..<200 as Range<UInt64> {
      for (noisy, value) in zip(pixels(written({ $0.noise = 20 }, key: key)), plain) {
        let difference = Double(noisy - value)
        (sum, squares, count) = (sum + difference, squares + difference * difference, count + 1)
      }
    }
    #expect(abs(sum / count) < 0.3)
    // The deviation is uniform in 0...20, and the mean of its square 400 / 3.
    #expect(abs(squares / count - 133) < 20, "\(squares / count)")
  }

  @Test func `a blur adds the four neighbours alike, but at the border`() {
    let plain = pixels(written())
    for key in 0..<20 as Range<UInt64> {
      let blurred = pixels(written({ $0.blur = 0.2 }, key: key))
      func neighbours(_ place: Int) -> Float {
        plain[place - 1] + plain[place + 1] + plain[place - 8] + plain[place + 8] - 4 * plain[place]
      }
      let weight = (blurred[9] - plain[9]) / neighbours(9)
      #expect((0...0.2).contains(weight))
      let expected = plain.indices.map { place -> Float in
        let (row, column) = (place / 8 % 6, place % 8)
        let isInside = (1..<5).contains(row) && (1..<7).contains(column)
        return isInside ? plain[place] + weight * neighbours(place) : plain[place]
      }
      #expect(isClose(blurred, expected, 0.05))
    }
  }

  static let wrong: [(change: @Sendable (inout Augmentation) -> Void, name: String)] = [
    ({ $0.rotation = -1 }, "rotation is -1.0; it must be 0.0 to 180.0"),
    ({ $0.smallestScale = 0 }, "smallestScale is 0.0; it must be 0.1 to 1.0"),
    ({ $0.smallestScale = 2 }, "smallestScale is 2.0; it must be 0.1 to 1.0"),
    ({ $0.largestScale = .infinity }, "largestScale is inf"), ({ $0.largestScale = .nan }, "largestScale is nan"),
    ({ $0.stretch = -1 }, "stretch is -1.0"), ({ $0.shear = 5 }, "shear is 5.0"), ({ $0.shift = 2 }, "shift is 2.0"),
    ({ $0.brightness = 256 }, "brightness is 256.0"), ({ $0.contrast = -0.5 }, "contrast is -0.5"),
    ({ $0.noise = -1 }, "noise is -1.0; it must be 0.0 to 255.0"),
    ({ $0.noise = .nan }, "noise is nan"), ({ $0.blur = 0.3 }, "blur is 0.3; it must be 0.0 to 0.2"),
    ({ $0.saturation = .nan }, "saturation is nan"), ({ $0.erasing = 1.5 }, "erasing is 1.5; it must be 0.0 to 1.0"),
  ]

  @Test(arguments: wrong.indices) func `a number out of range is named`(_ index: Int) {
    var augmentation = Augmentation()
    Self.wrong[index].change(&augmentation)
    let recipe = Recipe(epochs: 1, rate: 1e-3, augmentation: augmentation)
    let error = #expect(throws: DefenceError.self) { try recipe.validate("the Student's recipe") }
    #expect(
      error?.description.hasPrefix("the Student's recipe: the augmentation's \(Self.wrong[index].name)") == true,
      "\(error?.description ?? "")")
  }

  @Test func `no changes, mild ones and strong ones are within range`() {
    #expect(Augmentation().fault == nil && Augmentation.mild.fault == nil && Augmentation.strong.fault == nil)
  }
}
