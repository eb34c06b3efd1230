import AdminClient
import ArgumentParser

extension Models {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Every model: which version answers, and how much is rejected.")

    @OptionGroup var options: AdminOptions

    func run() throws {
      try options.show(.models) { (list: ModelDocument.List) in
        var table = TextTable(
          ["model", "current", "serving", "since", "versions", "rejected", "of pictures"], rightAligned: [1, 2, 5, 6])
        for model in list.models {
          table.add([
            model.name, model.current.map { "\($0)" } ?? "–", model.serving.map { "\($0.version)" } ?? "–",
            model.serving.map { AdminText.age($0.servedSince) } ?? "",
            model.versions.map { "\($0.version)" }.joined(separator: " "),
            model.drift.images == 0 ? "–" : AdminText.percent(model.drift.rejectionRate),
            "\(model.drift.images)\(model.drift.isExceeded ? ", DRIFT" : "")",
          ])
        }
        return table.text
      }
    }
  }
}
