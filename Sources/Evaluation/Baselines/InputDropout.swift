internal import Attacks
internal import Base
internal import Defence
internal import Images

/// Input randomisation by dropout (Wang et al., USENIX Security 2018, section 7.1): a share of the pixels is blanked out at
/// random, which harms what was worked into all of them more than what people see.
struct InputDropout: PriorDefence {
  let name = "input-dropout"
  let method =
    "Wang et al. 2018: the Student's mean probability for its own label over 5 copies of the picture with 10 % of the pixels "
    + "blanked to mid-grey; the paper takes one copy's label instead, and has no threshold"
  let student: StudentAnswers
  /// What pixels are drawn from.
  let seed: UInt64
  private static let (copies, share): (Int, Float) = (5, 0.1)

  func scores(of pictures: [Picture], labelled students: [Int]) throws -> [Double] {
    var sums = [Double](repeating: 0, count: pictures.count)
    for copy in 0..<Self.copies {
      let copies = try student.mapped(pictures) { blanked($0, copy) }
      for (index, row) in try student.probabilities(of: copies).enumerated() { sums[index] += row[students[index]] }
    }
    return sums.map { $0 / Double(Self.copies) }
  }

  /// The attacker knows which pixels are blanked, too.
  func known(defending bundle: ModelBundle, threshold: Double) throws -> KnownDefence {
    let views = (0..<Self.copies).map { copy -> ViewedModel.View in { blanked($0, copy) } }
    return try KnownDefence(bundle, viewing: views, enough: threshold)
  }

  private func blanked(_ picture: Picture, _ copy: Int) -> Picture {
    let draw = CounterGenerator(seed, 0x6472_6f70, UInt64(copy))
    var pixels = picture.pixels
    for place in 0..<(picture.width * picture.height) where draw.uniform(UInt64(place)) < Self.share {
      for channel in 0..<3 { pixels[3 * place + channel] = 127 }
    }
    return Picture(width: picture.width, height: picture.height, pixels: pixels)
  }
}
