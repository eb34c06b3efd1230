import Base
import Defence
import Foundation
import TestSupport
import Testing

@testable import Evaluation

@Suite struct ReportTests {
  private let report = Report(SampleRecord.record)

  private func figures(_ id: String) throws -> AttackFigures {
    try #require(report.figures.attacks.first { $0.id == id })
  }

  @Test func `clean pictures and noise are counted of those that the Student gets right`() {
    let figures = report.figures
    #expect(figures.clean.studentAccuracy == Rate(95, of: 100))
    #expect(figures.clean.endToEndAccuracy == Rate(93, of: 100))
    #expect(figures.clean.cleanRejectionRate == Rate(2, of: 95))
    #expect(abs(figures.accuracyLost - 2) < 1e-9)
    // The made-up verdicts are none that their scores would give: 0.75 of the first score is 0.3 from the fortieth on.
    #expect(figures.expectedAccuracyLost.map { abs($0 - 39) < 1e-9 } == true)
    #expect(figures.noise == [.init(kind: "jpeg-50", rejected: Rate(1, of: 10))])
    #expect(figures.baselines == [.init(name: "feature-squeezing", cleanRejectionRate: Rate(5, of: 95))])
  }

  @Test func `an attack's shares are of what METHOD says`() throws {
    let found = try figures("T1/mimicry/DSSIM-0.01")
    #expect(found.attempts == 308 && found.undefended == Rate(303, of: 308))
    #expect(found.defenceRate == Rate(300, of: 303) && found.left == Rate(3, of: 308))
    // The third differentiator's scope holds no such label.
    #expect(found.agreement == [Rate(3, of: 303), Rate(152, of: 303), Rate(0, of: 0)])
    #expect(found.baselines[0].defenceRate.of == 303)
    let none = try figures("T2/transfer-pgd/Linf-8.0")
    #expect(none.attempts == 0 && none.undefended == Rate(0, of: 0) && none.area == nil && none.meanDistance == nil)
  }

  @Test func `the area is the share of pairs in order, ties a half`() throws {
    let area = try #require(ROC(genuine: [0.5, 0.7, 0.9], adversarial: [0.1, 0.5, 0.8]).area)
    #expect(abs(area - 6.5 / 9) < 1e-12)
    #expect(ROC(genuine: [1], adversarial: []).area == nil)
    let hundred = (0..<100).map(Double.init)
    let roc = ROC(genuine: hundred, adversarial: [-1, 0.5, 3, 50])
    #expect(roc.rejected(atCleanRejection: 0.01) == Rate(2, of: 4))
    #expect(roc.rejected(atCleanRejection: 0.1) == Rate(3, of: 4))
    #expect(roc.points.last?.clean == 1 && roc.points.first?.clean == 0)
  }

  @Test func `questions are counted for each success, those of failures too`() throws {
    let queried = try figures("T5/square/Linf-8.0")
    #expect(queried.left == Rate(4, of: 10) && queried.medianQueries == 25)
    // 10, 20, 30 and 40, and six times 300.
    #expect(queried.queriesPerSuccess == 475)
    #expect(try figures("T1/mimicry/DSSIM-0.01").queriesPerSuccess == nil)
  }

  @Test func `of an attack on a prior defence is left what that accepts`() throws {
    // Of the 25 that fool the Student, the prior defence rejects those whose number is 0 or 1, and 20 more.
    #expect(
      report.figures.priorAttacks == [
        .init(
          id: "T4/joint-feature-squeezing/Linf-4.0", undefended: Rate(25, of: 40), left: Rate(21, of: 40))
      ])
    // It is no attack on the bundle.
    #expect(!report.figures.attacks.contains { $0.id.contains("squeezing") })
    #expect(!report.figures.worstCases.contains { $0.attacks.contains { $0.contains("squeezing") } })
    let page = try ReportPage(report).html()
    #expect(page.contains("attacked by who knows all of it") && page.contains("52.5 % (37.5–67.1), 21 of 40"))
    var record = SampleRecord.record
    record.priorAttacks = []
    #expect(try !ReportPage(Report(record)).html().contains("attacked by who knows all of it"))
  }

  @Test func `the worst of several attacks is taken for each picture`() throws {
    let worst = try #require(report.figures.worstCases.first { $0.budget == 4 })
    #expect(worst.attacks.count == 2 && worst.left == Rate(38, of: 40))
  }

  @Test func `what must not be is flagged, and nothing else`() {
    let flagged = Set(report.checks.filter { !$0.passed }.map { "\($0.id) \($0.subject)" })
    #expect(
      flagged == [
        "grows-with-budget T4 joint-apgd, non-targeted", "reaches-all T4 joint-apgd, non-targeted",
        "beats-weaker T4/joint-apgd/Linf-4.0",
      ])
    #expect(report.checks.contains { $0.id == "enough-attacks" && $0.passed })
    var record = SampleRecord.record
    let place = record.verdicts.firstIndex { $0.set == "T4/pgd-student/Linf-16.0" }!
    record.verdicts[place].distance = 16.001
    #expect(Report(record).checks.contains { $0.id == "within-budget" && !$0.passed })
    record.verdicts[place].distance = nil
    #expect(Report(record).checks.contains { $0.id == "within-budget" && !$0.passed })
  }

  @Test func `who knows more is compared on the same pictures, and by what both are after`() throws {
    // Blind to the defence: more is left of the thorough attack on the few pictures it was made from, but it fools less.
    let plain = SampleRecord.attack(.t1, "mimicry", .dssim, 0.01)
    let thorough = SampleRecord.attack(.t1, "thorough", .dssim, 0.01, strongerThan: ["mimicry"])
    var record = SampleRecord.record
    record.attacks = [plain, thorough]
    record.verdicts =
      SampleRecord.verdicts(of: plain, succeed: 0, fool: 40, fail: 160)
      + SampleRecord.verdicts(of: thorough, succeed: 10, fool: 0, fail: 30)
    let check = try #require(Report(record).checks.first { $0.id == "beats-weaker" })
    #expect(!check.passed && check.detail == "fools the Student: 10 of 40; \(plain.id): 40")
    record.verdicts.removeAll { $0.set == plain.id && $0.index < 40 }
    #expect(!Report(record).checks.contains { $0.id == "beats-weaker" }, "nothing in common, nothing looked at")
  }

  @Test func `a fall over several budgets is flagged though no step of it is one`() throws {
    let attacks = [1.0, 2, 4, 8].map { SampleRecord.attack(.t2, "transfer-pgd", .linf, $0) }
    var record = SampleRecord.record
    record.attacks = attacks
    record.verdicts = zip(attacks, [30, 25, 20, 15]).flatMap {
      SampleRecord.verdicts(of: $0, succeed: 0, fool: $1, fail: 40 - $1)
    }
    let check = try #require(Report(record).checks.first { $0.id == "grows-with-budget" })
    #expect(!check.passed)
  }

  @Test func `the summary tells the worst of all attacks for each picture, not of one`() throws {
    func summary(_ threat: AttackRecord.Threat, _ report: Report) -> ThreatSummary {
      ThreatSummary(threat, report.record.attacks, report.figures, report.checks)
    }
    var record = SampleRecord.record
    let last = try #require(record.verdicts.firstIndex { $0.set == "T4/joint-apgd/Linf-4.0" && $0.index == 39 })
    (record.verdicts[last].student, record.verdicts[last].accepted) = (1, true)
    let all = summary(.t4, Report(record))
    // The attack that does best alone has 38.
    #expect(all.light == .falls && all.text.contains("97.5 % (87.1–99.6) of 40 pictures"), "\(all.text)")
    #expect(all.text.contains("any of 2 attacks within L∞ 4/255") && all.text.contains("flagged (3)"))
    #expect(summary(.t1, report).light == .holds)
    #expect(summary(.t2, report).light == .unclear && summary(.t2, report).text == "No such attack was made.")
  }

  @Test(arguments: [
    (Rate(0, of: 10), ThreatSummary.Light.unclear), (Rate(0, of: 40), .holds), (Rate(1, of: 60), .holds),
    (Rate(0, of: 0), .unclear), (Rate(3, of: 40), .partly), (Rate(7, of: 40), .falls),
  ])
  func `few pictures do not show that a defence holds`(left: Rate, light: ThreatSummary.Light) {
    #expect(ThreatSummary.light(left) == light)
  }

  @Test func `a prior defence is beaten where the intervals do not meet`() throws {
    var found = try figures("T1/mimicry/DSSIM-0.01")
    found.baselines = [
      .init(name: "one", defenceRate: Rate(200, of: 303), area: nil),
      .init(name: "two", defenceRate: Rate(0, of: 0), area: nil),
    ]
    #expect(found.standing == .ahead)
    found.baselines[0].defenceRate = Rate(299, of: 303)
    #expect(found.standing == .level)
    found.defenceRate = Rate(200, of: 303)
    #expect(found.standing == .behind)
    found.baselines = []
    #expect(found.standing == nil)
  }

  @Test func `the checklist claims nothing that was not done`() throws {
    var record = SampleRecord.record
    (record.attacks, record.verdicts, record.baselines) = ([], [], [])
    let page = try ReportPage(Report(record)).html()
    for item in [
      "Perform adaptive attacks", "Apply several attacks, and count the worst of them for each picture",
      "Apply enough steps", "Try transfer attacks", "Try attacks without gradients", "Account for randomness",
      "Report clean accuracy", "Show that success grows with the budget", "Keep to the budget",
      "Show that success reaches all with a large budget", "Compare with prior work",
    ] { #expect(page.contains("<strong>not done: </strong>\(item): "), "\(item)") }
    let whole = try ReportPage(report).html()
    #expect(whole.contains("<strong>partly: </strong>Show that success grows with the budget: 1 of 3 curves"))
    let adaptive = "Perform adaptive attacks: aimed at the whole decision: joint-apgd, square."
    #expect(whole.contains("<strong>done: </strong>\(adaptive)"))
    // There is a record of such an attack, but no picture.
    #expect(whole.contains("<strong>not done: </strong>Try transfer attacks"))
  }

  @Test func `the page is whole, and text is never markup`() throws {
    let page = try ReportPage(report).html()
    #expect(
      !page.contains("<script") && page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;co&quot;")
    )
    #expect(!page.contains("<odd>") && !page.contains("'<b>'"))
    #expect(!page.contains("http:") && !page.contains("https:"))
    for element in ["html", "body", "main", "section", "table", "tr", "td", "svg", "figure", "ul", "li", "p", "path"] {
      let opened = page.matches(of: try Regex("<\(element)[ >]")).count
      #expect(opened == page.components(separatedBy: "</\(element)>").count - 1, "\(element)")
    }
    #expect(page.contains("Flagged: read this"))
    #expect(page.components(separatedBy: "data:image/png;base64,").count == 1 + 4 + 3)
  }

  @Test func `it is written whole, and a folder that cannot be written is named`() throws {
    let folder = try TemporaryFolder()
    try report.write(to: folder.path("deep/report"))
    let lines = try String(contentsOfFile: folder.path("deep/report/verdicts.jsonl"), encoding: .utf8)
    #expect(lines.split(separator: "\n").count == SampleRecord.record.verdicts.count)
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: folder.path("deep/report/report.json"))))
    #expect((json as? [String: Any])?["format"] as? Int == 1)
    try Data().write(to: URL(filePath: folder.path("file")))
    let error = #expect(throws: DefenceError.self) { try report.write(to: folder.path("file/report")) }
    #expect(error?.description.contains("file/report: ") == true, "\(error?.description ?? "")")
    // For who looks at it with other eyes: Tests/Reference/check_report.py.
    if let kept = ProcessInfo.processInfo.environment["DISTINGUO_SAMPLE_REPORT"] { try report.write(to: kept) }
  }
}
