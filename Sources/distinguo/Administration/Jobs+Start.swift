import AdminClient
public import ArgumentParser
import Base
import Foundation
import Retraining
public import StateStore

extension Jobs {
  struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask for a retraining: a new version of a model, from pictures.",
      discussion: """
        The gateway trains beside its serving, at low priority, one at a time. The new version is measured beside the \
        current one; with --activate it becomes the current one if it is no worse.
        """)

    @OptionGroup var options: AdminOptions

    @Argument(help: "The model's name.") var model: String

    @Option(help: "A folder or an archive on the gateway's machine, below one of its retraining.data.")
    var path: String?

    @Option(help: "A tar, tar.gz or zip here, which is sent along.") var upload: String?

    @Flag(help: "Add the rejected pictures that were reviewed; alone, or beside others.") var feedback = false

    @Option(help: "quick, standard or thorough.") var preset = "standard"

    @Option(help: "What all random choices are drawn from.") var seed: UInt64 = 1

    @Flag(help: "Make the new version the current one if it passes the gate.") var activate = false

    @Option(help: "What the networks start from: serving (the current version's Student) or teacher.")
    var start = JobRequest.Start.serving

    @Option(help: "The Teacher's ONNX file on the gateway's machine, below one of its retraining.data.")
    var teacher: String?

    @Option(help: "A regular expression for labels in folders' names, instead of the current version's.")
    var labelBy: String?

    @Option(help: "A regular expression for groups in files' names, instead of the current version's.")
    var groupBy: String?

    @Flag(inversion: .prefixedNo, help: "Whether left and right may change places; else as for the current version.")
    var flips: Bool?

    @Flag(help: "Watch it until it ends.") var watch = false

    func validate() throws {
      guard path == nil || upload == nil else { throw ValidationError("Give --path or --upload, not both.") }
      guard path != nil || upload != nil || feedback else {
        throw ValidationError("No pictures: give --path, --upload or --feedback.")
      }
      if let upload {
        do { _ = try OpenFile(upload) } catch { throw ValidationError("--upload '\(upload)': \(error).") }
      }
      guard (start == .teacher) == (teacher != nil) else {
        throw ValidationError(
          teacher == nil ? "--start teacher needs --teacher beside it." : "--teacher needs --start teacher beside it.")
      }
      guard ["quick", "standard", "thorough"].contains(preset) else {
        throw ValidationError("--preset is '\(preset)'; it must be quick, standard or thorough.")
      }
    }

    func run() throws {
      let request = JobRequest(
        model: model, data: JobRequest.Pictures(path: path), feedback: feedback, preset: preset, seed: seed,
        activate: activate, start: start, teacher: teacher, labelBy: labelBy, groupBy: groupBy, flips: flips)
      let client = try options.client()
      let answer = try client.answer(.start(request, upload: upload))
      let job = try answer.value(JobStatus.self).job
      print(options.json ? answer.json : job.id)
      guard watch else { return }
      // Whoever reads the id from a pipe is not kept waiting.
      fflush(nil)
      try JobWatch(client, json: options.json).run(job.id)
    }
  }
}

extension JobRequest.Start: ExpressibleByArgument {}
