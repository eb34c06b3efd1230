import Base
import Defence
import Foundation
import HTTPCore
import Testing

@testable import Gateway

@Suite struct RejectionLogTests {
  /// A clock that goes when it is told to.
  private final class Clock: Sendable {
    private let moment = LockBox(
      RejectionLog.Moment(instant: .now, date: Date(timeIntervalSince1970: 1_800_000_000.25)))

    var now: RejectionLog.Moment { moment.withLock { $0 } }

    func advance(_ seconds: Int) {
      moment.withLock { moment in
        moment.instant += .seconds(seconds)
        moment.date += Double(seconds)
      }
    }
  }

  private let clock = Clock()

  private func log(capacity: Int = 100, disclosure: ScoreDisclosure = .full) -> RejectionLog {
    RejectionLog(capacity: capacity, disclosure: disclosure) { [clock] in clock.now }
  }

  private func judge(
    _ log: RejectionLog, _ scores: [Double], label: String = "stop", model: String = "signs", request: String = "r"
  ) {
    log.observe(.judged(.example(scores: scores), label: label, model: model, version: 3, requestID: request))
  }

  private func target(_ query: String?) -> RequestTarget { .origin(path: "/v1/metrics/rejections", query: query) }

  private func json(_ log: RejectionLog, _ query: String? = nil) throws -> String {
    String(decoding: try log.response(to: target(query), models: ["signs", "flowers"]).body, as: UTF8.self)
  }

  @Test func `the answer to the last byte`() throws {
    let log = log()
    judge(log, [0.9, 0.8])
    clock.advance(2)
    judge(log, [0.1, 0.6], request: "4f/2\"")
    let counts = """
      "accepted":1,"by_differentiator":[{"asked":2,"disagreed":1,"id":"d1","mean_score":0.5,"model":"signs"},\
      {"asked":2,"disagreed":0,"id":"d2","mean_score":0.7,"model":"signs"}],\
      "by_label":[{"images":2,"label":"stop","model":"signs","rejected":1}],\
      "by_model":[{"accepted":1,"images":2,"model":"signs","rejected":1,"rejection_rate":0.5}],\
      "by_reason":{"outvoted":0,"score_below_threshold":1},"images":2,"rejected":1,"rejection_rate":0.5
      """
    #expect(
      try json(log, "window=minute") == """
        {"events":[{"differentiators":[{"agrees":false,"id":"d1","score":0.1},{"agrees":true,"id":"d2","score":0.6}],\
        "label":"stop","model":"signs","reason":"score_below_threshold","request_id":"4f/2\\"","score":0.35,\
        "threshold":0.5,"time":"2027-01-15T08:00:02.250Z","version":3}],"since":"2027-01-15T08:00:00.250Z",\
        "totals":{\(counts)},"windows":{"minute":{\(counts),"seconds":60}}}

        """)
  }

  @Test func `before the first picture every count is 0`() throws {
    let report = log().report()
    #expect(report.windows.keys.sorted() == ["day", "hour", "minute"])
    for counts in [report.totals] + report.windows.values {
      #expect((counts.images, counts.accepted, counts.rejected) == (0, 0, 0))
      #expect(counts.rejectionRate == 0)
      #expect(counts.byReason == ["outvoted": 0, "score_below_threshold": 0])
      #expect(counts.byLabel.isEmpty && counts.byModel.isEmpty && counts.byDifferentiator.isEmpty)
    }
    #expect(report.events.isEmpty)
  }

  @Test func `a rejection leaves one window after the other and stays in the totals`() throws {
    let log = log()
    judge(log, [0.1])
    func rejected() -> [Int] {
      let report = log.report()
      return RejectionWindow.allCases.map { report.windows[$0.rawValue]!.rejected } + [report.totals.rejected]
    }
    #expect(rejected() == [1, 1, 1, 1])
    clock.advance(59)
    #expect(rejected() == [1, 1, 1, 1])
    clock.advance(1)
    #expect(rejected() == [0, 1, 1, 1])
    clock.advance(3600 - 60 - 1)
    #expect(rejected() == [0, 1, 1, 1])
    clock.advance(1)
    #expect(rejected() == [0, 0, 1, 1])
    judge(log, [0.2])
    #expect(rejected() == [1, 1, 2, 2])
    clock.advance(86_400 - 3600)
    #expect(rejected() == [0, 0, 1, 2])
    clock.advance(3600)
    #expect(rejected() == [0, 0, 0, 2])
    #expect(log.report().events.count == 2)
  }

  @Test func `models are kept apart and one can be asked for`() throws {
    let log = log()
    for _ in 0..<3 { judge(log, [0.9], label: "stop", model: "signs") }
    judge(log, [0.1, 0.2], label: "rose", model: "flowers", request: "f")
    let report = log.report()
    #expect(report.totals.byModel.map(\.model) == ["flowers", "signs"])
    #expect(report.totals.byModel.map(\.rejectionRate) == [1, 0])
    #expect(report.totals.rejectionRate == 0.25)
    #expect(
      report.totals.byDifferentiator.map { "\($0.model)/\($0.id) \($0.disagreed)" } == [
        "flowers/d1 1", "flowers/d2 1", "signs/d1 0",
      ])
    var query = RejectionQuery()
    query.model = "signs"
    let signs = log.report(query)
    #expect(signs.totals.images == 3)
    #expect(signs.totals.byLabel == [.init(model: "signs", label: "stop", images: 3, rejected: 0)])
    #expect(signs.totals.byReason["score_below_threshold"] == 0)
    #expect(signs.events.isEmpty)
  }

  @Test func `the last events are kept and the newest comes first`() throws {
    let log = log(capacity: 3)
    for number in 0..<5 { judge(log, [0.1], request: "r\(number)") }
    #expect(log.report().events.map(\.requestID) == ["r4", "r3", "r2"])
    var query = RejectionQuery()
    query.limit = 1
    #expect(log.report(query).events.map(\.requestID) == ["r4"])
    query.limit = 0
    #expect(log.report(query).events.isEmpty)
    #expect(log.report().totals.rejected == 5)
  }

  @Test func `without scores no number is told that could be climbed`() throws {
    let log = log(disclosure: .coarse)
    judge(log, [0.123, 0.456])
    let json = try json(log)
    for member in ["\"score\"", "mean_score", "\"threshold\"", "0.123", "0.456", "0.2895"] {
      #expect(!json.contains(member), "\(member) in \(json)")
    }
    #expect(json.contains(#"{"agrees":false,"id":"d1"}"#))
  }

  @Test func `where nothing is disclosed no differentiator's opinion is told, from one moment to the next`() throws {
    let log = log()
    judge(log, [0.123, 0.456])
    #expect(try json(log).contains("0.123"))
    log.disclose(.none)
    #expect(log.report().events.map(\.differentiators) == [[]])
    #expect(try json(log).contains("0.123") == false)
  }

  @Test func `a score that is no number spoils neither the mean nor the JSON`() throws {
    let log = log()
    judge(log, [0.4, 0.5])
    judge(log, [.nan, .infinity])
    let report = log.report()
    #expect(report.totals.byDifferentiator.map(\.meanScore) == [0.4, 0.5])
    #expect(report.events[0].score == nil)
    let read = try JSONSerialization.jsonObject(with: Data(json(log).utf8)) as? [String: Any]
    #expect(read?.keys.sorted() == ["events", "since", "totals", "windows"])
  }

  @Test func `a vote's rejection has no threshold`() throws {
    let log = log()
    log.observe(
      .judged(
        .example(scores: [0.1, 0.2, 0.9], policy: .vote), label: "stop", model: "signs", version: 1, requestID: "v"))
    let event = log.report().events[0]
    #expect(event.reason == "outvoted")
    #expect(event.threshold == nil)
    #expect(event.score == 0.4)
    #expect(log.report().totals.byReason == ["outvoted": 1, "score_below_threshold": 0])
  }

  @Test func `names beyond the limit are counted together`() {
    var tally = RejectionTally()
    for label in 0..<(RejectionTally.limit + 500) {
      tally.count(.example(scores: [0.1]), label: "l\(label)", model: "signs")
    }
    let labels = tally.models["signs"]!.labels
    #expect(labels.count == RejectionTally.limit + 1)
    #expect(labels["other"] == .init(images: 500, rejected: 500))
    var sum = RejectionTally()
    sum.add(tally)
    sum.add(tally)
    #expect(sum.models["signs"]!.labels["other"] == .init(images: 1000, rejected: 1000))
    #expect(sum.models["signs"]!.counts.images == 2 * (RejectionTally.limit + 500))
  }

  @Test func `what several threads judge at once adds up`() {
    let log = log()
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for number in 0..<250 {
        judge(log, [number.isMultiple(of: 5) ? 0.1 : 0.9], label: "l\(thread)")
        if number == 100 { _ = log.report() }
      }
    }
    let report = log.report()
    for counts in [report.totals] + report.windows.values {
      #expect((counts.images, counts.rejected) == (1000, 200))
      #expect(counts.byLabel.map(\.rejected) == [50, 50, 50, 50])
      #expect(counts.byDifferentiator.map(\.asked) == [1000])
    }
    #expect(report.events.count == 100)
  }

  @Test(
    arguments: [
      ("windows=minute", .unknownParameter("windows")), ("window=week", .badWindow("week")), ("window", .badWindow("")),
      ("limit=-1", .badLimit("-1", most: 100)), ("limit=+1", .badLimit(" 1", most: 100)),
      ("limit=101", .badLimit("101", most: 100)), ("limit=", .badLimit("", most: 100)),
      ("limit=99999999999999999999", .badLimit("99999999999999999999", most: 100)),
      ("limit=1&limit=1", .repeated("limit")), ("model=%zz", .badEncoding), ("model=%ff", .badEncoding),
      ("model=cats", .unknownModel("cats", known: ["flowers", "signs"])),
    ] as [(String, RejectionQueryError)])
  func `a query that is not understood is refused`(_ query: String, _ error: RejectionQueryError) {
    #expect(throws: error) { try log().response(to: target(query), models: ["signs", "flowers"]) }
  }

  @Test func `a query is read`() throws {
    let query = try RejectionQuery(target("window=hour&model=a%20b+c&&limit=007"), models: ["a b c"], most: 10)
    #expect((query.window, query.model, query.limit) == (.hour, "a b c", 7))
    #expect(try RejectionQuery(target(nil), models: [], most: 10) == RejectionQuery())
  }

  @Test func `a model that is served no more may be asked for`() throws {
    let log = log()
    judge(log, [0.1], model: "gone")
    #expect(try log.response(to: target("model=gone"), models: ["signs"]).status == .ok)
  }

  @Test func `an error says what would be right and repeats no more than it must`() {
    #expect(RejectionQueryError.badWindow("x").description == "window must be minute, hour, day, not 'x'")
    #expect(
      RejectionQueryError.unknownParameter(String(repeating: "y", count: 5000)).description.utf8.count < 120)
  }
}
