"""What training and export share: records, class map, input channels, the network.

Units: mm and pixels of 0.4 mm. Frame: the arch's own (x to the patient's left, y posterior), height occlusal-positive.
`crates/stonecast-teeth/src/segment/{raster,features,net}.rs` are the same in the program; tests hold both together.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH, HEIGHT = 192, 176
PIXEL, LEFT, FRONT = 0.4, -38.4, -10.4
STEPS_PER_MM = 200
"""Heights are stored as 16-bit numbers of 5 µm."""
NOTHING = -32768
"""Marks a pixel without surface."""
CLASSES = 17
"""Gum; the patient's right side from position 8 to 1; the left from 1 to 8."""
PIXELS_PER_OFFSET = 10
"""Offsets are told in tens of pixels, so that they are as large as the other outputs."""
RECORD = 1 + WIDTH * HEIGHT * 3
CHANNELS = 6
OUTPUTS = CLASSES + 3
AROUND = 6.0
"""Standard deviation of the mean height around, pixels."""


def load(paths: Sequence[Path]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Records made by `examples/synthetic_arches.rs`: is it an upper arch, heights, FDI numbers."""
    records = [np.fromfile(path, dtype=np.uint8).reshape(-1, RECORD) for path in paths]
    all_records = np.concatenate(records)
    middle = 1 + WIDTH * HEIGHT * 2
    upper = all_records[:, 0] == 0
    heights = np.ascontiguousarray(all_records[:, 1:middle]).view("<i2").reshape(-1, HEIGHT, WIDTH)
    fdi = all_records[:, middle:].reshape(-1, HEIGHT, WIDTH)
    return upper, heights, fdi


def _class_of_fdi() -> tuple[np.ndarray, np.ndarray]:
    classes, primary = np.zeros(256, np.int64), np.zeros(256, bool)
    for quadrant in range(1, 9):
        right = quadrant in (1, 4, 5, 8)
        for position in range(1, 6 if quadrant > 4 else 9):
            fdi = quadrant * 10 + position
            classes[fdi] = 9 - position if right else 8 + position
            primary[fdi] = quadrant > 4
    return classes, primary


CLASS_OF_FDI, IS_PRIMARY = _class_of_fdi()
MIRRORED = np.array([0] + [CLASSES - k for k in range(1, CLASSES)])
"""The class on the other side."""


def convolution(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class UNet(nn.Module):
    """A U-Net that sees squares of `fold` x `fold` pixels as one pixel: it works at half the resolution, and unfolds.

    On each level two convolutions; greatest of four on the way down, repetition beside the skipped picture on the way up.
    """

    def __init__(
        self,
        inputs: int = CHANNELS,
        outputs: int = OUTPUTS,
        widths: Sequence[int] = (32, 48, 64, 96),
        fold: int = 2,
    ) -> None:
        super().__init__()
        self.fold = fold
        self.enc, self.dec = nn.ModuleList(), nn.ModuleList()
        channels = inputs * fold**2
        for width in widths:
            self.enc.append(nn.Sequential(convolution(channels, width), convolution(width, width)))
            channels = width
        for width in reversed(widths[:-1]):
            self.dec.append(nn.Sequential(convolution(channels + width, width), convolution(width, width)))
            channels = width
        self.out = nn.Conv2d(channels, outputs * fold**2, 1)

    @classmethod
    def from_state(cls, state: dict[str, Tensor]) -> UNet:
        """The network that a file of weights is of, its size read from them."""
        levels = 1 + max(int(key.split(".")[1]) for key in state if key.startswith("enc."))
        widths = [state[f"enc.{level}.0.0.weight"].shape[0] for level in range(levels)]
        inputs, outputs = state["enc.0.0.0.weight"].shape[1], state["out.weight"].shape[0]
        # The side of the square is not stored: it is the greatest that leaves each pixel its channels.
        fold = max(
            n
            for n in (1, 2, 4)
            if n == 1
            or (inputs % n**2 == outputs % n**2 == 0 and inputs >= CHANNELS * n**2 and outputs >= OUTPUTS * n**2)
        )
        net = cls(inputs // fold**2, outputs // fold**2, widths, fold)
        net.load_state_dict(state)
        return net.eval()

    def forward(self, x: Tensor) -> Tensor:
        skipped: list[Tensor] = []
        x = F.pixel_unshuffle(x, self.fold)
        for level, layers in enumerate(self.enc):
            if level:
                skipped.append(x)
                x = F.max_pool2d(x, 2)
            x = layers(x)
        for layers, beside in zip(self.dec, reversed(skipped)):
            x = layers(torch.cat([F.interpolate(x, scale_factor=2, mode="nearest"), beside], 1))
        return F.pixel_shuffle(self.out(x), self.fold)


def blur(x: Tensor, deviation: float) -> Tensor:
    """Gauss blur of pictures [B, C, H, W], cut off at three deviations; beyond the edge is zero."""
    reach = int(3 * deviation + 0.5)
    t = torch.arange(-reach, reach + 1).float()
    window = torch.exp(-t * t / (2 * deviation * deviation))
    window = window / window.sum()
    batch, channels, height, width = x.shape
    x = x.reshape(batch * channels, 1, height, width)
    x = F.conv2d(x, window.view(1, 1, 1, -1), padding=(0, reach))
    x = F.conv2d(x, window.view(1, 1, -1, 1), padding=(reach, 0))
    return x.reshape(batch, channels, height, width)


ROWS, COLUMNS = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), indexing="ij")
_X = ((COLUMNS + 0.5) * PIXEL + LEFT) / 40
_Y = ((ROWS + 0.5) * PIXEL + FRONT) / 40


def features(height: Tensor, mask: Tensor, upper: Tensor) -> Tensor:
    """The input channels [B, 6, H, W] of heights (mm; any value where the mask is 0), mask and jaw of each."""
    mask = mask.float()
    seen = torch.where(mask > 0, height, torch.zeros_like(height))
    weight = blur(mask[:, None], AROUND)[:, 0]
    mean = blur(seen[:, None], AROUND)[:, 0] / weight.clamp_min(1e-3)
    relief = ((seen - mean) * mask / 2).clamp(-3, 3)
    depth = torch.where(mask > 0, (height / 8).clamp(-3, 1), torch.full_like(height, -3.0))
    shape = height.shape
    jaw = (upper.float() * 2 - 1).view(-1, 1, 1).expand(shape)
    return torch.stack([mask, depth, relief, jaw, _X.expand(shape), _Y.expand(shape)], 1)
