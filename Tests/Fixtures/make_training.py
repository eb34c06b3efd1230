"""Makes training/: a small residual network and what 20 steps of PyTorch make of it, in float32.

residual.onnx is the network before training (`image` [N, 3, 16, 16] -> `logits` [N, 5]). residual.npz has
  images                   [20, 16, 3, 16, 16] bytes, one batch of 16 for each step, given as (byte - 127) / 128
  labels                   [20, 16] integers
and for each of the runs sgd, adamw and clipped
  RUN:losses               the mean loss of each step's batch, before that step
  RUN:rates                the learning rate of each step
  RUN:weight:NAME          each parameter after the last step
  RUN:running:NAME         each running mean and variance after the last step

  sgd      cross entropy, SGD, rate 0.05, momentum 0.9 (no dampening, no Nesterov), weight decay 5e-4
  adamw    cross entropy with label smoothing 0.1, AdamW (0.9, 0.999, epsilon 1e-8, weight decay 0.05), one-cycle schedule
           (maximum 0.01, 20 steps, 30 % warm-up, cosine, divided by 25 at first and by 1e4 more at the end; the momentum
           is not cycled)
  clipped  like sgd at rate 0.2, the gradients' global norm clipped to 0.5; `clipped:norms` are the norms before that

Weight decay applies to every parameter, BN's scales and shifts and the biases too, as PyTorch does by default. BN normalises
by the batch; its momentum is 0.9 in ONNX's sense (the share of the old value; PyTorch's 0.1), and the running variance takes
the unbiased variance of the batch (divided by n - 1), as PyTorch does.

schedules.npz has the rates of torch.optim.lr_scheduler for a few settings, `onecycle:...` and `cosine:...`; the names say them.
"""

import pathlib

import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

from onnx_in_torch import initial_values, run, statistics, trainable

STEPS, BATCH, CLASSES = 20, 16, 5
folder = pathlib.Path(__file__).parent / "training"
folder.mkdir(exist_ok=True)
torch.set_num_threads(1)
torch.manual_seed(0)


def network():
    """conv-bn-relu; a block with an identity skip; a depthwise one with a strided projection; mean; linear."""
    nodes, weights = [], {}

    def add(operator, inputs, output, **attributes):
        nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def conv(x, name, inputs, outputs, kernel, stride=1, groups=1):
        fan = inputs // groups * kernel * kernel
        weights[f"{name}.weight"] = torch.randn(outputs, inputs // groups, kernel, kernel) * (2 / fan) ** 0.5
        x = add("Conv", [x, f"{name}.weight"], f"{name}.out", kernel_shape=[kernel] * 2, strides=[stride] * 2, group=groups,
                pads=[kernel // 2] * 4)
        weights[f"{name}.scale"], weights[f"{name}.shift"] = torch.ones(outputs), torch.zeros(outputs)
        weights[f"{name}.mean"], weights[f"{name}.variance"] = torch.zeros(outputs), torch.ones(outputs)
        return add("BatchNormalization", [x] + [f"{name}.{part}" for part in ("scale", "shift", "mean", "variance")],
                   f"{name}.norm", epsilon=1e-5, momentum=0.9)

    x = add("Relu", [conv("image", "stem", 3, 8, 3)], "stem.relu")
    y = add("Relu", [conv(x, "block1.a", 8, 8, 3)], "block1.relu")
    x = add("Relu", [add("Add", [conv(y, "block1.b", 8, 8, 3), x], "block1.sum")], "block1")
    y = add("Relu", [conv(x, "block2.expand", 8, 16, 1)], "block2.relu1")
    y = add("Relu", [conv(y, "block2.depthwise", 16, 16, 3, stride=2, groups=16)], "block2.relu2")
    skip = conv(x, "block2.skip", 8, 16, 1, stride=2)
    x = add("Relu", [add("Add", [conv(y, "block2.project", 16, 16, 1), skip], "block2.sum")], "block2")
    x = add("Flatten", [add("GlobalAveragePool", [x], "pooled")], "features")
    weights["head.weight"], weights["head.bias"] = torch.randn(CLASSES, 16) * 0.25, torch.zeros(CLASSES)
    add("Gemm", [x, "head.weight", "head.bias"], "logits", transB=1)
    graph = helper.make_graph(
        nodes, "residual", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, 16, 16])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", CLASSES])],
        [numpy_helper.from_array(tensor.numpy(), name) for name, tensor in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def batches():
    """Pictures whose class is told by their colour and the direction of their stripes, and by neither surely."""
    random = numpy.random.default_rng(2)
    labels = random.integers(0, CLASSES, (STEPS, BATCH))
    colours = random.normal(0, 25, (CLASSES, 3))
    y, x = numpy.mgrid[0:16, 0:16]
    angle = labels[..., None, None] * numpy.pi / CLASSES
    stripes = 30 * numpy.sin(x * numpy.cos(angle) + y * numpy.sin(angle) + random.uniform(0, 6, (STEPS, BATCH, 1, 1)))
    images = 127 + colours[labels][..., None, None] + stripes[:, :, None] + random.normal(0, 30, (STEPS, BATCH, 3, 16, 16))
    return numpy.clip(numpy.round(images), 0, 255).astype("u1"), labels


def train(model, images, labels, make_optimizer, smoothing=0.0, make_schedule=None, largest_norm=None,
          dtype=torch.float32):
    held = initial_values(model, dtype)
    parameters = {name: held[name].requires_grad_() for name in trainable(model)}
    optimizer = make_optimizer(list(parameters.values()))
    schedule = make_schedule(optimizer) if make_schedule else None
    losses, rates, norms = [], [], []
    for batch, label in zip(images, labels):
        x = (torch.tensor(batch).to(dtype) - 127) / 128
        logits = run(model, {**held, "image": x}, training=True)["logits"]
        loss = F.cross_entropy(logits, torch.tensor(label), label_smoothing=smoothing)
        optimizer.zero_grad()
        loss.backward()
        if largest_norm:
            norms.append(float(torch.nn.utils.clip_grad_norm_(parameters.values(), largest_norm)))
        losses.append(float(loss))
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if schedule:
            schedule.step()
    result = {"losses": losses, "rates": rates, **({"norms": norms} if norms else {})}
    result.update({f"weight:{name}": tensor.detach().numpy() for name, tensor in parameters.items()})
    result.update({f"running:{name}": held[name].numpy() for name in statistics(model)})
    return {name: numpy.asarray(value, dtype="f4") for name, value in result.items()}


def schedule_rates(make, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    schedule, rates = make(optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return numpy.array(rates)


def one_cycle(optimizer):
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=STEPS, cycle_momentum=False)


def sgd(rate):
    return lambda parameters: torch.optim.SGD(parameters, lr=rate, momentum=0.9, weight_decay=5e-4)


def adamw(parameters):
    return torch.optim.AdamW(parameters, lr=0.01, weight_decay=0.05)


model = network()
images, labels = batches()
RUNS = {
    "sgd": dict(make_optimizer=sgd(0.05)),
    "adamw": dict(make_optimizer=adamw, smoothing=0.1, make_schedule=one_cycle),
    "clipped": dict(make_optimizer=sgd(0.2), largest_norm=0.5),
}
arrays = {"images": images, "labels": labels}
for name, settings in RUNS.items():
    result = train(model, images, labels, **settings)
    exact = train(model, images, labels, **settings, dtype=torch.float64)
    drift = {kind: max(abs(result[key] - exact[key]).max() / abs(exact[key]).max() for key in result if key.startswith(kind))
             for kind in ("losses", "weight", "running")}
    print(name, "losses", *(f"{loss:.3f}" for loss in result["losses"][::5]), f"{result['losses'][-1]:.3f}",
          "off from float64:", *(f"{kind} {value:.0e}" for kind, value in drift.items()))
    arrays.update({f"{name}:{key}": value for key, value in result.items()})
onnx.save(model, folder / "residual.onnx")
numpy.savez(folder / "residual.npz", **arrays)

schedulers = torch.optim.lr_scheduler
SCHEDULES = {
    "onecycle:maximum=0.1,steps=20": (lambda o: schedulers.OneCycleLR(o, 0.1, total_steps=20), 20),
    "onecycle:maximum=0.01,steps=20": (one_cycle, 20),
    "onecycle:maximum=1,steps=50,warmup=0.1,start=10,end=100": (
        lambda o: schedulers.OneCycleLR(o, 1, total_steps=50, pct_start=0.1, div_factor=10, final_div_factor=100), 50),
    "cosine:maximum=0.1,steps=20,minimum=0": (lambda o: schedulers.CosineAnnealingLR(o, 20), 21),
    "cosine:maximum=0.1,steps=7,minimum=0.01": (lambda o: schedulers.CosineAnnealingLR(o, 7, 0.01), 8),
}
numpy.savez(folder / "schedules.npz", **{name: schedule_rates(*setting) for name, setting in SCHEDULES.items()})
print(f"training: {sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.1f} MB")
