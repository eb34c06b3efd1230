/// Steps over arrays: oneDNN primitives and a few loops of our own, with every buffer's place decided.
///
/// Immutable: any number of ``Execution``s run it at once, each with its own buffers.
final class Program: Sendable {
  /// An array while the program runs.
  struct Array: Sendable {
    let layout: Layout
    let buffer: Int
    /// Where in the buffer it begins, in bytes.
    var offset = 0
  }

  /// Where arrays live. Several arrays may share a buffer, one a view or a successor of the other.
  enum Buffer: Sendable {
    /// In the execution's own memory, at this many bytes from its start.
    case arena(offset: Int)
    /// Weights that all executions share.
    case constant(Storage)
    /// Given by the caller, who numbers them.
    case external(Int)
  }

  struct Step: Sendable {
    enum Action: Sendable {
      case primitive(Primitive)
      case loop(Loop)
    }
    let action: Action
    /// Arguments of a primitive by number; a loop takes the values in order and ignores the numbers.
    let arguments: [(Argument, Value)]
    /// The graph's node that asked for it.
    let node: String
  }

  /// A loop of our own, given the addresses of its arrays; for what oneDNN has no primitive.
  typealias Loop = @Sendable (_ arrays: [UnsafeMutableRawPointer]) -> Void

  let arrays: [Array]
  let buffers: [Buffer]
  let steps: [Step]
  /// Ranges of steps that are run one at a time: forward, backward.
  let phases: [Range<Int>]
  let arenaSize: Int

  init(arrays: [Array], buffers: [Buffer], steps: [Step], phases: [Range<Int>], arenaSize: Int) {
    self.arrays = arrays
    self.buffers = buffers
    self.steps = steps
    self.phases = phases
    self.arenaSize = arenaSize
  }
}

/// The number of an array of a ``Program``.
struct Value: Hashable, Sendable {
  let index: Int
}
