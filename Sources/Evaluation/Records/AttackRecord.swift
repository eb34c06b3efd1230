/// One attack at one budget, as a report describes it.
public struct AttackRecord: Sendable, Hashable, Codable {
  /// The threat models of METHOD.md.
  public enum Threat: String, Sendable, Hashable, Codable, CaseIterable {
    case t1 = "T1"
    case t2 = "T2"
    case t3 = "T3"
    case t4 = "T4"
    case t5 = "T5"
  }

  /// What a picture's distance from its source is measured in.
  public enum Norm: String, Sendable, Hashable, Codable {
    /// (1 − MS-SSIM) / 2
    case dssim = "DSSIM"
    /// The largest difference of a pixel's value, 0…255.
    case linf = "Linf"
    /// The Euclidean norm of all differences, on the scale 0…1.
    case l2 = "L2"
  }

  /// What its pictures' records name as their set, such as `T4/joint-apgd/Linf-4`.
  public var id: String
  /// Under which threat model.
  public var threat: Threat
  /// Such as `mimicry` or `joint-apgd`; attacks of the same name, aim, norm and threat make a curve over their budgets.
  public var attack: String
  /// Whether the attacker wants one given label.
  public var isTargeted: Bool
  /// What the budget limits.
  public var norm: Norm
  /// The largest distance.
  public var budget: Double
  /// How often the gradient is taken for each picture, or how many questions may be asked.
  public var steps: Int
  /// What the attacker maximises and what against, in a sentence.
  public var method: String
  /// Attacks at the same budget that it must not lose to, by their names: it knows all that they do.
  public var strongerThan: [String]
  /// How much of the answers the attacker sees (T5): `full`, `coarse` or `none`.
  public var disclosure: String?
  /// The prior defence that it aims at; nil for an attack on the bundle.
  public var against: String?
  /// How long it took.
  public var seconds: Double
}
