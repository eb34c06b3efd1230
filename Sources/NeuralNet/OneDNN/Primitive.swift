internal import Base
internal import COneDNN

/// The number by which a primitive knows an argument.
typealias Argument = Int32

extension Argument {
  static let source = DNNL_ARG_SRC_0
  static let source1 = DNNL_ARG_SRC_1
  static let destination = DNNL_ARG_DST
  static let weights = DNNL_ARG_WEIGHTS_0
  static let bias = DNNL_ARG_BIAS
  static let mean = DNNL_ARG_MEAN
  static let variance = DNNL_ARG_VARIANCE
  static let scale = DNNL_ARG_SCALE
  static let shift = DNNL_ARG_SHIFT
  static let workspace = DNNL_ARG_WORKSPACE
  static let scratchpad = DNNL_ARG_SCRATCHPAD
  static let sourceGradient = DNNL_ARG_DIFF_SRC_0
  static let destinationGradient = DNNL_ARG_DIFF_DST
  static let weightsGradient = DNNL_ARG_DIFF_WEIGHTS_0
  static let biasGradient = DNNL_ARG_DIFF_BIAS
  static let scaleGradient = DNNL_ARG_DIFF_SCALE
  static let shiftGradient = DNNL_ARG_DIFF_SHIFT

  /// One of several sources, as concat and sum take them.
  static func multipleSource(_ index: Int) -> Argument { DNNL_ARG_MULTIPLE_SRC + Argument(index) }
  /// The other operand of a binary post-operation.
  static func postOperation(_ index: Int) -> Argument {
    (DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (Argument(index) + 1)) | DNNL_ARG_SRC_1
  }
}

/// What a primitive will do, with every layout chosen.
final class PrimitiveDescription {
  let handle: dnnl_primitive_desc_t
  let name: String

  typealias Create = (UnsafeMutablePointer<dnnl_primitive_desc_t?>) -> dnnl_status_t

  init(_ name: String, _ create: Create) throws(OneDNNError) {
    var description: dnnl_primitive_desc_t?
    try OneDNNError.check(Engine.creation.withLock { _ in create(&description) }, name)
    handle = description!
    self.name = name
  }

  deinit { Engine.creation.withLock { _ in _ = dnnl_primitive_desc_destroy(handle) } }

  /// The layout chosen for an argument.
  func layout(_ argument: Argument) throws(OneDNNError) -> Layout {
    try Layout("\(name) layout of argument \(argument)") { onednn_query_layout($0, handle, argument) }
  }

  /// Which of oneDNN's implementations was chosen, in its own words.
  var implementation: String { String(cString: onednn_query_implementation(handle)) }
  /// Whether it is code made for this very shape, rather than a reference loop or a detour by matrix products.
  var isCompiled: Bool { implementation.hasPrefix("jit") || implementation.hasPrefix("brg") }
}

/// Compiled code of oneDNN.
///
/// Sendable unchecked: primitives hold no state and may be run by several threads at once.
final class Primitive: @unchecked Sendable {
  let handle: dnnl_primitive_t
  let name: String

  init(_ description: PrimitiveDescription) throws(OneDNNError) {
    var primitive: dnnl_primitive_t?
    let status = Engine.creation.withLock { _ in dnnl_primitive_create(&primitive, description.handle) }
    try OneDNNError.check(status, description.name)
    handle = primitive!
    name = description.name
  }

  deinit { Engine.creation.withLock { _ in _ = dnnl_primitive_destroy(handle) } }
}
