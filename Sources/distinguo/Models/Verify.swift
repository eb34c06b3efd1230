import ArgumentParser
import Defence
import Foundation

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a bundle: digests, manifest, networks, thresholds, and the networks' answers to its probes.",
    discussion: """
      Prints what is wrong, a line for each, and exits with status 1; or one line that all is well.

        distinguo verify Models/flowers
      """)

  @Argument(help: "A model's folder (its current version is meant), or one version's.")
  var folder: String

  func run() throws {
    let faults = ModelBundle.faults(of: folder)
    guard faults.isEmpty else {
      FileHandle.standardError.write(Data((faults.joined(separator: "\n") + "\n").utf8))
      throw ExitCode(1)
    }
    let bundle = try ModelBundle(contentsOf: folder)
    print(
      "\(bundle.path) is sound: \(bundle.manifest.labels.count) labels, \(bundle.differentiators.count) differentiators, "
        + "\(bundle.manifest.files.count + 1) files, \(bundle.digest)")
  }
}
