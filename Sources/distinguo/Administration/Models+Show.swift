import AdminClient
import ArgumentParser

extension Models {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "A model's versions, and how each did.")

    @OptionGroup var options: AdminOptions

    @Argument(help: "The model's name.") var model: String

    func run() throws {
      try options.show(.model(model)) { (model: ModelDocument) in "\(summary(model))\n\n\(versions(model))" }
    }

    private func summary(_ model: ModelDocument) -> String {
      var lines: [String] = []
      if let serving = model.serving {
        lines.append(
          "\(model.name): version \(serving.version) answers since \(AdminText.moment(serving.servedSince)), "
            + serving.digest)
      } else {
        lines.append("\(model.name): no version answers")
      }
      if let current = model.current, current != model.serving?.version {
        lines.append("version \(current) is current, and answers once it is loaded")
      }
      if let version = model.rollBackTo { lines.append("a roll back leads to version \(version)") }
      let drift = model.drift
      let relation = drift.isExceeded ? "MORE THAN" : "within"
      let bound = drift.bound.map { ", \(relation) the \(AdminText.percent($0)) that it may be" } ?? ""
      if drift.images > 0 {
        lines.append("rejected \(AdminText.percent(drift.rejectionRate)) of the last \(drift.images) pictures\(bound)")
      }
      return lines.joined(separator: "\n")
    }

    private func cell<Value>(_ value: Value?, _ text: (Value) -> String) -> String { value.map(text) ?? "–" }

    private func versions(_ model: ModelDocument) -> String {
      var table = TextTable(
        [
          "version", "state", "made", "labels", "differentiators", "α", "Student", "end to end", "clean rejection",
          "gate", "size", "digest",
        ],
        rightAligned: [0, 3, 4, 5, 6, 7, 8, 10])
      for version in model.versions {
        let measured = version.measured?.last
        table.add([
          "\(version.version)", version.state, cell(version.created) { AdminText.age($0) },
          cell(version.labels?.count) { "\($0)" }, cell(version.differentiators) { "\($0)" },
          cell(version.alpha, AdminText.percent), cell(measured?.studentAccuracy.share, AdminText.percent),
          cell(measured?.endToEndAccuracy.share, AdminText.percent),
          cell(measured?.cleanRejectionRate.share, AdminText.percent), AdminText.gate(version.gate),
          AdminText.size(version.bytes), cell(version.digest, AdminText.short),
        ])
      }
      let faults = model.versions.compactMap { version in version.fault.map { "version \(version.version): \($0)" } }
      return ([table.text] + faults).joined(separator: "\n")
    }
  }
}
