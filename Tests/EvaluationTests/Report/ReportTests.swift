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
