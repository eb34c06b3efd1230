"""Makes teachers/clothes.onnx: a small residual network that tells the Fashion-MNIST classes 0 to 4 apart.

It plays the public Teacher in the end-to-end checks; their Students learn the classes 5 to 9, which it never saw. The
pictures are those of Debian's package dataset-fashion-mnist (MIT licence): 28 × 28
grey levels, resized to 32 × 32 as Pillow does, in all three channels.

    image [N, 3, H, W], (byte - 127) / 128  ->  block1 ... block4  ->  features [N, 80]  ->  logits [N, 5]

Batch, height and width are free. Weights are float16 initialisers with a Cast each. Prints the accuracy on test pictures.
"""

import gzip
import pathlib

import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from onnx_in_torch import initial_values, run, statistics, trainable

CLASSES, SIZE, EPOCHS, BATCH = 5, 32, 4, 128
SOURCE = pathlib.Path("/usr/share/datasets/fashion-mnist")
folder = pathlib.Path(__file__).parent / "teachers"
folder.mkdir(exist_ok=True)
torch.manual_seed(4)


def network():
    """conv-bn-relu, then four residual blocks of which the second, third and fourth halve the picture."""
    nodes, weights = [], {}

    def add(operator, inputs, output, **attributes):
        nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def conv(x, name, inputs, outputs, kernel, stride=1, output=None):
        weights[f"{name}.weight"] = torch.randn(outputs, inputs, kernel, kernel) * (2 / (inputs * kernel**2)) ** 0.5
        x = add("Conv", [x, f"{name}.weight"], f"{name}.conv", kernel_shape=[kernel] * 2, strides=[stride] * 2,
                pads=[kernel // 2] * 4)
        weights[f"{name}.scale"], weights[f"{name}.shift"] = torch.ones(outputs), torch.zeros(outputs)
        weights[f"{name}.mean"], weights[f"{name}.variance"] = torch.zeros(outputs), torch.ones(outputs)
        return add("BatchNormalization", [x] + [f"{name}.{part}" for part in ("scale", "shift", "mean", "variance")],
                   f"{name}.norm", epsilon=1e-5, momentum=0.9)

    x, width = add("Relu", [conv("image", "stem", 3, 16, 3)], "stem"), 16
    for number, (outputs, stride) in enumerate([(16, 1), (24, 2), (48, 2), (80, 2)], 1):
        name = f"block{number}"
        y = add("Relu", [conv(x, f"{name}.first", width, outputs, 3, stride)], f"{name}.first")
        y = conv(y, f"{name}.second", outputs, outputs, 3)
        skip = x if stride == 1 else conv(x, f"{name}.skip", width, outputs, 1, stride)
        x, width = add("Relu", [add("Add", [y, skip], f"{name}.sum")], name), outputs
    x = add("Flatten", [add("GlobalAveragePool", [x], "pooled")], "features")
    weights["head.weight"], weights["head.bias"] = torch.randn(CLASSES, width) * 0.1, torch.zeros(CLASSES)
    add("Gemm", [x, "head.weight", "head.bias"], "logits", transB=1)
    graph = helper.make_graph(
        nodes, "clothes", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, "H", "W"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", CLASSES])],
        [numpy_helper.from_array(tensor.numpy(), name) for name, tensor in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"preprocess.mean": "127,127,127", "preprocess.std": "128,128,128",
                                   "preprocess.color": "RGB", "source": "Fashion-MNIST, classes 0 to 4"})
    onnx.checker.check_model(model, full_check=True)
    return model


def pictures(part):
    """[N, 1, 32, 32] bytes and their labels, classes 0 to 4 alone."""
    with gzip.open(SOURCE / f"{part}-images-idx3-ubyte.gz") as file:
        images = numpy.frombuffer(file.read(), "u1", offset=16).reshape(-1, 28, 28)
    with gzip.open(SOURCE / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), "u1", offset=8)
    chosen = labels < CLASSES
    resized = [numpy.asarray(Image.fromarray(image).resize((SIZE, SIZE), Image.Resampling.BILINEAR))
               for image in images[chosen]]
    return torch.tensor(numpy.stack(resized)[:, None]), torch.tensor(labels[chosen].astype("i8"))


def prepared(images):
    return ((images.float() - 127) / 128).expand(-1, 3, -1, -1)


def shifted(images):
    """Up to two pixels to each side, and half of them mirrored."""
    down, right = torch.randint(-2, 3, (2,)).tolist()
    images = torch.roll(images, (down, right), (2, 3))
    return torch.where(torch.rand(len(images), 1, 1, 1) < 0.5, images.flip(3), images)


def trained(model):
    images, labels = pictures("train")
    held = initial_values(model, torch.float32)
    parameters = [held[name].requires_grad_() for name in trainable(model)]
    optimizer = torch.optim.AdamW(parameters, weight_decay=0.01)
    steps = len(images) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=EPOCHS * steps)
    for epoch in range(EPOCHS):
        for chosen in torch.randperm(len(images))[:steps * BATCH].split(BATCH):
            logits = run(model, {**held, "image": prepared(shifted(images[chosen]))}, training=True)["logits"]
            loss = F.cross_entropy(logits, labels[chosen], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1}: loss {float(loss):.3f}", flush=True)
    return {name: held[name].detach().half().float() for name in [*trainable(model), *statistics(model)]}


def accuracy(model, values):
    images, labels = pictures("t10k")
    with torch.no_grad():
        logits = [run(model, {**values, "image": prepared(part)})["logits"] for part in images.split(500)]
    return float((torch.cat(logits).argmax(1) == labels).float().mean())


def half_precision(model, values):
    """Puts the values into the file: each array of 64 or more as float16, with a Cast before its use."""
    casts = []
    for tensor in model.graph.initializer:
        name, array = tensor.name, values[tensor.name].numpy()
        if array.size < 64:
            tensor.CopyFrom(numpy_helper.from_array(array, name))
        else:
            tensor.CopyFrom(numpy_helper.from_array(array.astype("f2"), f"{name}.float16"))
            casts.append(helper.make_node("Cast", [tensor.name], [name], name=f"Cast_{name}", to=TensorProto.FLOAT))
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)


model = network()
values = trained(model)
share = accuracy(model, values)
half_precision(model, values)
onnx.save(model, folder / "clothes.onnx")
print(f"teachers: {100 * share:.1f} % of test pictures right, {(folder / 'clothes.onnx').stat().st_size / 1e3:.0f} kB")
