"""Makes architectures/: narrow, shallow, random-weight versions of the published networks, from torchvision's own classes.

input.npz holds one `image` [16, 3, 64, 64] of bytes for all; a network is given (image - 127) / 128. NAME.npz holds the
expected `logits` [16, 10] as onnxruntime computes them in float32, and `half`, those of the 16 images cut to their upper
left 48 x 32 pixels, where the file leaves height and width free.

Every BN has random scales, shifts and running statistics near the true ones, so that folding it wrongly shows. Weights are
float16 initialisers with a Cast each, to keep the files small. Some exports are PyTorch's default (constants folded, BN
folded into convolutions), most keep BN and the shape chains as traced.
"""

import io
import pathlib
import warnings

import numpy
import onnx
import onnxruntime
import torch
import torchvision.models as models
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.mnasnet import MNASNet
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3
from torchvision.models.regnet import BlockParams, RegNet
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.vgg import VGG, make_layers

warnings.filterwarnings("ignore")
CLASSES = 10
folder = pathlib.Path(__file__).parent / "architectures"
folder.mkdir(exist_ok=True)
for old in folder.iterdir():
    old.unlink()


def thin(module, divisor):
    """The same network with every width divided, for classes that do not take their widths as arguments."""
    def narrow(width):
        return width if width == 3 or width == CLASSES else -(-width // divisor)

    for name, child in module.named_children():
        if isinstance(child, nn.Conv2d):
            groups = narrow(child.groups) if child.groups > 1 else 1
            child = nn.Conv2d(narrow(child.in_channels), narrow(child.out_channels), child.kernel_size, child.stride,
                              child.padding, child.dilation, groups, child.bias is not None)
        elif isinstance(child, nn.BatchNorm2d):
            child = nn.BatchNorm2d(narrow(child.num_features), child.eps, child.momentum)
        elif isinstance(child, nn.Linear):
            child = nn.Linear(narrow(child.in_features), narrow(child.out_features))
        else:
            thin(child, divisor)
        setattr(module, name, child)
    return module


def vgg(normalized):
    network = VGG(make_layers([8, "M", 12, "M", 16, 16, "M", 16, "M"], normalized), num_classes=CLASSES)
    network.avgpool = nn.AdaptiveAvgPool2d(2)
    network.classifier = nn.Sequential(nn.Linear(64, 32), nn.ReLU(True), nn.Dropout(), nn.Linear(32, 24), nn.ReLU(True),
                                       nn.Dropout(), nn.Linear(24, CLASSES))
    return network


def mobilenet_v2():
    return models.MobileNetV2(CLASSES, 0.5, [[1, 8, 1, 1], [6, 16, 2, 2], [6, 16, 2, 1], [6, 24, 1, 2]])


def mobilenet_v3():
    blocks = [InvertedResidualConfig(*setting, dilation=1, width_mult=1) for setting in [
        (16, 3, 16, 16, True, "RE", 2), (16, 3, 40, 24, False, "RE", 2), (24, 3, 48, 24, False, "RE", 1),
        (24, 5, 48, 32, True, "HS", 2), (32, 5, 64, 32, True, "HS", 1)]]
    return MobileNetV3(blocks, 64, num_classes=CLASSES)


def efficientnet():
    blocks = [MBConvConfig(*setting) for setting in [
        (1, 3, 1, 16, 8, 1, 1, 1), (6, 3, 2, 8, 16, 2, 1, 1), (6, 5, 2, 16, 24, 1, 1, 1)]]
    return EfficientNet(blocks, 0.2, num_classes=CLASSES)


def regnet(squeeze):
    parameters = BlockParams([1, 2, 1], [16, 24, 32], [8, 8, 8], [1, 1, 1], [2, 2, 2], squeeze)
    return RegNet(parameters, CLASSES, stem_width=16)


NETWORKS = {
    "resnet_basic": lambda: thin(ResNet(BasicBlock, [2, 1, 1, 1], CLASSES), 8),
    "resnet_bottleneck": lambda: thin(ResNet(Bottleneck, [1, 2, 1, 1], CLASSES), 12),
    "vgg": lambda: vgg(False),
    "vgg_normalized": lambda: vgg(True),
    "squeezenet_1_0": lambda: thin(models.SqueezeNet("1_0", CLASSES), 8),
    "squeezenet_1_1": lambda: thin(models.SqueezeNet("1_1", CLASSES), 8),
    "densenet": lambda: models.DenseNet(6, (2, 3, 2, 2), 8, 2, num_classes=CLASSES),
    "googlenet": lambda: thin(models.GoogLeNet(CLASSES, aux_logits=False, init_weights=False), 8),
    "googlenet_transform_input": lambda: thin(
        models.GoogLeNet(CLASSES, aux_logits=False, transform_input=True, init_weights=False), 16),
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3": mobilenet_v3,
    "efficientnet": efficientnet,
    "shufflenet_v2": lambda: models.ShuffleNetV2([2, 3, 2], [12, 24, 48, 64, 64], CLASSES),
    "regnet_x": lambda: regnet(None),
    "regnet_y": lambda: regnet(0.25),
    "mnasnet": lambda: thin(MNASNet(0.5, CLASSES), 8),
}
# PyTorch's default export: constants folded, and BN folded into the convolution before it.
FOLDED = ["resnet_basic", "mobilenet_v3", "shufflenet_v2", "googlenet", "densenet"]
# Height and width left free, beside the batch; only networks whose head accepts any size.
FREE_SIZE = ["resnet_basic", "resnet_bottleneck", "mobilenet_v2", "efficientnet", "squeezenet_1_1", "shufflenet_v2"]


def pictures():
    """16 images with colour, gradients, edges and noise, so that networks tell them apart."""
    random = numpy.random.default_rng(1)
    y, x = numpy.mgrid[0:64, 0:64] / 64
    images = []
    for _ in range(16):
        image = random.uniform(40, 215, (3, 1, 1)) + random.normal(0, 60, (3, 1, 1)) * (x - 0.5)
        image = image + random.normal(0, 60, (3, 1, 1)) * numpy.sin(random.uniform(4, 40) * (x * random.normal() + y))
        left, top = random.integers(0, 40, 2)
        image[:, top:top + 24, left:left + 24] += random.normal(0, 80, (3, 1, 1))
        images.append(image + random.normal(0, random.uniform(2, 30), (3, 64, 64)))
    return numpy.clip(numpy.round(images), 0, 255).astype("u1")


def randomize(network, x, shift):
    """Random BN and a head whose logits differ from image to image."""
    normalizations = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                if not normalizations:
                    nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                    nn.init.normal_(module.bias, 0, 0.05)
                    # Without the part that sees only the mean of what are all positive values, which no BN takes out.
                    module.weight -= module.weight.mean(tuple(range(1, module.weight.dim())), keepdim=True)
        for module in normalizations:
            module.weight.uniform_(0.6, 1.4)
            # Far enough above zero that a deep network is not chaotic: rounding would grow from layer to layer.
            module.bias.normal_(shift, 0.3)
            module.momentum = None
        if normalizations:
            network.train()
            network(x)
        for module in normalizations:
            module.running_mean += 0.2 * module.running_var.sqrt() * torch.randn_like(module.running_mean)
            module.running_var *= torch.empty_like(module.running_var).uniform_(0.7, 1.4)
            module.momentum = 0.1
        network.eval()
        head = [module for module in network.modules() if isinstance(module, (nn.Linear, nn.Conv2d))][-1]
        head.weight *= 1 / network(x).std(0).mean()
        for parameter in network.parameters():
            parameter.copy_(parameter.half().float())


def half_precision(model):
    """Stores each large float initialiser as float16 with a Cast before its use; the values are float16 already or are
    rounded here, before anything is expected of them."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and numpy.prod(tensor.dims) >= 64:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype("f2"), f"{name}.float16"))
            casts.append(helper.make_node("Cast", [tensor.name], [name], name=f"Cast_{name}", to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(casts + nodes)
    for node in model.graph.node:
        node.doc_string = ""


def export(name, network, x, opset):
    axes = {"image": {0: "N"}, "logits": {0: "N"}}
    if name in FREE_SIZE:
        axes["image"].update({2: "H", 3: "W"})
    settings = {} if name in FOLDED else {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
    buffer = io.BytesIO()
    torch.onnx.export(network, x[:2], buffer, input_names=["image"], output_names=["logits"], dynamic_axes=axes,
                      opset_version=opset, **settings)
    model = onnx.load_from_string(buffer.getvalue())
    half_precision(model)
    return model


def logits(model, x):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"image": x})[0]


def in_bfloat16(model, x):
    """The logits if the input, every weight and the value after every convolution and matrix product were rounded to
    bfloat16: how far such a plan may be off by itself."""
    rounded = onnx.ModelProto()
    rounded.CopyFrom(model)
    del rounded.graph.node[:]
    for node in model.graph.node:
        rounded.graph.node.append(node)
        name = node.output[0]
        if (node.op_type in ("Conv", "Gemm") or f"{name}.float16" in node.input) and name != "logits":
            rounded.graph.node[-1].output[0] = f"{name}.exact"
            rounded.graph.node.append(helper.make_node("Cast", [f"{name}.exact"], [f"{name}.16"], to=TensorProto.BFLOAT16))
            rounded.graph.node.append(helper.make_node("Cast", [f"{name}.16"], [name], to=TensorProto.FLOAT))
    rounded.opset_import[0].version = max(13, rounded.opset_import[0].version)
    return logits(rounded, torch.tensor(x).bfloat16().float().numpy())


def draw(name, opset, x):
    """A network as a graph, its logits and what bfloat16 makes of them; drawn again until that is well within 2e-2."""
    for seed in range(20):
        torch.manual_seed(seed)
        network = NETWORKS[name]()
        randomize(network, x, shift=1 + seed / 10)
        model = export(name, network, x, opset)
        answer = logits(model, x.numpy())
        rounding = abs(in_bfloat16(model, x.numpy()) - answer).max() / abs(answer).max()
        spread = answer.std(0).mean() / abs(answer).max()
        if rounding < 0.015 and spread > 0.03:
            print(f"{name:28} seed {seed}  spread {spread:.2f}  rounded to bfloat16 {rounding:.1e}")
            return model, answer
    raise SystemExit(f"{name}: no seed gives logits that differ and survive bfloat16")


images = pictures()
numpy.savez(folder / "input.npz", image=images)
x = (torch.tensor(images).float() - 127) / 128
for index, name in enumerate(NETWORKS):
    model, answer = draw(name, [13, 11, 16, 17][index % 4], x)
    onnx.save(model, folder / f"{name}.onnx")
    expected = {"logits": answer}
    if name in FREE_SIZE:
        expected["half"] = logits(model, numpy.ascontiguousarray(x.numpy()[:, :, :48, :32]))
    numpy.savez(folder / f"{name}.npz", **expected)
    assert (folder / f"{name}.onnx").stat().st_size < 300e3, f"{name} is too large to commit"
print(f"architectures: {sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.1f} MB")
