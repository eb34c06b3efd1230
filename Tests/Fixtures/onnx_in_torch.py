"""Runs an ONNX graph with PyTorch, so that PyTorch can differentiate it and train it.

`run(model, values)` takes every input and initialiser as a tensor by name and returns all values by name. Integer values
(shapes, axes) are computed with NumPy. Only what the fixtures use is here.
"""

import math

import numpy
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper


def trainable(model):
    """The names of the float initialisers that PyTorch would call parameters: used as weight, scale, bias or operand."""
    places = {"Conv": (1, 2), "BatchNormalization": (1, 2), "PRelu": (1,), "Gemm": (0, 1, 2), "MatMul": (0, 1),
              "Add": (0, 1), "Sub": (0, 1), "Mul": (0, 1), "Div": (0, 1)}
    floats = {tensor.name for tensor in model.graph.initializer if tensor.data_type == 1}
    names = [name for node in model.graph.node for place, name in enumerate(node.input)
             if place in places.get(node.op_type, ()) and name in floats]
    return list(dict.fromkeys(names))


def statistics(model):
    """The names of the running means and variances."""
    return [name for node in model.graph.node if node.op_type == "BatchNormalization" for name in node.input[3:5]]


def initial_values(model, dtype):
    """The initialisers by name: floats as tensors of `dtype`, everything else as NumPy arrays."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    return {name: torch.tensor(array.astype("f4")).to(dtype) if array.dtype == numpy.float32 else array
            for name, array in arrays.items()}


def run(model, values, training=False):
    """All values by name. With `training`, batch normalisation uses the batch's statistics and updates the running ones
    in `values` in place, as PyTorch does: the running variance takes the unbiased one."""
    opset = model.opset_import[0].version
    values = dict(values)
    for node in model.graph.node:
        inputs = [values[name] if name else None for name in node.input]
        settings = {item.name: helper.get_attribute_value(item) for item in node.attribute}
        outputs = OPERATORS[node.op_type](inputs, settings, opset, training, len(node.output))
        for name, value in zip(node.output, outputs if isinstance(outputs, (list, tuple)) else [outputs]):
            values[name] = value
    return values


def pads_of(settings, kernel, x):
    """ONNX's pads for two axes: [top, left, bottom, right]."""
    mode = settings.get("auto_pad", b"NOTSET").decode()
    if not mode.startswith("SAME"):
        return [0] * 4 if mode == "VALID" else list(settings.get("pads", [0] * 4))
    before, after = [], []
    for axis in range(2):
        stride = settings.get("strides", [1, 1])[axis]
        reach = (kernel[axis] - 1) * settings.get("dilations", [1, 1])[axis] + 1
        total = max(0, (-(-x.shape[2 + axis] // stride) - 1) * stride + reach - x.shape[2 + axis])
        small, large = total // 2, total - total // 2
        before.append(small if mode == "SAME_UPPER" else large)
        after.append(large if mode == "SAME_UPPER" else small)
    return before + after


def border(x, pads, value):
    top, left, bottom, right = pads
    return F.pad(x, [left, right, top, bottom], value=value)


def convolution(inputs, settings, *_):
    x, weight, *bias = inputs
    x = border(x, pads_of(settings, weight.shape[2:], x), 0)
    return F.conv2d(x, weight, bias[0] if bias else None, settings.get("strides", 1), 0,
                    settings.get("dilations", 1), settings.get("group", 1))


def normalization(inputs, settings, opset, training, _):
    x, scale, shift, mean, variance = inputs
    # PyTorch's momentum is the share of the new value, ONNX's that of the old.
    return F.batch_norm(x, mean, variance, scale, shift, training, 1 - settings.get("momentum", 0.9),
                        settings.get("epsilon", 1e-5))


def windows(x, settings, value):
    """Every window of a pool: [N, C, H', W', taps], the border filled with `value`."""
    kernel, strides = settings["kernel_shape"], settings.get("strides", [1, 1])
    dilations, pads = settings.get("dilations", [1, 1]), pads_of(settings, settings["kernel_shape"], x)
    x = border(x, pads, value)
    for axis in range(2):
        reach = (kernel[axis] - 1) * dilations[axis] + 1
        whole = x.shape[2 + axis] - reach
        count = whole // strides[axis] + 1
        if settings.get("ceil_mode", 0) and whole % strides[axis]:
            # The last window must begin inside the map or the border before it.
            begin = count * strides[axis]
            count += begin < x.shape[2 + axis] - pads[2 + axis]
        missing = max(0, (count - 1) * strides[axis] + reach - x.shape[2 + axis])
        x = F.pad(x, [0, 0, 0, missing], value=value)
        taps = [x.narrow(2 + axis, tap * dilations[axis], (count - 1) * strides[axis] + 1)
                .index_select(2 + axis, torch.arange(0, (count - 1) * strides[axis] + 1, strides[axis]))
                for tap in range(kernel[axis])]
        x = torch.stack(taps, -1)
    return x.flatten(4)


def average_pool(inputs, settings, *_):
    x = inputs[0]
    included = torch.ones_like(x[:1, :1])
    if settings.get("count_include_pad", 0):
        included = border(included, pads_of(settings, settings["kernel_shape"], x), 1)
        settings_of_count = {**settings, "pads": [0] * 4, "auto_pad": b"VALID"}
        return windows(x, settings, 0).sum(-1) / windows(included, settings_of_count, 0).sum(-1)
    return windows(x, settings, 0).sum(-1) / windows(included, settings, 0).sum(-1)


def soft(function, settings, x, opset):
    if opset >= 13:
        return function(x, settings.get("axis", -1))
    return function(x.flatten(settings.get("axis", 1)), -1).reshape(x.shape)


def split(inputs, settings, opset, training, count):
    x, axis = inputs[0], settings.get("axis", 0)
    sizes = settings.get("split") or (list(inputs[1]) if len(inputs) > 1 else None)
    size = -(-x.shape[axis] // count)
    return torch.split(x, [int(size) for size in sizes] if sizes else size, axis)


def slicing(inputs, settings, *_):
    x, starts, ends = inputs[:3]
    axes = inputs[3] if len(inputs) > 3 else range(len(starts))
    steps = inputs[4] if len(inputs) > 4 else [1] * len(starts)
    if isinstance(x, numpy.ndarray):
        return x[tuple(slice(int(s), int(e), int(t)) for s, e, t in zip(starts, ends, steps))]
    for start, end, axis, step in zip(starts, ends, axes, steps):
        stop = None if step < 0 and end < -x.shape[axis] else int(end)
        x = x.index_select(int(axis), torch.tensor(numpy.arange(x.shape[axis])[int(start):stop:int(step)].copy()))
    return x


def padding(inputs, settings, *_):
    x, pads = inputs[:2]
    value = float(inputs[2]) if len(inputs) > 2 and inputs[2] is not None else 0
    axes = [int(axis) % x.dim() for axis in (inputs[3] if len(inputs) > 3 else range(x.dim()))]
    widths = [0] * (2 * x.dim())
    for place, axis in enumerate(axes):
        widths[2 * (x.dim() - 1 - axis)] = int(pads[place])
        widths[2 * (x.dim() - 1 - axis) + 1] = int(pads[len(axes) + place])
    return F.pad(x, widths, value=value)


def reshape(inputs, settings, *_):
    x, shape = inputs
    return x.reshape([x.shape[axis] if extent == 0 else int(extent) for axis, extent in enumerate(shape)])


def axes_of(inputs, settings):
    return [int(axis) for axis in (inputs[1] if len(inputs) > 1 else settings["axes"])]


def unsqueeze(inputs, settings, *_):
    x, axes = inputs[0], axes_of(inputs, settings)
    if isinstance(x, numpy.ndarray) or numpy.isscalar(x):
        return numpy.expand_dims(x, tuple(axes))
    for axis in sorted(axis % (x.dim() + len(axes)) for axis in axes):
        x = x.unsqueeze(axis)
    return x


def squeeze(inputs, settings, *_):
    x = inputs[0]
    for axis in sorted((axis % x.dim() for axis in axes_of(inputs, settings)), reverse=True):
        x = x.squeeze(axis)
    return x


def gemm(inputs, settings, *_):
    a, b, *c = inputs
    product = (a.T if settings.get("transA") else a) @ (b.T if settings.get("transB") else b)
    return settings.get("alpha", 1.0) * product + (settings.get("beta", 1.0) * c[0] if c else 0)


def constant(inputs, settings, *_):
    (kind, value), = settings.items()
    array = numpy_helper.to_array(value) if kind == "value" else numpy.array(
        value, dtype="f4" if "float" in kind else "i8")
    return torch.tensor(array) if array.dtype == numpy.float32 else array


def concatenation(inputs, settings, *_):
    if isinstance(inputs[0], numpy.ndarray):
        return numpy.concatenate(inputs, settings["axis"])
    return torch.cat(inputs, settings["axis"])


def flatten(inputs, settings, *_):
    x, axis = inputs[0], settings.get("axis", 1)
    return x.reshape(math.prod(x.shape[:axis]), -1)


def response_normalization(inputs, settings, *_):
    return F.local_response_norm(inputs[0], settings["size"], settings.get("alpha", 1e-4), settings.get("beta", 0.75),
                                 settings.get("bias", 1.0))


def simple(function):
    """An operator that needs only its inputs."""
    return lambda inputs, *_: function(*inputs)


def set_up(function):
    """An operator that needs its first input and its settings."""
    return lambda inputs, settings, *_: function(inputs[0], settings)


OPERATORS = {
    "Conv": convolution, "BatchNormalization": normalization, "AveragePool": average_pool, "Split": split,
    "MaxPool": lambda inputs, settings, *_: windows(inputs[0], settings, -math.inf).amax(-1),
    "GlobalAveragePool": simple(lambda x: x.mean((2, 3), keepdim=True)),
    "GlobalMaxPool": simple(lambda x: x.amax((2, 3), keepdim=True)),
    "ReduceMean": lambda inputs, settings, *_: inputs[0].mean(axes_of(inputs, settings), bool(settings.get("keepdims", 1))),
    "Relu": simple(F.relu), "Sigmoid": simple(torch.sigmoid), "HardSwish": simple(F.hardswish), "Tanh": simple(torch.tanh),
    "Erf": simple(torch.erf), "LeakyRelu": set_up(lambda x, s: F.leaky_relu(x, s.get("alpha", 0.01))),
    "HardSigmoid": set_up(lambda x, s: (s.get("alpha", 0.2) * x + s.get("beta", 0.5)).clamp(0, 1)),
    "Gelu": set_up(lambda x, s: F.gelu(x, approximate=s.get("approximate", b"none").decode())),
    "PRelu": simple(lambda x, slope: torch.where(x < 0, slope * x, x)),
    "Clip": simple(lambda x, low=None, high=None: x if low is None and high is None else torch.clamp(x, low, high)),
    "Softmax": lambda inputs, settings, opset, *_: soft(torch.softmax, settings, inputs[0], opset),
    "LogSoftmax": lambda inputs, settings, opset, *_: soft(torch.log_softmax, settings, inputs[0], opset),
    "Add": simple(lambda a, b: a + b), "Sub": simple(lambda a, b: a - b),
    "Mul": simple(lambda a, b: a * b), "Div": simple(lambda a, b: a / b),
    "Concat": concatenation, "Slice": slicing, "Pad": padding, "Reshape": reshape, "Unsqueeze": unsqueeze,
    "Squeeze": squeeze, "Flatten": flatten, "Gemm": gemm, "MatMul": simple(torch.matmul), "LRN": response_normalization,
    "Transpose": set_up(lambda x, s: x.permute(s.get("perm", list(range(x.dim()))[::-1]))),
    "Identity": simple(lambda x: x), "Dropout": lambda inputs, *_: inputs[0], "Constant": constant,
    "Shape": simple(lambda x: numpy.array(x.shape, dtype="i8")),
    "Gather": lambda inputs, settings, *_: numpy.take(inputs[0], inputs[1], settings.get("axis", 0)),
    "Cast": simple(lambda x: torch.tensor(numpy.asarray(x).astype("f4")) if not torch.is_tensor(x) else x),
}
