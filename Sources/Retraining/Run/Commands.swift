internal import StateStore

/// The command lines of the child processes.
enum Commands {
  /// What the networks start from.
  enum Start: Hashable {
    /// The Student of a version.
    case version(String)
    /// A Teacher's file; with what else is as in a version, if there is one.
    case teacher(String, like: String?)
  }

  /// The arguments of `distinguo train`. Options with a request's text are one argument, or a text such as `--flips` would
  /// be an option.
  static func training(
    _ request: JobRequest, start: Start, data: [String], model: String, version: Int, settings: RetrainingSettings
  ) -> [String] {
    var arguments = ["train"]
    switch start {
    case .version(let version): arguments += ["--warm-start", version]
    case .teacher(let file, let like):
      arguments += ["--teacher", file]
      if let like { arguments += ["--like", like] }
    }
    for path in data { arguments += ["--data", path] }
    arguments += ["--output", model, "--number", "\(version)", "--preset=\(request.preset)"]
    arguments += ["--seed", "\(request.seed)", "--hold-out", "\(settings.holdOut)"]
    if let threads = settings.threads { arguments += ["--threads", "\(threads)"] }
    if let pattern = request.labelBy { arguments.append("--label-by=\(pattern)") }
    if let pattern = request.groupBy { arguments.append("--group-by=\(pattern)") }
    if let flips = request.flips { arguments.append(flips ? "--flips" : "--no-flips") }
    return arguments + ["--progress", "json"]
  }

  /// The arguments of `distinguo evaluate`.
  static func evaluation(
    of version: String, heldOutOf candidate: String, plan: JobPlan, settings: RetrainingSettings
  ) -> [String] {
    var arguments = ["evaluate", "--model", version, "--held-out-of", candidate]
    for path in plan.data { arguments += ["--data", path] }
    if let folder = plan.adversarial { arguments += ["--adversarial", folder] }
    arguments += ["--pairs", "\(settings.pairs)", "--steps", "\(settings.steps)", "--budget", "\(settings.budget)"]
    if let threads = settings.threads { arguments += ["--threads", "\(threads)"] }
    return arguments + ["--json", "--progress", "json"]
  }
}
