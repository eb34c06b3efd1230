public import ArgumentParser
public import Defence
import Foundation
public import Images
import NeuralNet

/// Which network a training starts from, and what it takes.
struct NetworkOptions: ParsableArguments {
  @Option(help: "The public pre-trained network, an ONNX file, that a Student is made from.")
  var teacher: String?

  @Option(help: "Instead: a finished Student to defend. --cut says up to where it is its Teacher.")
  var student: String?

  @Option(
    help: """
      Instead: a bundle whose Student is retrained from its cut on, in fewer epochs. Its labels must be the pictures', and \
      what is not given is as in the bundle.
      """)
  var warmStart: String?

  @Option(
    help: """
      With --teacher: a bundle, of which labels, cut, the input's size, patterns, flips, ensemble, alpha, policy and \
      aggregation are taken where they are not given. An empty pattern ('') is none.
      """)
  var like: String?

  @Option(help: "A file with the Student's labels in the order of its outputs, one a line; sorted if left out.")
  var labels: String?

  @Option(
    help: """
      Up to where everything is frozen: a value's name ('distinguo inspect' lists them), or a share of the layers \
      such as 0.5. Without it, all but the last layer.
      """)
  var cut: Cut?

  @Option(help: "The size of the network's input in pixels: N for both, or HxW. Without it the network's own, or 128.")
  var size: ImageSize?

  @Option(help: "squash (the default), or fit-and-crop: how a picture gets the input's proportions.")
  var resize: ResizeMode?

  @Option(
    help: "What is subtracted from values 0 to 255: one number, or three. Without it what the network's file says.")
  var mean: ChannelValues?

  @Option(help: "What is then divided by: one number, or three. Without it what the network's file says.")
  var std: ChannelValues?

  func validate() throws {
    guard [teacher, student, warmStart].count(where: { $0 != nil }) == 1 else {
      throw ValidationError("Give either --teacher or --student, or --warm-start: the network to start from.")
    }
    if like != nil, teacher == nil {
      throw ValidationError("--like goes with --teacher\(warmStart == nil ? "" : "; --warm-start implies it").")
    }
    if warmStart != nil, cut != nil {
      throw ValidationError("--cut goes with --teacher or --student: a warm start keeps its bundle's.")
    }
    if student != nil, cut == nil {
      throw ValidationError("--cut is missing: name the value up to which the Student is its Teacher.")
    }
    if labels != nil, student == nil { throw ValidationError("--labels goes with --student.") }
  }

  /// The bundle that this one is to be like, if there is one.
  func precedent() throws(DefenceError) -> Precedent? {
    guard let folder = warmStart ?? like else { return nil }
    return try Precedent(folder)
  }

  /// What the network is that the training starts from, and its file.
  func start(_ precedent: Precedent?) throws -> (origin: TrainingPlan.Origin, path: String) {
    if let teacher { return (.teacher, teacher) }
    if let student { return (.student, student) }
    guard let precedent else { throw ValidationError("--warm-start: there is no bundle.") }
    return (.warmStart(TrainingPlan.Predecessor(precedent.bundle)), precedent.student)
  }

  /// The labels in the file that was named, or nil.
  func labelNames() throws -> [String]? {
    guard let labels else { return nil }
    let text: String
    do {
      text = try String(contentsOfFile: labels, encoding: .utf8)
    } catch {
      throw ValidationError("--labels '\(labels)' cannot be read as text.")
    }
    let names = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    guard names.count > 1, Set(names).count == names.count else {
      throw ValidationError("--labels '\(labels)' has \(names.count) labels; two or more are wanted, all different.")
    }
    return names
  }

  /// How pictures become the input of a network.
  ///
  /// What they are normalised by belongs to the network: what its file says comes before what the bundle to be like has.
  func inputFormat(_ graph: Graph, _ path: String, like precedent: InputFormat?) throws -> InputFormat {
    let shape = graph.inputs.first?.shape ?? []
    func fixed(_ axis: Int) -> Int? {
      guard shape.count == 4, case .fixed(let extent) = shape[axis] else { return nil }
      return extent
    }
    func values(_ given: ChannelValues?, _ known: [Float]?, _ option: String, _ key: String) throws -> [Float] {
      if let given { return given.values }
      if warmStart != nil, let known { return known }
      guard let text = graph.metadata[key], let values = ChannelValues(argument: text) else {
        if let known { return known }
        throw ValidationError("--\(option) is missing: \(path) does not say how its input is normalised ('\(key)').")
      }
      return values.values
    }
    let format = InputFormat(
      width: size?.extent.width ?? precedent?.width ?? fixed(3) ?? 128,
      height: size?.extent.height ?? precedent?.height ?? fixed(2) ?? 128,
      mean: try values(mean, precedent?.mean, "mean", "preprocess.mean"),
      std: try values(std, precedent?.std, "std", "preprocess.std"),
      resize: resize ?? precedent?.resize ?? .squash)
    // Before pictures are made so large.
    if let fault = format.fault { throw ValidationError("--size, --mean, --std: \(fault).") }
    return format
  }
}

/// One number for all three channels, or three with commas between: `127` or `123.7,116.3,103.5`.
struct ChannelValues: ExpressibleByArgument {
  let values: [Float]

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false)
      .map { Float($0.trimmingCharacters(in: .whitespaces)) }
    guard numbers.allSatisfy({ $0?.isFinite == true }), [1, 3].contains(numbers.count) else { return nil }
    values = (0..<3).map { numbers[numbers.count == 1 ? 0 : $0]! }
  }
}

extension Cut: ExpressibleByArgument {
  /// A number from 0 to 1 is a share, any other text a name: exporters call values '123', too.
  public init?(argument: String) {
    self = Double(argument).flatMap { (0...1).contains($0) ? .share($0) : nil } ?? .named(argument)
  }
}

extension ResizeMode: ExpressibleByArgument {}
