/// The checklist of Carlini et al., "On Evaluating Adversarial Robustness" (2019, section 3 and appendix A), and what of it
/// this evaluation did.
struct ReportChecklist {
  private enum State: String {
    case done
    case partly
    case open = "not done"
  }

  private let record: EvaluationRecord

  init(_ record: EvaluationRecord) { self.record = record }

  private func has(_ threat: AttackRecord.Threat) -> Bool { record.attacks.contains { $0.threat == threat } }

  private var items: [(item: String, state: State, detail: String)] {
    let run = record.run
    let names = Set(record.attacks.map(\.attack)).sorted().joined(separator: ", ")
    let budgets = Dictionary(grouping: record.attacks, by: \.attack).values.contains { $0.count > 1 }
    return [
      ("State a precise threat model", .done, "each table names who the attacker is and what limits the change"),
      (
        "Perform adaptive attacks", has(.t4) ? .done : .open,
        has(.t4)
          ? "T4 maximises accepted and wrong end to end, through Student and differentiators" : "T4 was not asked for"
      ),
      ("Report clean accuracy beside robustness", .done, "the first table"),
      ("Attack with several attacks, and the worst of them per picture", .done, names),
      (
        "Release source and weights", .done, "the attacks are this program; the bundle is \(run.digest)"
      ),
      (
        "Show that success grows with the budget, up to all", budgets ? .done : .partly,
        "see the curves, and the checks that flag where it does not"
      ),
      (
        "Attack with enough steps", .partly,
        "\(record.attacks.map(\.steps).max() ?? 0) at most; more were not tried in this run"
      ),
      (
        "Try random restarts", .partly, "one random start for each picture and budget"
      ),
      (
        "Try transfer attacks", has(.t2) || has(.t3) ? .done : .open,
        "\(run.surrogates.count) surrogate(s) were trained"
      ),
      (
        "Try attacks without gradients", has(.t5) ? .done : .open,
        has(.t5) ? "over HTTP, under each policy of score disclosure" : "T5 was not asked for, or there is none yet"
      ),
      (
        "Account for randomness", .done, "which differentiators are asked is keyed; T4 attacks the expectation over all"
      ),
      (
        "Compare with prior work at equal clean rejection", record.baselines.isEmpty ? .open : .done,
        record.baselines.isEmpty
          ? "no prior defences in this run" : record.baselines.map(\.name).joined(separator: ", ")
      ),
      ("Judge what a file holds", .done, "every picture was read again from its PNG before it was judged"),
      ("Give confidence intervals", .done, "Wilson's 95 % intervals everywhere"),
      ("Provable bounds", .open, "nothing is proved; these are attacks that were tried"),
    ]
  }

  func write(to page: inout HTMLWriter) {
    page.element("section") { page in
      page.element("h2", "Checklist (Carlini et al. 2019)")
      page.element("ul", ["class": "checklist"]) { list in
        for (item, state, detail) in items {
          list.element("li") { line in
            line.element("strong", "\(state.rawValue): ")
            line.text("\(item): \(detail).")
          }
        }
      }
    }
  }
}
