/// What is wrong with a request to train.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// An array has the wrong shape; the text says which array.
  case shape(of: String, [Int], wanted: [Int])
  /// A batch without images.
  case emptyBatch
  /// As many labels as images are wanted.
  case labelCount(Int, images: Int)
  /// A label that is none of the classes; `index` is its place in the batch.
  case label(Int, classes: Int, index: Int)
  /// A row of soft targets that is no distribution: negative, not finite, or not adding up to 1.
  case target(row: Int)
  /// The loss is not a finite number. The step was not taken; the weights are those before it.
  case notFinite(loss: Double, step: Int)
  /// The gradient's norm is not a finite number. The step was not taken; the weights are those before it.
  case gradientNotFinite(step: Int)
  /// The graph has no parameter of this name.
  case unknownParameter(String)
  /// Everything is frozen.
  case nothingToTrain
  /// A setting out of its range; the text says which and what would be right.
  case setting(String)
  /// A backward run without a forward run before it: each forward run serves one.
  case noForwardRun
  /// Bytes that are no checkpoint, or a damaged one; the text says how.
  case checkpoint(String)

  /// One line for people.
  public var description: String {
    switch self {
    case .shape(let array, let given, let wanted): "\(array) has the shape \(given), not \(wanted)"
    case .emptyBatch: "the batch is empty"
    case .labelCount(let labels, let images): "there are \(labels) labels for \(images) images"
    case .label(let label, let classes, let index):
      "label \(label) of image \(index) is not one of the \(classes) classes 0..<\(classes)"
    case .target(let row): "the targets of image \(row) are no distribution that adds up to 1"
    case .notFinite(let loss, let step): "the loss of step \(step) is \(loss); the step was not taken"
    case .gradientNotFinite(let step): "the gradient of step \(step) is not finite; the step was not taken"
    case .unknownParameter(let name): "there is no parameter '\(name)'"
    case .nothingToTrain: "everything is frozen: there is nothing to train"
    case .setting(let text): text
    case .noForwardRun: "a backward run needs a forward run before it, and each forward run serves one"
    case .checkpoint(let text): "not a checkpoint that fits: \(text)"
    }
  }
}
