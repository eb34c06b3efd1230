internal import Attacks
internal import Base
public import Defence
internal import Digests
internal import Foundation
internal import Images

/// Measures a bundle as METHOD.md asks: clean and noisy pictures, the attacks of five threat models, the prior defences on
/// the same pictures. Blocks its caller for as long as it takes.
///
/// An interrupted run goes on where it was: adversarial pictures, surrogates and the prior defences' networks are kept in
/// the folder as they are made.
public struct EvaluationRun {
  /// A running gateway that discloses so much of the scores, with the bundle and the key of the run: pictures as PNG files go
  /// in, eight at most, and what it answers to a request with all of them comes out. Called from several threads at once.
  public typealias Gateway = @Sendable (_ disclosure: ScoreDisclosure, _ files: [[UInt8]]) throws -> [UInt8]

  /// The bundle.
  public let bundle: ModelBundle
  /// Labelled pictures that it was not trained or calibrated with, and what they are called.
  public let items: [TrainingData.Item]
  /// What the pictures are called.
  public let data: String
  /// How much is tried.
  public let preset: EvaluationPreset
  /// The preset's numbers, or others.
  public var settings: EvaluationSettings
  /// Under which threat models it is attacked.
  public var threats = Self.possibleThreats
  /// What all is drawn from.
  public var seed: UInt64 = 1
  /// How many threads compute.
  public var threads = 1
  /// The secret that decides which differentiators a picture meets; nil for the bundle's own.
  public var key: SelectionKey?
  /// What the attackers of T2 and T3 train with, and what prior defences are tuned with.
  public var attackers: Attackers?
  /// What the attackers of T5 ask.
  public var gateway: Gateway?
  /// The command line, for the report.
  public var command = ""
  /// Told what is done, and the share, 0...1, of all; may be called from any thread, and what it throws ends the run.
  public var report: @Sendable (_ stage: String, _ share: Double) throws -> Void = { _, _ in }

  /// An evaluation with the defaults that the properties state.
  public init(_ bundle: ModelBundle, _ items: [TrainingData.Item], data: String, preset: EvaluationPreset) {
    (self.bundle, self.data, self.preset) = (bundle, data, preset)
    self.items = items.map {
      TrainingData.Item(picture: bundle.manifest.input.fitted($0.picture), label: $0.label)
    }
    settings = preset.settings
  }

  /// The threat models that there are attacks for.
  public static let possibleThreats = AttackRecord.Threat.allCases

  /// How many pictures of each attack are shown.
  private static let shownExamples = 3

  /// Measures.
  ///
  /// - Parameter folder: where what is made is kept: `pictures/`, `surrogates/` and `baselines/`.
  /// - Throws: ``DefenceError`` for what is wrong with pictures and folders, and what attacks and engine throw.
  public func run(in folder: String) throws -> EvaluationRecord {
    guard gateway != nil || !threats.contains(.t5) else {
      throw DefenceError.setting("threat model T5 needs a gateway that runs")
    }
    let started = Date.now
    let pool = try DefencePool(try bundle.model(key: key, asksAll: true), threads: threads)
    let judge = Judge(bundle.record, pool)
    try report("clean pictures", 0)
    let students = try judge.students(items.map(\.picture))
    var (surrogates, described): ([ModelBundle], [RunRecord.Surrogate]) = ([], [])
    var meter = WorkMeter(report)
    if !Set(threats).isDisjoint(with: [.t2, .t3]) {
      (surrogates, described) = try train(in: "\(folder)/surrogates", &meter)
    }
    let baselines = try attackers.map { attackers in
      try report("prior defences", 0)
      // Few pictures cannot keep a small share.
      let clean = attackers.data.withheld.forCalibration(flips: attackers.invariances.flips)
      let alpha = max(bundle.calibration.alpha, 2 / Double(max(3, clean.count)))
      let copies = StudentCopies(
        bundle: bundle, attackers: attackers, settings: settings, preset: preset, seed: seed, threads: threads,
        folder: "\(folder)/baselines", report: report)
      return try Baselines(
        bundle, calibration: clean, judge, copies: copies, alpha: alpha, seed: seed, threads: threads)
    }
    if let baselines { judge.baselineScores = baselines.scores }
    let plan = try AttackPlan(self, students: students, surrogates: surrogates, baselines)
    meter.plan((plan.attacks + plan.priorAttacks).map { $0.cost * Double($0.sources.count) })

    var verdicts = try judge.verdicts("clean", questions(items.indices.map { ($0, items[$0].picture) }))
    verdicts += try noisy(judge, students)
    var (attacks, examples): ([AttackRecord], [EvaluationRecord.Example]) = ([], [])
    for attack in plan.attacks + plan.priorAttacks {
      let made = try make(attack, in: "\(folder)/pictures/\(attack.record.id)", &meter)
      var record = attack.record
      record.seconds = made.seconds
      attacks.append(record)
      let judged = try judge.verdicts(record.id, made.questions)
      verdicts += judged
      if record.against == nil { examples += Self.examples(judged, made, attack.sources, items) }
    }
    try report("the report", 1)
    return EvaluationRecord(
      run: record(described, seconds: Date.now.timeIntervalSince(started)),
      attacks: attacks.filter { $0.against == nil }, priorAttacks: attacks.filter { $0.against != nil },
      baselines: baselines?.records ?? [], verdicts: verdicts, examples: examples)
  }

  // MARK: Pictures

  private func questions(_ pictures: [(place: Int, picture: Picture)]) -> [Judge.Question] {
    pictures.map { Judge.Question(picture: $0.picture, source: $0.place, label: items[$0.place].label) }
  }

  /// Harmless noise on pictures that the Student gets right.
  private func noisy(_ judge: Judge, _ students: [Int]) throws -> [VerdictRecord] {
    let right = items.indices.filter { students[$0] == items[$0].label }
    let order = CounterGenerator(seed, 0x6e6f_6973).permutation(of: right.count)
    let places = order.prefix(settings.cleanPictures ?? right.count).map { right[$0] }.sorted()
    return try HarmlessNoise.allCases.flatMap { noise in
      let pictures = try places.map { ($0, try noise.applied(to: items[$0].picture, seed: seed &+ UInt64($0))) }
      return try judge.verdicts("noise/\(noise.rawValue)", questions(pictures))
    }
  }

  /// What an attack made: pictures as they are in their files.
  private struct MadePictures {
    var questions: [Judge.Question] = []
    /// For each picture the place in the data of the one that it mimics.
    var mimicked: [Int?] = []
    var seconds = 0.0
  }

  private func make(_ attack: PlannedAttack, in path: String, _ meter: inout WorkMeter) throws -> MadePictures {
    let folder = try AttackFolder(path, fingerprint: try fingerprint(attack))
    var made = MadePictures()
    let stage =
      "\(attack.record.threat.rawValue) \(attack.record.id.split(separator: "/").dropFirst().joined(separator: " "))"
    for (number, start) in stride(from: 0, to: attack.sources.count, by: AttackFolder.chunkSize).enumerated() {
      let sources = Array(attack.sources[start..<min(start + AttackFolder.chunkSize, attack.sources.count)])
      let work = attack.cost * Double(sources.count)
      let told = meter.telling(stage, work)
      let chunk = try folder.chunk(number) {
        try attack.make(sources, seed &* 0x1_0000 &+ UInt64(number), told)
      }
      meter.finish(work)
      made.seconds += chunk.seconds
      for (source, one) in zip(sources, chunk.pictures) {
        made.questions.append(
          Judge.Question(
            picture: one.picture, source: source.place, label: source.label, target: one.entry.target,
            distance: try attack.record.norm.distance(of: one.picture, from: source.picture), queries: one.entry.queries
          ))
        made.mimicked.append(one.entry.mimicked)
      }
    }
    return made
  }

  /// A digest of what decides an attack's pictures.
  private func fingerprint(_ attack: PlannedAttack) throws -> String {
    struct Deciding: Encodable {
      let record: AttackRecord
      let bundle: String
      let data: String
      let seed: UInt64
      let settings: EvaluationSettings
      let sources: [[Int]]
      /// A gateway's answers depend on it.
      let key: String?
    }
    let deciding = Deciding(
      record: attack.record, bundle: bundle.digest,
      data: TrainingData.digest(of: items, labels: bundle.manifest.labels), seed: seed, settings: settings,
      sources: attack.sources.map { [$0.place] + $0.targets.map(\.place) },
      key: attack.record.threat == .t5 ? key?.fingerprint : nil)
    return SHA256.hexadecimal(of: [UInt8](try JSONEncoder.sorted.encode(deciding)))
  }

  /// A few pictures of an attack: such that succeed first, then such that fool the Student alone.
  private static func examples(
    _ verdicts: [VerdictRecord], _ made: MadePictures, _ sources: [AttackSource], _ items: [TrainingData.Item]
  ) -> [EvaluationRecord.Example] {
    let ranked = verdicts.filter { $0.succeeds }.prefix(1) + verdicts.filter { $0.foolsStudent && !$0.accepted }
    let rest = verdicts.filter { !$0.foolsStudent }
    return (ranked + rest).prefix(shownExamples).map { verdict in
      EvaluationRecord.Example(
        set: verdict.set, index: verdict.index, source: sources[verdict.index].picture,
        target: made.mimicked[verdict.index].map { items[$0].picture },
        adversarial: made.questions[verdict.index].picture)
    }
  }

  // MARK: Surrogates

  private func train(
    in folder: String, _ meter: inout WorkMeter
  ) throws -> ([ModelBundle], [RunRecord.Surrogate]) {
    guard let attackers else {
      throw DefenceError.setting("threats T2 and T3 need pictures and a network that attackers train surrogates with")
    }
    let training = SurrogateTraining(
      bundle: bundle, attackers: attackers, settings: settings, preset: preset, threads: threads)
    var (bundles, described): ([ModelBundle], [RunRecord.Surrogate]) = ([], [])
    for number in 1...settings.surrogates {
      let report = report
      let surrogate = try training.surrogate(number, seed: seed, in: folder) {
        try report("surrogate \(number) of \(settings.surrogates)", $0)
      }
      let pool = try DefencePool(try surrogate.model(), threads: threads)
      let judged = try pool.judge(items.map(\.picture)).map { surrogate.verdict($0) }
      bundles.append(surrogate)
      described.append(
        RunRecord.Surrogate(
          name: "surrogate-\(number)",
          description: "seed \(surrogate.manifest.training.seed), \(surrogate.differentiators.count) differentiators, "
            + "\(surrogate.manifest.training.trainingPictures) pictures; \(attackers.description)",
          measured: CleanMeasurement(data: data, verdicts: judged, labels: items.map(\.label)),
          seconds: surrogate.manifest.training.seconds))
    }
    return (bundles, described)
  }

  private func record(_ surrogates: [RunRecord.Surrogate], seconds: Double) -> RunRecord {
    let manifest = bundle.manifest
    return RunRecord(
      created: Date.now.formatted(.iso8601), command: command, seconds: seconds, model: manifest.name,
      version: manifest.version, digest: bundle.digest, labels: manifest.labels,
      differentiators: manifest.differentiators.map(\.id),
      pruningRatios: manifest.differentiators.map(\.pruningRatio), asked: manifest.selection.count,
      policy: manifest.policy, aggregation: bundle.calibration.aggregation, alpha: bundle.calibration.alpha,
      inputSize: [manifest.input.width, manifest.input.height], data: data, pictures: items.count, seed: seed,
      preset: preset.rawValue, threats: threats, surrogates: surrogates)
  }
}
