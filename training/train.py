"""Trains the network of `common.py` on synthetic arches.

    python training/train.py OUT.pt ARCHES.bin... [--steps 2100] [--seed 1] [--threads 2]
        [--tissue 0.55] [--start OTHER.pt]

Written are the exponential means of the weights (they do better than the last ones), and beside them OUT.json: how they
were made. The same seed, files and number of threads on the same machine give the same weights.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from augment import Batch, batch
from common import CLASSES, UNet, load

BATCH = 8
PEAK_RATE, PEAK_RATE_RESTARTED = 2e-3, 1e-3
WARM_UP = 100
MEAN_DECAY = 0.995
REPORT, SAVE = 100, 300


def losses(said: Tensor, wanted: Batch) -> Tensor:
    """Of the classes where there is surface; of offsets and of primary or not, where there is a tooth."""
    tooth = (wanted.classes > 0).float()
    teeth = tooth.sum().clamp_min(1)
    classes = F.cross_entropy(said[:, :CLASSES], wanted.classes, reduction="none")
    primary = F.binary_cross_entropy_with_logits(said[:, CLASSES], wanted.primary, reduction="none")
    offset = (said[:, CLASSES + 1 : CLASSES + 3] - wanted.offset).abs().sum(1)
    return torch.stack(
        [
            (classes * wanted.mask).sum() / wanted.mask.sum().clamp_min(1),
            (offset * tooth).sum() / teeth,
            (primary * tooth).sum() / teeth,
        ]
    )


LOSS_WEIGHTS = torch.tensor([1.0, 0.5, 0.2])


def rate(step: int, steps: int, peak: float) -> float:
    """Warm-up, then half a cosine."""
    return peak * min(1, (step + 1) / WARM_UP) * (0.5 * (1 + math.cos(math.pi * step / steps)) + 0.01)


def train(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    rng = np.random.default_rng(arguments.seed)
    upper, heights, fdi = load(arguments.arches)
    print(len(upper), "arches", flush=True)
    net = UNet()
    if arguments.start:
        net.load_state_dict(torch.load(arguments.start, map_location="cpu", weights_only=True))
    net = net.to(memory_format=torch.channels_last)
    peak = PEAK_RATE_RESTARTED if arguments.start else PEAK_RATE
    optimiser = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=1e-4)
    mean = {key: value.clone().float() for key, value in net.state_dict().items()}
    running: Tensor | None = None
    begun = time.monotonic()
    for step in range(arguments.steps):
        for group in optimiser.param_groups:
            group["lr"] = rate(step, arguments.steps, peak)
        chosen = rng.integers(0, len(upper), BATCH)
        wanted = batch(upper[chosen], heights[chosen], fdi[chosen], rng, arguments.tissue)
        parts = losses(net(wanted.input.contiguous(memory_format=torch.channels_last)), wanted)
        optimiser.zero_grad()
        (parts * LOSS_WEIGHTS).sum().backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        decay = min(MEAN_DECAY, (step + 1) / (step + 11))
        with torch.no_grad():
            for key, value in net.state_dict().items():
                mean[key] = mean[key] * decay + value.float() * (1 - decay)
        running = parts.detach() if running is None else running * 0.98 + parts.detach() * 0.02
        if (step + 1) % REPORT == 0:
            minutes = (time.monotonic() - begun) / 60
            print(step + 1, f"{minutes:.1f} min, losses", [round(x, 4) for x in running.tolist()], flush=True)
        if (step + 1) % SAVE == 0 or step + 1 == arguments.steps:
            save(arguments, mean, running, step + 1, len(upper))


def save(
    arguments: argparse.Namespace, mean: dict[str, Tensor], running: Tensor, steps: int, arches: int
) -> None:
    torch.save(mean, arguments.out)
    about = {
        "steps": steps,
        "arches": arches,
        "seed": arguments.seed,
        "date": datetime.date.today().isoformat(),
        "loss": round(float((running * LOSS_WEIGHTS).sum()), 4),
    }
    arguments.out.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("arches", type=Path, nargs="+")
    parser.add_argument("--steps", type=int, default=2100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tissue", type=float, default=0.55, help="share of sides with a mound behind the last molar")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
