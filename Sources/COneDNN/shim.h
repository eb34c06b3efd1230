// The one place that knows oneDNN's C API version 2 (Debian's libdnnl-dev).
//
// Version 3 makes memory descriptors opaque, takes arguments where version 2 has operation descriptors, and renames a
// few flags. Everything that differs is behind the functions below; the rest of the project only calls these, and the
// calls that both versions share (engine, stream, primitive, execution). Each function returns oneDNN's own status.
#ifndef DISTINGUO_COneDNN_SHIM_H
#define DISTINGUO_COneDNN_SHIM_H

#include <oneapi/dnnl/dnnl.h>
#include <malloc.h>  // malloc_trim, which the Glibc module leaves out
#include <stdlib.h>
#include <string.h>

// From OpenMP's runtime, whose header lies in GCC's private folder. The number is the calling thread's own.
extern void omp_set_num_threads(int count);

#if DNNL_VERSION_MAJOR != 2
#error "COneDNN/shim.h is written for oneDNN 2; add the calls of this version here"
#endif

// A memory descriptor on the heap, as version 3 has it: shape, type and layout of an array.
typedef struct onednn_layout {
  dnnl_memory_desc_t desc;
} onednn_layout;

static inline onednn_layout *onednn_layout_copy(const dnnl_memory_desc_t *desc) {
  onednn_layout *layout = (onednn_layout *)malloc(sizeof(onednn_layout));
  if (layout) layout->desc = *desc;
  return layout;
}

static inline void onednn_layout_destroy(onednn_layout *layout) { free(layout); }

// strides: in values; NULL lets the primitive choose the layout.
static inline dnnl_status_t onednn_layout_create(
    onednn_layout **out, int rank, const int64_t *shape, dnnl_data_type_t type, const int64_t *strides) {
  dnnl_memory_desc_t desc;
  dnnl_status_t status = strides ? dnnl_memory_desc_init_by_strides(&desc, rank, shape, type, strides)
                                 : dnnl_memory_desc_init_by_tag(&desc, rank, shape, type, dnnl_format_tag_any);
  if (status == dnnl_success && !(*out = onednn_layout_copy(&desc))) return dnnl_out_of_memory;
  return status;
}

static inline dnnl_status_t onednn_layout_create_tagged(
    onednn_layout **out, int rank, const int64_t *shape, dnnl_data_type_t type, dnnl_format_tag_t tag) {
  dnnl_memory_desc_t desc;
  dnnl_status_t status = dnnl_memory_desc_init_by_tag(&desc, rank, shape, type, tag);
  if (status == dnnl_success && !(*out = onednn_layout_copy(&desc))) return dnnl_out_of_memory;
  return status;
}

static inline dnnl_status_t onednn_layout_part(
    onednn_layout **out, const onednn_layout *whole, const int64_t *shape, const int64_t *offsets) {
  dnnl_memory_desc_t desc;
  dnnl_status_t status = dnnl_memory_desc_init_submemory(&desc, &whole->desc, shape, offsets);
  if (status == dnnl_success && !(*out = onednn_layout_copy(&desc))) return dnnl_out_of_memory;
  return status;
}

static inline size_t onednn_layout_size(const onednn_layout *layout) { return dnnl_memory_desc_get_size(&layout->desc); }
static inline int onednn_layout_equal(const onednn_layout *a, const onednn_layout *b) {
  return dnnl_memory_desc_equal(&a->desc, &b->desc);
}
static inline int onednn_layout_rank(const onednn_layout *layout) { return layout->desc.ndims; }
static inline int64_t onednn_layout_extent(const onednn_layout *layout, int axis) { return layout->desc.dims[axis]; }
static inline dnnl_data_type_t onednn_layout_type(const onednn_layout *layout) { return layout->desc.data_type; }
// The same layout with another type.
static inline onednn_layout *onednn_layout_retyped(const onednn_layout *layout, dnnl_data_type_t type) {
  onednn_layout *copy = onednn_layout_copy(&layout->desc);
  if (copy) copy->desc.data_type = type;
  return copy;
}

static inline dnnl_status_t onednn_memory_create(
    dnnl_memory_t *memory, const onednn_layout *layout, dnnl_engine_t engine, void *data) {
  return dnnl_memory_create(memory, &layout->desc, engine, data);
}

static inline dnnl_status_t onednn_query_layout(
    onednn_layout **out, const_dnnl_primitive_desc_t primitive, int argument) {
  const dnnl_memory_desc_t *desc = dnnl_primitive_desc_query_md(primitive, dnnl_query_exec_arg_md, argument);
  if (!desc) return dnnl_invalid_arguments;
  return (*out = onednn_layout_copy(desc)) ? dnnl_success : dnnl_out_of_memory;
}

static inline const char *onednn_query_implementation(const_dnnl_primitive_desc_t primitive) {
  const char *name = NULL;
  dnnl_primitive_desc_query(primitive, dnnl_query_impl_info_str, 0, &name);
  return name;
}

static inline const dnnl_memory_desc_t *onednn_desc(const onednn_layout *layout) { return layout ? &layout->desc : NULL; }

static inline dnnl_status_t onednn_post_ops_append_eltwise(
    dnnl_post_ops_t ops, dnnl_alg_kind_t algorithm, float alpha, float beta) {
  return dnnl_post_ops_append_eltwise(ops, 1.0f, algorithm, alpha, beta);
}
static inline dnnl_status_t onednn_post_ops_append_binary(
    dnnl_post_ops_t ops, dnnl_alg_kind_t algorithm, const onednn_layout *other) {
  return dnnl_post_ops_append_binary(ops, algorithm, &other->desc);
}

// Primitive descriptors. `hint` is the forward primitive descriptor that a backward one must match.

// Geometry is [strides h,w; dilations − 1 h,w; padding before h,w; padding after h,w].
static inline dnnl_status_t onednn_convolution_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t kind, const onednn_layout *source,
    const onednn_layout *weights, const onednn_layout *bias, const onednn_layout *destination, const int64_t *geometry,
    const_dnnl_primitive_attr_t attributes) {
  dnnl_convolution_desc_t desc;
  dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
      &desc, kind, dnnl_convolution_direct, &source->desc, &weights->desc, onednn_desc(bias), &destination->desc,
      geometry, geometry + 2, geometry + 4, geometry + 6);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_convolution_backward_data(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *source_gradient,
    const onednn_layout *weights, const onednn_layout *gradient, const int64_t *geometry,
    const_dnnl_primitive_attr_t attributes, const_dnnl_primitive_desc_t hint) {
  dnnl_convolution_desc_t desc;
  dnnl_status_t status = dnnl_dilated_convolution_backward_data_desc_init(
      &desc, dnnl_convolution_direct, &source_gradient->desc, &weights->desc, &gradient->desc, geometry, geometry + 2,
      geometry + 4, geometry + 6);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

static inline dnnl_status_t onednn_convolution_backward_weights(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *source,
    const onednn_layout *weights_gradient, const onednn_layout *bias_gradient, const onednn_layout *gradient,
    const int64_t *geometry, const_dnnl_primitive_attr_t attributes, const_dnnl_primitive_desc_t hint) {
  dnnl_convolution_desc_t desc;
  dnnl_status_t status = dnnl_dilated_convolution_backward_weights_desc_init(
      &desc, dnnl_convolution_direct, &source->desc, &weights_gradient->desc, onednn_desc(bias_gradient),
      &gradient->desc, geometry, geometry + 2, geometry + 4, geometry + 6);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

static inline dnnl_status_t onednn_inner_product_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t kind, const onednn_layout *source,
    const onednn_layout *weights, const onednn_layout *bias, const onednn_layout *destination,
    const_dnnl_primitive_attr_t attributes) {
  dnnl_inner_product_desc_t desc;
  dnnl_status_t status = dnnl_inner_product_forward_desc_init(
      &desc, kind, &source->desc, &weights->desc, onednn_desc(bias), &destination->desc);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_inner_product_backward_data(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *source_gradient,
    const onednn_layout *weights, const onednn_layout *gradient, const_dnnl_primitive_attr_t attributes,
    const_dnnl_primitive_desc_t hint) {
  dnnl_inner_product_desc_t desc;
  dnnl_status_t status =
      dnnl_inner_product_backward_data_desc_init(&desc, &source_gradient->desc, &weights->desc, &gradient->desc);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

static inline dnnl_status_t onednn_inner_product_backward_weights(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *source,
    const onednn_layout *weights_gradient, const onednn_layout *bias_gradient, const onednn_layout *gradient,
    const_dnnl_primitive_attr_t attributes, const_dnnl_primitive_desc_t hint) {
  dnnl_inner_product_desc_t desc;
  dnnl_status_t status = dnnl_inner_product_backward_weights_desc_init(
      &desc, &source->desc, &weights_gradient->desc, onednn_desc(bias_gradient), &gradient->desc);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

static inline dnnl_status_t onednn_matmul(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *a, const onednn_layout *b,
    const onednn_layout *bias, const onednn_layout *destination, const_dnnl_primitive_attr_t attributes) {
  dnnl_matmul_desc_t desc;
  dnnl_status_t status = dnnl_matmul_desc_init(&desc, &a->desc, &b->desc, onednn_desc(bias), &destination->desc);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_batch_normalization_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t kind, const onednn_layout *source,
    float epsilon, unsigned flags, const_dnnl_primitive_attr_t attributes) {
  dnnl_batch_normalization_desc_t desc;
  dnnl_status_t status = dnnl_batch_normalization_forward_desc_init(&desc, kind, &source->desc, epsilon, flags);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_batch_normalization_backward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t kind, const onednn_layout *gradient,
    const onednn_layout *source, float epsilon, unsigned flags, const_dnnl_primitive_attr_t attributes,
    const_dnnl_primitive_desc_t hint) {
  dnnl_batch_normalization_desc_t desc;
  dnnl_status_t status =
      dnnl_batch_normalization_backward_desc_init(&desc, kind, &gradient->desc, &source->desc, epsilon, flags);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

static inline dnnl_status_t onednn_eltwise_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    const onednn_layout *source, float alpha, float beta, const_dnnl_primitive_attr_t attributes) {
  dnnl_eltwise_desc_t desc;
  dnnl_status_t status = dnnl_eltwise_forward_desc_init(&desc, kind, algorithm, &source->desc, alpha, beta);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_eltwise_backward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_alg_kind_t algorithm, const onednn_layout *gradient,
    const onednn_layout *data, float alpha, float beta, const_dnnl_primitive_attr_t attributes,
    const_dnnl_primitive_desc_t hint) {
  dnnl_eltwise_desc_t desc;
  dnnl_status_t status =
      dnnl_eltwise_backward_desc_init(&desc, algorithm, &gradient->desc, &data->desc, alpha, beta);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

// Geometry is [strides; kernel; dilations − 1; padding before; padding after], each h,w.
static inline dnnl_status_t onednn_pooling_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    const onednn_layout *source, const onednn_layout *destination, const int64_t *geometry,
    const_dnnl_primitive_attr_t attributes) {
  dnnl_pooling_v2_desc_t desc;
  dnnl_status_t status = dnnl_pooling_v2_forward_desc_init(
      &desc, kind, algorithm, &source->desc, &destination->desc, geometry, geometry + 2, geometry + 4, geometry + 6,
      geometry + 8);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_pooling_backward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_alg_kind_t algorithm, const onednn_layout *source_gradient,
    const onednn_layout *gradient, const int64_t *geometry, const_dnnl_primitive_attr_t attributes,
    const_dnnl_primitive_desc_t hint) {
  dnnl_pooling_v2_desc_t desc;
  dnnl_status_t status = dnnl_pooling_v2_backward_desc_init(
      &desc, algorithm, &source_gradient->desc, &gradient->desc, geometry, geometry + 2, geometry + 4, geometry + 6,
      geometry + 8);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

static inline dnnl_status_t onednn_binary(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_alg_kind_t algorithm, const onednn_layout *a,
    const onednn_layout *b, const onednn_layout *destination, const_dnnl_primitive_attr_t attributes) {
  dnnl_binary_desc_t desc;
  dnnl_status_t status = dnnl_binary_desc_init(&desc, algorithm, &a->desc, &b->desc, &destination->desc);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_reduction(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_alg_kind_t algorithm, const onednn_layout *source,
    const onednn_layout *destination, const_dnnl_primitive_attr_t attributes) {
  dnnl_reduction_desc_t desc;
  dnnl_status_t status =
      dnnl_reduction_desc_init(&desc, algorithm, &source->desc, &destination->desc, 0.0f, 0.0f);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_softmax_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    const onednn_layout *source, const onednn_layout *destination, int axis, const_dnnl_primitive_attr_t attributes) {
  dnnl_softmax_v2_desc_t desc;
  dnnl_status_t status =
      dnnl_softmax_v2_forward_desc_init(&desc, kind, algorithm, &source->desc, &destination->desc, axis);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_softmax_backward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_alg_kind_t algorithm, const onednn_layout *source_gradient,
    const onednn_layout *gradient, const onednn_layout *destination, int axis, const_dnnl_primitive_attr_t attributes,
    const_dnnl_primitive_desc_t hint) {
  dnnl_softmax_v2_desc_t desc;
  dnnl_status_t status = dnnl_softmax_v2_backward_desc_init(
      &desc, algorithm, &source_gradient->desc, &gradient->desc, &destination->desc, axis);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

static inline dnnl_status_t onednn_prelu_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t kind, const onednn_layout *source,
    const onednn_layout *slope, const_dnnl_primitive_attr_t attributes) {
  dnnl_prelu_desc_t desc;
  dnnl_status_t status = dnnl_prelu_forward_desc_init(&desc, kind, &source->desc, &slope->desc);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_prelu_backward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *source, const onednn_layout *slope,
    const onednn_layout *gradient, const onednn_layout *slope_gradient, const_dnnl_primitive_attr_t attributes,
    const_dnnl_primitive_desc_t hint) {
  dnnl_prelu_desc_t desc;
  dnnl_status_t status = dnnl_prelu_backward_desc_init(
      &desc, &source->desc, &slope->desc, &gradient->desc, &slope_gradient->desc);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

static inline dnnl_status_t onednn_lrn_forward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, dnnl_prop_kind_t kind, const onednn_layout *source, int64_t size,
    float alpha, float beta, float bias, const_dnnl_primitive_attr_t attributes) {
  dnnl_lrn_desc_t desc;
  dnnl_status_t status = dnnl_lrn_forward_desc_init(
      &desc, kind, dnnl_lrn_across_channels, &source->desc, size, alpha, beta, bias);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_lrn_backward(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *gradient, const onednn_layout *source,
    int64_t size, float alpha, float beta, float bias, const_dnnl_primitive_attr_t attributes,
    const_dnnl_primitive_desc_t hint) {
  dnnl_lrn_desc_t desc;
  dnnl_status_t status = dnnl_lrn_backward_desc_init(
      &desc, dnnl_lrn_across_channels, &gradient->desc, &source->desc, size, alpha, beta, bias);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(out, &desc, attributes, engine, hint);
}

static inline dnnl_status_t onednn_reorder(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *source, const onednn_layout *destination,
    const_dnnl_primitive_attr_t attributes) {
  return dnnl_reorder_primitive_desc_create(out, &source->desc, engine, &destination->desc, engine, attributes);
}

static inline dnnl_status_t onednn_concat(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *destination, int count, int axis,
    const onednn_layout *const *sources, const_dnnl_primitive_attr_t attributes) {
  dnnl_memory_desc_t *descs = (dnnl_memory_desc_t *)malloc(sizeof(dnnl_memory_desc_t) * (size_t)count);
  if (!descs) return dnnl_out_of_memory;
  for (int i = 0; i < count; i++) descs[i] = sources[i]->desc;
  dnnl_status_t status =
      dnnl_concat_primitive_desc_create(out, onednn_desc(destination), count, axis, descs, attributes, engine);
  free(descs);
  return status;
}

static inline dnnl_status_t onednn_sum(
    dnnl_primitive_desc_t *out, dnnl_engine_t engine, const onednn_layout *destination, int count,
    const onednn_layout *const *sources, const_dnnl_primitive_attr_t attributes) {
  dnnl_memory_desc_t *descs = (dnnl_memory_desc_t *)malloc(sizeof(dnnl_memory_desc_t) * (size_t)count);
  float *scales = (float *)malloc(sizeof(float) * (size_t)count);
  dnnl_status_t status = dnnl_out_of_memory;
  if (descs && scales) {
    for (int i = 0; i < count; i++) {
      descs[i] = sources[i]->desc;
      scales[i] = 1.0f;
    }
    status = dnnl_sum_primitive_desc_create(out, onednn_desc(destination), count, scales, descs, attributes, engine);
  }
  free(descs);
  free(scales);
  return status;
}

#endif
