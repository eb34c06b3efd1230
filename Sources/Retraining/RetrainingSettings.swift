public import StateStore

/// How retrainings run, and what a new version must be measured as.
public struct RetrainingSettings: Sendable, Hashable {
  /// The program with the commands `child`, `train` and `evaluate`. As it stands here, the one that runs now, even after
  /// another was put in its place.
  public var executable = OwnProgram.path
  /// How many threads compute; nil for one on each processor.
  public var threads: Int?
  /// How much the child gives way to others, 0 to 19 (nice(2)).
  public var nice = 19
  /// How many bytes of memory the child may take; nil for any number.
  public var memory: Int?
  /// How long a training, or a measurement, may take; counted anew when the gateway starts.
  public var timeLimit = Duration.seconds(6 * 3600)
  /// How often in a row a child process may be killed from outside, without a checkpoint between, until the job has failed.
  public var attempts = 3
  /// How many jobs may wait besides the one that runs.
  public var capacity = 16
  /// The folders below which pictures and Teachers may be.
  public var dataRoots: [String] = []
  /// By how much a new version may be worse than the current one.
  public var margins = GateReport.Margins()
  /// How many pictures are attacked to measure the defence rate; 0 for no attack.
  public var pairs = 50
  /// How many steps each attack takes.
  public var steps = 50
  /// The largest DSSIM between an attacking picture and its source.
  public var budget = 0.01
  /// The share of each label's pictures that is kept from training and calibration to measure with.
  public var holdOut = 0.1
  /// How long a child process may take to end after SIGTERM, before SIGKILL.
  public var grace = Duration.seconds(5)
  /// How long to wait before a child process that was killed is begun again.
  public var pause = Duration.seconds(1)

  /// The defaults.
  public init() {}
}
