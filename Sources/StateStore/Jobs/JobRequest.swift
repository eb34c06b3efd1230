/// What a retraining was asked for.
public struct JobRequest: Sendable, Hashable, Codable {
  /// What the networks start from.
  public enum Start: String, Sendable, Hashable, Codable, CaseIterable {
    /// The Student of the version that is current when the job begins.
    case serving
    /// A public pre-trained network.
    case teacher
  }

  /// Where the pictures are from.
  public struct Pictures: Sendable, Hashable, Codable {
    /// A folder or an archive below one of the allowed roots, as it was given. Nil with an upload, or feedback alone.
    public var path: String?
    /// The name of the archive that came with the request.
    public var upload: String?

    /// Pictures from one of the two, or from none.
    public init(path: String? = nil, upload: String? = nil) { (self.path, self.upload) = (path, upload) }
  }

  /// The model that gets a new version.
  public var model: String
  /// Where its pictures are from.
  public var data: Pictures
  /// Whether reviewed pictures are added.
  public var feedback: Bool
  /// `quick`, `standard` or `thorough`.
  public var preset: String
  /// What all random choices are drawn from.
  public var seed: UInt64
  /// Whether the new version becomes the current one if it passes the gate.
  public var activate: Bool
  /// What the networks start from.
  public var start: Start
  /// The Teacher's ONNX file below one of the allowed roots; nil unless ``start`` is ``Start/teacher``.
  public var teacher: String?
  /// The pattern for labels in folders' names; nil for the one that the current version was trained with.
  public var labelBy: String?
  /// The pattern for groups in files' names; nil for the one that the current version was trained with.
  public var groupBy: String?
  /// Whether left and right may change places; nil for what the current version was trained with.
  public var flips: Bool?

  /// A request with defaults for all but the model and the data.
  public init(
    model: String, data: Pictures, feedback: Bool = false, preset: String = "standard", seed: UInt64 = 1,
    activate: Bool = false, start: Start = .serving, teacher: String? = nil, labelBy: String? = nil,
    groupBy: String? = nil, flips: Bool? = nil
  ) {
    (self.model, self.data, self.feedback, self.preset, self.seed) = (model, data, feedback, preset, seed)
    (self.activate, self.start, self.teacher) = (activate, start, teacher)
    (self.labelBy, self.groupBy, self.flips) = (labelBy, groupBy, flips)
  }
}
