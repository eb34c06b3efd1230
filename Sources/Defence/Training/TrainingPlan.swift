/// All that decides what comes out of a training, besides the pictures.
public struct TrainingPlan: Sendable, Hashable, Codable {
  /// What the ensemble starts from.
  public enum Origin: Sendable, Hashable, Codable {
    /// A Teacher, of which a Student is made first.
    case teacher
    /// A finished Student.
    case student
    /// A bundle's Student, which is retrained behind its cut.
    case warmStart(Predecessor)
  }

  /// The bundle that a training starts from.
  public struct Predecessor: Sendable, Hashable, Codable {
    /// The bundle's.
    public let digest: String
    /// The network that its Student's frozen layers are from.
    public let teacher: String
    /// That network's.
    public let teacherDigest: String

    /// What is to be known of a bundle.
    public init(_ bundle: ModelRecord) {
      digest = bundle.digest
      (teacher, teacherDigest) = (bundle.manifest.training.teacher, bundle.manifest.training.teacherDigest)
    }
  }

  /// The model's name.
  public var name: String
  /// The version that the bundle becomes.
  public var version = 1
  /// What the network that is given is.
  public var origin = Origin.teacher
  /// Where the Student is cut.
  public var cut = Cut.features
  /// How pictures become input.
  public var input: InputFormat
  /// What all random choices are drawn from.
  public var seed: UInt64 = 1
  /// How classes are spread over the ensemble.
  public var scopes = EnsembleLayout.Scopes.all
  /// How many differentiators there are (for each label, where some labels are protected).
  public var count = 8
  /// How many of them are asked.
  public var asked = 5
  /// Given out to the differentiators in turn.
  public var pruningRatios = [0.7, 0.65, 0.75]
  /// How far the pixels of training pictures are moved against a differentiator, in pixel values; given out in turn, 0
  /// for not.
  public var adversarialRadii = [0.0]
  /// The share of clean images that may be rejected.
  public var alpha = 0.01
  /// How scores become a verdict.
  public var policy = Policy.calibrated
  /// How they become one.
  public var aggregation = Aggregation.mean
  /// How the Student is trained.
  public var student: Recipe
  /// How each differentiator is fine-tuned.
  public var differentiator: Recipe
  /// How many threads compute; another number gives other weights.
  public var threads = 2

  /// A plan with the defaults that the properties state.
  public init(name: String, input: InputFormat, student: Recipe, differentiator: Recipe) {
    self.name = name
    self.input = input
    self.student = student
    self.differentiator = differentiator
  }

  /// The plan without what changes no weight: an interrupted training goes on under another name, α, policy or
  /// aggregation.
  var deciding: TrainingPlan {
    var plan = self
    (plan.name, plan.alpha, plan.policy, plan.aggregation) = ("", 0.01, .calibrated, .mean)
    return plan
  }

  /// - Throws: ``DefenceError/setting(_:)`` for what is out of range.
  func validate() throws(DefenceError) {
    if let fault = input.fault { throw .setting(fault) }
    guard ModelFolder.isName(name) else { throw .setting("the model's name '\(name)' must be a folder's name") }
    guard ModelFolder.versionNumbers.contains(version) else {
      throw .setting("version \(version); versions count from 1 to \(ModelFolder.versionNumbers.upperBound)")
    }
    guard alpha > 0, alpha < 1 else { throw .setting("an alpha of \(alpha); it must be more than 0 and less than 1") }
    guard (1...1024).contains(threads) else { throw .setting("\(threads) threads; there must be 1 to 1024") }
    try student.validate("the Student's recipe")
    try differentiator.validate("the differentiators' recipe")
  }
}
