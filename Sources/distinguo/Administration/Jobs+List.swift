import AdminClient
public import ArgumentParser
import Retraining
public import StateStore

extension Jobs {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Retrainings, the newest first.")

    @OptionGroup var options: AdminOptions

    @Option(help: "Only those of this model.") var model: String?

    @Option(help: "Only those that are \(Job.State.allCases.map(\.rawValue).joined(separator: ", ")).")
    var state: Job.State?

    @Option(help: "At most so many.") var limit: Int?

    func validate() throws {
      if let limit, limit < 1 { throw ValidationError("--limit is \(limit); it must be 1 or more.") }
    }

    func run() throws {
      try options.show(.jobs(model: model, state: state, limit: limit)) { (list: JobList) in
        var table = TextTable(
          ["id", "model", "asked for", "by", "state", "step", "done", "left", "version", "gate"],
          rightAligned: [6, 7, 8])
        for status in list.jobs {
          let job = status.job
          table.add([
            job.id, job.request.model, AdminText.age(job.created), job.actor, job.state.rawValue, job.step.rawValue,
            status.progress.map { AdminText.percent($0.fraction) } ?? "",
            status.progress?.secondsLeft.map(AdminText.span) ?? "", job.version.map { "\($0)" } ?? "",
            AdminText.gate(job.gate) + (job.isActivated ? ", activated" : ""),
          ])
        }
        return table.text
      }
    }
  }
}

extension Job.State: ExpressibleByArgument {}
