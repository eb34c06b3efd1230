import Defence
import Images
import TestSupport
import Testing

@testable import Evaluation

@Suite struct BaselineTests {
  private let bundle: ModelBundle
  private let pictures: [Picture]
  private let student: StudentAnswers

  init() throws {
    bundle = try TinyBundle().bundle()
    let format = bundle.manifest.input
    pictures = TinyBundle.items(5, seed: 9).map { format.fitted($0.picture) }
    student = try StudentAnswers(bundle, threads: 2)
  }

  private func judge() throws -> Judge {
    Judge(bundle.record, try DefencePool(try bundle.model(asksAll: true), threads: 1))
  }

  @Test func `the Student says what the pool says, on any number of threads`() throws {
    let rows = try student.probabilities(of: pictures)
    let judged = try DefencePool(try bundle.model(), threads: 1).judge(pictures)
    for (row, judgement) in zip(rows, judged) {
      #expect(row.firstIndex(of: row.max()!) == judgement.studentLabel)
      #expect(abs(row[judgement.studentLabel] - judgement.confidence) < 1e-5)
      #expect(abs(row.reduce(0, +) - 1) < 1e-9)
    }
    #expect(try StudentAnswers(bundle, threads: 1).probabilities(of: pictures) == rows)
    #expect(try student.probabilities(of: []).isEmpty)
  }

  @Test func `fewer bits leave so many values, and black and white`() {
    let ramp = Picture(width: 16, height: 16, pixels: (0..<768).map { UInt8($0 % 256) })
    let reduced = FeatureSqueezing.reduced(ramp)
    #expect(Set(reduced.pixels).count == 32)
    #expect(reduced.pixels[0] == 0 && reduced.pixels[255] == 255)
    #expect(zip(reduced.pixels, ramp.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 4 })
  }

  @Test func `a median takes away a single point, as SciPy's median_filter does`() {
    // scipy.ndimage.median_filter(plane, 2, mode="reflect"), made with SciPy 1.10.
    let plane: [UInt8] = [5, 1, 9, 200, 3, 7, 2, 8, 4, 6, 100, 12]
    let expected: [UInt8] = [5, 5, 9, 200, 5, 5, 7, 9, 4, 6, 7, 12]
    let smoothed = FeatureSqueezing.smoothed(
      Picture(width: 4, height: 3, pixels: plane.flatMap { [$0, $0, $0] }))
    #expect((0..<12).map { smoothed.pixels[3 * $0] } == expected)
  }

  @Test func `each prior defence scores every picture, the same each time`() throws {
    let labels = try judge().students(pictures)
    let defences: [any PriorDefence] = [
      FeatureSqueezing(student: student), InputDropout(student: student, seed: 4), StudentConfidence(student: student),
    ]
    for defence in defences {
      let scores = try defence.scores(of: pictures, labelled: labels)
      #expect(scores.count == pictures.count && Set(scores).count > 1, "\(defence.name)")
      #expect(try defence.scores(of: pictures, labelled: labels) == scores)
      #expect(scores.allSatisfy { defence.name == "feature-squeezing" ? (-2...0).contains($0) : (0...1).contains($0) })
      #expect(!defence.method.isEmpty)
    }
    #expect(
      try InputDropout(student: student, seed: 5).scores(of: pictures, labelled: labels)
        != InputDropout(student: student, seed: 4).scores(of: pictures, labelled: labels))
  }

  @Test func `thresholds reject the share of the calibration pictures that was asked for`() throws {
    let calibration = TinyBundle.items(30, seed: 11)
    let baselines = try Baselines(bundle, calibration: calibration, judge(), alpha: 0.1, seed: 1, threads: 2)
    let fitted = calibration.map { bundle.manifest.input.fitted($0.picture) }
    let labels = try judge().students(fitted)
    let right = fitted.indices.filter { labels[$0] == calibration[$0].label }
    let scores = try baselines.scores(right.map { fitted[$0] }, right.map { labels[$0] })
    #expect(baselines.records.map(\.name) == ["feature-squeezing", "input-dropout", "student-confidence"])
    for record in baselines.records {
      #expect(record.calibrationPictures == right.count)
      let rejected = scores[record.name]!.count { $0 < record.threshold }
      #expect(rejected == Int(0.1 * Double(right.count + 1) + 1e-9) - 1, "\(record.name)")
    }
  }

  @Test func `too few calibration pictures are refused`() throws {
    #expect(throws: DefenceError.self) {
      try Baselines(
        bundle, calibration: TinyBundle.items(3, seed: 11), judge(), alpha: 0.01, seed: 1, threads: 1)
    }
  }

  @Test func `a verdict is by those that the gateway would ask, though all are`() throws {
    let pool = try DefencePool(try bundle.model(), threads: 1)
    let verdicts = try pool.judge(pictures).map { bundle.verdict($0) }
    let records = try judge().verdicts(
      "clean", pictures.indices.map { Judge.Question(picture: pictures[$0], source: $0, label: 0) })
    let ids = bundle.manifest.differentiators.map(\.id)
    for (verdict, record) in zip(verdicts, records) {
      #expect(record.accepted == verdict.isAccepted && record.score == verdict.score)
      #expect(record.threshold == verdict.threshold && record.student == verdict.studentLabel)
      #expect(record.asked.map { ids[$0] } == verdict.opinions.map(\.id) && record.asked.count == 2)
      #expect(record.scores.count == 3 && !record.scores.contains(nil))
      for opinion in verdict.opinions {
        let place = ids.firstIndex(of: opinion.id)!
        #expect(record.scores[place] == opinion.score && record.agrees[place] == opinion.agrees)
      }
    }
  }

  @Test func `distances are those of the pictures' values`() throws {
    let black = Picture(width: 2, height: 1, pixels: [0, 0, 0, 0, 0, 0])
    let other = Picture(width: 2, height: 1, pixels: [0, 51, 0, 0, 0, 68])
    #expect(try AttackRecord.Norm.linf.distance(of: other, from: black) == 68)
    #expect(abs(try AttackRecord.Norm.l2.distance(of: other, from: black) - 85.0 / 255) < 1e-12)
    #expect(try AttackRecord.Norm.dssim.distance(of: black, from: black) == 0)
  }

  @Test func `sources are right, and their targets have other labels`() throws {
    let items = TinyBundle.items(6, seed: 9)
    let students = items.indices.map { $0 == 2 ? (items[2].label + 1) % 3 : items[$0].label }
    let sources = try AttackSource.draw(40, from: items, students: students, seed: 3)
    #expect(sources.count == 40 && !sources.contains { $0.place == 2 })
    for source in sources {
      #expect(source.label == items[source.place].label && source.targets.count == 2)
      #expect(Set(source.targets.map(\.label)).count == 2 && !source.targets.contains { $0.label == source.label })
    }
    #expect(throws: DefenceError.self) {
      try AttackSource.draw(4, from: items, students: items.map { _ in 0 }, seed: 3)
    }
  }
}
