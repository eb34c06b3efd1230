import ArgumentParser
import Attacks
import Base
import Defence
import Evaluation
import Images
import NeuralNet

/// Makes what `distinguo attack` asks for.
struct Attacker {
  private let command: Attack
  private let bundle: ModelBundle
  private let input: NetworkInput

  init(_ command: Attack, _ bundle: ModelBundle) throws {
    (self.command, self.bundle, input) = (command, bundle, NetworkInput(bundle.manifest))
  }

  /// One picture for each, in order.
  ///
  /// - Parameter students: what the Student says of them.
  func attack(_ pictures: [Picture], students: [Int]) throws -> [Picture] {
    if command.attack.isMimicry { return try mimic(pictures) }
    let label = try command.label.map { try place(of: $0, "--label") }
    let target = try command.target.map { try place(of: $0, "--target") }
    let goals = zip(pictures, students).map { AttackGoal($0, label: label ?? $1, target: target) }
    return try follow(goals).map(\.picture)
  }

  private func place(of label: String, _ option: String) throws -> Int {
    guard let place = bundle.manifest.labels.firstIndex(of: label) else {
      throw ValidationError(
        "\(option) '\(label)' is no label; there are: \(bundle.manifest.labels.joined(separator: ", ")).")
    }
    return place
  }

  private func mimic(_ pictures: [Picture]) throws -> [Picture] {
    let mimicry = try Mimicry(bundle.student, cut: bundle.manifest.student.cut, input: input)
    var settings = MimicrySettings(budget: command.budget ?? 0.01)
    (settings.steps, settings.threads) = (command.steps ?? 200, command.options.threads)
    guard let target = command.target else { return try mimicry.fingerprint(pictures, settings).map(\.picture) }
    let format = bundle.manifest.input
    let wanted: Picture
    do {
      let bytes = try FileAccess.read(target, limit: ImageLimits.default.bytes)
      wanted = format.fitted(try ImageDecoder.decode(bytes, atLeast: (format.width, format.height)))
    } catch {
      throw DefenceError.inaccessible(file: target, "\(error)")
    }
    return try mimicry.attack(pictures.map { MimicryAim(source: $0, target: wanted) }, settings).map(\.picture)
  }

  private func follow(_ goals: [AttackGoal]) throws -> [AttackedPicture] {
    let isL2 = command.norm == .l2 || command.attack == .carliniWagner
    var settings = GradientSettings(radius: command.radius ?? (isL2 ? 2 : 8))
    settings.norm = isL2 ? .l2 : .linf
    (settings.steps, settings.seed, settings.threads) = (command.steps ?? 100, command.seed, command.options.threads)
    // It goes on to be sure of it.
    settings.stopsEarly = false
    let isAgainstAll = command.against == .defence || command.attack == .orthogonal
    let graphs = [bundle.student] + (isAgainstAll ? bundle.differentiators.map(\.graph) : [])
    let model = try NetworkModel(graphs, input: input)
    if isAgainstAll { return try follow(goals, settings, model, bundle.objective) }
    switch command.attack {
    case .apgdRatio: return try follow(goals, settings, model, LogitRatioObjective())
    case .carliniWagner: return try follow(goals, settings, model, MarginObjective(confidence: 0))
    default: return try follow(goals, settings, model, CrossEntropyObjective())
    }
  }

  private func follow(
    _ goals: [AttackGoal], _ settings: GradientSettings, _ model: NetworkModel, _ objective: some AttackObjective
  ) throws -> [AttackedPicture] {
    switch command.attack {
    case .fgsm: try ProjectedGradient.fastGradient(settings).attack(model, goals, maximising: objective)
    case .momentum: try ProjectedGradient.momentumIterative(settings).attack(model, goals, maximising: objective)
    case .apgd, .apgdRatio: try AutoProjectedGradient(settings).attack(model, goals, maximising: objective)
    case .carliniWagner: try CarliniWagner(settings).attack(model, goals, maximising: objective)
    case .orthogonal:
      try OrthogonalProjectedGradient(settings, against: bundle.objective).attack(model, goals)
    default: try ProjectedGradient(settings).attack(model, goals, maximising: objective)
    }
  }
}
