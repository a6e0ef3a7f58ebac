"""Makes each synthetic arch another arch every time that it is shown, and rougher, as real scans are.

Units: pixels along x and y, mm in height. All ranges are chosen by judgement, wide enough to hold what scanners,
stone casts and anatomy do; none is fitted to real scans.

Steps, of one arch: `cut_far_gum`, `bumps_on_gum`, `tissue_behind`, `stone_base`, `cut_behind`; of a batch: `warped`, `roughened`, `mirrored`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from common import (
    CLASS_OF_FDI,
    CLASSES,
    COLUMNS,
    HEIGHT,
    IS_PRIMARY,
    MIRRORED,
    NOTHING,
    PIXEL,
    PIXELS_PER_OFFSET,
    ROWS,
    STEPS_PER_MM,
    WIDTH,
    blur,
    features,
)

Rng = np.random.Generator


@dataclass
class Arch:
    """One height map: heights [H, W], mask of what is seen, FDI numbers."""

    height: Tensor
    mask: Tensor
    fdi: Tensor

    @property
    def tooth(self) -> Tensor:
        return (self.fdi > 0).float()

    @property
    def gum_weight(self) -> Tensor:
        """1 on gum, falling to 0 within two pixels of a tooth."""
        return 1 - blurred(self.tooth, 2.0)


@dataclass
class Batch:
    """What the network sees and should say; all but `input` [B, 6, H, W] and `offset` [B, 2, H, W] are [B, H, W]."""

    input: Tensor
    classes: Tensor
    primary: Tensor
    offset: Tensor
    mask: Tensor


def uniform(rng: Rng, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def blurred(picture: Tensor, deviation: float) -> Tensor:
    return blur(picture[None, None], deviation)[0, 0]


def smooth_noise(cells: int, amplitude: float) -> Tensor:
    """Normal noise of `cells` by `cells` knots, interpolated."""
    knots = torch.randn(1, 1, cells, cells)
    return F.interpolate(knots, size=(HEIGHT, WIDTH), mode="bicubic", align_corners=True)[0, 0] * amplitude


def cut_far_gum(arch: Arch, rng: Rng) -> None:
    """Scans end 2 to 9 mm from the teeth, along a ragged line."""
    near = blurred(arch.tooth, uniform(rng, 2, 9) / PIXEL / 2) + smooth_noise(12, 0.02)
    arch.mask = arch.mask * ((near > 0.06) | (arch.fdi > 0)).float()


def bumps_on_gum(arch: Arch, rng: Rng) -> None:
    if rng.random() < 0.6:
        cells, amplitude = int(rng.integers(6, 24)), uniform(rng, 0.2, 1.2)
        arch.height = arch.height + smooth_noise(cells, amplitude) * arch.gum_weight
    if rng.random() < 0.4:
        for _ in range(rng.integers(1, 5)):
            x, y, radius, top = (uniform(rng, *r) for r in ((0, WIDTH), (0, HEIGHT), (4, 16), (-3, 5)))
            hill = top * torch.exp(-((COLUMNS - x) ** 2 + (ROWS - y) ** 2) / (2 * radius * radius))
            arch.height = arch.height + hill * arch.gum_weight


def tissue_behind(arch: Arch, rng: Rng, share: float) -> None:
    """A mound of soft tissue behind the last molar, as high as the tooth or lower: it must not be taken for a tooth."""
    for side in (COLUMNS < WIDTH / 2, COLUMNS >= WIDTH / 2):
        teeth = [arch.fdi == fdi for fdi in torch.unique(arch.fdi[(arch.fdi > 0) & side]).tolist()]
        if rng.random() >= share or len(teeth) < 2:
            continue
        middles = [(float(ROWS[own].float().mean()), float(COLUMNS[own].float().mean())) for own in teeth]
        last, before = sorted(range(len(teeth)), key=lambda i: middles[i], reverse=True)[:2]
        way = np.array(middles[last]) - np.array(middles[before])
        way /= max(1e-6, float(np.hypot(*way)))
        length = float(teeth[last].sum()) ** 0.5
        row, column = np.array(middles[last]) + way * (length * 0.5 + uniform(rng, 4, 14))
        along = (ROWS - row) * way[0] + (COLUMNS - column) * way[1]
        across = (COLUMNS - column) * way[0] - (ROWS - row) * way[1]
        long, wide = uniform(rng, 5, 14), uniform(rng, 5, 10)
        hill = torch.exp(-0.5 * ((along / long) ** 2 + (across / wide) ** 2))
        crown = arch.height[teeth[last]]
        foot, top = float(crown.min()) - uniform(rng, 0, 3), float(crown.max()) - uniform(rng, 0, 5)
        mound = foot + (top - foot) * hill + smooth_noise(24, uniform(rng, 0, 0.5))
        where = (hill > uniform(rng, 0.1, 0.4)) & (arch.fdi == 0) & (along > -1.5 * long)
        ground = torch.where(arch.mask > 0, arch.height, torch.full_like(arch.height, -99.0))
        arch.height = torch.where(where, torch.maximum(mound, ground), arch.height)
        arch.mask = torch.where(where, torch.ones_like(arch.mask), arch.mask)


def stone_base(arch: Arch, rng: Rng, lowest: float) -> None:
    """A flat plate around the arch."""
    angle = torch.atan2(ROWS - HEIGHT * 0.5, COLUMNS - WIDTH * 0.5)
    radius = torch.hypot(ROWS - HEIGHT * 0.5, COLUMNS - WIDTH * 0.5)
    lobes, phase = int(rng.integers(2, 6)), uniform(rng, 0, 6)
    edge = uniform(rng, 70, 120) + uniform(rng, 0, 20) * torch.cos(angle * lobes + phase)
    plate = (arch.mask == 0) & (radius < edge)
    arch.height[plate] = lowest - uniform(rng, -6, 3)
    arch.mask[plate] = 1.0


def cut_behind(arch: Arch, rng: Rng) -> None:
    """The scan ends before the last teeth of one side; a tooth of which little is left is gum."""
    left = bool(rng.integers(0, 2))
    row, slope = uniform(rng, 80, 150), uniform(rng, -0.5, 0.5)
    side = COLUMNS < WIDTH / 2 if left else COLUMNS >= WIDTH / 2
    cut = (ROWS + (COLUMNS - WIDTH / 2) * slope > row) & side
    for fdi in torch.unique(arch.fdi[cut]).tolist():
        own = arch.fdi == fdi
        if fdi and (own & ~cut).sum() < 0.35 * own.sum():
            arch.fdi[own] = 0
    arch.mask[cut] = 0.0


def one(steps: np.ndarray, fdi: np.ndarray, rng: Rng, tissue: float) -> Arch:
    stored = torch.from_numpy(steps.astype(np.float32))
    arch = Arch(stored / STEPS_PER_MM, (stored > NOTHING).float(), torch.from_numpy(fdi.astype(np.int64)))
    lowest = float(arch.height[arch.mask > 0].min()) if arch.mask.any() else -20.0
    arch.height[arch.mask == 0] = lowest
    if rng.random() < 0.5:
        cut_far_gum(arch, rng)
    bumps_on_gum(arch, rng)
    tissue_behind(arch, rng, tissue)
    if rng.random() < 0.2:
        stone_base(arch, rng, lowest)
    if rng.random() < 0.6:
        arch.height = arch.height + smooth_noise(int(rng.integers(3, 8)), uniform(rng, 0.1, 0.6))
    if rng.random() < 0.35:
        cut_behind(arch, rng)
    return arch


def warped(arches: list[Arch], rng: Rng) -> tuple[Tensor, Tensor, Tensor]:
    """Turns, stretches, shears, shifts and bends the arches: another pose and other shapes of arch and teeth."""
    count = len(arches)
    theta = torch.zeros(count, 2, 3)
    for i in range(count):
        angle, shear = np.radians(uniform(rng, -8, 8)), uniform(rng, -0.06, 0.06)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        stretch = np.array([[uniform(rng, 0.93, 1.08), shear], [0, uniform(rng, 0.93, 1.08)]])
        theta[i, :, :2] = torch.from_numpy(turn @ stretch)
        theta[i, :, 2] = torch.tensor([uniform(rng, -0.05, 0.05), uniform(rng, -0.05, 0.05)])
    grid = F.affine_grid(theta, [count, 1, HEIGHT, WIDTH], align_corners=False)
    for cells, greatest in ((5, 0.02), (14, 0.008)):
        knots = torch.randn(count, 2, cells, cells)
        bend = F.interpolate(knots, size=(HEIGHT, WIDTH), mode="bicubic", align_corners=True)
        grid = grid + bend.permute(0, 2, 3, 1) * (greatest * torch.rand(count, 1, 1, 1))

    def sample(pictures: list[Tensor], mode: str, padding: str) -> Tensor:
        stacked = torch.stack(pictures)[:, None].float()
        return F.grid_sample(stacked, grid, mode=mode, padding_mode=padding, align_corners=False)[:, 0]

    height = sample([a.height for a in arches], "bilinear", "border")
    mask = sample([a.mask for a in arches], "bilinear", "zeros") > 0.99
    fdi = sample([a.fdi for a in arches], "nearest", "zeros").long()
    return height, mask, fdi


def roughened(height: Tensor, mask: Tensor, rng: Rng) -> Tensor:
    """Teeth taller or shorter; detail lost, facets and noise, as scanners and plaster have them."""
    scale = torch.from_numpy(rng.uniform(0.8, 1.25, len(height)).astype(np.float32))
    height = height * scale[:, None, None]
    for i, seen in enumerate(mask.float()):
        if rng.random() < 0.5:
            deviation = uniform(rng, 0.5, 1.8)
            height[i] = blurred(height[i] * seen, deviation) / blurred(seen, deviation).clamp_min(0.05)
        if rng.random() < 0.5:
            height[i] += smooth_noise(int(rng.integers(40, 90)), uniform(rng, 0.02, 0.18))
        height[i] += torch.randn(HEIGHT, WIDTH) * uniform(rng, 0, 0.05)
    return height


def offsets(classes: Tensor) -> Tensor:
    """From each pixel to the centre of the pixels of its class, in tens of pixels."""
    own = F.one_hot(classes.flatten(1), CLASSES).float()
    count = own.sum(1).clamp_min(1)

    def along(axis: Tensor) -> Tensor:
        centre = (own * axis.reshape(1, -1, 1)).sum(1) / count
        return (centre.gather(1, classes.flatten(1)).view_as(classes) - axis) / PIXELS_PER_OFFSET

    return torch.stack([along(COLUMNS), along(ROWS)], 1)


def batch(upper: np.ndarray, steps: np.ndarray, fdi: np.ndarray, rng: Rng, tissue: float) -> Batch:
    """A batch of the arches given; `tissue` is the share of sides with a mound behind the last molar."""
    arches = [one(h, f, rng, tissue) for h, f in zip(steps, fdi)]
    height, mask, numbers = warped(arches, rng)
    height = roughened(height, mask, rng)
    classes = torch.from_numpy(CLASS_OF_FDI)[numbers]
    primary = torch.from_numpy(IS_PRIMARY)[numbers]
    classes[~mask] = 0
    for i in np.flatnonzero(rng.random(len(arches)) < 0.5):
        height[i], mask[i], primary[i] = height[i].flip(-1), mask[i].flip(-1), primary[i].flip(-1)
        classes[i] = torch.from_numpy(MIRRORED)[classes[i]].flip(-1)
    shown = features(height, mask, torch.from_numpy(upper))
    return Batch(shown, classes, primary.float(), offsets(classes), mask.float())
