"""One tiny graph for each operator and variant: what make_operators.py and make_gradients.py run.

Every case acts on each row of the batch by itself, so that its first rows are the answer for a smaller batch.
The batch extent is free and named N. Values are odd multiples of 1/1024 between -2 and 2: exact in float16, never zero,
never on the bound of an activation, and distinct within each run of 2048, so that a maximum has one place.
"""

import dataclasses
import zlib

import numpy
from onnx import TensorProto, helper, numpy_helper

BATCH = 16
IR_VERSIONS = {11: 6, 12: 7, 13: 7, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10}


@dataclasses.dataclass
class Case:
    name: str
    model: object
    inputs: dict
    free: tuple


CASES = []


def values(random, shape):
    """Distinct values as the text at the top says."""
    count = int(numpy.prod(shape))
    runs = [random.permutation(2048) for _ in range(-(-count // 2048))]
    return ((2 * numpy.concatenate(runs)[:count] - 2047) / 1024).astype("f4").reshape(shape)


def node(operator, inputs, outputs="y", **attributes):
    inputs = inputs.split(",") if inputs else []
    return helper.make_node(operator, inputs, outputs.split(","), name=f"{operator}_{outputs}", **attributes)


def case(name, nodes, inputs, constants={}, outputs="y", opset=13, free=()):
    """Adds a case. `inputs` maps names to shapes without the batch; `constants` maps names to arrays, or to shapes of
    arrays to be drawn. `free` lists axes of the inputs that stay free beside the batch."""
    random = numpy.random.default_rng(zlib.crc32(name.encode()))
    initializers = []
    for key, constant in constants.items():
        if isinstance(constant, tuple):
            constant = (values(random, constant) / max(1, numpy.prod(constant[1:])) ** 0.5).astype("f4")
        if not isinstance(constant, TensorProto):
            constant = numpy_helper.from_array(numpy.asarray(constant), key)
        initializers.append(constant)
    arrays = {key: values(random, (BATCH, *shape)) for key, shape in inputs.items()}
    letters = dict(zip((2, 3), "HW"))

    def extents(shape):
        return ["N"] + [letters[axis] if axis in free else extent for axis, extent in enumerate(shape, 1)]

    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, extents(shape)) for key, shape in inputs.items()],
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, None) for key in outputs.split(",")], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=IR_VERSIONS[opset])
    CASES.append(Case(name, model, arrays, free))


def ints(*numbers):
    return numpy.array(numbers, dtype="i8")


def floats(*numbers):
    return numpy.array(numbers, dtype="f4")


def positive(name, count):
    """A variance or the like: between a half and one and a half."""
    return (0.5 + numpy.random.default_rng(zlib.crc32(name.encode())).random(count)).astype("f4")


# Convolution


def conv(name, channels, outputs, kernel, size=(7, 7), bias=True, groups=1, opset=13, free=(), **attributes):
    weight = (outputs, channels // groups, *kernel)
    if groups > 1:
        attributes["group"] = groups
    case(f"conv_{name}", [node("Conv", "x,w,b" if bias else "x,w", **attributes)], {"x": (channels, *size)},
         {"w": weight, "b": (outputs,)} if bias else {"w": weight}, opset=opset, free=free)


conv("1x1", 6, 5, (1, 1), kernel_shape=[1, 1])
conv("1x1_no_bias_16_to_32", 16, 32, (1, 1), size=(3, 3), bias=False, opset=17)
conv("1x1_stride_2", 6, 8, (1, 1), strides=[2, 2], opset=11)
conv("3x3", 3, 8, (3, 3), pads=[1, 1, 1, 1], opset=21)
conv("3x3_no_pads_no_bias", 3, 8, (3, 3), bias=False, opset=18)
conv("3x3_16_to_16", 16, 16, (3, 3), size=(4, 4), pads=[1, 1, 1, 1], opset=20)
conv("3x3_17_to_17", 17, 17, (3, 3), size=(4, 4), pads=[1, 1, 1, 1])
conv("3x3_16_to_48", 16, 48, (3, 3), size=(3, 3), pads=[1, 1, 1, 1])
conv("3x3_stride_2", 5, 6, (3, 3), pads=[1, 1, 1, 1], strides=[2, 2], opset=11)
conv("3x3_stride_2_even", 3, 16, (3, 3), size=(8, 8), pads=[1, 1, 1, 1], strides=[2, 2], free=(2, 3))
conv("3x3_dilation_2", 3, 4, (3, 3), pads=[2, 2, 2, 2], dilations=[2, 2], opset=17)
conv("3x3_asymmetric_pads", 3, 4, (3, 3), pads=[0, 1, 2, 1], opset=18)
conv("3x3_stride_2_asymmetric_pads", 3, 4, (3, 3), size=(8, 8), pads=[0, 0, 1, 1], strides=[2, 2])
conv("5x5", 3, 4, (5, 5), pads=[2, 2, 2, 2])
conv("7x7_stride_2", 3, 8, (7, 7), size=(9, 9), pads=[3, 3, 3, 3], strides=[2, 2])
conv("1x3", 4, 4, (1, 3), pads=[0, 1, 0, 1])
conv("3x1_stride_1_by_2", 4, 4, (3, 1), size=(6, 9), pads=[1, 0, 1, 0], strides=[1, 2])
conv("7x1_dilation_1_by_2", 3, 5, (5, 2), size=(8, 7), dilations=[1, 2], pads=[2, 1, 2, 1])
conv("groups_2", 6, 4, (3, 3), groups=2, pads=[1, 1, 1, 1])
conv("groups_4_of_8", 32, 32, (3, 3), size=(3, 3), groups=4, pads=[1, 1, 1, 1], bias=False)
conv("groups_3_uneven", 9, 15, (1, 1), size=(5, 5), groups=3, opset=17)
conv("depthwise", 5, 5, (3, 3), groups=5, pads=[1, 1, 1, 1])
conv("depthwise_16_no_bias", 16, 16, (3, 3), size=(5, 5), groups=16, pads=[1, 1, 1, 1], bias=False, opset=21)
conv("depthwise_17_stride_2", 17, 17, (3, 3), size=(5, 5), groups=17, pads=[1, 1, 1, 1], strides=[2, 2])
conv("depthwise_5x5_stride_2", 6, 6, (5, 5), groups=6, pads=[2, 2, 2, 2], strides=[2, 2], opset=11)
conv("depthwise_dilation_2", 4, 4, (3, 3), groups=4, pads=[2, 2, 2, 2], dilations=[2, 2])
conv("depthwise_multiplier_2", 5, 10, (3, 3), size=(5, 5), groups=5, pads=[1, 1, 1, 1])
conv("depthwise_to_whole_map", 6, 6, (7, 7), groups=6)
for mode in ["SAME_UPPER", "SAME_LOWER", "VALID"]:
    conv(f"{mode.lower()}_stride_2_odd", 3, 4, (3, 3), size=(7, 9), strides=[2, 2], auto_pad=mode)
    conv(f"{mode.lower()}_stride_2_even", 3, 4, (3, 3), size=(8, 6), strides=[2, 2], auto_pad=mode, opset=11)
conv("same_upper_depthwise_4x4", 4, 4, (4, 4), size=(6, 7), groups=4, auto_pad="SAME_UPPER", free=(2, 3))

# Batch normalisation


def batch_normalization(name, shape, opset, **attributes):
    channels = shape[0]
    case(f"batch_normalization_{name}", [node("BatchNormalization", "x,scale,shift,mean,variance", **attributes)],
         {"x": shape},
         {"scale": positive(name, channels), "shift": (channels,), "mean": (channels,),
          "variance": positive(name + "v", channels)}, opset=opset)


batch_normalization("9", (5, 6, 6), 13, epsilon=1e-3, momentum=0.99)
batch_normalization("15", (16, 3, 3), 17)
batch_normalization("21", (3, 4, 5), 21, epsilon=1e-4, training_mode=0)
batch_normalization("of_a_matrix", (7,), 13)

# Activations

for name, opset, attributes in [
        ("Relu", 11, {}), ("Relu", 21, {}), ("LeakyRelu", 13, {}), ("LeakyRelu", 17, {"alpha": 0.2}),
        ("Sigmoid", 13, {}), ("HardSigmoid", 13, {}), ("HardSigmoid", 17, {"alpha": 1 / 6, "beta": 0.5}),
        ("HardSwish", 17, {}), ("Tanh", 13, {}), ("Erf", 13, {}), ("Gelu", 20, {}),
        ("Gelu", 21, {"approximate": "tanh"})]:
    stem = f"{name.lower()}_{opset}"
    scale = [node("Mul", "x,three", "wide"), node(name, "wide", **attributes)]
    case(stem, scale, {"x": (5, 4, 3)}, {"three": numpy.float32(3)}, opset=opset)
case("relu_of_a_matrix", [node("Relu", "x")], {"x": (7,)})
case("clip_both", [node("Clip", "x,low,high")], {"x": (5, 4, 3)},
     {"low": numpy.float32(0), "high": numpy.float32(1.25)}, opset=11)
case("clip_lower_only", [node("Clip", "x,low")], {"x": (5, 4, 3)}, {"low": numpy.float32(-0.5)})
case("clip_upper_only", [node("Clip", "x,,high")], {"x": (5, 4, 3)}, {"high": numpy.float32(0.5)}, opset=17)
case("clip_neither", [node("Clip", "x")], {"x": (5, 4, 3)})
case("clip_bounds_from_constant_nodes",
     [node("Constant", "", "low", value_float=0.0), node("Constant", "", "high", value_float=1.5),
      node("Clip", "x,low,high")], {"x": (5, 4, 3)}, opset=18)
case("prelu_per_channel", [node("PRelu", "x,slope")], {"x": (5, 4, 3)}, {"slope": (5, 1, 1)})
case("prelu_per_channel_with_batch_axis", [node("PRelu", "x,slope")], {"x": (5, 4, 3)}, {"slope": (1, 5, 1, 1)}, opset=17)
case("prelu_single", [node("PRelu", "x,slope")], {"x": (5, 4, 3)}, {"slope": floats(0.3)})
case("prelu_whole", [node("PRelu", "x,slope")], {"x": (5, 4, 3)}, {"slope": (5, 4, 3)})
case("swish_from_sigmoid_and_mul", [node("Sigmoid", "x", "s"), node("Mul", "x,s")], {"x": (5, 4, 3)})
case("hardswish_from_its_parts",
     [node("Add", "x,three", "a"), node("Clip", "a,zero,six", "c"), node("Mul", "x,c", "m"), node("Div", "m,six")],
     {"x": (5, 4, 3)}, {"three": numpy.float32(3), "zero": numpy.float32(0), "six": numpy.float32(6)}, opset=11)
case("gelu_from_erf",
     [node("Div", "x,root", "d"), node("Erf", "d", "e"), node("Add", "e,one", "a"), node("Mul", "x,a", "m"),
      node("Mul", "m,half")], {"x": (5, 4, 3)},
     {"root": numpy.float32(2 ** 0.5), "one": numpy.float32(1), "half": numpy.float32(0.5)}, opset=17)

# Softmax

for axis in [1, 2, 3, -1]:
    case(f"softmax_axis_{axis}", [node("Softmax", "x", axis=axis)], {"x": (5, 4, 3)}, opset=13)
    case(f"logsoftmax_axis_{axis}", [node("LogSoftmax", "x", axis=axis)], {"x": (5, 4, 3)}, opset=17)
case("softmax_of_a_matrix", [node("Softmax", "x")], {"x": (10,)}, opset=21)
case("softmax_11_flattens", [node("Softmax", "x")], {"x": (5, 4, 3)}, opset=11)
case("softmax_12_flattens_two_axes", [node("Softmax", "x", axis=2)], {"x": (5, 4, 3)}, opset=12)
case("logsoftmax_11_flattens_a_free_axis", [node("LogSoftmax", "x")], {"x": (5, 4)}, opset=11, free=(2,))
case("logsoftmax_11_of_a_matrix", [node("LogSoftmax", "x")], {"x": (10,)}, opset=11)

# Binary operators

BROADCASTS = [
    ("same", (5, 4, 3), (5, 4, 3)), ("channel_gate", (5, 4, 3), (5, 1, 1)), ("gate_on_the_left", (5, 1, 1), (5, 4, 3)),
    ("spatial_mask", (5, 4, 3), (1, 4, 3)), ("both_ways", (5, 1, 3), (1, 4, 1)), ("wide_channel_gate", (16, 3, 3), (16, 1, 1)),
]
CONSTANTS = [
    ("scalar", ()), ("single", (1,)), ("channel", (1, 5, 1, 1)), ("channel_without_batch", (5, 1, 1)), ("row", (3,)),
    ("column", (4, 1)), ("map", (1, 1, 4, 3)), ("whole", (1, 5, 4, 3)),
]
for name, opset in [("Add", 11), ("Sub", 13), ("Mul", 17), ("Div", 21)]:
    for kind, left, right in BROADCASTS:
        if name == "Div":  # the divisor stays away from zero
            nodes = [node("Sigmoid", "b", "d"), node("Div", "a,d")]
        else:
            nodes = [node(name, "a,b")]
        case(f"{name.lower()}_{kind}", nodes, {"a": left, "b": right}, opset=opset)
    for kind, shape in CONSTANTS:
        constant = positive(name + kind, shape)
        case(f"{name.lower()}_constant_{kind}", [node(name, "x,c")], {"x": (5, 4, 3)}, {"c": constant}, opset=opset)
        if kind in ("scalar", "channel", "row"):
            nodes = [node("Sigmoid", "x", "s"), node(name, "c,s")]
            case(f"{name.lower()}_constant_{kind}_on_the_left", nodes, {"x": (5, 4, 3)}, {"c": constant}, opset=opset)
case("add_to_itself", [node("Add", "x,x")], {"x": (5, 4, 3)})
case("mul_with_itself", [node("Mul", "x,x")], {"x": (5, 4, 3)})
case("add_matrix_and_vector", [node("Add", "x,c")], {"x": (7,)}, {"c": (7,)})
case("mul_constant_of_more_axes", [node("Mul", "x,c")], {"x": (7,)}, {"c": (1, 7)}, opset=17)

# Concat, Split, Slice, Pad

case("concat_channels", [node("Concat", "a,b", axis=1)], {"a": (16, 3, 3), "b": (16, 3, 3)})
case("concat_odd_channels", [node("Concat", "a,b,c", axis=1)], {"a": (3, 4, 3), "b": (5, 4, 3), "c": (1, 4, 3)}, opset=11)
case("concat_rows", [node("Concat", "a,b", axis=2)], {"a": (3, 4, 3), "b": (3, 2, 3)}, opset=17)
case("concat_columns", [node("Concat", "a,b", axis=-1)], {"a": (3, 4, 3), "b": (3, 4, 5)})
case("concat_one", [node("Concat", "a", axis=1)], {"a": (3, 4, 3)})
case("concat_with_itself", [node("Concat", "a,a", axis=1)], {"a": (3, 4, 3)})
case("split_attribute", [node("Split", "x", "y,z", axis=1, split=[2, 4])], {"x": (6, 4, 3)}, outputs="y,z", opset=11)
case("split_attribute_even", [node("Split", "x", "y,z", axis=1)], {"x": (32, 3, 3)}, outputs="y,z", opset=11)
case("split_input", [node("Split", "x,sizes", "y,z,u", axis=1)], {"x": (6, 4, 3)}, {"sizes": ints(1, 3, 2)},
     outputs="y,z,u")
case("split_input_rows", [node("Split", "x,sizes", "y,z", axis=-2)], {"x": (6, 4, 3)}, {"sizes": ints(1, 3)},
     outputs="y,z", opset=17)
case("split_number_uneven", [node("Split", "x", "y,z", axis=1, num_outputs=2)], {"x": (5, 4, 3)}, outputs="y,z", opset=18)


def slicing(name, starts, ends, axes=None, steps=None, shape=(6, 5, 4), opset=13):
    constants = {"starts": ints(*starts), "ends": ints(*ends)}
    if axes:
        constants["axes"] = ints(*axes)
    if steps:
        constants["steps"] = ints(*steps)
    case(f"slice_{name}", [node("Slice", ",".join(["x", *constants]))], {"x": shape}, constants, opset=opset)


END = 2 ** 63 - 1
slicing("channels", [1], [4], [1])
slicing("to_the_end", [2], [END], [1], [1], opset=11)
slicing("negative_ends", [-4, 1], [-1, -1], [1, 3], opset=17)
slicing("steps", [0, 1], [END, END], [2, 3], [2, 2])
slicing("backwards", [-1], [-END - 1], [1], [-1])
slicing("backwards_by_two", [4], [0], [2], [-2], opset=18)
slicing("clamped", [-100], [100], [3], [1])
slicing("leading_axes", [0, 2], [END, 5], opset=21)
slicing("wide_channels", [16], [32], [1], shape=(32, 3, 3))


def pad(name, pads, value=None, mode=None, axes=None, shape=(3, 5, 4), opset=13):
    names, constants = ["x", "pads"], {"pads": ints(*pads)}
    if value is not None:
        constants["value"] = numpy.float32(value)
        names.append("value")
    if axes:
        constants["axes"] = ints(*axes)
        names += ["axes"] if value is not None else ["", "axes"]
    attributes = {"mode": mode} if mode else {}
    case(f"pad_{name}", [node("Pad", ",".join(names), **attributes)], {"x": shape}, constants, opset=opset)


pad("spatial", [0, 0, 1, 1, 0, 0, 1, 1])
pad("asymmetric", [0, 0, 0, 2, 0, 0, 1, 0], mode="constant", opset=11)
pad("value", [0, 0, 1, 0, 0, 0, 0, 3], value=-1.5, opset=17)
pad("channels", [0, 2, 0, 0, 0, 3, 0, 0], value=0.25)
pad("negative_crop", [0, 0, -1, 0, 0, 0, -1, -2])
pad("crop_and_border", [0, -1, 1, -1, 0, 1, -2, 2], value=1)
pad("axes_input", [1, 2, 0, 1], axes=[2, 3], opset=18)
pad("axes_input_negative", [1, 1], value=2, axes=[-1], opset=21)
case("pad_then_conv", [node("Pad", "x,pads", "p"), node("Conv", "p,w")], {"x": (3, 6, 6)},
     {"pads": ints(0, 0, 0, 0, 0, 0, 1, 1), "w": (4, 3, 3, 3)})

# Pools


def pool(operator, name, size=(7, 7), channels=5, opset=13, **attributes):
    case(f"{operator.lower()}_{name}", [node(operator, "x", **attributes)], {"x": (channels, *size)}, opset=opset)


for operator in ["MaxPool", "AveragePool"]:
    pool(operator, "2x2", kernel_shape=[2, 2], strides=[2, 2])
    pool(operator, "3x3_stride_1", kernel_shape=[3, 3], opset=11)
    pool(operator, "3x3_stride_2_pads", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], opset=17)
    pool(operator, "16_channels", size=(5, 5), channels=16, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    pool(operator, "ceil", size=(6, 8), kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1, opset=21)
    pool(operator, "ceil_pads", size=(6, 8), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1, opset=21)
    pool(operator, "asymmetric_pads", kernel_shape=[3, 2], strides=[2, 1], pads=[0, 1, 2, 0])
    pool(operator, "1x3", kernel_shape=[1, 3], strides=[1, 2], pads=[0, 1, 0, 1], opset=18)
    pool(operator, "same_upper", size=(7, 6), kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
    pool(operator, "same_lower", size=(6, 8), kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_LOWER")
    pool(operator, "valid", size=(7, 6), kernel_shape=[2, 2], strides=[2, 2], auto_pad="VALID")
    pool(operator, "dilation_2", kernel_shape=[2, 3], dilations=[2, 2], opset=19)
pool("MaxPool", "negative_border", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
pool("AveragePool", "count_include_pad", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1)
pool("AveragePool", "count_include_pad_stride_2", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1],
     count_include_pad=1, opset=11)
pool("AveragePool", "count_include_pad_asymmetric", kernel_shape=[3, 3], pads=[0, 1, 2, 1], count_include_pad=1, opset=17)
pool("GlobalAveragePool", "odd")
pool("GlobalAveragePool", "16_channels", channels=16, size=(4, 4), opset=21)
pool("GlobalMaxPool", "odd")
case("reducemean_spatial", [node("ReduceMean", "x", axes=[2, 3])], {"x": (5, 4, 3)}, opset=11)
case("reducemean_spatial_dropped", [node("ReduceMean", "x", axes=[2, 3], keepdims=0)], {"x": (16, 4, 3)}, opset=13)
case("reducemean_negative_axes", [node("ReduceMean", "x", axes=[-1, -2], keepdims=1)], {"x": (5, 4, 3)}, opset=17)
case("reducemean_axes_input", [node("ReduceMean", "x,axes", keepdims=0)], {"x": (5, 4, 3)}, {"axes": ints(2, 3)}, opset=18)
case("reducemean_channels", [node("ReduceMean", "x,axes")], {"x": (5, 4, 3)}, {"axes": ints(1)}, opset=20)
case("reducemean_columns", [node("ReduceMean", "x", axes=[3])], {"x": (5, 4, 3)})

# Shapes

case("flatten", [node("Flatten", "x")], {"x": (5, 4, 3)})
case("flatten_16_channels", [node("Conv", "x,w", "c"), node("Flatten", "c", axis=1)], {"x": (3, 3, 3)}, {"w": (16, 3, 1, 1)})
case("flatten_axis_2", [node("Flatten", "x", "f", axis=2), node("Reshape", "f,shape")], {"x": (5, 4, 3)},
     {"shape": ints(-1, 5, 12)}, opset=17)
case("flatten_negative_axis", [node("Flatten", "x", "f", axis=-3)], {"x": (5, 4, 3)}, outputs="f", opset=21)
for name, shape, opset in [("zero_and_inferred", (0, -1), 11), ("inferred_and_fixed", (-1, 60), 13),
                           ("keeps_channels", (0, 0, -1), 17), ("splits_channels", (0, 5, 2, 2, -1), 21),
                           ("merges_space", (-1, 5, 12), 13)]:
    case(f"reshape_{name}", [node("Reshape", "x,shape")], {"x": (5, 4, 3)}, {"shape": ints(*shape)}, opset=opset)
case("reshape_from_shape_chain",
     [node("Shape", "x", "s"), node("Constant", "", "zero", value=numpy_helper.from_array(numpy.array(0, dtype="i8"))),
      node("Gather", "s,zero", "n", axis=0), node("Constant", "", "first", value=numpy_helper.from_array(ints(0))),
      node("Unsqueeze", "n,first", "n1"), node("Constant", "", "rest", value=numpy_helper.from_array(ints(-1))),
      node("Concat", "n1,rest", "shape", axis=0), node("Reshape", "x,shape")], {"x": (5, 4, 3)})
case("reshape_from_shape_chain_11",
     [node("Shape", "x", "s"), node("Gather", "s,zero", "n"), node("Unsqueeze", "n", "n1", axes=[0]),
      node("Concat", "n1,rest", "shape", axis=0), node("Reshape", "x,shape")], {"x": (5, 4, 3)},
     {"zero": numpy.array(0, dtype="i8"), "rest": ints(60)}, opset=11)
SHUFFLE = [node("Shape", "x", "s"), node("Gather", "s,i0", "n"), node("Gather", "s,i2", "h"), node("Gather", "s,i3", "w"),
           node("Unsqueeze", "n,first", "n1"), node("Unsqueeze", "h,first", "h1"), node("Unsqueeze", "w,first", "w1"),
           node("Concat", "n1,groups,each,h1,w1", "parts", axis=0), node("Reshape", "x,parts", "five"),
           node("Transpose", "five", "turned", perm=[0, 2, 1, 3, 4]), node("Concat", "n1,all,h1,w1", "whole", axis=0),
           node("Reshape", "turned,whole")]
case("reshape_channel_shuffle", SHUFFLE, {"x": (6, 4, 3)},
     {"i0": numpy.array(0, dtype="i8"), "i2": numpy.array(2, dtype="i8"), "i3": numpy.array(3, dtype="i8"),
      "first": ints(0), "groups": ints(2), "each": ints(3), "all": ints(6)}, free=(2, 3))
case("transpose_to_nhwc", [node("Transpose", "x", perm=[0, 2, 3, 1])], {"x": (5, 4, 3)})
case("transpose_within_rows", [node("Transpose", "x", perm=[0, 1, 3, 2])], {"x": (16, 4, 3)}, opset=17)
case("transpose_default_twice", [node("Transpose", "x", "t"), node("Transpose", "t")], {"x": (5, 4, 3)}, opset=21)
case("squeeze_attribute", [node("Squeeze", "x", axes=[2, 3])], {"x": (5, 1, 1)}, opset=11)
case("squeeze_input", [node("Squeeze", "x,axes")], {"x": (5, 1, 3)}, {"axes": ints(-2)})
case("unsqueeze_attribute", [node("Unsqueeze", "x", axes=[2, 3])], {"x": (5,)}, opset=11)
case("unsqueeze_input", [node("Unsqueeze", "x,axes")], {"x": (5, 3)}, {"axes": ints(-1, 1)}, opset=17)
case("identity", [node("Identity", "x")], {"x": (5, 4, 3)})
case("dropout_11", [node("Dropout", "x", ratio=0.3)], {"x": (5, 4, 3)}, opset=11)
case("dropout_13", [node("Dropout", "x,ratio")], {"x": (5, 4, 3)}, {"ratio": numpy.float32(0.3)}, opset=13)
case("dropout_training_mode_false", [node("Dropout", "x,ratio,mode")], {"x": (5, 4, 3)},
     {"ratio": numpy.float32(0.3), "mode": numpy.array(False)}, opset=21)

# Matrices

case("gemm", [node("Gemm", "x,w,b")], {"x": (6,)}, {"w": (6, 10), "b": (10,)})
case("gemm_transposed_b", [node("Gemm", "x,w,b", transB=1)], {"x": (17,)}, {"w": (5, 17), "b": (5,)}, opset=11)
case("gemm_no_bias", [node("Gemm", "x,w", transB=1)], {"x": (32,)}, {"w": (16, 32)}, opset=17)
case("gemm_alpha_beta", [node("Gemm", "x,w,b", alpha=0.5, beta=2.0, transB=1)], {"x": (6,)}, {"w": (10, 6), "b": (1, 10)})
case("gemm_scalar_bias", [node("Gemm", "x,w,b")], {"x": (6,)}, {"w": (6, 10), "b": floats(0.75)}, opset=21)
case("gemm_transposed_a", [node("Transpose", "x", "t", perm=[1, 0]), node("Gemm", "t,w,b", transA=1)], {"x": (6,)},
     {"w": (6, 10), "b": (10,)})
case("gemm_input_on_the_right", [node("Gemm", "w,x", "g", transB=1), node("Transpose", "g", perm=[1, 0])], {"x": (6,)},
     {"w": (10, 6)}, opset=17)
case("gemm_bias_from_input", [node("Gemm", "x,w,c")], {"x": (6,), "c": (10,)}, {"w": (6, 10)})
case("matmul", [node("MatMul", "x,w")], {"x": (6,)}, {"w": (6, 10)})
case("matmul_then_add", [node("MatMul", "x,w", "m"), node("Add", "b,m")], {"x": (6,)}, {"w": (6, 10), "b": (10,)}, opset=17)
case("matmul_rows", [node("MatMul", "x,w")], {"x": (4, 6)}, {"w": (6, 5)}, opset=11)
case("matmul_batched", [node("MatMul", "a,b")], {"a": (2, 4, 6), "b": (2, 6, 3)})
case("matmul_broadcast", [node("MatMul", "a,b")], {"a": (2, 4, 6), "b": (1, 6, 3)}, opset=21)
case("matmul_constant_batch", [node("MatMul", "x,w")], {"x": (2, 4, 6)}, {"w": (2, 6, 3)})
case("matmul_constant_on_the_left", [node("MatMul", "w,x")], {"x": (4, 6)}, {"w": (3, 4)}, opset=18)
case("matmul_vector", [node("MatMul", "x,w")], {"x": (4, 6)}, {"w": (6,)})

# Local response normalisation

case("lrn", [node("LRN", "x", size=5)], {"x": (7, 4, 3)})
case("lrn_settings", [node("LRN", "x", size=3, alpha=0.5, beta=0.6, bias=2.0)], {"x": (16, 3, 3)}, opset=11)

# Constants and stored types


def stored(name, array, data_type):
    """An initialiser of float16 or bfloat16 as raw bytes."""
    bits = numpy.asarray(array, dtype="f4")
    if data_type == TensorProto.FLOAT16:
        raw = bits.astype("f2").tobytes()
    else:
        raw = (bits.view("u4") >> 16).astype("u2").tobytes()
    return helper.make_tensor(name, data_type, bits.shape, raw, raw=True)


for name, data_type, opset in [("float16", TensorProto.FLOAT16, 13), ("bfloat16", TensorProto.BFLOAT16, 17)]:
    weight = positive(name, (4, 3, 3, 3)) - 1
    case(f"{name}_initializers", [node("Cast", "w16", "w", to=1), node("Cast", "b16", "b", to=1),
                                  node("Conv", "x,w,b", pads=[1, 1, 1, 1])], {"x": (3, 5, 5)},
         {"w16": stored("w16", weight, data_type), "b16": stored("b16", weight[:, 0, 0, 0], data_type)}, opset=opset)
case("float16_field_data", [node("Cast", "w16", "w", to=1), node("MatMul", "x,w")], {"x": (3,)},
     {"w16": helper.make_tensor("w16", TensorProto.FLOAT16, (3, 2), [0.5, -1.5, 2, 0.25, -0.125, 3])})
case("float32_field_data", [node("Add", "x,c")], {"x": (3,)}, {"c": helper.make_tensor("c", 1, (3,), [1, 2, 3])})
case("double_initializer", [node("Cast", "c64", "c", to=1), node("Add", "x,c")], {"x": (3,)},
     {"c64": numpy.array([1, 2, 3], dtype="f8")})
case("constant_value_float", [node("Constant", "", "c", value_float=0.5), node("Mul", "x,c")], {"x": (3,)})
case("constant_value_floats", [node("Constant", "", "c", value_floats=[0.5, 1.5, -2.0]), node("Mul", "x,c")], {"x": (3,)})
case("constant_value_ints", [node("Constant", "", "c", value_ints=[0, -1]), node("Reshape", "x,c")], {"x": (3, 2)}, opset=17)
case("constant_value_int", [node("Constant", "", "c", value_int=2), node("Cast", "c", "f", to=1), node("Mul", "x,f")],
     {"x": (3,)}, opset=18)
case("constant_value", [node("Constant", "", "c", value=numpy_helper.from_array(floats(1, 2, 3))), node("Sub", "x,c")],
     {"x": (3,)}, opset=11)

# What a plan fuses, and where it must not


def block(name, nodes, outputs="y", channels=16, size=(3, 3), opset=13, **constants):
    case(f"block_{name}", nodes, {"x": (channels, *size)}, {"w": (16, channels, 3, 3), **constants}, outputs=outputs, opset=opset)


CONV = node("Conv", "x,w", "c", pads=[1, 1, 1, 1])
NORM = node("BatchNormalization", "c,scale,shift,mean,variance", "n")
STATISTICS = {"scale": positive("scale", 16), "shift": (16,), "mean": (16,), "variance": positive("variance", 16)}
SIX = {"zero": numpy.float32(0), "six": numpy.float32(0.6)}
block("conv_relu", [CONV, node("Relu", "c")])
block("conv_relu_both_wanted", [CONV, node("Relu", "c")], outputs="c,y")
block("conv_norm", [CONV, node("BatchNormalization", "c,scale,shift,mean,variance")], **STATISTICS)
block("conv_norm_relu", [CONV, NORM, node("Relu", "n")], **STATISTICS)
block("conv_norm_inner_wanted", [CONV, NORM, node("Relu", "n")], outputs="c,n,y", **STATISTICS)
block("conv_norm_clip", [CONV, NORM, node("Clip", "n,zero,six")], channels=3, **STATISTICS, **SIX)
block("conv_norm_swish", [CONV, NORM, node("Sigmoid", "n", "s"), node("Mul", "n,s")], **STATISTICS)
block("conv_norm_hardswish", [CONV, NORM, node("HardSwish", "n")], opset=17, **STATISTICS)
block("norm_before_conv", [node("BatchNormalization", "x,scale,shift,mean,variance", "n"), node("Relu", "n", "r"),
                           node("Conv", "r,w", pads=[1, 1, 1, 1])], **STATISTICS)
block("residual", [CONV, NORM, node("Add", "n,x")], **STATISTICS)
block("residual_relu", [CONV, NORM, node("Add", "x,n", "a"), node("Relu", "a")], **STATISTICS)
block("residual_used_after", [CONV, node("Relu", "c", "r"), node("Add", "r,x", "a"), node("Mul", "a,x")])
block("residual_of_two_convs", [CONV, node("Conv", "x,v", "d"), node("Add", "c,d", "a"), node("Relu", "a")],
      v=(16, 16, 1, 1))
block("residual_broadcast", [CONV, node("GlobalAveragePool", "x", "g"), node("Add", "c,g")])
block("conv_shared_weight", [CONV, node("Conv", "c,w", pads=[1, 1, 1, 1])])
block("conv_plus_constant", [CONV, node("Add", "c,k", "a"), node("Mul", "a,m")], k=(16, 1, 1), m=positive("m", (16, 1, 1)))
block("squeeze_and_excite",
      [CONV, node("GlobalAveragePool", "c", "g"), node("Conv", "g,down,bias", "d"), node("Relu", "d", "r"),
       node("Conv", "r,up", "u"), node("Sigmoid", "u", "s"), node("Mul", "s,c")],
      down=(4, 16, 1, 1), bias=(4,), up=(16, 4, 1, 1))
block("split_and_concat",
      [CONV, node("Split", "c", "a,b", axis=1), node("Relu", "b", "r"), node("Concat", "a,r", axis=1)], opset=11)
block("dense", [CONV, node("Concat", "x,c", "k", axis=1), node("Conv", "k,v")], v=(5, 32, 1, 1))
block("head", [CONV, node("Relu", "c", "r"), node("GlobalAveragePool", "r", "g"), node("Flatten", "g", "f"),
               node("Gemm", "f,fc,bias", transB=1)], fc=(10, 16), bias=(10,))
