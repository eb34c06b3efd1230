import Images
import Testing

@testable import Attacks

@Suite struct ViewedModelTests {
  private let fixture: AttackFixture
  private let grey = Picture(width: 28, height: 28, pixels: [UInt8](repeating: 90, count: 3 * 784))
  private let view: ViewedModel.View = { picture in
    Picture(width: picture.width, height: picture.height, pixels: picture.pixels.map { 255 - $0 })
  }

  init() throws { fixture = try AttackFixture() }

  /// What the network alone says of pictures, and its gradient for a first logit each.
  private func plain(_ pixels: [Float], _ count: Int) throws -> (logits: [Float], gradient: [Float]) {
    let worker = try fixture.model.makeWorker()
    let logits = try worker.logits(of: pixels, count: count)[0]
    return (logits, try worker.gradient([Self.seed(count)]))
  }

  private static func seed(_ count: Int) -> [Float] { (0..<(10 * count)).map { $0 % 10 == 0 ? 1 : 0 } }

  @Test func `each view has heads of its own, of what a file can hold`() throws {
    let pictures = Array(fixture.pictures.prefix(2))
    let model = ViewedModel(fixture.model, views: [view, { [grey] _ in grey }])
    #expect(model.heads == [10, 10, 10] && model.width == 28 && model.height == 28)
    // A little beside the whole values, and beyond them.
    let pixels = pictures.flatMap(\.planes).map { $0 + 0.25 }
    let logits = try model.makeWorker().logits(of: pixels, count: 2)
    #expect(logits.count == 3)
    #expect(try logits[0] == plain(pixels, 2).logits)
    #expect(try logits[1] == plain(pictures.flatMap { view($0).planes }, 2).logits)
    #expect(try logits[2] == plain(grey.planes + grey.planes, 2).logits)
  }

  @Test func `gradients pass a view as if it changed nothing, and add up`() throws {
    let pictures = Array(fixture.pictures.prefix(2))
    let pixels = pictures.flatMap(\.planes)
    let worker = try ViewedModel(fixture.model, views: [view]).makeWorker()
    func gradient(_ seeds: [[Float]?]) throws -> [Float] {
      _ = try worker.logits(of: pixels, count: 2)
      return try worker.gradient(seeds)
    }
    let (own, viewed) = (
      try plain(pixels, 2).gradient, try plain(pictures.flatMap { view($0).planes }, 2).gradient
    )
    #expect(own != viewed && own.contains { $0 != 0 })
    #expect(try gradient([Self.seed(2), nil]) == own)
    #expect(try gradient([nil, Self.seed(2)]) == viewed)
    #expect(try gradient([Self.seed(2), Self.seed(2)]) == zip(own, viewed).map(+))
    #expect(try gradient([nil, nil]) == own.map { _ in 0 })
  }
}
