internal import COneDNN

/// A call of oneDNN that failed.
public struct OneDNNError: Error, Equatable, CustomStringConvertible {
  /// What was being done: the primitive or call.
  public let call: String
  /// oneDNN's own name for the status.
  public let status: String
  /// The node at which it happened, where there is one.
  public var node: String?

  init(_ call: String, _ status: dnnl_status_t) {
    self.call = call
    self.status =
      switch status {
      case dnnl_out_of_memory: "dnnl_out_of_memory"
      case dnnl_invalid_arguments: "dnnl_invalid_arguments"
      case dnnl_unimplemented: "dnnl_unimplemented"
      case dnnl_iterator_ends: "dnnl_iterator_ends"
      case dnnl_runtime_error: "dnnl_runtime_error"
      case dnnl_not_required: "dnnl_not_required"
      default: "status \(status.rawValue)"
      }
  }

  /// One line for people.
  public var description: String {
    (node.map { "node '\($0)': " } ?? "") + "oneDNN's \(call) failed with \(status)"
  }

  /// Throws unless the status is success.
  static func check(_ status: dnnl_status_t, _ call: @autoclosure () -> String) throws(OneDNNError) {
    guard status == dnnl_success else { throw OneDNNError(call(), status) }
  }
}
