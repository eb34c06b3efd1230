public import ArgumentParser
public import Attacks
import Base
import Defence
import Evaluation
import Foundation
import Images
import NeuralNet

struct Attack: ParsableCommand {
  /// What is searched for, and how.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case mimicry, fingerprint, fgsm, pgd, momentum, apgd
    case apgdRatio = "apgd-dlr"
    case carliniWagner = "carlini-wagner"
    case orthogonal

    /// Whether it is the Teacher's features that it looks at, not the answers.
    var isMimicry: Bool { self == .mimicry || self == .fingerprint }
  }

  /// What is to be fooled.
  enum Against: String, CaseIterable, ExpressibleByArgument { case student, defence }

  static let configuration = CommandConfiguration(
    abstract: "Attack a model with pictures of your own, and write what comes of it as PNG files.",
    discussion: """
      For demonstrations, and to test a gateway with curl. Each picture is changed within a budget until the model takes it \
      for something else; the files hold what the network sees, at its input's size, and say nothing else.

        distinguo attack --model Models/traffic-signs --attack mimicry --target yield.png --output attacks stop.png
        distinguo attack --model Models/traffic-signs --attack apgd --against defence --radius 8 --output attacks stop.png
        curl --data-binary @attacks/stop-mimicry.png http://127.0.0.1:8080/v1/classify

      mimicry makes features at the cut layer like those of --target (threat model T1), fingerprint makes them all zero; both \
      know the Teacher alone. The others follow the gradients of the Student, or with --against defence those of the \
      differentiators, too (T4). Attack only what is yours, or what you may.
      """)

  @OptionGroup var options: ModelOptions

  @Option(help: "mimicry, fingerprint, fgsm, pgd, momentum, apgd, apgd-dlr, carlini-wagner or orthogonal.")
  var attack = Kind.mimicry

  @Option(
    help: "student, or defence: accepted and wrong. carlini-wagner is against the Student, orthogonal against both.")
  var against: Against?

  @Option(
    help:
      "For mimicry, the picture whose features are wanted; else the label that is wanted, any wrong one if left out.")
  var target: String?

  @Option(help: "The label of all pictures. Without it, what the Student says of each.")
  var label: String?

  @Option(help: "For mimicry and fingerprint: the largest DSSIM from the picture, more than 0 and at most 0.5; 0.01.")
  var budget: Double?

  @Option(
    help: "For the others: the largest distance, with linf in values of 0 to 255 (8), with l2 on the scale 0 to 1 (2).")
  var radius: Double?

  @Option(help: "linf or l2: what --radius limits.")
  var norm: GradientSettings.Norm?

  @Option(help: "How often gradients are taken: 200, or for the attacks that follow the answers' 100.")
  var steps: Int?

  @Option(help: "What random starts are drawn from.")
  var seed: UInt64 = 1

  @Option(help: "The folder for the PNG files.")
  var output: String

  @Flag(help: "Print a line of JSON for each picture, as the gateway answers, instead of a table.")
  var json = false

  @Argument(help: "Pictures, or folders of pictures.")
  var images: [String]

  func validate() throws {
    func refuse(_ option: String, _ isGiven: Bool, _ reason: String) throws {
      if isGiven { throw ValidationError("\(option) does not go with --attack \(attack.rawValue): \(reason).") }
    }
    if attack.isMimicry {
      try refuse("--radius", radius != nil, "--budget limits it")
      try refuse("--norm", norm != nil, "--budget limits it")
      try refuse("--against", against != nil, "it knows the Teacher alone")
    } else {
      try refuse("--budget", budget != nil, "--radius limits it")
    }
    switch attack {
    case .mimicry where target == nil: throw ValidationError("--target is missing: the picture to mimic.")
    case .fingerprint: try refuse("--target", target != nil, "it wants features of zero")
    case .orthogonal: try refuse("--against student", against == .student, "it is against both")
    case .carliniWagner:
      try refuse("--against defence", against == .defence, "it is against the Student")
      try refuse("--norm linf", norm == .linf, "it has l2 alone")
    default: break
    }
  }

  func run() throws {
    Termination.allow()
    let bundle = try options.bundle()
    let pool = try options.pool(bundle)
    let format = bundle.manifest.input
    let entries = try PictureList(images).entries
    let names = try outputNames(entries)
    let pictures = try entries.map { entry in
      do {
        return format.fitted(try entry.picture(atLeast: (format.width, format.height)))
      } catch {
        throw DefenceError.inaccessible(file: entry.name, "\(error)")
      }
    }
    let attacker = try Attacker(self, bundle)
    let made = try attacker.attack(pictures, students: try pool.judge(pictures).map(\.studentLabel))
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    let table = VerdictOutput(bundle, json: json)
    for (name, picture) in zip(names, made) {
      // What is judged is what the file holds.
      let bytes = try ImageEncoder.png(picture)
      do {
        try FileAccess.replace("\(output)/\(name)", with: bytes)
      } catch {
        throw DefenceError.inaccessible(file: "\(output)/\(name)", "\(error)")
      }
      let started = ContinuousClock.now
      let judgement = try pool.judge([try ImageDecoder.decode(bytes)])[0]
      table.add(bundle.verdict(judgement), image: "\(output)/\(name)", elapsed: ContinuousClock.now - started)
    }
    table.finish()
  }

  /// `stop-mimicry.png` for each picture.
  private func outputNames(_ entries: [PictureList.Entry]) throws -> [String] {
    let names = entries.map { entry in
      let name = entry.name == "-" ? "picture" : URL(filePath: entry.name).deletingPathExtension().lastPathComponent
      return "\(name)-\(attack.rawValue).png"
    }
    let twice = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    guard twice.isEmpty else {
      throw ValidationError("several pictures would be written to '\(twice[0])'; give them one by one, or other names.")
    }
    return names
  }
}

extension GradientSettings.Norm: ExpressibleByArgument {
  /// `linf` or `l2`.
  public init?(argument: String) { self.init(rawValue: argument.lowercased() == "l2" ? "L2" : argument.capitalized) }
}
