import ArgumentParser
import Foundation
import Retraining

/// What a gateway begins in place of `train` or `evaluate` itself.
struct Child: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Become another command that gives way to all other processes. Gateways use this.", shouldDisplay: false)

  @Option(help: "How much it gives way, 0 to 19.")
  var nice = 19

  @Flag(help: "Read and write only while nobody else does.")
  var idleIo = false

  @Option(help: "How many bytes of data it may have.")
  var memory: Int?

  @Option(help: "The folder of the control group to join.")
  var cgroup: String?

  @Option(help: "The process with which it ends.")
  var parent: Int?

  @Argument(parsing: .postTerminator, help: "The command to become, with its arguments.")
  var command: [String]

  func validate() throws {
    guard (0...19).contains(nice) else { throw ValidationError("--nice is \(nice); it must be 0 to 19.") }
    guard memory ?? 1 > 0 else { throw ValidationError("--memory is \(memory!); it must be more than 0.") }
    guard (parent ?? 1) > 0 else { throw ValidationError("--parent is \(parent!); it must be more than 0.") }
    guard command.first.map({ !$0.hasPrefix("-") }) ?? false else {
      throw ValidationError("There is no command; write it after --.")
    }
  }

  func run() throws {
    let restraint = ChildRestraint(nice: nice, hasIdleIO: idleIo, memory: memory, cgroup: cgroup, parent: parent)
    throw ValidationError(restraint.run(command))
  }
}
