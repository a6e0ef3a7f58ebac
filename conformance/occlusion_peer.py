"""Judges the gaps between arches by libigl, and jaw paths by a second reckoning of the kinematics in numpy.

Gaps: every vertex of both arches, closed and moved, on synthetic pairs, on crossing ones, and on every real pair of the
folder that STONECAST_SCANS names. The length must be libigl's to a micrometre; the side must be that of libigl's
pseudo-normals, wherever the closest place is no border and the two surfaces pass near each other.
Paths: every step again from settings and mounting alone: where the condyles are, how the jaw is turned, where the pin is.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import igl
import numpy as np

EXAMPLE = Path(os.environ.get("STONECAST_EXAMPLES", "target/release/examples")) / "occlusion_for_peers"
REACH, MICROMETRE = 3.0, 1e-3
SYNTHETIC = [(901, 60_000), (902, 60_000), (903, 400_000)]
failures = []


def check(holds, claim):
    print(("ok    " if holds else "FAILS ") + claim)
    if not holds:
        failures.append(claim)


def border_vertices(faces):
    edges = np.sort(np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, counts = np.unique(edges, axis=0, return_counts=True)
    # Where more than two faces meet in an edge there is no inside either.
    return np.unique(unique[counts != 2])


class Arch:
    def __init__(self, folder, name):
        self.points = np.fromfile(folder / f"{name}.points", "<f8").reshape(-1, 3)
        self.faces = np.fromfile(folder / f"{name}.faces", "<u4").reshape(-1, 3).astype(np.int64)
        self.border = np.zeros(len(self.points), bool)
        self.border[border_vertices(self.faces)] = True


def judge_gaps(folder, name, clean):
    arches = {jaw: Arch(folder, jaw) for jaw in ("upper", "lower")}
    worst, compared, missing, sides, wrong, unknown, inside = 0.0, 0, 0, 0, 0, 0, 0
    for pose in ("closed", "moved"):
        motion = np.fromfile(folder / f"{pose}.matrix", "<f8").reshape(4, 4)
        for jaw, other in (("lower", "upper"), ("upper", "lower")):
            own, against = arches[jaw], arches[other]
            to = motion if jaw == "lower" else np.linalg.inv(motion)
            queries = own.points @ to[:3, :3].T + to[:3, 3]
            ours = np.fromfile(folder / f"{jaw}.{pose}.gaps", "<f8")
            squared, face, foot = igl.point_mesh_squared_distance(queries, against.points, against.faces)[:3]
            distance = np.sqrt(squared)
            known = np.isfinite(ours)
            worst = max(worst, np.abs(np.abs(ours[known]) - distance[known]).max(initial=0.0))
            compared += known.sum()
            # Unknown may be only what is out of reach, or what is nearest to the other arch's border.
            corners = against.faces[face]
            at_border = against.border[corners].any(axis=1)
            near = distance < REACH - 1e-9
            missing += (near & ~known & ~at_border).sum()
            unknown += (near & ~known).sum()
            signed = igl.signed_distance(queries, against.points, against.faces, sign_type=igl.SIGNED_DISTANCE_TYPE_PSEUDONORMAL)[0]
            # Where a foot lies in a face or the sheet is smooth about it, the two rules must agree.
            judged = known & ~at_border & (distance < 0.5) & (distance > 1e-6)
            sides += judged.sum()
            wrong += (np.sign(ours[judged]) != np.sign(signed[judged])).sum()
            inside += (ours[known] < 0).sum()
    check(worst <= MICROMETRE, f"{name}: {compared} gaps are libigl's, the worst by {1e3 * worst:.2e} µm")
    text = f"{name}: of all in reach {unknown} have no side, {missing} of them not at a border"
    if clean:
        check(missing == 0, text)
    else:
        # As scanned, small holes cast shadows of points whose side stays unknown: docs/decisions/0025.
        print("      " + text)
    check(wrong == 0, f"{name}: {sides} sides within 0.5 mm are those of the pseudo-normals, {wrong} are not ({inside} inside)")


# --- Paths ---------------------------------------------------------------------------------------------------------

SIDE_SHIFT_TRAVEL, CHORD = 1.0, 5.0  # rows `side-shift` and `guide-chord` of tables/articulator.toml


def along_guide(guide, inclination, way):
    """Forward and down: an arc is summed from ten thousand small chords, not by its formula."""
    if guide == "straight" or way <= 0:
        start = inclination if guide == "straight" else inclination + np.arcsin(CHORD / 2 / guide["arc"]["radius"])
        return way * np.cos(start), way * np.sin(start)
    radius = guide["arc"]["radius"]
    start = inclination + np.arcsin(CHORD / 2 / radius)
    middles = start - (np.arange(10_000) + 0.5) / 10_000 * way / radius
    return way * np.cos(middles).mean(), way * np.sin(middles).mean()


def matrix_of(motion):
    x, y, z, w = motion["rotation"]
    rotation = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])
    return rotation, np.array(motion["translation"])


def turn_about(axis, angle):
    """Rodrigues' matrix."""
    k = axis / np.linalg.norm(axis)
    cross = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def expected_condyles(mounting, settings, ways, kind):
    plane = np.array([mounting["plane"][k] for k in ("left", "posterior", "superior")])
    closed = {s: plane @ np.array(mounting["condyles"][s]) for s in ("right", "left")}
    lateral = "laterotrusion" in kind
    balancing = None if not lateral else ("left" if kind["laterotrusion"] == "right" else "right")
    now = {}
    for side in ("right", "left"):
        angle = settings["inclination"][side] + (settings["fischer"][side] if side == balancing else 0)
        forward, down = along_guide(settings["guide"], np.radians(angle), ways[side])
        now[side] = closed[side] + np.array([0, -forward, -down])
    distance = np.linalg.norm(closed["left"] - closed["right"])
    apart = (now["left"] - now["right"])[1:]
    width = np.sqrt(distance**2 - apart @ apart)
    if lateral:
        sign = 1 if balancing == "left" else -1
        ahead = max(closed[balancing][1] - now[balancing][1], 0)
        inward = settings["side_shift"][balancing] * min(ahead / SIDE_SHIFT_TRAVEL, 1)
        inward += ahead * np.tan(np.radians(settings["bennett"][balancing]))
        now[balancing][0] = closed[balancing][0] - sign * inward
        working = "right" if balancing == "left" else "left"
        now[working][0] = now[balancing][0] - sign * width
    else:
        middle = (closed["left"][0] + closed["right"][0]) / 2
        now["left"][0], now["right"][0] = middle + width / 2, middle - width / 2
    return {s: plane.T @ now[s] for s in now}


def judge_paths(cases):
    worst = dict.fromkeys(("condyles", "carried", "distance", "turned", "pin"), 0.0)
    steps, kinds = 0, set()
    for articulator, path in cases:
        mounting, settings, kind = articulator["mounting"], articulator["settings"], path["kind"]
        kinds.add(json.dumps(kind))
        closed = {s: np.array(mounting["condyles"][s]) for s in ("right", "left")}
        plane = np.array([mounting["plane"][k] for k in ("left", "posterior", "superior")])
        incisal = np.array(mounting["incisal_point"])
        lateral = isinstance(kind, dict) and "laterotrusion" in kind
        for step in path["steps"]:
            steps += 1
            rotation, shift = matrix_of(step["moved_from_closed"])
            found = {s: np.array(step["condyles"][s]) for s in ("right", "left")}
            way = step["travel"] * {"retrusion": -1, "opening": 0}.get(kind if isinstance(kind, str) else "", 1)
            ways = {"right": way, "left": way}
            if lateral:
                ways[kind["laterotrusion"]] = 0.0
            expected = expected_condyles(mounting, settings, ways, kind if lateral else "")
            for s in found:
                worst["condyles"] = max(worst["condyles"], np.abs(found[s] - expected[s]).max())
                carried = rotation @ closed[s] + shift
                worst["carried"] = max(worst["carried"], np.abs(carried - found[s]).max())
            axis = found["left"] - found["right"]
            length = np.linalg.norm(closed["left"] - closed["right"])
            worst["distance"] = max(worst["distance"], abs(np.linalg.norm(axis) - length))
            # The old axis goes to the new one by the turn about what is upright on both, then the jaw opens about it.
            before = (closed["left"] - closed["right"]) / length
            after = axis / length
            cross = np.cross(before, after)
            least = turn_about(cross, np.arctan2(np.linalg.norm(cross), before @ after)) if np.linalg.norm(cross) > 0 else np.eye(3)
            turned = turn_about(after, np.radians(step["opening"])) @ least
            # As far as the incisal point is from the axis, in mm.
            worst["turned"] = max(worst["turned"], 100 * np.abs(turned - rotation).max())
            if settings["incisal"] != "free" and kind != "opening":
                table = settings["incisal"]["table"]
                gone = plane @ (rotation @ incisal + shift - incisal)
                side = "left" if gone[0] > 0 else "right"
                fall = max(-gone[1], 0) * np.tan(np.radians(table["protrusive"]))
                fall += abs(gone[0]) * np.tan(np.radians(table["lateral"][side]))
                worst["pin"] = max(worst["pin"], abs(gone[2] + fall))
            elif kind != "opening":
                worst["turned"] = max(worst["turned"], abs(step["opening"]))
    names = {
        "condyles": "the condyles are where guides, Bennett and Fischer angles and side shifts put them",
        "carried": "the motion carries the closed condyles there",
        "distance": "their distance stays",
        "turned": "the jaw is turned as the axis and the opening say",
        "pin": "the pin stands on its table",
    }
    for key, text in names.items():
        check(worst[key] <= MICROMETRE, f"paths: {text}, in {steps} steps of {len(kinds)} motions (worst {1e3 * worst[key]:.1e} µm)")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([EXAMPLE, "paths", folder / "paths.json"], check=True)
        judge_paths(json.loads((folder / "paths.json").read_text()))
        for seed, triangles in SYNTHETIC:
            out = folder / f"synthetic-{seed}"
            subprocess.run([EXAMPLE, "synthetic", str(seed), str(triangles), out], check=True)
            judge_gaps(out, f"synthetic {seed}, {triangles} triangles an arch", clean=True)
        scans = os.environ.get("STONECAST_SCANS")
        pairs = sorted(Path(scans).glob("**/pair-*_upper.ply")) if scans else []
        if not pairs:
            print("skipped: no real pairs; STONECAST_SCANS names no folder that holds NAME_upper.ply and NAME_lower.ply of pair-*")
        for i, upper in enumerate(pairs, 1):
            lower = upper.with_name(upper.name.replace("_upper", "_lower"))
            out = folder / f"real-{i}"
            subprocess.run([EXAMPLE, "scans", upper, lower, out], check=True)
            judge_gaps(out, f"real pair {i} of {len(pairs)}", clean=False)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
