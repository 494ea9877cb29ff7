"""The same U-Net in PyTorch on two threads: seconds of a training step and of inference, and peak memory.

Usage: unet_torch.py size base_filters padding(0|1) repeats  ->  one JSON line
"""
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

size, base, padding, repeats = map(int, sys.argv[1:5])
torch.set_num_threads(2)


def double(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=padding), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, padding=padding), nn.ReLU()
    )


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [base << level for level in range(5)]
        self.down = nn.ModuleList(double(i, o) for i, o in zip([1] + widths[:3], widths[:4]))
        self.bottom = double(widths[3], widths[4])
        self.up = nn.ModuleList(nn.ConvTranspose2d(w * 2, w, 2, 2) for w in reversed(widths[:4]))
        self.merge = nn.ModuleList(double(w * 2, w) for w in reversed(widths[:4]))
        self.score = nn.Conv2d(base, 2, 1)

    def forward(self, x):
        skips = []
        for block in self.down:
            x = block(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.bottom(x)
        for up, merge in zip(self.up, self.merge):
            x = up(x)
            skip = skips.pop()
            cut = (skip.shape[2] - x.shape[2]) // 2
            if cut:
                skip = skip[:, :, cut : cut + x.shape[2], cut : cut + x.shape[3]]
            x = merge(torch.cat([skip, x], 1))
        return self.score(x)


net = UNet()
optimiser = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.99)
image = torch.randn(1, 1, size, size)
with torch.no_grad():
    out = net(image).shape[2]
target = torch.randint(0, 2, (1, out, out))
weight = torch.ones(1, out, out)
train, infer = [], []
for _ in range(repeats + 1):
    started = time.perf_counter()
    optimiser.zero_grad()
    loss = (F.cross_entropy(net(image), target, reduction="none") * weight).sum() / weight.sum()
    loss.backward()
    optimiser.step()
    train.append(time.perf_counter() - started)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
with torch.no_grad():
    for _ in range(repeats + 1):
        started = time.perf_counter()
        torch.softmax(net(image), 1)
        infer.append(time.perf_counter() - started)
print(json.dumps({"train": train[1:], "infer": infer[1:], "peakBytes": peak, "version": "PyTorch " + torch.__version__}))
