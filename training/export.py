"""Writes trained weights as the file that the program reads, and the card that says where they come from.

    python training/export.py NETWORK.pt OUT.net [--seeds FROM..TO] [--steps N] [--date YYYY-MM-DD] [--loss L]

What is not told is taken from NETWORK.json, which training/train.py writes; what is not there either is left out.

Steps: fold the normalisation into each convolution; round weights to 16 bits; write; run the rounded network on a
made-up picture, so that a test can hold the program's outputs against torch's.

Layout of the file: `Net::from_bytes` in crates/stonecast-teeth/src/segment/net.rs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from common import CLASSES, HEIGHT, PIXELS_PER_OFFSET, UNet, WIDTH

MAGIC, VERSION = b"STONENET", 1
LICENCE = (
    "MIT OR Apache-2.0, as this repository. Trained only on synthetic dentitions made by stonecast-testkit; "
    "no scan of a person and no other weights took part."
)
SAMPLES = 50


def folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Weights and bias of a convolution that does what both do."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return conv.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale


def fold(net: UNet) -> list[nn.Conv2d]:
    """Replaces each pair of convolution and normalisation by one convolution, its weights rounded to 16 bits."""
    layers: list[nn.Conv2d] = []
    for block in [*net.enc, *net.dec]:
        for unit in block:
            weight, bias = folded(unit[0], unit[1])
            conv = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
            conv.weight.data, conv.bias.data = weight.half().float(), bias
            unit[0], unit[1] = conv, nn.Identity()
            layers.append(conv)
    net.out.weight.data = net.out.weight.half().float()
    return [*layers, net.out]


def pixel_after_pixel(channels: int, fold: int) -> list[int]:
    """Of folded channels, torch's order (channel, then pixel of the square) put into ours (pixel, then channel)."""
    return [channel * fold**2 + pixel for pixel in range(fold**2) for channel in range(channels)]


def encode(net: UNet, layers: list[nn.Conv2d]) -> bytes:
    widths = [block[0][0].out_channels for block in net.enc]
    inputs, outputs = (n // net.fold**2 for n in (layers[0].in_channels, net.out.out_channels))
    head = [VERSION, inputs, outputs, CLASSES, PIXELS_PER_OFFSET, net.fold, len(widths), *widths]
    parts = [MAGIC, struct.pack(f"<{len(head)}I", *head)]
    for layer in layers:
        weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        if not np.isfinite(weight.astype(np.float16)).all():
            raise SystemExit("a weight does not fit 16 bits: the training went wrong")
        if layer is layers[0]:
            weight = weight[:, pixel_after_pixel(inputs, net.fold)]
        if layer is net.out:
            order = pixel_after_pixel(outputs, net.fold)
            weight, bias = weight[order], bias[order]
        parts += [bias.astype("<f4").tobytes(), weight.astype("<f2").tobytes()]
    return b"".join(parts)


def made_up(count: int) -> np.ndarray:
    """Numbers in -1..1 that any language can make: a multiplicative hash of the index."""
    i = np.arange(count, dtype=np.uint64)
    return (((i * 2654435761) % 2**32 >> 8).astype(np.float64) / 2**23 - 1).astype(np.float32)


def check(net: UNet, inputs: int, width: int, height: int) -> dict[str, object]:
    """What the network says of a made-up picture: mean, greatest, and some outputs, by pixel, then channel."""
    x = torch.from_numpy(made_up(inputs * width * height)).reshape(1, height, width, inputs).permute(0, 3, 1, 2)
    with torch.no_grad():
        y = net(x)[0].permute(1, 2, 0).reshape(-1).double().numpy()
    at = np.linspace(0, y.size - 1, SAMPLES).astype(int)
    return {
        "width": width,
        "height": height,
        "mean": float(y.mean()),
        "greatest": float(np.abs(y).max()),
        "at": at.tolist(),
        "value": [round(float(v), 6) for v in y[at]],
    }


def made_how(arguments: argparse.Namespace) -> dict[str, object]:
    """Of the training: what is told, else what train.py has noted."""
    beside = arguments.network.with_suffix(".json")
    noted = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    told = {key: getattr(arguments, key) for key in ("seeds", "steps", "date", "loss")}
    return noted | {key: value for key, value in told.items() if value is not None}


def card(arguments: argparse.Namespace, data: bytes, net: UNet, layers: list[nn.Conv2d]) -> str:
    """The card beside the weights, TOML."""
    tell = lambda value: json.dumps(value, ensure_ascii=False)  # A TOML value is written as JSON is.
    about = {
        "licence": LICENCE,
        "sha256": hashlib.sha256(data).hexdigest(),
        "parameters": sum(p.numel() for layer in layers for p in layer.parameters()),
        "widths": [block[0][0].out_channels for block in net.enc],
        "inputs": layers[0].in_channels // net.fold**2,
        "outputs": net.out.out_channels // net.fold**2,
        "fold": net.fold,
        "data": "crates/stonecast-teeth/examples/synthetic_arches.rs, training/augment.py",
        **made_how(arguments),
    }
    checked = check(net, layers[0].in_channels // net.fold**2, arguments.width, arguments.height)
    return "".join(
        ["# Written by training/export.py. [check] is what torch says of a made-up picture.\n"]
        + [f"{key} = {tell(value)}\n" for key, value in about.items()]
        + ["\n[check]\n"]
        + [f"{key} = {tell(value)}\n" for key, value in checked.items()]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", help="seeds of the dentitions, from..to")
    parser.add_argument("--steps", type=int, help="steps of training")
    parser.add_argument("--date", help="day of training")
    parser.add_argument("--loss", type=float, help="loss at the end")
    parser.add_argument("--width", type=int, default=WIDTH, help="of the picture that is checked")
    parser.add_argument("--height", type=int, default=HEIGHT)
    arguments = parser.parse_args()
    net = UNet.from_state(torch.load(arguments.network, map_location="cpu", weights_only=True))
    layers = fold(net)
    data = encode(net, layers)
    arguments.out.write_bytes(data)
    arguments.out.with_suffix(".toml").write_text(card(arguments, data, net, layers), encoding="utf-8")


if __name__ == "__main__":
    main()
