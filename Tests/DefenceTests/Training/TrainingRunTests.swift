import Base
import Defence
import Foundation
import Images
import NeuralNet
import ONNX
import TestSupport
import Testing

@Suite struct TrainingRunTests {
  private let folder: TemporaryFolder
  private struct Interruption: Error {}

  init() throws { folder = try TemporaryFolder() }

  private var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path("colours"))) ?? []).sorted()
  }

  @Test func `differentiators trained against an adversary say so, and are others`() throws {
    var plan = TinyBundle.plan
    plan.adversarialRadii = [0, 8]
    let bundle = try TinyBundle.train(plan, in: try TemporaryFolder())
    #expect(bundle.manifest.differentiators.map(\.adversarialRadius) == [nil, 8, nil])
    let clean = try TinyBundle.train(in: try TemporaryFolder())
    #expect(clean.manifest.differentiators.allSatisfy { $0.adversarialRadius == nil })
    let isSame = zip(bundle.differentiators, clean.differentiators).map { $0.graph.parameters == $1.graph.parameters }
    #expect(isSame == [true, false, true])
    #expect(bundle.student.parameters == clean.student.parameters)
  }

  @Test func `where left and right may change places thresholds are made of mirror images, too`() throws {
    var plan = TinyBundle.plan
    plan.differentiator.augmentation.flips = true
    let bundle = try TinyBundle.train(plan, in: folder)
    let withheld = TinyBundle.data.withheld
    let mirrored = withheld.map { item in
      let (width, height) = (item.picture.width, item.picture.height)
      let pixels = (0..<(3 * width * height)).map { place in
        let (row, column) = (place / 3 / width, place / 3 % width)
        return item.picture.pixels[3 * (row * width + width - 1 - column) + place % 3]
      }
      return TrainingData.Item(
        picture: Picture(width: width, height: height, pixels: pixels), label: item.label)
    }
    let key = SelectionKey(derivedFrom: "distinguo calibration \(plan.seed)")
    let pool = try DefencePool(try bundle.model(key: key), threads: 1)
    func scores(_ items: [TrainingData.Item]) throws -> Calibration {
      try Calibration(scores: try pool.cleanScores(items, labels: 3, .mean), alpha: plan.alpha)
    }
    let (both, alone) = (try scores(withheld + mirrored), try scores(withheld))
    #expect(bundle.calibration.scores.map(\.count) == both.scores.map(\.count))
    for (one, other) in zip(bundle.calibration.scores.joined(), both.scores.joined()) {
      #expect(abs(one - other) < 1e-5)
    }
    #expect(both.scores.joined().count > alone.scores.joined().count)
    // So half as many pictures do: 0.02 asks for 49 scores, of which 30 pictures have 60.
    plan.alpha = 0.02
    let other = try TemporaryFolder()
    #expect(try TinyBundle.train(plan, in: other).calibration.alpha == 0.02)
    plan.alpha = 0.01
    #expect {
      try TinyBundle.train(plan, in: try TemporaryFolder())
    } throws: {
      "\($0)".contains("needs 50 withheld pictures that the Student gets right, and there are 30")
        && "\($0)".contains("an alpha of 0.017")
    }
  }

  @Test func `an interrupted training goes on and ends with the same files`() throws {
    for step in [7, 28] {
      var steps = 0
      #expect(throws: Interruption.self) {
        try TinyBundle.train(in: folder) { run in
          run.report = { event in
            if case .step = event { steps += 1 }
            if steps == step { throw Interruption() }
          }
        }
      }
      #expect(contents == [".1.training"])
    }
    var trained: [String] = []
    var first: TrainingEvent.Step?
    let bundle = try TinyBundle.train(in: folder) { run in
      run.report = { event in
        if case .trained(let network) = event { trained.append(network.network) }
        if case .step(let step) = event, first == nil { first = step }
      }
    }
    #expect(trained == ["student", "d01", "d02", "d03"])
    // The Student was done after 24 steps, before the second attempt ended: it is not trained again.
    #expect(first?.network == "d01")
    let whole = try TinyBundle().bundle()
    #expect(bundle.manifest.files == whole.manifest.files)
    #expect(contents == ["1", "current"])
  }

  @Test func `another training's folder is left alone`() throws {
    func attempt(_ plan: TrainingPlan) throws {
      _ = try TinyBundle.train(plan, in: folder) { run in
        run.report = { if case .step = $0 { throw Interruption() } }
      }
    }
    #expect(throws: Interruption.self) { try attempt(TinyBundle.plan) }
    var plan = TinyBundle.plan
    plan.seed = 2
    #expect(
      throws: DefenceError.inaccessible(
        file: folder.path("colours/.1.training"),
        "an interrupted training with other settings, pictures or network is kept here; "
          + "repeat its command to go on with it, or remove the folder to start anew")
    ) { try attempt(plan) }
    // Neither α nor the policy changes a weight.
    plan = TinyBundle.plan
    (plan.alpha, plan.policy) = (0.2, .vote)
    #expect(throws: Interruption.self) { try attempt(plan) }
  }

  @Test func `a folder that another training works in is left alone`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("colours/.1.training"), withIntermediateDirectories: true)
    let lock = try #require(try FolderLock.take(folder.path("colours/.1.training")))
    #expect(
      throws: DefenceError.inaccessible(
        file: folder.path("colours/.1.training"), "another process is training this version")
    ) { try TinyBundle.train(in: folder) }
    // So that it is held until here.
    withExtendedLifetime(lock) {}
  }

  @Test func `a version that stands is not trained over`() throws {
    let place = folder.path("colours/1")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    #expect(throws: DefenceError.exists(place)) { try TinyBundle.train(in: folder) }
    #expect(contents == ["1"])
  }

  @Test func `one-vs-rest differentiators tell their label from all others`() throws {
    var plan = TinyBundle.plan
    (plan.scopes, plan.count, plan.version) = (.oneVersusRest([2]), 2, 3)
    plan.alpha = 0.3
    let bundle = try TinyBundle.train(plan, in: folder)
    #expect(contents == ["3", "current"])
    #expect(bundle.manifest.differentiators.map(\.scope) == [["red"], ["red"]])
    #expect(bundle.manifest.differentiators.allSatisfy { $0.other })
    #expect(bundle.differentiators.allSatisfy { $0.graph.parameters["classifier.weight"]?.shape[0] == 2 })
    let items = TinyBundle.items(10, seed: 5)
    let pool = try DefencePool(try bundle.model(), threads: 1)
    let verdicts = try pool.judge(items.map(\.picture)).map { bundle.verdict($0) }
    for verdict in verdicts {
      #expect(verdict.opinions.count == (verdict.studentLabel == 2 ? 2 : 0))
      if verdict.studentLabel != 2 { #expect(verdict.isAccepted && verdict.score == nil) }
    }
    let red = verdicts.filter { $0.studentLabel == 2 }
    #expect(red.count { $0.opinions.allSatisfy { $0.agrees } } >= 8)
    // Only what is defended has scores.
    #expect(bundle.calibration.scores[0].isEmpty && bundle.calibration.scores[2].count >= 8)
  }

  @Test func `a finished Student is served as it is`() throws {
    var plan = TinyBundle.plan
    (plan.origin, plan.cut, plan.count) = (.student, .named("block1"), 1)
    var graph = try TinyBundle().bundle().student
    graph.nodes.append(Node(.softmax(axis: 1), ["logits"], "probabilities"))
    graph.outputs = ["probabilities"]
    let bundle = try TinyBundle.train(plan, in: folder, network: Data(try ONNXFile.encode(graph)))
    #expect(bundle.manifest.student.output == "logits" && bundle.manifest.student.cut == "block1")
    #expect(bundle.student.parameters["classifier.weight"] == graph.parameters["classifier.weight"])
    #expect(bundle.student.nodes.count == graph.nodes.count - 1)
  }

  @Test func `test pictures are measured, samples that are not right are left out`() throws {
    func sample(_ name: String, _ shown: Int, label: Int) throws -> TrainingRun.Sample {
      let picture = ColoredPictures.picture(shown, seed: 77)
      return TrainingRun.Sample(name: name, bytes: try ImageEncoder.png(picture), label: label, picture: picture)
    }
    var leftOut: [String] = []
    var plan = TinyBundle.plan
    plan.count = 1
    let bundle = try TinyBundle.train(plan, in: folder) { run in
      run.tests = [("more", TinyBundle.items(20, seed: 6))]
      run.samples = (try? [sample("red.png", 2, label: 2), sample("blue.png", 1, label: 0)]) ?? []
      run.command = "the command"
      run.report = { if case .sampleLeftOut(let name, let reason) = $0 { leftOut.append("\(name): \(reason)") } }
    }
    #expect(bundle.manifest.measured.map(\.data) == ["more"])
    #expect(
      bundle.manifest.measured[0].studentAccuracy.of == 60 && bundle.manifest.measured[0].studentAccuracy.share > 0.9)
    #expect(leftOut == ["blue.png: labelled green"] || leftOut == ["blue.png: score_below_threshold"])
    #expect(bundle.manifest.files.keys.filter { $0.hasPrefix("samples/") } == ["samples/red.png"])
    #expect(bundle.manifest.training.command == "the command")
    #expect(ModelBundle.faults(of: bundle.path) == [])
  }

  @Test func `a state that was edited by hand traps nothing`() throws {
    var plan = TinyBundle.plan
    plan.count = 1
    #expect(throws: Interruption.self) {
      try TinyBundle.train(plan, in: folder) { run in run.report = { if case .step = $0 { throw Interruption() } } }
    }
    let path = folder.path("colours/.1.training/state.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let edited = text.replacing(/"seconds" : [0-9.e-]+/, with: #""seconds" : 1e300"#)
    #expect(edited != text)
    try Data(edited.utf8).write(to: URL(filePath: path))
    let bundle = try TinyBundle.train(plan, in: folder)
    #expect((1_000_000_000...1_000_001_000).contains(bundle.manifest.training.seconds))
  }
}
