"""The occlusal indices once more, by hand: PAR, ABO discrepancy index, ABO cast evaluation, IOTN-DHC, ICON.

usage: index_reference.py [CASES.json]      (else standard input)
Reads a list of cases of plain measurements, prints a list of their scores. Written from the published tables as given in
docs/methods/, with the numbers typed in again below: it reads no table and no result of the Rust program, so that one can be
judged by the other (indices_peer.py). Standard library only.

A case:
  teeth       FDI numbers of the teeth that are there
  numbers     id -> [value, standard uncertainty]; the ids of the findings, for example "overjet.labial.11"
  categories  id -> [name, other names that it may be]; for example "crossbite.16"
  unmeasured  ids that should be there and could not be measured
  answers     key -> value; what a cast cannot tell
A score: {"points": p, "low": l, "high": h}, or {"missing": why}. The parts of IOTN are grades, with "code".
"""
import itertools, json, math, sys
from decimal import Decimal, ROUND_HALF_UP

COVERAGE = 2  # expanded uncertainty is twice the standard one
ANTERIOR = {"upper": [13, 12, 11, 21, 22, 23], "lower": [43, 42, 41, 31, 32, 33]}
INCISORS = [12, 11, 21, 22]
FRONT = [13, 12, 11, 21, 22, 23]
BUCCAL = {"upper.right": [16, 15, 14, 13], "upper.left": [23, 24, 25, 26], "lower.right": [46, 45, 44, 43],
          "lower.left": [33, 34, 35, 36]}
POSTERIOR = {"right": [14, 15, 16, 17], "left": [24, 25, 26, 27]}
CAST_TEETH = [q * 10 + p for q in (1, 2, 3, 4) for p in range(1, 8)]


class Missing(Exception):
    pass


def tenth(x):
    """To 0.1, ties away from zero. What is nearer to a tie than a picometre is one: 1.9 - 2 * 0.425 is 1.05."""
    exact = Decimal(repr(x))
    return (exact + Decimal("1e-9").copy_sign(exact)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def grid(low, high):
    """Every tenth between two numbers, both rounded to tenths."""
    a, b = int(tenth(low) * 10), int(tenth(high) * 10)
    return [Decimal(k) / 10 for k in range(a, b + 1)]


def score(p, low=None, high=None):
    return {"points": p, "low": p if low is None else low, "high": p if high is None else high}


def add(scores, weight=1):
    """Points add; what is open below and above them adds in quadrature, as doubts of independent parts."""
    scores = list(scores)
    points = weight * sum(s["points"] for s in scores)
    off = {k: weight * math.sqrt(sum(float(s[k] - s["points"]) ** 2 for s in scores)) for k in ("low", "high")}
    return {"points": points, "low": float(points) - off["low"], "high": float(points) + off["high"]}


def worst(scores):
    scores = list(scores)
    return {k: max(s[k] for s in scores) for k in ("points", "low", "high")}


def graded(quantity, points_of):
    """Points of a number, and the least and most that its expanded uncertainty allows."""
    value, u = quantity
    reached = [points_of(x) for x in grid(value - COVERAGE * u, value + COVERAGE * u)]
    return score(points_of(tenth(value)), min(reached), max(reached))


def greatest(quantities):
    """The greatest of several: [value, least, most], each the greatest of its kind."""
    ends = [(q[0], q[0] - COVERAGE * q[1], q[0] + COVERAGE * q[1]) for q in quantities]
    return [max(e[k] for e in ends) for k in range(3)]


def graded_between(between, points_of):
    value, low, high = between
    reached = [points_of(x) for x in grid(low, high)]
    return score(points_of(tenth(value)), min(reached), max(reached))


def steps(*rows, beyond):
    """Rows of (largest value, points)."""
    def points_of(x):
        for largest, points in rows:
            if x <= Decimal(largest):
                return points
        return beyond
    return points_of


class Case:
    def __init__(self, data):
        self.teeth = set(data["teeth"])
        self.numbers = data["numbers"]
        self.categories = data.get("categories", {})
        self.unmeasured = set(data.get("unmeasured", []))
        self.answers = data.get("answers", {})

    def number(self, id):
        """A number; None where there is nothing to measure because teeth are missing."""
        if id in self.unmeasured:
            raise Missing(id)
        return self.numbers.get(id)

    def some(self, ids, why):
        found = [n for n in map(self.number, ids) if n is not None]
        if not found:
            raise Missing(why)
        return found

    def category(self, id):
        """[what it is, what else it may be]."""
        if id in self.unmeasured:
            raise Missing(id)
        found = self.categories.get(id)
        return None if found is None else list(found)

    def answer(self, key):
        if key not in self.answers:
            raise Missing(key)
        return self.answers[key]

    def empty(self, tooth):
        """No tooth stands in this place: neither the permanent one nor the primary one before it."""
        primary = (tooth // 10 + 4) * 10 + tooth % 10 if tooth % 10 <= 5 else None
        return tooth not in self.teeth and primary not in self.teeth

    def standing(self, places):
        """The permanent tooth of each place, or the primary one where that alone is there."""
        primary = {t: (t // 10 + 4) * 10 + t % 10 for t in places if t % 10 <= 5}
        return [primary[t] if t not in self.teeth and primary.get(t) in self.teeth else t for t in places]

    def each(self, part, places):
        """A number for each of some places."""
        return [f"{part}.{t}" for t in self.standing(places)]

    def crossbites(self, places):
        found = [c for c in (self.category(f"crossbite.{t}") for t in self.standing(places)) if c is not None]
        if not found:
            raise Missing(f"crossbite.{places[0]}")
        return found

    def state(self, tooth):
        """Why a place is empty: lost, never-formed, unerupted, impacted. Asked."""
        return self.answer(f"tooth.{tooth}")


def tried(results, name, work):
    """Runs one part; a part that lacks something says what."""
    try:
        results[name] = work()
    except Missing as missing:
        results[name] = {"missing": str(missing)}
    return results[name]


def needed(results, names):
    for name in names:
        if "missing" in results[name]:
            raise Missing(results[name]["missing"])
    return [results[name] for name in names]


# ---------------------------------------------------------------------------------------------------------------- PAR

PAR_CONTACT = steps(("1.0", 0), ("2.0", 1), ("4.0", 2), ("8.0", 3), beyond=4)
PAR_OVERJET = steps(("3.0", 0), ("5.0", 1), ("7.0", 2), ("9.0", 3), beyond=4)
PAR_OVERBITE = steps(("33.3", 0), ("66.7", 1), ("99.9", 2), beyond=3)
PAR_OPEN = steps(("0", 0), ("1.0", 1), ("2.0", 2), ("3.9", 3), beyond=4)
PAR_CENTRE = steps(("25", 0), ("50", 1), beyond=2)
PAR_WEIGHTS = {"uk": {"anterior.upper": 1, "anterior.lower": 1, "buccal.right": 1, "buccal.left": 1, "overjet": 6,
                      "overbite": 2, "centreline": 4},
               "us": {"anterior.upper": 1, "anterior.lower": 0, "buccal.right": 2, "buccal.left": 2, "overjet": 5,
                      "overbite": 3, "centreline": 3}}


def par_segment(case, row, own):
    """Contacts of neighbouring permanent teeth; an unerupted tooth whose place is 4 mm or less counts 5."""
    scores = []
    for a, b in zip(row, row[1:]):
        if a in case.teeth and b in case.teeth:
            displacement = case.number(f"displacement.{a}.{b}")
            if displacement is None:
                raise Missing(f"displacement.{a}.{b}")
            scores.append(graded(displacement, PAR_CONTACT))
    for tooth in own:
        if case.empty(tooth) and case.state(tooth) in ("unerupted", "impacted"):
            gap = case.number(f"par.gap.{tooth}")
            if gap is None:
                raise Missing(f"par.gap.{tooth}")
            scores.append(graded(gap, lambda x: 5 if x <= Decimal("4.0") else 0))
    return add(scores)


ARCH = {"upper": [18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28],
        "lower": [48, 47, 46, 45, 44, 43, 42, 41, 31, 32, 33, 34, 35, 36, 37, 38]}


def along(tooth):
    """Place from the right end of the arch to the left; a primary tooth beside its successor is the more distal one."""
    primary = tooth > 50
    from_midline = 2 * (tooth % 10) + primary
    return -from_midline if tooth // 10 in (1, 4, 5, 8) else from_midline


def is_upper(tooth):
    return tooth // 10 in (1, 2, 5, 6)


def interdigitation(hundredths):
    """0 in full interdigitation of any class, 2 cusp to cusp, 1 in between; both within a tenth of a unit."""
    off = abs(int(hundredths * 10)) % 100
    off = min(off, 100 - off)
    return 0 if off <= 10 else 2 if off >= 40 else 1


def buccal_ap(case, side):
    units = case.some([f"angle.{t}.{side}.units" for t in ("canine", "premolar", "molar")], f"angle.molar.{side}")
    # Read in hundredths of a unit, which are tenths of ten times the number.
    return worst(graded([10.0 * q[0], 10.0 * q[1]], interdigitation) for q in units)


def par_vertical(case, side):
    open_teeth = [graded(q, lambda x: int(x > Decimal("2.0"))) for q in
                  (case.number(id) for id in case.each("openbite", POSTERIOR[side])) if q is not None]
    if not open_teeth:
        raise Missing(f"openbite {side}")
    return {k: int(sum(s[k] for s in open_teeth) >= 2) for k in ("points", "low", "high")}


def transverse_points(names):
    cross, scissor = names.count("crossbite"), names.count("scissor")
    if scissor > 1:
        return 4
    if cross + scissor > 1:
        return 3
    return 2 if cross + scissor else 1 if "tendency" in names else 0


def par_transverse(case, side):
    found = case.crossbites(POSTERIOR[side])
    reached = [transverse_points(names) for names in itertools.product(*map(set, found))]
    return score(transverse_points([c[0] for c in found]), min(reached), max(reached))


def count_points(edges, crosses):
    return 0 if not edges and not crosses else 1 if not crosses else min(crosses + 1, 4)


def state(name):
    return {"crossbite": 2, "edge to edge": 1}.get(name, 0)


def par_overjet(case):
    incisors = case.some(case.each("overjet.labial", INCISORS), "overjet.labial.11")
    front = [[state(n) for n in names] for names in case.crossbites(FRONT)]
    count = lambda states: count_points(states.count(1), states.count(2))
    reverse = score(count([s[0] for s in front]), count([min(s) for s in front]), count([max(s) for s in front]))
    return add([worst(graded(q, PAR_OVERJET) for q in incisors), reverse])


def negated(q):
    return [-q[0], q[1]]


def par_overbite(case):
    deep = worst(graded(q, PAR_OVERBITE) for q in case.some(case.each("overbite.percent", INCISORS), "overbite.percent.11"))
    open_bite = worst(graded(negated(q), PAR_OPEN) for q in case.some(case.each("overbite.mm", INCISORS), "overbite.mm.11"))
    return add([deep, open_bite])


def par_centreline(case):
    widths = case.some(["size.mesiodistal.31", "size.mesiodistal.41"], "size.mesiodistal.31")
    width = sum(w[0] for w in widths) / len(widths)
    width_u = math.sqrt(sum(w[1] ** 2 for w in widths)) / len(widths)
    deviation = case.number("midline.deviation")
    if deviation is None:
        raise Missing("midline.deviation")
    share = 100 * deviation[0] / width
    u = math.hypot(100 * deviation[1] / width, share * width_u / width)
    return graded([share, u], lambda x: PAR_CENTRE(abs(x)))


def par(case):
    r = {}
    for jaw, row in ANTERIOR.items():
        tried(r, f"par.anterior.{jaw}", lambda: par_segment(case, row, row))
    for name, row in BUCCAL.items():
        tried(r, f"par.segment.{name}", lambda: par_segment(case, row, [t for t in row if t % 10 > 3]))
    for side in ("right", "left"):
        tried(r, f"par.buccal.sagittal.{side}", lambda: buccal_ap(case, side))
        tried(r, f"par.buccal.vertical.{side}", lambda: par_vertical(case, side))
        tried(r, f"par.buccal.transverse.{side}", lambda: par_transverse(case, side))
        tried(r, f"par.buccal.{side}", lambda: add(needed(
            r, [f"par.buccal.{plane}.{side}" for plane in ("sagittal", "vertical", "transverse")])))
    tried(r, "par.overjet", lambda: par_overjet(case))
    tried(r, "par.overbite", lambda: par_overbite(case))
    tried(r, "par.centreline", lambda: par_centreline(case))
    for who, weights in PAR_WEIGHTS.items():
        used = [n for n, w in weights.items() if w]
        tried(r, f"par.total.{who}", lambda: add(add([s], weights[n]) for n, s in zip(
            used, needed(r, [f"par.{n}" for n in used]))))
    return r


# ------------------------------------------------------------------------------------------------- ABO discrepancy index

DI_OVERBITE = steps(("3.0", 0), ("5.0", 2), beyond=3)
DI_CROWDING = steps(("0.9", 0), ("3.0", 1), ("5.0", 2), ("7.0", 4), beyond=7)


def di_positive(x):
    if x < 0:
        return 0
    return steps(("0.9", 1), ("3.0", 0), ("5.0", 2), ("7.0", 3), ("9.0", 4), beyond=5)(x)


def nearest(x):
    """Whole millimetres, halves up."""
    return int(x.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def di_overjet(case):
    incisors = case.some(case.each("overjet.labial", INCISORS), "overjet.labial.11")
    front = incisors + [q for q in map(case.number, case.each("overjet.edge", [13, 23])) if q is not None]
    negative = add(graded(q, lambda x: max(1, nearest(-x)) if x < 0 else 0) for q in front)
    return add([graded_between(greatest(incisors), di_positive), negative])


def di_overbite(case):
    deep = case.some(case.each("overbite.mm", INCISORS), "overbite.mm.11")
    covered = case.some(case.each("overbite.percent", INCISORS), "overbite.percent.11")
    return worst([worst(graded(q, DI_OVERBITE) for q in deep),
                  worst(graded(q, lambda x: 5 if x >= 100 else 0) for q in covered)])


def di_anterior(case):
    points = lambda x: 0 if x > Decimal("0.5") else 1 if x >= Decimal("-0.5") else 1 + math.floor(-x)
    scores = [graded(q, points) for q in case.some(case.each("overbite.mm", INCISORS), "overbite.mm.11")]
    canines = [q for q in map(case.number, case.each("openbite", [13, 23])) if q is not None]
    return add(scores + [graded(q, lambda x: 1 + math.floor(x) if x > 0 else 0) for q in canines])


def di_lateral(case):
    found = case.some(case.each("openbite", POSTERIOR["right"] + POSTERIOR["left"]), "openbite.16")
    return add([graded(q, lambda x: 2 * nearest(x) if x > 0 else 0) for q in found])


def di_crowding(case):
    needs = []
    for jaw in ("upper", "lower"):
        space = case.number(f"space.discrepancy.{jaw}")
        if space is None:
            raise Missing(f"space.discrepancy.{jaw}")
        needs.append(graded(negated(space), DI_CROWDING))
    return worst(needs)


def di_occlusion(case, side):
    molar, units = case.number(f"angle.molar.{side}"), case.number(f"angle.molar.{side}.units")
    if molar is None or units is None:
        raise Missing(f"angle.molar.{side}")
    if units[0] == 0:
        return score(0)
    unit = molar[0] / units[0]  # the width of the patient's premolars, mm

    def points(x):
        off = abs(float(x))
        return 0 if off < unit / 2 else 2 if off < unit else 4 + math.floor(off - unit + 1e-9)
    return graded(molar, points)


def per_crossbite(case, name, points):
    found = case.crossbites(POSTERIOR["right"] + POSTERIOR["left"])
    of = lambda n: points if n == name else 0
    return add(score(of(c[0]), min(map(of, c)), max(map(of, c))) for c in found)


def di_spacing(case, jaw):
    """Two points where four teeth or more have a gap of 0.5 mm or more beside them."""
    counts = {"points": set(), "low": set(), "high": set()}
    row = case.standing(ARCH[jaw])
    for a, b in zip(row, row[1:]):
        if a in case.teeth and b in case.teeth:
            open_gap = graded(case.number(f"spacing.{a}.{b}"), lambda x: int(x >= Decimal("0.5")))
            for k in counts:
                if open_gap[k]:
                    counts[k] |= {a, b}
    return {k: 2 if len(teeth) >= 4 else 0 for k, teeth in counts.items()}


def di_other(case):
    midline = case.number("midline.deviation")
    if midline is None:
        raise Missing("midline.deviation")
    parts = [graded(midline, lambda x: 2 if abs(x) >= 3 else 0)]
    if {11, 21} <= case.teeth:
        diastema = case.number("spacing.11.21")
        parts.append(graded(diastema, lambda x: 2 if x >= 2 else 0))
    parts += [di_spacing(case, jaw) for jaw in ("upper", "lower")]
    for tooth in CAST_TEETH:
        if case.empty(tooth):
            parts.append(score({"lost": 1, "never-formed": 2, "impacted": 2, "unerupted": 0}[case.state(tooth)]))
    for key, points in (("di.ankylosed", 2), ("di.anomalous", 2), ("di.supernumerary", 1), ("di.transposed", 2)):
        parts.append(score(points * int(case.answer(key))))
    parts.append(score(3 if case.answer("di.asymmetry") else 0))
    return add(parts)


def di_ceph(case):
    anb, snmp, impa = (float(case.answer(f"ceph.{a}")) for a in ("anb", "sn-mp", "impa"))
    points = 0
    if anb >= 6:
        points += 4 + math.floor(anb - 6)
    elif anb <= -2:
        points += 4 + math.floor(-2 - anb)
    if snmp >= 38:
        points += 2 + 2 * math.floor(snmp - 38)
    elif snmp <= 26:
        points += 1 + math.floor(26 - snmp)
    if impa >= 99:
        points += 1 + math.floor(impa - 99)
    return score(points)


def abo_di(case):
    r = {}
    tried(r, "di.overjet", lambda: di_overjet(case))
    tried(r, "di.overbite", lambda: di_overbite(case))
    tried(r, "di.openbite.anterior", lambda: di_anterior(case))
    tried(r, "di.openbite.lateral", lambda: di_lateral(case))
    tried(r, "di.crowding", lambda: di_crowding(case))
    for side in ("right", "left"):
        tried(r, f"di.occlusion.{side}", lambda: di_occlusion(case, side))
    tried(r, "di.crossbite.lingual", lambda: per_crossbite(case, "crossbite", 1))
    tried(r, "di.crossbite.buccal", lambda: per_crossbite(case, "scissor", 2))
    measured = list(r)
    tried(r, "di.other", lambda: di_other(case))
    tried(r, "di.cephalometric", lambda: di_ceph(case))
    tried(r, "di.cast", lambda: add(needed(r, measured)))
    tried(r, "di.total", lambda: add(needed(r, measured + ["di.other", "di.cephalometric"])))
    return r


# ---------------------------------------------------------------------------------------------- ABO cast evaluation (CRE)

HALF_ONE = steps(("0.4", 0), ("1.0", 1), beyond=2)
CRE = {"alignment": HALF_ONE, "ridges": HALF_ONE,
       "inclination": steps(("1.0", 0), ("2.0", 1), beyond=2),
       "contacts": steps(("0.2", 0), ("1.0", 1), beyond=2),
       "relationship": steps(("1.0", 0), ("2.0", 1), beyond=2),
       "overjet.anterior": steps(("0.2", 0), ("1.0", 1), beyond=2),
       "overjet.posterior": steps(("0.5", 0), ("1.0", 1), beyond=2),
       "interproximal": steps(("0.5", 0), ("1.0", 1), beyond=2)}


def cre_component(case, name):
    start = "spacing." if name == "interproximal" else f"cre.{name}.mm."
    unmeasured = sorted(id for id in case.unmeasured if id.startswith(start)
                        and (name != "interproximal" or neighbours(*map(int, id.split(".")[1:]))))
    if unmeasured:
        raise Missing(unmeasured[0])
    off = (lambda x: x) if name == "interproximal" else abs
    return [graded(q, lambda x: CRE[name](off(x))) for id, q in case.numbers.items() if id.startswith(start)
            and (name != "interproximal" or neighbours(*map(int, id.split(".")[1:])))]


def neighbours(a, b):
    """Of permanent teeth up to the second molars, with no place between them."""
    return a < 50 and b < 50 and a % 10 < 8 and b % 10 < 8 and (
        abs(a % 10 - b % 10) == 1 if a // 10 == b // 10 else a % 10 == b % 10 == 1)


def cre_sum(case, names):
    found = [q for name in names for q in cre_component(case, name)]
    if not found:
        raise Missing(f"cre.{names[0]}")
    return add(found)


def abo_cre(case):
    r = {}
    for name in ("alignment", "ridges", "inclination", "contacts", "relationship", "overjet", "interproximal"):
        parts = ["overjet.anterior", "overjet.posterior"] if name == "overjet" else [name]
        tried(r, f"cre.{name}", lambda: cre_sum(case, parts))
    cast = list(r)
    tried(r, "cre.cast", lambda: add(needed(r, cast)))
    tried(r, "cre.total", lambda: add([*needed(r, cast), score(int(case.answer("cre.roots")))]))
    return r


# ------------------------------------------------------------------------------------------------------------- IOTN-DHC

def iotn_score(quantities, code_of):
    """The greatest of some numbers. code_of(x) gives the codes that x may have: more than one where nobody answered."""
    value, low, high = greatest(quantities)
    codes = code_of(tenth(value))
    reached = [int(c[0]) for x in grid(low, high) for c in code_of(x)]
    if len(codes) > 1:
        raise Missing(code_of.asks)
    return {**score(int(codes[0][0]), min(reached), max(reached)), "code": codes[0]}


def asked(case, key, choices, code_of):
    """code_of(x, answer); without an answer every choice is possible."""
    known = [case.answers[key]] if key in case.answers else choices
    def codes(x):
        return sorted({code_of(x, a) for a in known})
    codes.asks = key
    return codes


def iotn_overjet(case):
    q = case.some(case.each("overjet.labial", INCISORS), "overjet.labial.11")
    def code(x, competent):
        if x <= Decimal("3.5"):
            return "1"
        if x <= 6:
            return "2a" if competent else "3a"
        return "4a" if x <= 9 else "5a"
    return iotn_score(q, asked(case, "iotn.lips-competent", [True, False], code))


def iotn_reverse(case):
    found = case.some(case.each("overjet.labial", INCISORS), "overjet.labial.11")
    # Reverse overjet is that of all incisors: the least reversed one shows whether it is there, the most reversed one how much.
    possible = all(tenth(q[0] - 2 * q[1]) < 0 for q in found)
    likely = all(tenth(q[0]) < 0 for q in found)
    sure = all(tenth(q[0] + 2 * q[1]) < 0 for q in found)
    if not possible:
        return {**score(1), "code": "1"}
    q = [negated(q) for q in found]
    def code(x, difficulties):
        if x <= 0:
            return "1"
        if x <= 1:
            return "2b"
        if x <= Decimal("3.5"):
            return "4m" if difficulties else "3b"
        return "5m" if difficulties else "4b"
    graded = iotn_score(q, asked(case, "iotn.difficulties", [True, False], code))
    if not sure:
        graded = {**graded, "low": 1}
    if not likely:
        graded = {**graded, "code": "1", "points": 1}
    return graded


def iotn_crossbite(case):
    found = case.crossbites(FRONT) + case.crossbites(POSTERIOR["right"] + POSTERIOR["left"])
    shifts = ["2c", "3c", "4c"]
    if "iotn.rcp-icp" in case.answers:
        shift = tenth(float(case.answers["iotn.rcp-icp"]))
        shifts = ["2c" if shift <= 1 else "3c" if shift <= 2 else "4c"]
    contacts = ["1", "4l"]
    if "iotn.functional-contact" in case.answers:
        contacts = ["1" if case.answers["iotn.functional-contact"] else "4l"]

    def codes(names):
        crossed = any(n in ("crossbite", "scissor") for n in names)
        pairs = itertools.product(shifts if crossed else ["1"], contacts if "scissor" in names else ["1"])
        return {max(pair, key=lambda c: int(c[0])) for pair in pairs}
    own = codes([c[0] for c in found])
    if len(own) > 1:
        raise Missing("iotn.rcp-icp" if len(shifts) > 1 else "iotn.functional-contact")
    # Every combination of names has one of these as its kinds, and each kind comes up alone or with the sure ones.
    kinds = [{("scissor" if n == "scissor" else "crossbite" if n == "crossbite" else "none") for n in c} for c in found]
    reachable = {frozenset()}
    for kind in kinds:
        reachable = {r | {k} for r in reachable for k in kind}
    grades = [int(c[0]) for names in reachable for c in codes(names)]
    code = own.pop()
    return {**score(int(code[0]), min(grades), max(grades)), "code": code}


def permanent_contacts(case):
    for row in ARCH.values():
        for a, b in zip(row, row[1:]):
            if a in case.teeth and b in case.teeth:
                yield f"displacement.{a}.{b}"


def iotn_displacement(case):
    found = case.some(list(permanent_contacts(case)), "displacement.12.11")
    code = steps(("1.0", "1"), ("2.0", "2d"), ("4.0", "3d"), beyond="4d")
    return worst_code(iotn_score([q], plain(code)) for q in found)


def plain(code_of):
    def codes(x):
        return [code_of(x)]
    codes.asks = ""
    return codes


def worst_code(scores):
    scores = list(scores)
    return {**worst(scores), "code": max(scores, key=lambda s: s["points"])["code"]}


def iotn_openbite(case):
    found = [negated(q) for q in case.some(case.each("overbite.mm", INCISORS), "overbite.mm.11")]
    found += [q for q in map(case.number, case.each("openbite", POSTERIOR["right"] + POSTERIOR["left"])) if q is not None]
    code = steps(("1.0", "1"), ("2.0", "2e"), ("4.0", "3e"), beyond="4e")
    return worst_code(iotn_score([q], plain(code)) for q in found)


def iotn_overbite(case):
    q = case.some(case.each("overbite.mm", INCISORS), "overbite.mm.11")
    codes = {"none": "2f", "gingival": "3f", "trauma": "4f"}
    return iotn_score(q, asked(case, "iotn.overbite-contact", list(codes),
                               lambda x, a: "1" if x < Decimal("3.5") else codes[a]))


def iotn_buccal(case):
    found = case.some([f"angle.{t}.{s}" for s in ("right", "left") for t in ("canine", "premolar", "molar")], "angle.molar.right")
    return worst_code(iotn_score([q], plain(lambda x: "1" if abs(x) <= Decimal("0.5") else "2g")) for q in found)


def iotn_missing(case):
    states = {t: case.state(t) for t in CAST_TEETH if case.empty(t)}
    formed = [sum(1 for t, s in states.items() if t // 10 == q and s == "never-formed") for q in (1, 2, 3, 4)]
    codes = ["1"]
    if "impacted" in states.values():
        codes.append("5i")
    if max(formed) > 1:
        codes.append("5h")
    elif max(formed) == 1:
        codes.append("4h")
    code = max(codes, key=lambda c: int(c[0]))
    return {**score(int(code[0])), "code": code}


def iotn_other(case):
    codes = ["1"]
    for key, code in (("iotn.cleft", "5p"), ("iotn.submerged", "5s"), ("iotn.tipped", "4t"), ("iotn.supernumerary", "4x")):
        if case.answer(key):
            codes.append(code)
    code = max(codes, key=lambda c: int(c[0]))
    return {**score(int(code[0])), "code": code}


def iotn(case):
    r = {}
    for name, part in (("missing", iotn_missing), ("other", iotn_other), ("overjet", iotn_overjet), ("reverse", iotn_reverse),
                       ("crossbite", iotn_crossbite), ("displacement", iotn_displacement), ("overbite", iotn_overbite),
                       ("openbite", iotn_openbite), ("buccal", iotn_buccal)):
        tried(r, f"iotn.{name}", lambda: part(case))
    parts = dict(r)
    known = [s for s in parts.values() if "missing" not in s]
    def grade():
        if not any(s["low"] == 5 for s in known):
            needed(parts, parts)
        return worst_code(known)
    tried(r, "iotn.grade", grade)
    tried(r, "iotn.least", lambda: worst_code(known) if known else needed(parts, parts))
    return r


# ----------------------------------------------------------------------------------------------------------------- ICON

ICON_CROWDING = steps(("2.0", 0), ("5.0", 1), ("9.0", 2), ("13.0", 3), ("17.0", 4), beyond=5)
ICON_SPACING = steps(("2.0", 0), ("5.0", 1), ("9.0", 2), beyond=3)
ICON_OPEN = steps(("0", 0), ("1.0", 1), ("2.0", 2), ("4.0", 3), beyond=4)


def icon_crowding(case):
    empty = [t for t in CAST_TEETH if t < 30 and case.empty(t)]
    if any(case.answers.get(f"tooth.{t}") == "impacted" for t in empty):
        return score(5)
    for t in empty:
        case.state(t)
    space = case.number("space.discrepancy.upper")
    if space is None:
        raise Missing("space.discrepancy.upper")
    return graded(space, lambda x: ICON_CROWDING(-x) if x < 0 else ICON_SPACING(x))


def icon_crossbite(case):
    of = lambda n: int(n != "none")
    found = case.crossbites(FRONT + POSTERIOR["right"] + POSTERIOR["left"])
    return worst(score(of(c[0]), min(map(of, c)), max(map(of, c))) for c in found)


def icon_vertical(case):
    mm = case.some(case.each("overbite.mm", INCISORS), "overbite.mm.11")
    percent = case.some(case.each("overbite.percent", INCISORS), "overbite.percent.11")
    return worst([graded(negated(q), ICON_OPEN) for q in mm] + [graded(q, PAR_OVERBITE) for q in percent])


def icon(case):
    r = {}
    tried(r, "icon.aesthetic", lambda: score(int(case.answer("iotn.aesthetic"))))
    tried(r, "icon.crowding", lambda: icon_crowding(case))
    tried(r, "icon.crossbite", lambda: icon_crossbite(case))
    tried(r, "icon.vertical", lambda: icon_vertical(case))
    tried(r, "icon.sagittal", lambda: add([buccal_ap(case, "right"), buccal_ap(case, "left")]))
    weights = {"crowding": 5, "crossbite": 5, "vertical": 4, "sagittal": 3}
    total = lambda w: add(add([s], w[n]) for n, s in zip(w, needed(r, [f"icon.{n}" for n in w])))
    tried(r, "icon.cast", lambda: total(weights))
    tried(r, "icon.total", lambda: total({"aesthetic": 7, **weights}))
    return r


def scores(data):
    case = Case(data)
    return {**par(case), **abo_di(case), **abo_cre(case), **iotn(case), **icon(case)}


if __name__ == "__main__":
    with (open(sys.argv[1]) if len(sys.argv) > 1 else sys.stdin) as file:
        json.dump([scores(case) for case in json.load(file)], sys.stdout, indent=1, sort_keys=True)
