public import Images

/// A classifier asked about a picture as it is and about changed copies of it, with its heads for each: what defences that
/// squeeze, smooth or blank pictures look at.
///
/// Gradients pass each change as if it changed nothing, since most have none of their own (BPDA: Athalye, Carlini and Wagner
/// 2018).
public struct ViewedModel: DifferentiableModel {
  /// What a copy is made by, of pictures of the model's size.
  public typealias View = @Sendable (Picture) -> Picture

  private let model: any DifferentiableModel
  private let views: [View]

  /// The model's heads, of the picture as it is and then of each view.
  public var heads: [Int] { (0...views.count).flatMap { _ in model.heads } }
  /// In pixels.
  public var width: Int { model.width }
  /// In pixels.
  public var height: Int { model.height }

  /// A model that sees these views, too.
  public init(_ model: any DifferentiableModel, views: [View]) { (self.model, self.views) = (model, views) }

  /// A worker with the model's own for each view.
  public func makeWorker() throws -> any DifferentiableWorker {
    ViewedModelWorker(
      try (0...views.count).map { _ in try model.makeWorker() }, views, heads: model.heads.count, width: width,
      height: height)
  }
}

private final class ViewedModelWorker: DifferentiableWorker {
  private let workers: [any DifferentiableWorker]
  private let views: [ViewedModel.View]
  private let heads: Int
  private let (width, height): (Int, Int)

  init(_ workers: [any DifferentiableWorker], _ views: [ViewedModel.View], heads: Int, width: Int, height: Int) {
    (self.workers, self.views, self.heads) = (workers, views, heads)
    (self.width, self.height) = (width, height)
  }

  func logits(of pixels: [Float], count: Int) throws -> [[Float]] {
    let length = 3 * width * height
    let whole = pixels.map { min(max($0.rounded(), 0), 255) }
    // A view is shown what a file can hold.
    let pictures = whole.withUnsafeBufferPointer { whole in
      (0..<count).map { Picture(planes: whole.baseAddress! + $0 * length, width: width, height: height) }
    }
    var logits = try workers[0].logits(of: pixels, count: count)
    for (view, worker) in zip(views, workers.dropFirst()) {
      logits += try worker.logits(of: pictures.flatMap { view($0).planes }, count: count)
    }
    return logits
  }

  func gradient(_ seeds: [[Float]?]) throws -> [Float] {
    precondition(seeds.count == heads * workers.count, "a seed for each head, or nil")
    var sum: [Float] = []
    for (place, worker) in workers.enumerated() {
      let own = Array(seeds[(place * heads)..<((place + 1) * heads)])
      // The first says how long it is, even of nothing.
      guard place == 0 || own.contains(where: { $0 != nil }) else { continue }
      let gradient = try worker.gradient(own)
      if sum.isEmpty { sum = gradient } else { for index in sum.indices { sum[index] += gradient[index] } }
    }
    return sum
  }
}
