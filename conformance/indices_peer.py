"""The occlusal indices of the Rust program against those of index_reference.py, on measurements drawn at random.

Drives the example score_indices. Standard library only. Every score must agree, with the fewest and the most points that
the uncertainty leaves open, and what one leaves unmeasured the other must leave unmeasured. Numbers are drawn close to the
thresholds as often as anywhere else, and a third of them exactly on a tie of the ruler (1.05 mm).
"""
import json, os, random, subprocess, sys
import index_reference as reference

CASES = 4000


def draw(rng, low, high, sure=False):
    """A number and its uncertainty: anywhere, on the ruler, or on a tie between two marks."""
    value = rng.uniform(low, high)
    kind = rng.random()
    if kind < 0.33:
        value = round(value, 1)
    elif kind < 0.66:
        value = round(value, 1) + 0.05
    return [value, 0.0 if sure else rng.choice([0.0, rng.uniform(0, 0.6), 0.025, 0.2])]


def teeth(rng):
    present = set(reference.CAST_TEETH)
    for tooth in rng.sample(sorted(present), rng.choice([0, 0, 1, 2, 4])):
        present.discard(tooth)
        if tooth % 10 <= 5 and rng.random() < 0.3:
            present.add((tooth // 10 + 4) * 10 + tooth % 10)
    return present


def numbers(rng, present, sure):
    """What would be measured on such a dentition."""
    n = {}
    number = lambda id, low, high: n.__setitem__(id, draw(rng, low, high, sure))
    mild = rng.random() < 0.5  # half of the dentitions are nearly ideal
    case = reference.Case({"teeth": present, "numbers": {}})
    for row in reference.ARCH.values():
        standing = case.standing(row)
        for a, b in zip(standing, standing[1:]):
            if a in present and b in present:
                number(f"displacement.{a}.{b}", 0, 2 if mild else 9)
                number(f"spacing.{a}.{b}", -1, 0.7 if mild else 6)
        for t in row:
            if t % 10 <= 6 and case.empty(t):
                number(f"par.gap.{t}", 1, 9)
    reversed_bite = rng.random() < 0.2
    for t in case.standing(reference.FRONT):
        if t in present and t % 10 < 3:
            number(f"overjet.labial.{t}", *((-5, 0) if reversed_bite else (1, 4) if mild else (-2, 11)))
            number(f"overbite.mm.{t}", *((0, 4) if mild else (-6, 8)))
            number(f"overbite.percent.{t}", *((0, 50) if mild else (-60, 120)))
        elif t in present:
            number(f"openbite.{t}", 0, 0 if mild else 3)
            number(f"overjet.edge.{t}", *((0, 3) if mild else (-3, 4)))
    for t in case.standing(reference.POSTERIOR["right"] + reference.POSTERIOR["left"]):
        if t in present:
            number(f"openbite.{t}", 0, 0 if mild else 4.5)
    number("midline.deviation", *((-1, 1) if mild else (-5, 5)))
    for t in (31, 41):
        if t in present:
            number(f"size.mesiodistal.{t}", 4.8, 6)
    for side, quadrants in (("right", (1, 4)), ("left", (2, 3))):
        for name, positions in (("canine", (3,)), ("premolar", (4, 5)), ("molar", (6,))):
            if all(10 * q + p in present for q in quadrants for p in positions):
                id = f"angle.{name}.{side}"
                number(id, *((-1, 1) if mild else (-10, 10)))
                unit = rng.uniform(6.2, 7.8)
                n[f"{id}.units"] = [x / unit for x in n[id]]
    for jaw in ("upper", "lower"):
        number(f"space.discrepancy.{jaw}", *((-3, 3) if mild else (-20, 12)))
    evaluation(present, number)
    return n


def evaluation(present, number):
    """The millimetres of the ABO's cast evaluation."""
    for row in reference.ARCH.values():
        row = [t for t in row if t % 10 < 8]
        for a, b in zip(row, row[1:]):
            if a in present and b in present:
                if (a % 10 >= 4) == (b % 10 >= 4):
                    number(f"cre.alignment.mm.{a}.{b}", -1.6, 1.6)
                if a % 10 >= 4 and b % 10 >= 4:
                    number(f"cre.ridges.mm.{a}.{b}", -1.6, 1.6)
    for t in present:
        q, p = divmod(t, 10)
        if t > 50 or p > 7:
            continue
        twin = {1: 2, 2: 1, 3: 4, 4: 3}[q] * 10 + p
        if p >= 4:
            if twin in present and not (q > 2 and p == 4):
                number(f"cre.inclination.mm.{t}", -3, 3)
            number(f"cre.contacts.mm.{t}", -0.1, 2)
        if q <= 2 and p >= 3:
            number(f"cre.relationship.mm.{t}", -4, 4)
        if q > 2:
            number(f"cre.overjet.{'anterior' if p <= 3 else 'posterior'}.mm.{t}", 0, 2)


def categories(rng, present):
    case = reference.Case({"teeth": present, "numbers": {}})
    found = {}
    for places, names, commons in (
            (reference.FRONT, ["none", "edge to edge", "crossbite"], [[20, 1, 1], [3, 2, 3], [1, 0, 0]]),
            (reference.POSTERIOR["right"] + reference.POSTERIOR["left"], ["none", "tendency", "crossbite", "scissor"],
             [[20, 1, 1, 0], [3, 2, 4, 1], [2, 1, 1, 4], [1, 0, 0, 0]])):
        common = rng.choice(commons)
        doubts = rng.choice([0, 0, 1])
        for t in case.standing(places):
            if t in present:
                name = rng.choices(names, common)[0]
                others = [n for n in rng.sample(names, doubts * rng.choice([0, 0, 0, 1, 2])) if n != name]
                found[f"crossbite.{t}"] = [name, *others]
    return found


def answers(rng, present):
    all_answers = {f"tooth.{t}": rng.choice(["lost", "never-formed", "unerupted", "impacted"]) for t in reference.CAST_TEETH}
    all_answers |= {f"di.{k}": rng.choice([0, 0, 1, 2]) for k in ("ankylosed", "anomalous", "supernumerary", "transposed")}
    all_answers |= {k: rng.random() < 0.5 for k in ("di.asymmetry", "iotn.lips-competent", "iotn.difficulties",
                                                    "iotn.functional-contact")}
    all_answers |= {f"iotn.{k}": rng.random() < 0.1 for k in ("cleft", "submerged", "tipped", "supernumerary")}
    all_answers |= {"ceph.anb": rng.choice([rng.uniform(-6, 12), 6, -2]), "ceph.sn-mp": rng.choice([rng.uniform(20, 46), 38, 26]),
                    "ceph.impa": rng.choice([rng.uniform(80, 110), 99]), "cre.roots": rng.randint(0, 6),
                    "iotn.rcp-icp": rng.choice([0, 1, 1.04, 1.05, 2, 3]),
                    "iotn.overbite-contact": rng.choice(["none", "gingival", "trauma"]), "iotn.aesthetic": rng.randint(1, 10)}
    left_out = rng.choice([0.0, 0.0, 0.1, 0.5])
    return {k: v for k, v in all_answers.items() if rng.random() >= left_out}


def case(rng):
    present = teeth(rng)
    n = numbers(rng, present, sure=rng.random() < 0.3)
    unmeasured = rng.sample(sorted(n), 1) if rng.random() < 0.25 else []
    for id in unmeasured:
        del n[id]
    return {"teeth": sorted(present), "numbers": n, "categories": categories(rng, present), "unmeasured": unmeasured,
            "answers": answers(rng, present)}


def same(ours, theirs):
    """ours: the Rust program's, theirs: the reference's."""
    if "missing" in theirs or "missing" in ours:
        return "missing" in theirs and "missing" in ours
    if "name" in ours:  # a code of IOTN, with the others that are open
        grades = [int(code[0]) for code in [ours["name"], *ours["others"]]]
        return ours["name"] == theirs["code"] and (min(grades), max(grades)) == (theirs["low"], theirs["high"])
    # Roots are good to rounding.
    return all(abs(ours[k] - float(theirs[k])) < 1e-6 for k in ("points", "low", "high"))


def main():
    program = os.path.join(os.environ["STONECAST_EXAMPLES"], "score_indices")
    rng = random.Random(20261124)
    cases = [case(rng) for _ in range(CASES)]
    ran = subprocess.run([program], input=json.dumps(cases), capture_output=True, text=True, check=True)
    compared = measured = borderline = 0
    wrong = []
    for data, ours in zip(cases, json.loads(ran.stdout), strict=True):
        for name, theirs in reference.scores(data).items():
            compared += 1
            measured += "missing" not in theirs
            borderline += theirs.get("low") != theirs.get("high")
            if name not in ours or not same(ours[name], theirs):
                wrong.append((name, ours.get(name), theirs, data))
    print(f"indices: {CASES} casts, {compared} scores, {measured} measured, {borderline} borderline, {len(wrong)} differ")
    for name, ours, theirs, data in wrong[:5]:
        print(name, "ours", ours, "reference", theirs, json.dumps(data)[:3000], file=sys.stderr)
    if wrong:
        sys.exit(1)
    if measured < compared / 3 or borderline < compared / 50:
        sys.exit("the drawn casts hardly test anything")


if __name__ == "__main__":
    main()
