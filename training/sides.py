"""Trains the small network that tells tooth from gum on the crowns' sides.

    python training/sides.py SAMPLES.bin crates/stonecast-teeth/weights/sides.net [--epochs 8] [--seed 1]

The samples come from the example `side_samples`. What the picture's network says is disturbed at random, because on
synthetic arches it is surer than on scans.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

NUMBERS, HIDDEN = 21, 32
# Which numbers the picture's network says, and which are ways from where it is sure.
SAID, WAYS = [0, 1, 20], [10, 11, 12]
BATCH = 4096


def disturbed(x: Tensor) -> Tensor:
    """Probabilities drawn towards one half by a common factor, and their places a little uncertain."""
    x = x.clone()
    doubt = torch.rand(len(x), 1) ** 2 * 0.7
    noise = torch.randn(len(x), 1) * 0.15
    said = x[:, SAID]
    x[:, SAID] = torch.where(said > 0, (said * (1 - doubt) + 0.5 * doubt + noise).clamp(0, 1), said)
    forgotten = torch.rand(len(x), 1) < 0.15
    x[:, SAID] = torch.where(forgotten, torch.full_like(said, 0.5), x[:, SAID])
    x[:, WAYS] = x[:, WAYS] + torch.randn(len(x), 3) * torch.tensor([0.03, 0.03, 0.1])
    x[:, 7:10] = x[:, 7:10] * (0.7 + 0.6 * torch.rand(len(x), 1)) + torch.randn(len(x), 3) * 0.05
    x[:, 5] = x[:, 5] * (0.85 + 0.3 * torch.rand(len(x)))
    return x


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    data = torch.from_numpy(np.fromfile(arguments.samples, "<f4").reshape(-1, NUMBERS + 1))
    held = len(data) // 10
    test, data = data[:held], data[held:]
    net = nn.Sequential(nn.Linear(NUMBERS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))
    steps = arguments.epochs * (len(data) // BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        some = data[torch.randint(len(data), (BATCH,))]
        loss = F.binary_cross_entropy_with_logits(net(disturbed(some[:, :-1]))[:, 0], some[:, -1])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 0 or step + 1 == steps:
            with torch.no_grad():
                right = ((net(test[:, :-1])[:, 0] > 0) == (test[:, -1] > 0.5)).float().mean()
            print(step, f"loss {loss.item():.4f}, right on arches held back {right:.4f}", flush=True)
    layers = [layer for layer in net if isinstance(layer, nn.Linear)]
    parts = [p.detach().numpy().astype("<f4").tobytes() for layer in layers for p in (layer.bias, layer.weight)]
    arguments.out.write_bytes(b"".join(parts))


if __name__ == "__main__":
    main()
