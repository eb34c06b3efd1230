import Attacks
import Base
import Defence
import Images
import TestSupport
import Testing

@testable import Evaluation

/// Query attacks against a defence of this process that answers as a gateway does.
@Suite struct QueryAttackTests {
  private let bundle: ModelBundle
  private let items: [TrainingData.Item]
  private let pool: DefencePool

  init() throws {
    bundle = try TinyBundle().bundle()
    let format = bundle.manifest.input
    items = TinyBundle.items(8, seed: 9).map {
      TrainingData.Item(picture: format.fitted($0.picture), label: $0.label)
    }
    pool = try DefencePool(try bundle.model(), threads: 1)
  }

  private func gateway(_ counts: LockBox<[ScoreDisclosure: Int]> = LockBox([:])) -> EvaluationRun.Gateway {
    // One at a time: a pool is no thread's.
    let pool = LockBox(pool)
    return { [bundle] disclosure, files in
      counts.withLock { $0[disclosure, default: 0] += files.count }
      let pictures = try files.map { try ImageDecoder.decode($0) }
      let judged = try pool.withLock { try $0.judge(pictures) }
      let verdicts = judged.map { judgement in
        var document = VerdictDocument(bundle.verdict(judgement), of: bundle.record, requestID: "r", elapsed: 1)
        document.disclosure = disclosure
        return document.json()
      }
      let text = files.count == 1 ? verdicts[0] : "{\"verdicts\":[\(verdicts.joined(separator: ","))]}"
      return Array(text.utf8)
    }
  }

  @Test func `answers come in the order of the pictures, however many there are`() throws {
    let gateway = gateway()
    let oracle = GatewayOracle(ask: { try gateway(.full, $0) }, labels: bundle.manifest.labels)
    let goals = items.map { AttackGoal($0.picture, label: $0.label, target: nil) }
    let together = try oracle.answers(to: items.map(\.picture), for: goals)
    #expect(together == (try goals.map { try oracle.answers(to: [$0.picture], for: [$0])[0] }))
    #expect(Set(together).count > 8)
    #expect(try oracle.answers(to: [], for: []).isEmpty)
  }

  @Test func `a gateway's refusal ends the attack`() throws {
    let oracle = GatewayOracle(ask: { _ in Array("no".utf8) }, labels: bundle.manifest.labels)
    let goal = AttackGoal(items[0].picture, label: 0, target: nil)
    #expect(throws: QueryError.answer("no", pictures: 1)) { try oracle.answers(to: [goal.picture], for: [goal]) }
  }

  @Test func `each disclosure is attacked, and questions are counted as the gateway does`() throws {
    var settings = EvaluationSettings()
    (settings.querySources, settings.queries) = (4, 40)
    (settings.squareBudgets, settings.hopSkipJumpBudgets) = ([8, 128], [20])
    settings.hopSkipJumpPixelBudgets = [128]
    let students = try pool.judge(items.map(\.picture)).map(\.studentLabel)
    let sources = try AttackSource.draw(6, from: items, students: students, seed: 1)
    let counts = LockBox<[ScoreDisclosure: Int]>([:])
    let planned = QueryAttacks(bundle: bundle, settings: settings, gateway: gateway(counts)).attacks(sources)
    #expect(
      planned.map(\.record.id) == [
        "T5/square-full/Linf-8", "T5/square-full/Linf-128", "T5/square-coarse/Linf-8", "T5/square-coarse/Linf-128",
        "T5/square-none/Linf-8", "T5/square-none/Linf-128", "T5/hopskipjump-none/L2-20",
        "T5/hopskipjump-none/Linf-128",
      ])
    var (asked, successes): ([ScoreDisclosure: Int], Int) = ([:], 0)
    for attack in planned {
      let made = try attack.make(attack.sources, 3) { _ in }
      #expect(made.count == 4)
      for (source, one) in zip(attack.sources, made) {
        let distance = try attack.record.norm.distance(of: one.picture, from: source.picture)
        #expect(distance <= attack.record.budget, "\(attack.record.id)")
        let queries = try #require(one.queries)
        #expect((1...40).contains(queries))
        asked[try #require(attack.record.disclosure.flatMap(ScoreDisclosure.init)), default: 0] += queries
        let verdict = bundle.verdict(try pool.judge([one.picture])[0])
        let succeeds = verdict.isAccepted && verdict.studentLabel != source.label
        successes += succeeds ? 1 : 0
        // It stops where the gateway says yes, and only there.
        if attack.record.attack == "square" { #expect(succeeds || queries == 40, "\(attack.record.id)") }
      }
    }
    #expect(asked == counts.withLock { $0 })
    #expect(successes > 0)
  }

  @Test func `T5 without a gateway is refused before anything is made`() throws {
    var run = EvaluationRun(bundle, items, data: "colours", preset: .quick)
    run.threats = [.t5]
    let folder = try TemporaryFolder()
    #expect(throws: DefenceError.setting("threat model T5 needs a gateway that runs")) {
      try run.run(in: folder.path("report"))
    }
  }

  @Test func `a run has T5's verdicts with their questions`() throws {
    var run = EvaluationRun(bundle, items, data: "colours", preset: .quick)
    (run.threats, run.gateway) = ([.t5], gateway())
    (run.settings.querySources, run.settings.queries) = (3, 30)
    let folder = try TemporaryFolder()
    let record = try run.run(in: folder.path("report"))
    let sets = Dictionary(grouping: record.verdicts, by: \.set)
    #expect(record.attacks.count == 8)
    for attack in record.attacks { #expect(sets[attack.id]?.compactMap(\.queries).count == 3) }
    // The same again asks nothing.
    run.gateway = { _, _ in throw QueryError.answer("asked", pictures: 0) }
    #expect(try run.run(in: folder.path("report")).verdicts == record.verdicts)
    // Under another key the answers may be others.
    run.key = SelectionKey(derivedFrom: "another")
    #expect(throws: QueryError.self) { try run.run(in: folder.path("report")) }
  }
}
