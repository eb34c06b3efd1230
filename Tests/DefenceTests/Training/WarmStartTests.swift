@testable import Defence
import Images
import NeuralNet
import TestSupport
import Testing

@Suite struct WarmStartTests {
  private let tiny: TinyBundle
  private let folder: TemporaryFolder
  private struct Interruption: Error {}

  init() throws {
    tiny = try TinyBundle()
    folder = try TemporaryFolder()
  }

  /// Goes on from the tiny bundle, its trunk frozen up to `block1` and one differentiator.
  private func run(_ data: TrainingData = TinyBundle.data, prepare: (inout TrainingRun) -> Void = { _ in })
    throws -> ModelBundle
  {
    let record = try tiny.bundle().record
    var plan = TinyBundle.plan
    plan.origin = .warmStart(TrainingPlan.Predecessor(record))
    plan.cut = .named(record.manifest.student.cut)
    (plan.version, plan.count, plan.student.epochs) = (2, 1, 2)
    var run = TrainingRun(plan, network: "\(tiny.path)/student.onnx", data: data)
    prepare(&run)
    return try run.run(into: ModelFolder(path: folder.path("colours")))
  }

  @Test func `the Student goes on from the bundle's, whose trunk stays as it is`() throws {
    let (earlier, later) = (try tiny.bundle(), try run())
    for (name, tensor) in earlier.student.parameters where !name.hasPrefix("classifier") {
      #expect(later.student.parameters[name] == tensor, "\(name)")
    }
    let (head, before) = (
      try #require(later.student.parameters["classifier.weight"]), earlier.student.parameters["classifier.weight"]!
    )
    #expect(head != before && head.relativeError(to: before) < 0.5)
    #expect(later.manifest.student.cut == earlier.manifest.student.cut)
    #expect(later.manifest.training.warmStart == earlier.digest)
    #expect(later.manifest.training.teacher == "teacher.onnx")
    #expect(later.manifest.training.teacherDigest == earlier.manifest.training.teacherDigest)
    #expect(ModelBundle.faults(of: later.path) == [])
  }

  @Test func `it knows the labels from the first step`() throws {
    var first: TrainingEvent.Step?
    _ = try run { run in run.report = { if case .step(let step) = $0, first == nil { first = step } } }
    #expect(first?.network == "student" && first?.epochs == 2)
    #expect((first?.accuracy ?? 0) > 0.8)
  }

  @Test func `an interrupted one goes on, and one from another bundle is another training`() throws {
    func attempt() throws {
      _ = try run { run in run.report = { if case .step = $0 { throw Interruption() } } }
    }
    #expect(throws: Interruption.self) { try attempt() }
    #expect(throws: Interruption.self) { try attempt() }
    try tiny.editManifest { $0["created"] = "2026-01-01T00:00:00Z" }
    let error = #expect(throws: DefenceError.self) { try attempt() }
    #expect(error?.description.contains("an interrupted training with other settings, pictures or network") == true)
  }

  @Test func `what is held out is measured and noted`() throws {
    let heldOut = TinyBundle.items(5, seed: 8)
    var data = TrainingData(
      source: "colours", labels: ColoredPictures.labels, training: TinyBundle.data.training,
      withheld: TinyBundle.data.withheld, heldOut: heldOut)
    (data.holdOutShare, data.groupPattern, data.calibrationShare) = (0.2, "^x", 0.25)
    let bundle = try run(data) { run in
      run.preset = .quick
      run.tests = [("more", TinyBundle.items(1, seed: 9))]
    }
    #expect(bundle.manifest.measured.map(\.data) == ["more", "colours, held out"])
    #expect(bundle.manifest.measured[1].studentAccuracy.of == 15)
    let training = bundle.manifest.training
    #expect(training.heldOutShare == 0.2 && training.heldOutPictures == 15 && training.calibrationShare == 0.25)
    #expect(training.preset == .quick && training.groupPattern == "^x" && training.flips == false)
    #expect(training.trainingPictures == 36 && training.withheldPictures == 30)
    // In whatever order, but no others.
    #expect(training.heldOutDigest == TrainingData.digest(of: heldOut.reversed(), labels: data.labels))
    #expect(training.heldOutDigest != TrainingData.digest(of: heldOut.dropLast(), labels: data.labels))
    #expect(training.heldOutDigest != TrainingData.digest(of: heldOut, labels: ["red", "green", "blue"]))
    // Other pictures held out are another training.
    #expect(data.digest != TinyBundle.data.digest)
  }
}
