internal import Base
internal import Images
internal import NeuralNet

/// A few pictures with the probabilities that the networks gave for them when the bundle was made. Whatever loads a
/// bundle runs them first: other numbers mean another network, another engine or a broken machine.
///
/// The pictures are drawn by a formula, so that they are nobody's. In `probes.npz`: `pictures` [P,height,width,3] on
/// 0...255, `student` [P,labels], and one array [P,outputs] for each differentiator's id.
struct Probes: Sendable, Equatable {
  let pictures: [Picture]
  let student: [[Double]]
  let differentiators: [String: [[Double]]]

  /// How far a probability may be off in float32. Other processors add in another order.
  static let tolerance = 2e-3

  /// How far a network's answers may be off in bfloat16, on the mean over the probes: half the sum of what each of an
  /// answer's probabilities is off by, which is 0 for the same answer and 1 for one that has nothing in common with it.
  ///
  /// Values of eight bits leave the probabilities of a picture that is like none of the labels, as the probes are, off by
  /// some hundredths; a wrong kernel or wrong weights give another answer altogether.
  static let roundedTolerance = 0.15

  /// Asks a model about newly drawn pictures.
  init(of model: DefendedModel, seed: UInt64, count: Int = 3) throws {
    pictures = (0..<count).map { Self.draw(model.input, CounterGenerator(seed, 0x7072_6f62, UInt64($0))) }
    (student, differentiators) = try DefenceWorker(model).probabilities(of: pictures)
  }

  /// A few soft spots of colour on a coloured ground.
  private static func draw(_ input: InputFormat, _ generator: CounterGenerator) -> Picture {
    struct Spot {
      let (x, y, size): (Float, Float, Float)
      let color: [Float]
    }
    var index: UInt64 = 0
    func next() -> Float {
      index += 1
      return generator.uniform(index)
    }
    let ground = [next(), next(), next()]
    let spots = (0..<6).map { _ in
      Spot(x: next(), y: next(), size: 0.05 + 0.3 * next(), color: [next(), next(), next()])
    }
    var pixels: [UInt8] = []
    for row in 0..<input.height {
      for column in 0..<input.width {
        let (x, y) = (Float(column) / Float(input.width), Float(row) / Float(input.height))
        var color = ground
        for spot in spots {
          let distance = (x - spot.x) * (x - spot.x) + (y - spot.y) * (y - spot.y)
          let share = 1 / (1 + (distance / (spot.size * spot.size)) * (distance / (spot.size * spot.size)))
          for channel in 0..<3 { color[channel] += share * (spot.color[channel] - color[channel]) }
        }
        pixels += color.map { UInt8((255 * min(max($0, 0), 1)).rounded()) }
      }
    }
    return Picture(width: input.width, height: input.height, pixels: pixels)
  }

  // MARK: As a file

  func bytes() throws -> [UInt8] {
    func table(_ rows: [[Double]]) -> Tensor {
      Tensor(shape: [rows.count, rows.first?.count ?? 0], scalars: rows.flatMap { $0.map(Float.init) })
    }
    var arrays = differentiators.mapValues(table)
    arrays["student"] = table(student)
    let (height, width) = (pictures[0].height, pictures[0].width)
    arrays["pictures"] = Tensor(
      shape: [pictures.count, height, width, 3], scalars: pictures.flatMap { $0.pixels.map(Float.init) })
    return try NumPyArchive.bytes(of: arrays, name: "probes.npz")
  }

  /// - Throws: ``DefenceError/bundle(file:_:)`` if arrays are missing or of another shape than the manifest's.
  init(bytes: [UInt8], manifest: Manifest, file: String) throws(DefenceError) {
    func fail(_ text: String) -> DefenceError { .bundle(file: file, text) }
    func read<Value>(_ body: () throws(NumPyError) -> Value) throws(DefenceError) -> Value {
      do { return try body() } catch { throw fail(error.description) }
    }
    let archive = try read { () throws(NumPyError) in try NumPyArchive(bytes: bytes, name: file) }
    let (width, height) = (manifest.input.width, manifest.input.height)
    let images = try read { () throws(NumPyError) in try archive.tensor("pictures") }
    guard images.shape.count == 4, (1...256).contains(images.shape[0]),
      Array(images.shape[1...]) == [height, width, 3],
      images.scalars.allSatisfy({ (0...255).contains($0) && $0 == $0.rounded() })
    else { throw fail("'pictures' must be whole numbers 0 to 255 of shape [P,\(height),\(width),3]") }
    let (count, size) = (images.shape[0], 3 * height * width)
    pictures = (0..<count).map { number in
      let values = images.scalars[(number * size)..<((number + 1) * size)]
      return Picture(width: width, height: height, pixels: values.map { UInt8($0) })
    }
    func rows(_ name: String, outputs: Int) throws(DefenceError) -> [[Double]] {
      let tensor = try read { () throws(NumPyError) in try archive.tensor(name) }
      guard tensor.shape == [count, outputs] else {
        throw fail("'\(name)' must have the shape [\(count),\(outputs)]")
      }
      return (0..<count).map { row in tensor.scalars[(row * outputs)..<((row + 1) * outputs)].map(Double.init) }
    }
    student = try rows("student", outputs: manifest.labels.count)
    var all: [String: [[Double]]] = [:]
    for one in manifest.differentiators {
      all[one.id] = try rows(one.id, outputs: one.scope.count + (one.other ? 1 : 0))
    }
    differentiators = all
  }

  /// Asks a model about the pictures.
  ///
  /// - Throws: ``DefenceError/bundle(file:_:)`` naming the network whose answer is another one.
  func check(_ worker: DefenceWorker, file: String) throws {
    let answers = try worker.probabilities(of: pictures)
    let isRounded = worker.model.precision == .bfloat16
    let tolerance = isRounded ? Self.roundedTolerance : Self.tolerance
    func check(_ name: String, _ given: [[Double]], _ wanted: [[Double]]) throws(DefenceError) {
      let differences = zip(given.joined(), wanted.joined()).map { abs($0 - $1) }
      let difference =
        isRounded ? differences.reduce(0, +) / Double(2 * pictures.count) : differences.max() ?? 0
      // max() passes over what is not a number.
      guard differences.allSatisfy({ !$0.isNaN }), difference <= tolerance else {
        let answer = isRounded ? "the probes, in bfloat16 and on the mean," : "a probe"
        throw .bundle(
          file: file,
          "\(name) answers \(answer) with probabilities that are off by \(difference); at most \(tolerance) is allowed")
      }
    }
    try check("the Student", answers.student, student)
    for (id, wanted) in differentiators.sorted(by: { $0.key < $1.key }) {
      try check("differentiator \(id)", answers.differentiators[id] ?? [], wanted)
    }
  }
}
