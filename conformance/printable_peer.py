"""Other programs judge that based casts are closed, manifold and printable without repair.

    printable_peer.py [FOLDER...]

Every *.stl under each FOLDER is judged, except open surfaces (names with `anatomy` or `scan`). Without a FOLDER, the
example `base_on_synthetic` writes casts to judge. Judges:

    manifold3d    takes the welded triangles as a manifold, of positive volume
    trimesh       watertight, consistently wound, a volume
    admesh        no facet unconnected, degenerate, removed, added, reversed or moved
    PrusaSlicer   "manifold = yes" without a word of repair, and a sliced file (of joined casts; a base alone,
                  `*-base.stl`, is not sliced)

Exit 1 when any of them objects to any file.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import manifold3d
import numpy as np
import trimesh


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def welded(path):
    """The file's triangles with exactly equal corners made one."""
    corners = trimesh.load(path, process=False).triangles.reshape(-1, 3).astype(np.float32)
    points, index = np.unique(corners, axis=0, return_inverse=True)
    return points, index.reshape(-1, 3)


def judge_manifold3d(path):
    points, faces = welded(path)
    mesh = manifold3d.Mesh(points, faces.astype(np.uint32))
    body = manifold3d.Manifold(mesh)
    if body.status() != manifold3d.Error.NoError:
        return f"status {body.status()}"
    if body.volume() <= 0:
        return f"volume {body.volume():.1f}"
    return None


def judge_trimesh(path):
    points, faces = welded(path)
    mesh = trimesh.Trimesh(points, faces, process=False)
    faults = [name for name in ("is_watertight", "is_winding_consistent", "is_volume") if not getattr(mesh, name)]
    if (mesh.area_faces <= 0).any():
        faults.append("degenerate faces")
    return ", ".join(faults) or None


def judge_admesh(path):
    code, text = run("admesh", path)
    if code:
        return text.strip().splitlines()[-1]
    faults = []
    for name in ("Total disconnected facets", "Facets with 1 disconnected edge", "Facets with 2 disconnected edges",
                 "Facets with 3 disconnected edges"):
        found = re.search(re.escape(name) + r"\s*:\s*(\d+)", text)
        if not found or int(found.group(1)):
            faults.append(found.group(0) if found else f"no line `{name}`")
    for name in ("Degenerate facets", "Edges fixed", "Facets removed", "Facets added", "Facets reversed",
                 "Backwards edges"):
        found = re.search(re.escape(name) + r"\s*:\s*(\d+)", text)
        if not found or int(found.group(1)):
            faults.append(found.group(0) if found else f"no line `{name}`")
    return ", ".join(faults) or None


def judge_prusa(path):
    code, text = run("prusa-slicer", "--info", path)
    if code or "manifold = yes" not in text:
        return "info: " + " ".join(text.split())[-200:]
    if re.search(r"repair|facets_removed|facets_added|edges_fixed|degenerate", text, re.I):
        return "info speaks of repair: " + " ".join(text.split())[-200:]
    if path.stem.endswith("-base"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        sliced = Path(folder) / "cast.gcode"
        # Coarse layers: the question is whether the solid slices, not how it prints.
        # An upper cast is printed on its bottom too, which is its top in the mouth.
        turn = ["--rotate-x", "180"] if "upper" in path.stem else []
        code, text = run("prusa-slicer", "--export-gcode", *turn, "--nozzle-diameter", "1", "--layer-height", "0.8",
                         "--first-layer-height", "0.8", "--perimeters", "1", "--fill-density", "0", "--skirts", "0",
                         "--extrusion-width", "1", "--perimeter-generator", "classic", "--output", sliced, path)
        if code or not sliced.exists():
            return "slicing: " + " ".join(text.split())[-200:]
        if re.search(r"repair|empty layer|error", text, re.I):
            return "slicing says: " + " ".join(text.split())[-200:]
    return None


JUDGES = {
    "manifold3d": judge_manifold3d,
    "trimesh": judge_trimesh,
    "admesh": judge_admesh,
    "PrusaSlicer": judge_prusa,
}


def files_in(folder):
    solids = (p for p in sorted(Path(folder).rglob("*.stl")))
    return [p for p in solids if not re.search("anatomy|scan", str(p.relative_to(folder)))]


def main(folders):
    with tempfile.TemporaryDirectory() as made:
        if not folders:
            example = Path(os.environ.get("STONECAST_EXAMPLES", "target/release/examples")) / "base_on_synthetic"
            code, text = run(example, made)
            if code:
                sys.exit(f"{example}: {text}")
            folders = [made]
        paths = [path for folder in folders for path in files_in(folder)]
        if not paths:
            sys.exit("no based casts (*.stl) to judge")
        objections = {name: 0 for name in JUDGES}
        for path in paths:
            for name, judge in JUDGES.items():
                fault = judge(path)
                if fault:
                    objections[name] += 1
                    print(f"{path.name}: {name}: {fault}")
        for name, count in objections.items():
            print(f"{name}: {len(paths) - count} of {len(paths)} based casts are closed and printable")
        return 1 if any(objections.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
