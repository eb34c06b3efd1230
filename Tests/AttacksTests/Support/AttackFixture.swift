import Attacks
import Foundation
import Images
import NeuralNet
import ONNX
import TestSupport

/// The small network of Tests/Fixtures/attacks, pictures that it gets right, and how often other people's attacks fool it.
struct AttackFixture {
  /// One of their attacks with its settings.
  struct Rate: Decodable {
    let attack: String
    var norm: String?
    var radius: Double?
    var steps: Int?
    var targeted: Bool?
    var nearer: Double?
    var queries: Int?
    var iterations: Int?
    var pictures: Int?
    /// The share of the pictures that are turned.
    var rate: Double?
    /// Of the distances, on the scale 0…1.
    var median: Double?
    var quartiles: [Double]?
  }

  let model: NetworkModel
  let graph: Graph
  let pictures: [Picture]
  let labels: [Int]
  let targets: [Int]
  let rates: [Rate]

  init() throws {
    graph = try ONNXFile.read(path: Fixture.path("attacks/network.onnx"))
    model = try NetworkModel(
      [graph], input: NetworkInput(name: "image", width: 28, height: 28, mean: [0, 0, 0], deviation: [1, 1, 1]))
    let arrays = try NumPyArchive(contentsOf: Fixture.path("attacks/pictures.npz"))
    let grey = try arrays.tensor("pictures")
    pictures = (0..<grey.shape[0]).map { picture in
      let values = grey.scalars[(picture * 784)..<((picture + 1) * 784)]
      return Picture(width: 28, height: 28, pixels: values.flatMap { [UInt8($0), UInt8($0), UInt8($0)] })
    }
    labels = try arrays.tensor("labels").scalars.map { Int($0) }
    targets = try arrays.tensor("targets").scalars.map { Int($0) }
    rates = try JSONDecoder().decode(
      [Rate].self, from: try Data(contentsOf: URL(filePath: Fixture.path("attacks/rates.json"))))
  }

  func goals(targeted: Bool = false) -> [AttackGoal] {
    pictures.indices.map { AttackGoal(pictures[$0], label: labels[$0], target: targeted ? targets[$0] : nil) }
  }

  /// The network's answers, from an inference plan, which shares no code with the attacks' own runs.
  func answers(_ pictures: [Picture]) throws -> [Int] {
    let worker = try InferenceWorker(try InferencePlan(graph))
    var scalars: [Float] = []
    for picture in pictures {
      for channel in 0..<3 { scalars += (0..<784).map { Float(picture.pixels[3 * $0 + channel]) } }
    }
    let logits = try worker.run(["image": Tensor(shape: [pictures.count, 3, 28, 28], scalars: scalars)])[0]
    return (0..<pictures.count).map { row in
      let values = logits.scalars[(row * 10)..<((row + 1) * 10)]
      return values.firstIndex(of: values.max()!)! - row * 10
    }
  }
}

extension Picture {
  /// The largest difference of a value from another picture's.
  func largestDifference(from other: Picture) -> Int {
    zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  /// The Euclidean distance from another picture, of values on the scale 0…1.
  func distance(from other: Picture) -> Double {
    var sum = 0
    for (a, b) in zip(pixels, other.pixels) { sum += (Int(a) - Int(b)) * (Int(a) - Int(b)) }
    return Double(sum).squareRoot() / 255
  }
}
