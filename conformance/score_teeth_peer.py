"""The scores of `stonecast teeth score`, computed once more from its definitions by other code (pip: numpy).

usage: score_teeth_peer.py TRUTH_DIR FOUND_DIR
Both hold NAME_JAW.labels.json in Teeth3DS form, FOUND_DIR those that `stonecast teeth NAME_JAW.ply --out` wrote. Prints
success, any, dice, tooth/gum and false teeth an arch over all arches; `stonecast teeth score --truth TRUTH_DIR --pose
kept` must print the same.
"""
import glob, json, os, sys
import numpy as np


def labels(path):
    with open(path) as file:
        return np.array(json.load(file)["labels"])


def iou(a, b):
    return (a & b).sum() / max(1, (a | b).sum())


def main(truth_dir, found_dir):
    teeth = right = some = false = arches = 0
    dice, gum = [], []
    for path in sorted(glob.glob(os.path.join(truth_dir, "*.labels.json"))):
        true = labels(path)
        arches += 1
        numbers = [n for n in np.unique(true) if n and (true == n).sum() >= 20]
        teeth += len(numbers)
        found_path = os.path.join(found_dir, os.path.basename(path))
        if not os.path.exists(found_path):
            dice += [0.0] * len(numbers)
            continue
        found = labels(found_path)
        found_numbers = [n for n in np.unique(found) if n]
        for n in numbers:
            a, b = true == n, found == n
            right += iou(a, b) >= 0.5
            some += max([iou(a, found == m) for m in found_numbers] or [0]) >= 0.5
            dice.append(2 * (a & b).sum() / (a.sum() + b.sum()))
        false += sum(max([iou(found == m, true == n) for n in numbers] or [0]) < 0.3 for m in found_numbers)
        gum.append(((true > 0) == (found > 0)).mean())
    print(f"arches {arches} teeth {teeth} success {right / max(1, teeth):.4f} any {some / max(1, teeth):.4f} "
          f"dice {np.mean(dice):.4f} tooth/gum {np.mean(gum) if gum else 0:.4f} false/arch {false / max(1, arches):.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
