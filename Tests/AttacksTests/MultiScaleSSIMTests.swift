import Images
import NeuralNet
import TestSupport
import Testing

@testable import Attacks

@Suite struct MultiScaleSSIMTests {
  /// Two pictures with what scikit-image and double precision say of them; see Tests/Fixtures/make_ssim.py.
  private struct Case {
    let reference: Picture
    let compared: Picture
    let single: Double
    let multi: Double
    let scales: Int

    init(_ name: String) throws {
      let archive = try NumPyArchive(contentsOf: Fixture.path("ssim/\(name).npz"))
      func picture(_ name: String) throws -> Picture {
        let pixels = try archive.tensor(name)
        return Picture(
          width: pixels.shape[1], height: pixels.shape[0], pixels: pixels.scalars.map { UInt8($0) })
      }
      reference = try picture("reference")
      compared = try picture("compared")
      single = Double(try archive.tensor("single").scalars[0])
      multi = Double(try archive.tensor("multi").scalars[0])
      scales = Int(try archive.tensor("scales").scalars[0])
    }
  }

  private static let names = ["noise", "faint", "darker", "inverted", "blurred", "odd", "tiny", "five"]

  @Test(arguments: names) func `one scale is scikit-image's SSIM`(_ name: String) throws {
    let pictures = try Case(name)
    let found = try MultiScaleSSIM(reference: pictures.reference, scales: 1).similarity(of: pictures.compared)
    #expect(abs(found - max(pictures.single, 0)) < 1e-5)
  }

  @Test(arguments: names) func `several scales are the formulas in double precision`(_ name: String) throws {
    let pictures = try Case(name)
    let measure = MultiScaleSSIM(reference: pictures.reference, scales: pictures.scales)
    #expect(abs(try measure.similarity(of: pictures.compared) - pictures.multi) < 1e-5)
    #expect(abs(try measure.dissimilarity(of: pictures.compared) - (1 - pictures.multi) / 2) < 1e-5)
  }

  @Test func `a faint difference is measured to a thousandth of itself`() throws {
    let pictures = try Case("faint")
    let expected = (1 - pictures.multi) / 2
    let found = try MultiScaleSSIM(reference: pictures.reference).dissimilarity(of: pictures.compared)
    #expect(abs(found - expected) < 1e-3 * expected)
  }

  @Test func `a picture does not differ from itself, and nothing leads away`() throws {
    let picture = try Case("odd").reference
    let planes = picture.planes
    var gradient = [Float](repeating: 1, count: planes.count)
    #expect(MultiScaleSSIM(reference: picture).dissimilarity(of: planes, gradient: &gradient) == 0)
    #expect(gradient.allSatisfy { $0 == 0 })
  }

  @Test(arguments: [
    (1, 1, 1), (11, 11, 1), (20, 20, 1), (21, 40, 2), (32, 32, 2), (64, 64, 3), (96, 96, 4), (128, 128, 4),
    (176, 176, 5),
    (224, 224, 5), (4000, 3000, 5), (4000, 1, 1),
  ]) func `there are as many scales as the window fits into`(_ width: Int, _ height: Int, _ scales: Int) {
    #expect(MultiScaleSSIM.scales(width: width, height: height) == scales)
    #expect(MultiScaleSSIM.scales(width: height, height: width) == scales)
  }

  /// Along a direction of a few pixels, the corners among them, at several scales and one.
  @Test(arguments: names.filter { $0 != "inverted" }.flatMap { name in [1, nil].map { (name, $0) } })
  func `the gradient is the central difference`(_ name: String, _ scales: Int?) throws {
    let pictures = try Case(name)
    let measure = MultiScaleSSIM(reference: pictures.reference, scales: scales ?? pictures.scales)
    let planes = pictures.compared.planes
    var gradient = [Float](repeating: 0, count: planes.count)
    _ = measure.dissimilarity(of: planes, gradient: &gradient)
    var random = SeededGenerator(seed: 1)
    let scale = gradient.map { Double($0) * Double($0) }.reduce(0, +).squareRoot()
    let (width, area) = (measure.width, measure.width * measure.height)
    for round in 0..<8 {
      var direction = [Float](repeating: 0, count: planes.count)
      for channel in 0..<3 {
        direction[channel * area] = 1
        direction[channel * area + width - 1] = -1
        direction[channel * area + area - 1] = 1
      }
      for _ in 0..<20 { direction[Int.random(in: 0..<planes.count, using: &random)] = round % 2 == 0 ? 1 : -1 }
      func moved(_ step: Float) -> Double {
        measure.dissimilarity(of: zip(planes, direction).map { $0 + step * $1 })
      }
      let difference = (moved(0.25) - moved(-0.25)) / 0.5
      let product = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(difference - product) <= 0.01 * scale + 1e-8, "round \(round)")
    }
  }

  @Test func `pictures without likeness count as 0, and the gradient leads back`() throws {
    let reference = try Case("inverted").reference
    let planes = reference.planes.map { 190 - $0 / 2 }
    var gradient = [Float](repeating: 0, count: planes.count)
    let found = MultiScaleSSIM(reference: reference).dissimilarity(of: planes, gradient: &gradient)
    #expect(found == 0.5)
    let back = zip(reference.planes, planes).map { $0 - $1 }
    let slope = zip(gradient, back).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    #expect(slope < 0 && slope.isFinite)
  }

  @Test func `a picture of another size is refused`() throws {
    let measure = MultiScaleSSIM(reference: try Case("odd").reference)
    #expect(throws: AttackError.pictureSize(of: "the compared picture", width: 64, height: 64, wanted: (71, 45))) {
      try measure.similarity(of: try Case("noise").reference)
    }
  }
}
