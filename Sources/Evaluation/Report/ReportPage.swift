internal import Defence
internal import Foundation

/// `report.html`: one file that needs nothing else, neither network nor scripts.
struct ReportPage {
  private let record: EvaluationRecord
  private let figures: ReportFigures
  private let checks: [HonestyCheck]
  private let checklist: ReportChecklist

  init(_ report: Report) {
    (record, figures, checks) = (report.record, report.figures, report.checks)
    checklist = ReportChecklist(report)
  }

  func html() throws -> String {
    let run = record.run
    let title = "\(run.model) \(run.version) under attack"
    var page = HTMLWriter()
    page.raw("<!doctype html>")
    try page.elementThrowing("html", ["lang": "en"]) { page in
      page.element("head") { head in
        head.void("meta", ["charset": "utf-8"])
        head.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        head.void(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
          ])
        head.element("title", title)
        head.element("style") { $0.raw(ReportStyle.css) }
      }
      try page.elementThrowing("body", [:]) { body in
        try body.elementThrowing("main", [:]) { main in
          main.element("h1", title)
          main.element(
            "p", ["class": "soft"],
            "\(run.data), \(run.pictures) pictures; preset \(run.preset); \(run.created); \(minutes(run.seconds))")
          summary(&main)
          flagged(&main)
          clean(&main)
          attacks(&main)
          curves(&main)
          agreement(&main)
          baselines(&main)
          try pictures(&main)
          allChecks(&main)
          checklist.write(to: &main)
          provenance(&main)
        }
      }
    }
    return page.html + "\n"
  }

  // MARK: Parts

  private func summary(_ page: inout HTMLWriter) {
    page.element("section") { page in
      page.element("h2", "In short")
      page.element("p") { p in
        let clean = figures.clean
        p.text(
          "Of pictures that nobody tampered with, the classifier gets \(clean.studentAccuracy.brief) right; behind ")
        p.text("the gateway \(clean.endToEndAccuracy.brief) are right and answered. ")
        p.text("\(clean.cleanRejectionRate.brief) of the pictures that it gets right are refused by mistake.")
      }
      page.element("ul", ["class": "threats"]) { list in
        for threat in AttackRecord.Threat.allCases where record.run.threats.contains(threat) {
          let summary = ThreatSummary(threat, record.attacks, figures, checks)
          list.element("li") { item in
            item.element("span", ["class": "light \(summary.light.style)"], summary.light.rawValue)
            item.element("strong", "\(threat.rawValue): \(threat.attacker). ")
            item.text(summary.text)
          }
        }
      }
    }
  }

  private func flagged(_ page: inout HTMLWriter) {
    let failed = checks.filter { !$0.passed }
    guard !failed.isEmpty else { return }
    page.element("section", ["class": "flagged"]) { page in
      page.element("h2", "Flagged: read this before you believe the figures")
      page.element("ul") { list in
        for check in failed { list.element("li", "\(check.id): \(check.subject): \(check.detail)") }
      }
    }
  }

  private func clean(_ page: inout HTMLWriter) {
    page.element("section") { page in
      page.element("h2", "Pictures that nobody attacked")
      table(&page, "Shares of counted pictures, with 95 % intervals", ["", "share"]) { body in
        let clean = figures.clean
        row(&body, "Student accuracy", [rate(clean.studentAccuracy)])
        row(&body, "end-to-end accuracy: accepted and right", [rate(clean.endToEndAccuracy)])
        row(&body, "accuracy lost by defending", [String(format: "%.2f points", figures.accuracyLost)])
        if let expected = figures.expectedAccuracyLost {
          row(&body, "the same on average over selection keys", [String(format: "%.2f points", expected)])
        }
        row(&body, "clean rejection rate", [rate(clean.cleanRejectionRate)])
        for noise in figures.noise { row(&body, "rejected after \(noise.kind)", [rate(noise.rejected)]) }
      }
    }
  }

  private func attacks(_ page: inout HTMLWriter) {
    page.element("section") { page in
      page.element("h2", "Attacks")
      for threat in AttackRecord.Threat.allCases where record.attacks.contains(where: { $0.threat == threat }) {
        page.element("h3", "\(threat.rawValue): \(threat.attacker)")
        let columns = [
          "attack", "fools the Student", "of those rejected", "accepted and wrong", "ROC area", "at 1 % clean",
        ]
        table(&page, "\(threat.rawValue), each attack at each budget", columns) { body in
          for (attack, found) in zip(record.attacks, figures.attacks) where attack.threat == threat {
            row(
              &body,
              "\(attack.attack), \(attack.isTargeted ? "targeted" : "any wrong label"), \(attack.budgetText)",
              [
                rate(found.undefended), rate(found.defenceRate), rate(found.left),
                found.area.map { String(format: "%.4f", $0) } ?? "–",
                found.operatingPoints[0].defenceRate.brief,
              ])
          }
          for worst in figures.worstCases where worst.threat == threat {
            row(
              &body,
              "any of \(worst.attacks.count) attacks, \(worst.norm.text(worst.budget)), on the pictures that all began with",
              ["", "", rate(worst.left), "", ""])
          }
        }
        if threat == .t5 { questions(&page) }
        page.element("ul", ["class": "soft"]) { list in
          for (name, method) in methods(threat) { list.element("li", "\(name): \(method)") }
        }
      }
    }
  }

  /// What a success costs who has nothing but answers.
  private func questions(_ page: inout HTMLWriter) {
    let columns = ["attack", "scores shown", "accepted and wrong", "questions per success", "median of successes"]
    table(&page, "T5, questions: at most so many for each picture as its method says", columns) { body in
      for (attack, found) in zip(record.attacks, figures.attacks) where attack.threat == .t5 {
        let cells = [found.queriesPerSuccess, found.medianQueries].map { $0.map { "\(Int($0.rounded()))" } ?? "–" }
        row(
          &body, "\(attack.attack), \(attack.norm.text(attack.budget))",
          [attack.disclosure ?? "–", rate(found.left)] + cells)
      }
    }
  }

  private func methods(_ threat: AttackRecord.Threat) -> [(String, String)] {
    var seen: Set<String> = []
    return record.attacks.filter { $0.threat == threat }.compactMap {
      let name = "\($0.attack)\($0.isTargeted ? ", targeted" : "")"
      return seen.insert(name).inserted
        ? (name, "\($0.method); \($0.steps) \(threat == .t5 ? "questions" : "steps")") : nil
    }
  }

  private func curves(_ page: inout HTMLWriter) {
    let found = Dictionary(uniqueKeysWithValues: figures.attacks.map { ($0.id, $0) })
    let all = AttackCurve.all(record.attacks).filter { $0.attacks.count > 1 }
    page.element("section") { page in
      page.element("h2", "How success grows with the budget")
      for norm in [AttackRecord.Norm.dssim, .linf, .l2] {
        let curves = all.filter { $0.attacks[0].norm == norm }
        guard !curves.isEmpty else { continue }
        LineChart(
          title: "accepted and wrong, by budget in \(norm.rawValue)", xName: norm.axis, yName: "accepted and wrong",
          lines: curves.map { curve in
            LineChart.Line(name: curve.name, points: curve.attacks.map { ($0.budget, found[$0.id]!.left.share) })
          }, xTicks: Set(curves.flatMap { $0.attacks.map(\.budget) }).sorted(), isLogarithmic: true
        ).write(to: &page)
      }
      page.element("h2", "ROC: attacks rejected against clean pictures rejected")
      let sets = Dictionary(grouping: record.verdicts, by: \.set)
      let genuine = (sets["clean"] ?? []).filter { $0.student == $0.label }.compactMap(\.score)
      for threat in AttackRecord.Threat.allCases {
        // One curve for each attack: at its middle budget.
        let lines = AttackCurve.all(record.attacks).filter { $0.attacks[0].threat == threat }.compactMap { curve in
          let attack = curve.attacks[curve.attacks.count / 2]
          let scores = (sets[attack.id] ?? []).filter(\.foolsStudent).compactMap(\.score)
          let points = ROC(genuine: genuine, adversarial: scores).points
          return points.isEmpty
            ? nil
            : LineChart.Line(
              name: "\(curve.name), \(attack.norm.text(attack.budget))", points: points.map { ($0.clean, $0.rejected) })
        }
        guard !lines.isEmpty else { continue }
        LineChart(
          title: "ROC of \(threat.rawValue)", xName: "clean pictures rejected", yName: "attacks rejected", lines: lines,
          xTicks: [0, 0.25, 0.5, 0.75, 1]
        ).write(to: &page)
      }
    }
  }

  private func agreement(_ page: inout HTMLWriter) {
    page.element("section") { page in
      page.element("h2", "How often each differentiator agrees with a fooled Student")
      let names = zip(record.run.differentiators, record.run.pruningRatios).map { "\($0) (\($1.formatted()))" }
      table(&page, "Of the attacks that fool the Student; in brackets the share of pruned channels", ["attack"] + names)
      {
        body in
        for (attack, found) in zip(record.attacks, figures.attacks) where found.undefended.count > 0 {
          row(&body, attack.id, found.agreement.map(\.brief))
        }
      }
    }
  }

  private func baselines(_ page: inout HTMLWriter) {
    guard !record.baselines.isEmpty else { return }
    page.element("section") { page in
      page.element("h2", "Prior defences on the same pictures")
      let names = figures.baselines.map { "\($0.name), rejects \($0.cleanRejectionRate.brief) clean" }
      let columns = ["attack", "Distinguo"] + names + ["against the best of them"]
      table(&page, "Of the attacks that fool the Student, those rejected", columns) { body in
        for (attack, found) in zip(record.attacks, figures.attacks) where found.undefended.count > 0 {
          row(
            &body, attack.id,
            [found.defenceRate.brief] + found.baselines.map(\.defenceRate.brief) + [found.standing?.rawValue ?? "–"])
        }
      }
      page.element(
        "p", ["class": "soft"],
        "Ahead and behind are said where the two 95 % intervals do not meet. No attack in this table is aimed at a prior "
          + "defence; T3, T4 and T5 are aimed at Distinguo, and flatter the others.")
      known(&page)
      page.element("ul", ["class": "soft"]) { list in
        for baseline in record.baselines { list.element("li", "\(baseline.name): \(baseline.method)") }
      }
    }
  }

  /// Each defence by what is aimed at it: the only fair comparison of attackers who know the defence.
  private func known(_ page: inout HTMLWriter) {
    guard !record.priorAttacks.isEmpty else { return }
    let budgets = Set(record.priorAttacks.map(\.budget))
    let own = zip(record.attacks, figures.attacks).filter {
      $0.0.threat == .t4 && $0.0.aimsAtDefence && budgets.contains($0.0.budget)
    }
    let caption = "T4, each defence attacked by who knows all of it: accepted by it and wrong"
    table(&page, caption, ["defence", "attack", "fools the Student", "accepted and wrong"]) { body in
      for (attack, found) in own {
        row(&body, "Distinguo", ["\(attack.attack), \(attack.budgetText)", rate(found.undefended), rate(found.left)])
      }
      for (attack, found) in zip(record.priorAttacks, figures.priorAttacks) {
        row(
          &body, attack.against ?? "",
          ["\(attack.attack), \(attack.budgetText)", rate(found.undefended), rate(found.left)])
      }
    }
    page.element(
      "p", ["class": "soft"],
      "Prior defences are attacked by APGD, \(record.priorAttacks[0].steps) steps; gradients pass what has none of its own as if it "
        + "changed nothing.")
  }

  private func pictures(_ page: inout HTMLWriter) throws {
    let verdicts = Dictionary(
      record.verdicts.map { ("\($0.set) \($0.index)", $0) }, uniquingKeysWith: { first, _ in first })
    try page.elementThrowing("section", [:]) { page in
      page.element("h2", "Pictures")
      let threats = Dictionary(record.attacks.map { ($0.id, $0.threat) }, uniquingKeysWith: { first, _ in first })
      for threat in AttackRecord.Threat.allCases {
        let examples = record.examples.filter { threats[$0.set] == threat }
        guard !examples.isEmpty else { continue }
        // A whole evaluation has more than a hundred.
        let state: KeyValuePairs = threat == .t1 ? ["open": "open"] : [:]
        try page.elementThrowing("details", state) { page in
          page.element("summary", "\(threat.rawValue): \(examples.count) pictures")
          for example in examples {
            guard let verdict = verdicts["\(example.set) \(example.index)"] else { continue }
            try ExampleRow(example, verdict, labels: record.run.labels).write(to: &page)
          }
        }
      }
    }
  }

  private func allChecks(_ page: inout HTMLWriter) {
    page.element("section") { page in
      page.element("h2", "Checks of the attacks themselves")
      table(&page, "What must hold if the attacks were made honestly", ["check", "of", "", "found"]) { body in
        for check in checks {
          row(&body, check.id, [check.subject, check.passed ? "passed" : "FLAGGED", check.detail])
        }
      }
    }
  }

  private func provenance(_ page: inout HTMLWriter) {
    let run = record.run
    page.element("section") { page in
      page.element("h2", "How this was made")
      table(&page, "The run", ["", ""]) { body in
        row(&body, "command", [run.command])
        row(&body, "model", ["\(run.model) \(run.version), \(run.digest)"])
        row(
          &body, "asked",
          [
            "\(run.asked) of \(run.differentiators.count) differentiators, \(run.policy.rawValue), "
              + "\(run.aggregation.rawValue), α = \(run.alpha.formatted())"
          ])
        row(&body, "seed", ["\(run.seed)"])
        for surrogate in run.surrogates {
          row(
            &body, surrogate.name,
            [
              "\(surrogate.description); Student \(surrogate.measured.studentAccuracy.brief) right, trained in \(minutes(Double(surrogate.seconds)))"
            ])
        }
      }
    }
  }

  // MARK: Tables and numbers

  private func table(
    _ page: inout HTMLWriter, _ caption: String, _ columns: [String], _ rows: (inout HTMLWriter) -> Void
  ) {
    page.element("div", ["class": "wide", "tabindex": "0", "role": "region", "aria-label": caption]) { page in
      page.element("table") { table in
        table.element("caption", caption)
        table.element("thead") { head in
          head.element("tr") { row in for column in columns { row.element("th", ["scope": "col"], column) } }
        }
        table.element("tbody", [:], rows)
      }
    }
  }

  private func row(_ body: inout HTMLWriter, _ head: String, _ cells: [String]) {
    body.element("tr") { row in
      row.element("th", ["scope": "row"], head)
      for cell in cells { row.element("td", cell) }
    }
  }

  private func rate(_ rate: Rate) -> String {
    rate.of == 0 ? "0 of 0" : "\(rate.brief), \(rate.count) of \(rate.of)"
  }

  private func minutes(_ seconds: Double) -> String {
    seconds < 90 ? "\(Int(seconds.rounded())) s" : "\(Int((seconds / 60).rounded())) min"
  }
}

extension Rate {
  /// Such as `98.3 % (91.1–99.7)`.
  var brief: String {
    of == 0 ? "–" : String(format: "%.1f %% (%.1f–%.1f)", 100 * share, 100 * low, 100 * high)
  }
}

extension AttackRecord {
  /// Such as `L∞ 8/255`.
  var budgetText: String { norm.text(budget) + (disclosure.map { ", scores \($0)" } ?? "") }
}

extension AttackRecord.Norm {
  func text(_ budget: Double) -> String {
    switch self {
    case .dssim: "DSSIM ≤ \(budget.formatted())"
    case .linf: "L∞ \(budget.formatted())/255"
    case .l2: "L₂ \(budget.formatted())"
    }
  }

  var axis: String {
    switch self {
    case .dssim: "largest DSSIM"
    case .linf: "L∞, pixel values of 255"
    case .l2: "L₂, values of 0 to 1"
    }
  }
}
