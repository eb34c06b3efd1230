internal import COneDNN

/// What is done to a primitive's result before it is stored.
enum PostOperation {
  case eltwise(dnnl_alg_kind_t, alpha: Float, beta: Float)
  /// Adds what the destination held.
  case sum
  /// Combines with another array.
  case binary(dnnl_alg_kind_t, Layout)
}

/// oneDNN's primitive attributes: post-operations, and a scratchpad that the caller provides.
final class Attributes {
  let handle: dnnl_primitive_attr_t

  init(_ operations: [PostOperation] = []) throws(OneDNNError) {
    var attributes: dnnl_primitive_attr_t?
    try OneDNNError.check(dnnl_primitive_attr_create(&attributes), "primitive_attr")
    handle = attributes!
    try OneDNNError.check(
      dnnl_primitive_attr_set_scratchpad_mode(handle, dnnl_scratchpad_mode_user), "scratchpad mode")
    guard !operations.isEmpty else { return }
    var post: dnnl_post_ops_t?
    try OneDNNError.check(dnnl_post_ops_create(&post), "post_ops")
    defer { dnnl_post_ops_destroy(post) }
    for operation in operations {
      let status =
        switch operation {
        case .eltwise(let algorithm, let alpha, let beta):
          onednn_post_ops_append_eltwise(post, algorithm, alpha, beta)
        case .sum: dnnl_post_ops_append_sum(post, 1)
        case .binary(let algorithm, let other): onednn_post_ops_append_binary(post, algorithm, other.handle)
        }
      try OneDNNError.check(status, "post_ops append")
    }
    try OneDNNError.check(dnnl_primitive_attr_set_post_ops(handle, post), "post_ops")
  }

  deinit { dnnl_primitive_attr_destroy(handle) }
}
