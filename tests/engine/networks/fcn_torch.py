"""FCN-32s, 16s and 8s on AlexNet, VGG16 and GoogLeNet in PyTorch: logits, loss and gradients of given weights.

JSON on standard input (backbone, stride, weights by name, image, target, weight, side of the output) -> one JSON line.
"""
import json
import sys

import torch
from torch.nn import functional as F

job = json.load(sys.stdin)
P = {name: torch.tensor(data, dtype=torch.float32).reshape(shape).requires_grad_() for name, (shape, data) in job["weights"].items()}
image = torch.tensor(job["image"], dtype=torch.float32).reshape(job["imageShape"])


def conv(name, x, stride=1, groups=1):
    return F.conv2d(x, P[name + ".kernel"], P[name + ".bias"], stride=stride, groups=groups)


def act(name, x, **options):
    return F.relu(conv(name, x, **options))


def lrn(x):
    return F.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=1.0)


def centre(x, side):
    cut = (x.shape[2] - side) // 2
    return x[:, :, cut : cut + side, cut : cut + side]


def alexnet(x):
    eight = F.max_pool2d(lrn(act("conv1", x, stride=4)), 3, 2)
    sixteen = F.max_pool2d(lrn(act("conv2", eight, groups=2)), 3, 2)
    x = act("conv5", act("conv4", act("conv3", sixteen), groups=2), groups=2)
    return eight, sixteen, act("fc7", act("fc6", F.max_pool2d(x, 3, 2)))


def vgg16(x):
    pooled = []
    for block, layers in enumerate((2, 2, 3, 3, 3), 1):
        for layer in range(1, layers + 1):
            x = act(f"conv{block}_{layer}", x)
        x = F.max_pool2d(x, 2)
        pooled.append(x)
    return pooled[2], pooled[3], act("fc7", act("fc6", x))


def inception(x, module):
    def layer(name, y):
        return act(f"inception_{module}/{name}", y)

    parts = [
        layer("1x1", x),
        layer("3x3", layer("3x3_reduce", x)),
        layer("5x5", layer("5x5_reduce", x)),
        layer("pool_proj", F.max_pool2d(x, 3, 1)),
    ]
    # Without padding each branch is smaller by its own reach; all are cut to the smallest.
    side = min(part.shape[2] for part in parts)
    return torch.cat([centre(part, side) for part in parts], 1)


def googlenet(x):
    x = lrn(F.max_pool2d(act("conv1/7x7_s2", x, stride=2), 3, 2))
    x = F.max_pool2d(lrn(act("conv2/3x3", act("conv2/3x3_reduce", x))), 3, 2)
    for module in ("3a", "3b"):
        x = inception(x, module)
    eight = x
    x = F.max_pool2d(x, 3, 2)
    for module in ("4a", "4b", "4c", "4d", "4e"):
        x = inception(x, module)
    sixteen = x
    x = F.max_pool2d(x, 3, 2)
    for module in ("5a", "5b"):
        x = inception(x, module)
    return eight, sixteen, x


def bilinear(side):
    """The interpolation kernel of the FCN authors' surgery.py."""
    factor = (side + 1) // 2
    middle = factor - 1 if side % 2 == 1 else factor - 0.5
    taps = 1 - (torch.arange(side) - middle).abs() / factor
    return taps[:, None] * taps[None, :]


even = job["backbone"] == "vgg16"
eight, sixteen, deep = globals()[job["backbone"]](image)
scores = conv("score", deep)
classes = scores.shape[1]
for stride, finer in ((16, sixteen), (8, eight)):
    if job["stride"] > stride:
        continue
    kernel = P[f"upsample{stride}.kernel"]
    border = kernel.shape[2] - 2
    up = F.conv_transpose2d(scores, kernel, stride=2, groups=classes)
    up = centre(up, up.shape[2] - 2 * border)
    scores = up + centre(conv(f"score{stride}", finer), up.shape[2])
side = 2 * job["stride"] - (0 if even else 1)
kernel = bilinear(side).expand(classes, 1, side, side)
logits = centre(F.conv_transpose2d(scores, kernel, stride=job["stride"], groups=classes), job["outputSide"])
target = torch.tensor(job["target"]).reshape(1, job["outputSide"], job["outputSide"])
weight = torch.tensor(job["weight"], dtype=torch.float32).reshape(target.shape)
loss = (F.cross_entropy(logits, target, reduction="none") * weight).sum() / weight.sum()
loss.backward()
print(
    json.dumps(
        {
            "logits": logits.flatten().tolist(),
            "loss": loss.item(),
            "gradients": {name: value.grad.flatten().tolist() for name, value in P.items()},
        }
    )
)
