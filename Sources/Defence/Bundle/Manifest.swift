/// A bundle's `manifest.json`: what it is, and the names and digests of everything else in it.
public struct Manifest: Sendable, Equatable, Codable {
  /// The Student.
  public struct Student: Sendable, Equatable, Codable {
    /// Its ONNX file.
    public var file: String
    /// The value up to which it is the Teacher's.
    public var cut: String
    /// The name of its input.
    public var input: String
    /// The name of its logits.
    public var output: String
  }

  /// One differentiator.
  public struct Differentiator: Sendable, Equatable, Codable {
    /// Such as `d01`.
    public var id: String
    /// Its ONNX file.
    public var file: String
    /// The labels that it tells apart, in the order of its outputs.
    public var scope: [String]
    /// Whether it has one further output, for every other label.
    public var other: Bool
    /// The share of channels that was removed.
    public var pruningRatio: Double
    /// How far the pixels of its training pictures were moved against it, in pixel values; nil for not.
    public var adversarialRadius: Double?
    /// What its training drew from.
    public var seed: UInt64
  }

  /// How many differentiators are asked.
  public struct Selection: Sendable, Equatable, Codable {
    /// So many, or all whose scope holds the label if they are fewer.
    public var count: Int
  }

  /// How the bundle came to be.
  public struct Training: Sendable, Equatable, Codable {
    /// The command line.
    public var command: String
    /// The data it was given.
    public var data: String
    /// The Teacher's or Student's file.
    public var teacher: String
    /// SHA-256 of that file, as `sha256:` and hexadecimal digits.
    public var teacherDigest: String
    /// Pictures that the networks were trained on.
    public var trainingPictures: Int
    /// Pictures withheld for calibration.
    public var withheldPictures: Int
    /// Pictures that could not be read.
    public var brokenPictures: Int
    /// The pattern that made labels of folder names; nil where folder names are the labels.
    public var labelPattern: String?
    /// What all random choices were drawn from.
    public var seed: UInt64
    /// How long it took, interruptions left out.
    public var seconds: Int

    // Older bundles do not have these.

    /// The digest of the bundle whose Student it started from; nil if it started from a network's file.
    public var warmStart: String?
    /// The preset that the recipes are from.
    public var preset: Preset?
    /// The pattern that made groups of file names; nil where each picture is a group of its own.
    public var groupPattern: String?
    /// Whether left and right could change places.
    public var flips: Bool?
    /// How often differentiators saw a picture in grey, 0...1; nil for never.
    public var grey: Double?
    /// From how much smaller to how much larger differentiators saw things, two factors.
    public var scales: [Double]?
    /// The share of each label's groups that was to be withheld for calibration.
    public var calibrationShare: Double?
    /// The share of each label's groups that was to be kept from training and calibration; nil if none was.
    public var heldOutShare: Double?
    /// How many pictures those were.
    public var heldOutPictures: Int?
    /// Which ones: see ``TrainingData/digest(of:labels:)``.
    public var heldOutDigest: String?
  }

  /// The format's version.
  public static let currentFormat = 1

  /// The format's version.
  public var format = currentFormat
  /// The model's name.
  public var name: String
  /// The bundle's number among the model's versions, from 1.
  public var version: Int
  /// When it was made, as RFC 3339 writes it.
  public var created: String
  /// The classes, in the order of the Student's outputs.
  public var labels: [String]
  /// How a picture becomes input.
  public var input: InputFormat
  /// The Student.
  public var student: Student
  /// The ensemble.
  public var differentiators: [Differentiator]
  /// How many of it are asked.
  public var selection: Selection
  /// How scores become a verdict.
  public var policy: Policy
  /// How it came to be.
  public var training: Training
  /// How it did on pictures that it was neither trained nor calibrated with.
  public var measured: [CleanMeasurement]
  /// `sha256:` and the hexadecimal digest of every other file, by its path in the bundle.
  public var files: [String: String]
}
