import Attacks
import Images
import NeuralNet
import TestSupport

/// A small network from Tests/Fixtures/architectures with pictures to attack it by.
struct AttackedNetwork {
  /// How all of them take pictures.
  static let input = NetworkInput(
    name: "image", width: 64, height: 64, mean: [127, 127, 127], deviation: [128, 128, 128])

  let graph: Graph
  /// What the last matrix product, the classifier, reads.
  let cut: String
  let pictures: [Picture]

  init(_ name: String = "mobilenet_v2") throws {
    graph = try Fixture(folder: "architectures", name: name).graph()
    cut = graph.nodes.last { if case .gemm = $0.operation { true } else { false } }!.inputs[0]
    let images = try NumPyArchive(contentsOf: Fixture.path("architectures/input.npz")).tensor("image")
    let area = 64 * 64
    pictures = (0..<images.shape[0]).map { image in
      var pixels = [UInt8](repeating: 0, count: 3 * area)
      for channel in 0..<3 {
        for place in 0..<area {
          pixels[3 * place + channel] = UInt8(images.scalars[(3 * image + channel) * area + place])
        }
      }
      return Picture(width: 64, height: 64, pixels: pixels)
    }
  }

  func mimicry() throws -> Mimicry { try Mimicry(graph, cut: cut, input: Self.input) }

  /// Each of the first pictures with the next as its target.
  func aims(_ count: Int) -> [MimicryAim] {
    (0..<count).map { MimicryAim(source: pictures[$0], target: pictures[$0 + 1]) }
  }

  /// The features of a picture, from an inference plan, which shares no code with the attack's own runs.
  func features(_ picture: Picture) throws -> [Float] {
    let area = picture.width * picture.height
    let scalars = (0..<(3 * area)).map { (Float(picture.pixels[$0 % area * 3 + $0 / area]) - 127) / 128 }
    let worker = try InferenceWorker(try InferencePlan(graph, outputs: [cut]))
    return try worker.run(["image": Tensor(shape: [1, 3, picture.height, picture.width], scalars: scalars)])[0].scalars
  }

  func distance(_ a: Picture, _ b: Picture) throws -> Double {
    zip(try features(a), try features(b)).reduce(0.0) { sum, pair in
      sum + Double(pair.0 - pair.1) * Double(pair.0 - pair.1)
    }.squareRoot()
  }
}
