/// The checklist of Carlini et al., "On Evaluating Adversarial Robustness" (2019, section 3 and appendix A), and what of it
/// this evaluation did.
struct ReportChecklist {
  private enum State: String {
    case done
    case partly
    case open = "not done"
  }

  private let record: EvaluationRecord
  private let checks: [HonestyCheck]

  init(_ report: Report) { (record, checks) = (report.record, report.checks) }

  /// Attacks of a threat model of which there are pictures.
  private func made(_ threat: AttackRecord.Threat) -> [AttackRecord] {
    let sets = Set(record.verdicts.map(\.set))
    return record.attacks.filter { $0.threat == threat && sets.contains($0.id) }
  }

  private func has(_ threat: AttackRecord.Threat) -> Bool { !made(threat).isEmpty }

  /// The names of attacks, each once.
  private func names(_ attacks: [AttackRecord]) -> String { list(attacks.map(\.attack)) }

  private func list(_ words: [String]) -> String { Set(words).sorted().joined(separator: ", ") }

  /// Whether there are checks of such an id, and which of them are flagged.
  private func outcome(_ id: String) -> (state: State, flagged: Int, of: Int) {
    let own = checks.filter { $0.id == id }
    let flagged = own.count { !$0.passed }
    return (own.isEmpty ? .open : flagged > 0 ? .partly : .done, flagged, own.count)
  }

  private typealias Item = (item: String, state: State, detail: String)

  private var items: [Item] { attacking + reporting }

  private var attacking: [Item] {
    let all = AttackRecord.Threat.allCases.flatMap(made)
    let adaptive = all.filter(\.aimsAtDefence)
    let queried = made(.t5)
    return [
      (
        "Perform adaptive attacks", has(.t4) ? .done : adaptive.isEmpty ? .open : .partly,
        adaptive.isEmpty
          ? "no attack of this run is aimed at the differentiators" : "aimed at the whole decision: \(names(adaptive))"
      ),
      (
        "Apply several attacks, and count the worst of them for each picture",
        Set(all.map(\.attack)).count > 1 ? .done : .open, all.isEmpty ? "no attack was made" : names(all)
      ),
      (
        "Apply enough steps", all.isEmpty ? .open : .partly,
        all.isEmpty
          ? "no attack was made"
          : "\(all.map(\.steps).max() ?? 0) at most; whether more would succeed more often was not tried in this run"
      ),
      (
        "Try random restarts", .open, "no attack of an evaluation begins anew: each has one start"
      ),
      (
        "Try transfer attacks", has(.t2) || has(.t3) ? .done : .open,
        has(.t2) || has(.t3)
          ? "\(names(made(.t2) + made(.t3))), from \(record.run.surrogates.count) surrogate(s)"
          : "neither T2 nor T3 was tried"
      ),
      (
        "Try attacks without gradients", queried.isEmpty ? .open : .done,
        queried.isEmpty
          ? "T5 was not tried"
          : "\(names(queried)); scores disclosed: \(list(queried.compactMap(\.disclosure)))"
      ),
      (
        "Account for randomness", has(.t4) ? .done : .open,
        has(.t4)
          ? "which differentiators are asked is keyed; T4 goes by the expectation over the choice"
          : "which differentiators are asked is keyed, and no attack of this run goes by the expectation over the choice"
      ),
    ]
  }

  private var reporting: [Item] {
    let (grows, reaches, within) = (outcome("grows-with-budget"), outcome("reaches-all"), outcome("within-budget"))
    let hasClean = record.verdicts.contains { $0.set == "clean" }
    return [
      ("State a precise threat model", .done, "each table names who the attacker is, each row what limits the change"),
      ("Report clean accuracy", hasClean ? .done : .open, hasClean ? "the first table" : "no clean picture was judged"),
      (
        "Show that success grows with the budget", grows.state,
        grows.of == 0 ? "no attack was made at several budgets" : "\(grows.flagged) of \(grows.of) curves are flagged"
      ),
      (
        "Show that success reaches all with a large budget", reaches.state,
        reaches.of == 0 ? "only T4 must, and was not tried" : "\(reaches.flagged) of \(reaches.of) curves are flagged"
      ),
      (
        "Keep to the budget", within.state,
        within.of == 0 ? "no attack was made" : "every picture was measured as its file holds it; see the checks"
      ),
      (
        "Compare with prior work", record.baselines.isEmpty ? .open : .partly,
        record.baselines.isEmpty
          ? "no prior defences in this run"
          : "\(record.baselines.map(\.name).joined(separator: ", ")): thresholds by the same rule and share; "
            + "no attack was aimed at them"
      ),
      ("Give confidence intervals", .partly, "Wilson's 95 % intervals of all shares; none of areas and means"),
      ("Release source and weights", .done, "the attacks are this program; the bundle is \(record.run.digest)"),
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
