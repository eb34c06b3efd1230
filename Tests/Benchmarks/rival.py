"""One rival of the engine in a process of its own, which speaks the protocol of `distinguo bench engine --interactive`.

    rival.py onnxruntime|pytorch|pytorch-channels-last --model FILE --size 224 --batch 1 --threads 1

onnxruntime infers; PyTorch takes training steps of EfficientNet-Lite0 with the Teacher's weights. Prints a line of JSON when
ready, and answers each line `run N` by one with the times of N runs in milliseconds and the resident memory in bytes.
`resident_bytes_before` is what the process takes once its libraries are loaded, before it opens the model.
"""

import argparse
import json
import os
import sys
import time

import numpy


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def onnxruntime_runner(arguments):
    import onnxruntime

    before = resident_bytes()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(arguments.model, options, providers=["CPUExecutionProvider"])
    shape = (arguments.batch, 3, arguments.size, arguments.size)
    x = numpy.random.default_rng(0).uniform(-1, 1, shape).astype("f4")
    name = session.get_inputs()[0].name
    return before, lambda: session.run(None, {name: x})


def efficientnet_lite0(model):
    """EfficientNet-Lite0 as PyTorch modules, with the weights of the Teacher's file, whose names tell where they go."""
    import onnx
    import torch
    from onnx import numpy_helper
    from torch import nn

    weights = {tensor.name: torch.tensor(numpy_helper.to_array(tensor)) for tensor in onnx.load(model).graph.initializer}

    def load(module, key, *names):
        module.load_state_dict({name: weights[f"{key}.{name}"] for name in names}, strict=False)
        return module

    def conv(key, norm, stride=1, depthwise=False, activated=True):
        weight = weights[f"{key}.weight"]
        outputs, inputs, kernel, _ = weight.shape
        groups = outputs if depthwise else 1
        layer = nn.Conv2d(inputs * groups, outputs, kernel, stride, kernel // 2 if stride == 1 else 0, groups=groups,
                          bias=False)
        total = kernel - stride
        padded = [nn.ZeroPad2d((total // 2, total - total // 2) * 2)] if stride == 2 else []
        normalization = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01)
        load(normalization, norm, "weight", "bias", "running_mean", "running_var")
        return [*padded, load(layer, key, "weight"), normalization] + ([nn.ReLU6(inplace=True)] if activated else [])

    class Residual(nn.Sequential):
        def forward(self, x):
            return x + super().forward(x)

    layers = conv("_conv_stem", "_bn0", stride=2)
    index, channels = 0, 32
    for repeats, stride, expanded, outputs in [(1, 1, False, 16), (2, 2, True, 24), (2, 2, True, 40), (3, 2, True, 80),
                                               (3, 1, True, 112), (4, 2, True, 192), (1, 1, True, 320)]:
        for repeat in range(repeats):
            key = f"_blocks.{index}"
            step = stride if repeat == 0 else 1
            block = conv(f"{key}._expand_conv", f"{key}._bn0") if expanded else []
            block += conv(f"{key}._depthwise_conv", f"{key}._bn1", step, depthwise=True)
            block += conv(f"{key}._project_conv", f"{key}._bn2", activated=False)
            layers.append((Residual if step == 1 and channels == outputs else nn.Sequential)(*block))
            index, channels = index + 1, outputs
    layers += conv("_conv_head", "_bn1")
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         load(nn.Linear(1280, 1000), "_fc", "weight", "bias"))


def pytorch_runner(arguments):
    import torch

    torch.set_num_threads(arguments.threads)
    before = resident_bytes()
    network = efficientnet_lite0(arguments.model).train()
    x = torch.rand(arguments.batch, 3, arguments.size, arguments.size) * 2 - 1
    if arguments.rival == "pytorch-channels-last":
        network, x = network.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    labels = torch.randint(0, 1000, (arguments.batch,))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    cross_entropy = torch.nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        cross_entropy(network(x), labels).backward()
        optimizer.step()

    return before, step


def say(**answer):
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rival", choices=["onnxruntime", "pytorch", "pytorch-channels-last"])
    parser.add_argument("--model", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    arguments = parser.parse_args()
    runner = onnxruntime_runner if arguments.rival == "onnxruntime" else pytorch_runner
    resident_before, run = runner(arguments)
    say(ready=True, resident_bytes_before=resident_before, resident_bytes=resident_bytes())
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line.split()[1])):
            start = time.perf_counter()
            run()
            milliseconds.append((time.perf_counter() - start) * 1e3)
        say(milliseconds=milliseconds, resident_bytes=resident_bytes())
