"""Times the spatial index beside its peers in one run and writes docs/benchmarks.md. Not part of the check run.

    cargo build --release -p stonecast-mesh --example distance
    pip install open3d libigl numpy    # open3d needs the Debian packages libusb-1.0-0 libgl1 libgomp1
    taskset -c 0 python conformance/bench_peers.py

One thread against one thread, seconds of processor time, the median of all rounds; the programs take turns, so that a
busy machine touches all alike. The ratios are the result, not the seconds.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.update(RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1", IGL_NUM_THREADS="1", LIBIGL_NUM_THREADS="1")

import igl
import numpy as np
import open3d as o3d

ROOT = Path(__file__).resolve().parent.parent
DISTANCE = Path(os.environ.get("STONECAST_EXAMPLES", ROOT / "target/release/examples")) / "distance"
TURNS, ROUNDS = 5, 2

ROWS = [
    ("build", "build the index of 199,680 triangles"),
    ("build sides", "the same with its sides: adjacency, borders, pseudo-normals"),
    ("field", "distance field, 100,625 vertices of the opposing arch, no limit"),
    ("near", "the same within 3 mm"),
    ("scattered", "100,000 single queries at random places of the arches' box, no limit"),
]
COLUMNS = ["ours", "parry3d", "parry3d-f64", "Open3D (Embree)", "libigl"]


def timed(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def foreign(vertices, faces, points, scattered):
    """One turn of the Python peers: {(row, column): (seconds, sum of distances)}."""
    results = {}
    tensors = [o3d.core.Tensor(a) for a in (vertices.astype(np.float32), faces.astype(np.uint32))]
    queries = {"field": points, "scattered": scattered}
    tensor_queries = {row: o3d.core.Tensor(q.astype(np.float32)) for row, q in queries.items()}

    def scene():
        scene = o3d.t.geometry.RaycastingScene(nthreads=1)
        scene.add_triangles(*tensors)
        # The tree is built by the first query.
        scene.compute_distance(tensor_queries["field"][:1], nthreads=1)
        return scene

    seconds, embree = timed(scene)
    results["build", "Open3D (Embree)"] = seconds, 0.0
    tree = igl.AABB()
    seconds, _ = timed(lambda: tree.init(vertices, faces))
    results["build", "libigl"] = seconds, 0.0
    for row, q in queries.items():
        seconds, found = timed(lambda: embree.compute_distance(tensor_queries[row], nthreads=1))
        results[row, "Open3D (Embree)"] = seconds, float(found.numpy().astype(float).sum())
        seconds, found = timed(lambda: tree.squared_distance(vertices, faces, q)[0])
        results[row, "libigl"] = seconds, float(np.sqrt(found).sum())
    return results


def table(median):
    lines = ["| work | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for row, text in ROWS:
        own = median[row, "ours"]
        cells = []
        for column in COLUMNS:
            seconds = median.get((row, column))
            ratio = "" if column == "ours" or seconds is None else f" ({seconds / own:.1f}×)"
            cells.append("–" if seconds is None else f"{seconds:.4f}{ratio}")
        lines.append(f"| {text} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([DISTANCE, "sheets", folder, "scan"], check=True)
        vertices = np.fromfile(folder / "lower.points", "<f8").reshape(-1, 3)
        faces = np.fromfile(folder / "lower.faces", "<u4").reshape(-1, 3).astype(np.int64)
        points = np.fromfile(folder / "upper.points", "<f8").reshape(-1, 3)
        both = np.vstack([vertices, points])
        scattered = np.random.default_rng(1).uniform(both.min(axis=0), both.max(axis=0), (100_000, 3))
        scattered.astype("<f8").tofile(folder / "scattered.points")
        seconds, sums = {}, {}
        for _ in range(TURNS):
            ours = subprocess.run([DISTANCE, "time", folder, str(ROUNDS)], check=True, capture_output=True, text=True)
            for key, value in json.loads(ours.stdout).items():
                row, column = key.rsplit(" ", 1)
                seconds.setdefault((row, column), []).extend(value["seconds"])
                sums[row, column] = value["sum"]
            for key, (one, total) in foreign(vertices, faces, points, scattered).items():
                seconds.setdefault(key, []).append(one)
                sums[key] = total
    median = {key: statistics.median(values) for key, values in seconds.items()}
    for row in ("field", "scattered"):
        means = {c: sums[row, c] / len(points if row == "field" else scattered) for c in COLUMNS}
        if max(means.values()) - min(means.values()) > 1e-5:
            sys.exit(f"the programs do not measure the same distances: {row} {means}")
    page = ROOT / "docs" / "benchmarks.md"
    text = page.read_text()
    start, end = "<!-- bench_peers.py begins -->\n", "<!-- bench_peers.py ends -->"
    head, rest = text.split(start)
    _, tail = rest.split(end)
    mean = sums["field", "ours"] / len(points)
    note = f"The mean distance is {mean:.5f} mm, alike in all five to 10 nm."
    page.write_text(head + start + table(median) + "\n\n" + note + "\n" + end + tail)
    print(table(median) + "\n\n" + note)


if __name__ == "__main__":
    main()
