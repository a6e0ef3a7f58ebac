"""Makes the small files that the program's tests hold themselves against; run it when the formulae change.

    python training/golden.py crates/stonecast-teeth/tests/data
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn

from common import COLUMNS, HEIGHT, ROWS, UNet, WIDTH, features


def features_of_a_hill(folder: Path) -> None:
    """Channels 1 and 2 of a wavy height map with a hole and an edge, at some pixels: row, column, channel, value."""
    x, y = COLUMNS.double(), ROWS.double()
    height = (3 * torch.sin(x / 7) * torch.cos(y / 11) - y / 16).float()
    mask = (x - 90) ** 2 + (y - 80) ** 2 < 75**2
    mask &= (x - 60) ** 2 + (y - 100) ** 2 >= 12**2
    out = features(height[None], mask[None], torch.tensor([True]))[0]
    lines = ["# Written by training/golden.py: row column channel value"]
    for row in range(3, HEIGHT, 19):
        for column in range(5, WIDTH, 23):
            lines += [f"{row} {column} {c} {out[c, row, column].item():.7f}" for c in range(out.shape[0])]
    (folder / "features.txt").write_text("\n".join(lines) + "\n")


def small_network(folder: Path) -> None:
    """A random network without folding and with widths that fill no register."""
    torch.manual_seed(1)
    net = UNet(7, 21, (5, 18, 9), fold=1)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)
    with tempfile.TemporaryDirectory() as temporary:
        state = Path(temporary) / "small.pt"
        torch.save(net.state_dict(), state)
        export = Path(__file__).with_name("export.py")
        size = ["--width", "28", "--height", "20"]
        subprocess.run([sys.executable, export, state, folder / "small.net", *size], check=True)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    features_of_a_hill(target)
    small_network(target)
