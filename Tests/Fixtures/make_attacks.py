"""Makes attacks/: a small network on Fashion-MNIST's pictures, and how often other people's attacks fool it.

  network.onnx     a convolutional network for 28 × 28 RGB, its input in pixels 0...255
  pictures.npz     `pictures` [N,28,28] (grey, u1) that it gets right, `labels` [N], and `targets` [N], other labels
  rates.json       for each attack: its settings, and the share of the pictures that it turns

torchattacks 3.5.1 (Kim 2020) attacks with FGSM, PGD, momentum PGD, APGD, Carlini-Wagner and Square, the
Adversarial Robustness Toolbox 1.20.1 with HopSkipJump. Both are installed, with a PyTorch of their own, in a virtual environment that
this script makes beside the project's (.venv-attacks). Takes a minute, and some more to install.
"""

import gzip
import json
import pathlib

from environment import need

need("torchattacks", ".venv-attacks",
     ["torchattacks==3.5.1", "adversarial-robustness-toolbox==1.20.1", "onnx", "onnxscript"])

import numpy
import torch
import torchattacks
from art.attacks.evasion import HopSkipJump
from art.estimators.classification import PyTorchClassifier
from torch import nn

COUNT = 200
CLASSES = 10
SOURCE = pathlib.Path("/usr/share/datasets/fashion-mnist")
folder = pathlib.Path(__file__).parent / "attacks"
folder.mkdir(exist_ok=True)
torch.manual_seed(1)
numpy.random.seed(1)


class Pixels(nn.Module):
    """The classifier for pictures on the scale 0...1 that the libraries take."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, pictures):
        return self.network(255 * pictures.float())


class Network(nn.Module):
    """Takes pixels 0...255."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 12, 5, stride=2, padding=2), nn.ReLU(), nn.Conv2d(12, 24, 5, stride=2, padding=2), nn.ReLU(),
            nn.Flatten(), nn.Linear(24 * 7 * 7, 48), nn.ReLU(), nn.Linear(48, CLASSES))

    def forward(self, pixels):
        return self.layers((pixels - 127) / 128)


def images(part):
    with gzip.open(SOURCE / f"{part}-images-idx3-ubyte.gz") as file:
        pictures = numpy.frombuffer(file.read(), "u1", offset=16).reshape(-1, 28, 28)
    with gzip.open(SOURCE / f"{part}-labels-idx1-ubyte.gz") as file:
        return pictures, numpy.frombuffer(file.read(), "u1", offset=8).astype("i8")


def colours(grey):
    return torch.tensor(grey.astype("f4")).unsqueeze(1).repeat(1, 3, 1, 1)


def train():
    network = Network()
    pictures, labels = images("train")
    pictures, labels = pictures[:12000], torch.tensor(labels[:12000])
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)
    for _ in range(4):
        order = torch.randperm(len(pictures))
        for start in range(0, len(order), 100):
            chosen = order[start:start + 100]
            loss = nn.functional.cross_entropy(network(colours(pictures[chosen.numpy()])), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return network.eval()


network = train()
pictures, labels = images("t10k")
right = network(colours(pictures[:1000])).argmax(1).numpy() == labels[:1000]
print(f"{right.mean():.3f} right")
pictures, labels = pictures[:1000][right][:COUNT], labels[:1000][right][:COUNT]
targets = (labels + 1 + numpy.random.randint(0, CLASSES - 1, len(labels))) % CLASSES
numpy.savez(folder / "pictures.npz", pictures=pictures, labels=labels.astype("u1"), targets=targets.astype("u1"))
torch.onnx.export(network, (colours(pictures[:1]),), str(folder / "network.onnx"), input_names=["image"],
                  output_names=["logits"], dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}}, opset_version=13,
                  dynamo=False)

model = Pixels(network)
x, y, t = colours(pictures) / 255, torch.tensor(labels), torch.tensor(targets)
rates = []


def note(name, attacked, **settings):
    """Counts what is still turned in whole pixel values, which is how the project judges."""
    whole = (255 * torch.as_tensor(attacked)).round()
    answers = network(whole).argmax(1)
    turned = answers == t if settings.get("targeted") else answers != y
    distance = ((whole / 255 - x) ** 2).sum((1, 2, 3)).sqrt()
    if "nearer" in settings:
        turned &= distance <= settings["nearer"]
    rates.append({"attack": name, **settings, "rate": turned.double().mean().item()})
    print(rates[-1], flush=True)


def targeted(attack):
    attack.set_mode_targeted_by_label(quiet=True)
    return attack(x, t)


for radius in (2, 4, 8, 16):
    note("fgsm", torchattacks.FGSM(model, radius / 255)(x, y), radius=radius)
for radius in (2, 4, 8):
    note("pgd", torchattacks.PGD(model, radius / 255, 2.5 * radius / 255 / 20, 20)(x, y), radius=radius, steps=20)
for radius in (4, 8):
    attack = torchattacks.PGD(model, radius / 255, 2.5 * radius / 255 / 20, 20)
    note("pgd", targeted(attack), radius=radius, steps=20, targeted=True)
for radius in (0.5, 1, 1.5):
    note("pgd", torchattacks.PGDL2(model, radius, 2.5 * radius / 20, 20)(x, y), radius=radius, steps=20, norm="L2")
for radius in (2, 4, 8):
    note("momentum", torchattacks.MIFGSM(model, radius / 255, radius / 255 / 10, 10)(x, y), radius=radius, steps=10)
for loss in ("ce", "dlr"):
    for radius in (2, 4, 8):
        attack = torchattacks.APGD(model, "Linf", radius / 255, steps=20, loss=loss, seed=1)
        note(f"apgd-{loss}", attack(x, y), radius=radius, steps=20)
    for radius in (0.5, 1):
        attack = torchattacks.APGD(model, "L2", radius, steps=20, loss=loss, seed=1)
        note(f"apgd-{loss}", attack(x, y), radius=radius, steps=20, norm="L2")
for radius in (4, 8):
    attack = torchattacks.APGDT(model, "Linf", radius / 255, steps=20, seed=1, n_classes=CLASSES)
    note("apgd-targets", attack(x, y), radius=radius, steps=20)
# The nearest of several weights stands for the paper's search among them, which torchattacks leaves to the caller.
best, nearest = x.clone(), torch.full((COUNT,), torch.inf)
for weight in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4):
    found = torchattacks.CW(model, c=weight, kappa=0, steps=200, lr=0.01)(x, y)
    distance = ((found - x) ** 2).sum((1, 2, 3))
    distance[network((255 * found).round()).argmax(1) == y] = torch.inf
    closer = distance < nearest
    best[closer], nearest[closer] = found[closer], distance[closer]
for nearer in (0.6, 1, 1.4):
    note("carlini-wagner", best, nearer=nearer, steps=100)
for norm, radius, queries in (("Linf", 16, 100), ("Linf", 16, 400), ("Linf", 32, 100), ("L2", 2, 400), ("L2", 4, 400)):
    size = radius / 255 if norm == "Linf" else radius
    attack = torchattacks.Square(model, norm=norm, eps=size, n_queries=queries, n_restarts=1, p_init=0.3, loss="margin",
                                 resc_schedule=True, seed=1)
    note("square", attack(x, y), norm=norm, radius=radius, queries=queries)
classifier = PyTorchClassifier(model, nn.CrossEntropyLoss(), (3, 28, 28), CLASSES, clip_values=(0, 1))
some = slice(0, 60)
for norm, iterations in (("L2", 10), ("L2", 30), ("Linf", 10)):
    attack = HopSkipJump(classifier, norm=2 if norm == "L2" else numpy.inf, max_iter=iterations, max_eval=400, init_eval=50,
                         init_size=100, verbose=False)
    found = attack.generate(x[some].numpy())
    moved = torch.tensor(found - x[some].numpy()).flatten(1)
    # In pixel values for L-infinity, as everywhere here.
    distance = moved.norm(dim=1) if norm == "L2" else 255 * moved.abs().amax(1)
    rates.append({"attack": "hopskipjump", "norm": norm, "iterations": iterations, "pictures": 60,
                  "median": distance.median().item(),
                  "quartiles": numpy.quantile(distance.numpy(), (0.25, 0.75)).tolist()})
    print(rates[-1], flush=True)

(folder / "rates.json").write_text(json.dumps(rates, indent=1) + "\n")
