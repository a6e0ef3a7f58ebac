#!/usr/bin/env python3
"""Judges animated GLB files by independent programs.

Peers: the Khronos glTF Validator (npm gltf-validator, by node) must find neither error nor warning; pygltflib reads the file, and
numpy replays its keyframes, which must put the moving part where the motion of `crates/stonecast-mesh/examples/animate.rs` says:
upright (+Y), in metres, its front to +Z.

Exit status: 0 all agree, 1 a mismatch, 2 a required peer is missing.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import pygltflib
except ImportError as missing:
    print(f"gltf_peer: required peer not installed: {missing.name} (see conformance/requirements.txt)")
    sys.exit(2)

JUDGE = """
const fs = require("fs"), validator = require("gltf-validator");
validator.validateBytes(new Uint8Array(fs.readFileSync(process.argv[1])))
  .then(report => console.log(JSON.stringify(report.issues)));
"""
failures = []


def check(name, passed, detail=""):
    if not passed:
        failures.append(name)
        print(f"  MISMATCH {name} {detail}")


def write_ply(path, points, faces, colours):
    kinds = "property float x\nproperty float y\nproperty float z\n"
    if colours is not None:
        kinds += "property uchar red\nproperty uchar green\nproperty uchar blue\n"
    rows = [" ".join(map(str, p)) + ("" if colours is None else " " + " ".join(map(str, colours[i])))
            for i, p in enumerate(points)]
    rows += ["3 " + " ".join(map(str, f)) for f in faces]
    path.write_text(f"ply\nformat ascii 1.0\nelement vertex {len(points)}\n{kinds}element face {len(faces)}\n"
                    "property list uchar int vertex_indices\nend_header\n" + "\n".join(rows) + "\n")


def sphere(n, radius):
    """A closed ball, no two of whose points are alike."""
    points, faces = [[0, 0, radius]], []
    for i in range(1, n):
        for j in range(2 * n):
            a, b = np.pi * i / n, np.pi * (j + 0.5 * (i % 2)) / n
            points.append([radius * np.sin(a) * np.cos(b), radius * np.sin(a) * np.sin(b), radius * np.cos(a)])
    points.append([0, 0, -radius])
    ring = lambda i, j: 1 + (i - 1) * 2 * n + j % (2 * n)
    for j in range(2 * n):
        faces += [[0, ring(1, j), ring(1, j + 1)], [len(points) - 1, ring(n - 1, j + 1), ring(n - 1, j)]]
        for i in range(1, n - 1):
            faces += [[ring(i, j), ring(i + 1, j), ring(i + 1, j + 1)], [ring(i, j), ring(i + 1, j + 1), ring(i, j + 1)]]
    return np.array(points, np.float32), np.array(faces)


def rows(gltf, index):
    accessor = gltf.accessors[index]
    view = gltf.bufferViews[accessor.bufferView]
    width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[accessor.type]
    start = view.byteOffset + (accessor.byteOffset or 0)
    values = np.frombuffer(gltf.binary_blob(), np.float32, accessor.count * width, start)
    return values.astype(float).reshape(accessor.count, width)


def turn(q):
    x, y, z, w = q / np.linalg.norm(q)
    return np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                     [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                     [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])


def replayed(gltf, animation, step, points):
    """The moving part's points in the scene at a keyframe, metres."""
    moved = {"translation": np.zeros(3), "rotation": np.array([0, 0, 0, 1.0])}
    for channel in animation.channels:
        sampler = animation.samplers[channel.sampler]
        moved[channel.target.path] = rows(gltf, sampler.output)[step]
    root = gltf.nodes[gltf.scenes[gltf.scene].nodes[0]]
    placed = points @ turn(moved["rotation"]).T + moved["translation"]
    return (placed * np.array(root.scale)) @ turn(np.array(root.rotation)).T


def expected(name, step, points):
    """The motion of the example in the cast's frame, then upright in metres: x stays, z goes up, -y to the front."""
    if name == "forward":
        p = points + np.array([0, -0.1 * step, -0.05 * step])
    else:
        a, about = np.radians(0.25 * step), np.array([0, 90.0, 40.0])
        about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        p = (points - about) @ about_x.T + about
    return np.stack([p[:, 0], p[:, 2], -p[:, 1]], 1) / 1000


def main():
    tool = pathlib.Path(os.environ["STONECAST_EXAMPLES"]) / "animate"
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for colour in (False, True):
            files = []
            for name, radius in (("still", 20.0), ("moving", 15.0)):
                points, faces = sphere(24, radius)
                coloured = colour and name == "moving"
                colours = np.full((len(points), 3), 120) if coloured else None
                files.append(folder / f"{name}.ply")
                write_ply(files[-1], points, faces, colours)
            out = folder / "out.glb"
            subprocess.run([tool, out, *files], check=True)
            report = json.loads(subprocess.check_output(["node", "-e", JUDGE, out]))
            told = [m["code"] for m in report["messages"]]
            check("validator", report["numErrors"] + report["numWarnings"] + report["numInfos"] == 0, told)
            gltf = pygltflib.GLTF2().load_binary(str(out))
            check("two clips", [a.name for a in gltf.animations] == ["forward", "open"])
            moving = gltf.meshes[1].primitives[0]
            drawn = rows(gltf, moving.attributes.POSITION)
            check("points", np.abs(drawn - points).max() < 1e-4)
            for animation in gltf.animations:
                for step in range(0, 101):
                    off = replayed(gltf, animation, step, drawn) - expected(animation.name, step, drawn)
                    worst = max(worst, float(np.abs(off).max()) * 1e6)
                    seconds = rows(gltf, animation.samplers[0].input)[step][0]
                    check("time", abs(seconds - 0.02 * step) < 1e-6)
    check("keyframes within 0.05 um", worst < 0.05, f"{worst} um")
    print(f"gltf: no error, warning or remark of the Khronos validator; keyframes within {worst:.4f} um of their motion")
    sys.exit(bool(failures))


main()
