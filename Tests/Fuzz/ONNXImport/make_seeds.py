#!/usr/bin/env python3
"""Writes the small models in Seeds, from which the fuzzer starts. Needs numpy and onnx."""

import pathlib

import numpy
from onnx import TensorProto, helper, numpy_helper

SEEDS = pathlib.Path(__file__).parent / "Seeds"
RANDOM = numpy.random.default_rng(1)


def weight(name, *shape, dtype=numpy.float32):
    return numpy_helper.from_array(RANDOM.standard_normal(shape).astype(dtype), name)


def ints(name, *values):
    return numpy_helper.from_array(numpy.array(values, numpy.int64), name)


def node(operator, inputs, outputs, **attributes):
    return helper.make_node(operator, inputs.split(), outputs.split(), **attributes)


def save(name, opset, nodes, initializers=(), shape=("N", 4, "H", "W"), outputs="y"):
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None) for output in outputs.split()],
        list(initializers),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    (SEEDS / f"{name}.onnx").write_bytes(model.SerializeToString())


def main():
    SEEDS.mkdir(exist_ok=True)
    save(
        "convolution",
        17,
        [
            node("Conv", "x w b", "c", pads=[1, 0, 1, 0], strides=[2, 1], kernel_shape=[3, 3]),
            node("BatchNormalization", "c s s s v", "n"),
            node("Clip", "n low high", "r"),
            node("MaxPool", "r", "p", kernel_shape=[3, 3], ceil_mode=1, auto_pad="SAME_UPPER"),
            node("AveragePool", "p", "q", kernel_shape=[2, 2], count_include_pad=1, pads=[1, 1, 1, 1]),
            node("GlobalAveragePool", "q", "g"),
            node("Flatten", "g", "f"),
            node("Gemm", "f m", "y", transB=1),
        ],
        [
            weight("w", 2, 4, 3, 3),
            weight("b", 2),
            weight("s", 2),
            numpy_helper.from_array(numpy.ones(2, numpy.float32), "v"),
            numpy_helper.from_array(numpy.float32(0), "low"),
            numpy_helper.from_array(numpy.float32(6), "high"),
            weight("m", 3, 2),
        ],
    )
    save(
        "shuffle",
        13,
        [
            node("Shape", "x", "s"),
            node("Gather", "s zero", "n", axis=0),
            node("Gather", "s two", "h", axis=0),
            node("Constant", "", "c", value=ints("", 2)),
            node("Unsqueeze", "n axis", "n1"),
            node("Unsqueeze", "h axis", "h1"),
            node("Concat", "n1 c c h1 rest", "t", axis=0),
            node("Reshape", "x t", "r"),
            node("Transpose", "r", "p", perm=[0, 2, 1, 3, 4]),
            node("Split", "p", "a b", axis=1),
            node("Squeeze", "a one", "y"),
        ],
        [
            numpy_helper.from_array(numpy.int64(0), "zero"),
            numpy_helper.from_array(numpy.int64(2), "two"),
            ints("axis", 0),
            ints("one", 1),
            ints("rest", -1),
        ],
    )
    save(
        "pad",
        11,
        [
            node("ConstantOfShape", "four", "z", value=ints("", 0)),
            node("Concat", "pads z", "l", axis=0),
            node("Reshape", "l pairs", "m"),
            node("Slice", "m from to first back", "n"),
            node("Transpose", "n", "o", perm=[1, 0]),
            node("Reshape", "o flat", "p"),
            node("Cast", "p", "q", to=TensorProto.INT64),
            node("Pad", "x q", "r", mode="constant"),
            node("Slice", "r start end spatial step", "u"),
            node("Gather", "u colour", "v", axis=1),
            node("Unsqueeze", "v", "w", axes=[1]),
            node("Dropout", "w", "d", ratio=0.2),
            node("ReduceMean", "d", "y", axes=[-1, -2], keepdims=0),
        ],
        [
            ints("four", 4),
            ints("pads", 1, 2, 1, 2),
            ints("pairs", -1, 2),
            ints("flat", -1),
            ints("from", -1),
            ints("to", -9223372036854775807),
            ints("first", 0),
            ints("back", -1),
            ints("start", 1),
            ints("end", 9223372036854775807),
            ints("spatial", 2),
            ints("step", 2),
            numpy_helper.from_array(numpy.int64(-1), "colour"),
        ],
    )
    save(
        "attention",
        20,
        [
            node("Cast", "k", "k32", to=TensorProto.FLOAT),
            node("Transpose", "k32", "kt", perm=[1, 0]),
            node("MatMul", "x kt", "a"),
            node("Softmax", "a", "s", axis=-1),
            node("Gelu", "s", "g", approximate="tanh"),
            node("Identity", "slope", "slope2"),
            node("PRelu", "g slope2", "p"),
            node("HardSigmoid", "p", "h"),
            node("Mul", "p h", "m"),
            node("Add", "m bias", "n"),
            node("ReduceMean", "n axes", "y", keepdims=0),
            node("Split", "n", "t u", axis=1, num_outputs=2),
        ],
        [
            weight("k", 4, 4, dtype=numpy.float16),
            weight("slope", 1),
            weight("bias", 4),
            ints("axes", 1),
        ],
        shape=(1, 3, 4),
        outputs="y u",
    )
    save(
        "reshape",
        21,
        [
            node("Reshape", "x shape", "r"),
            node("Shape", "r", "s", start=1, end=3),
            node("Cast", "s", "f", to=TensorProto.FLOAT),
            node("Div", "f half", "d"),
            node("Floor", "d", "e"),
            node("Cast", "e", "i", to=TensorProto.INT64),
            node("Concat", "zero i last", "t", axis=0),
            node("Reshape", "r t", "q"),
            node("LRN", "q", "l", size=3),
            node("LogSoftmax", "l", "y", axis=1),
        ],
        [
            ints("shape", 0, 2, 2, -1),
            ints("zero", 0),
            ints("last", -1),
            numpy_helper.from_array(numpy.float32(2), "half"),
        ],
        shape=(1, 4, 6, 6),
    )


if __name__ == "__main__":
    main()
