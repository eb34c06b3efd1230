import Defence
import Evaluation
import Foundation

extension Evaluate {
  /// Tries all that was asked for and writes the report.
  func writeReport(to folder: String, _ style: ProgressStyle) throws {
    let bundle = try options.bundle()
    let given = try AttackerData(bundle, data: data, labelBy: labelBy, options: evaluation, seed: seed)
    var run = EvaluationRun(bundle, given.items, data: given.name, preset: evaluation.preset)
    run.threats = evaluation.threats?.threats ?? EvaluationRun.possibleThreats
    if let sources = evaluation.sources { run.settings.attack(pictures: sources) }
    (run.seed, run.threads, run.key) = (seed, options.threads, try options.selectionKey())
    run.attackers = given.attackers
    run.command = CommandLine.quoted
    let gateways = EvaluatedGateways(bundle, selectionKeyFile: options.selectionKeyFile)
    defer { gateways.stop() }
    run.gateway = gateways.answer
    let reporter = StageReporter(style)
    run.report = reporter.report
    let record = try run.run(in: folder)
    let report = Report(record)
    try report.write(to: folder)
    reporter.finish()
    guard !json else { return print(try report.json(), terminator: "") }
    let clean = EvaluationReport(
      bundle: bundle, measured: report.figures.clean, outcomes: [], steps: 0, seed: seed, feedback: nil)
    var table = TextTable(["attack", "fools the Student", "of those rejected", "accepted and wrong"])
    for row in report.rows { table.add(row) }
    print("\(clean.text())\n\(report.cost)\n\n\(table.text)\n")
    for flag in report.flags { print("FLAGGED \(flag)") }
    print("\(folder)/report.html")
  }
}
