//! The ABO discrepancy index: what a cast shows, what is asked of it, and the cephalometric part, which is asked.
//!
//! Units: points, mm, degrees. Frame: the cast frame.
//!
//! Steps: `overjet`, `overbite`, `open_bites`, `crowding`, `occlusion`, `posterior_crossbites`, `other`, `cephalometric`, `totals`.
//!
//! Limits and references: `docs/methods/abo-di.md`.

use stonecast_dental::finding::{Category, Score};
use stonecast_dental::{Fdi, Jaw, NotMeasured, Side};

use super::reading::{
    Gone, Reading, all_upper_posterior, answered, by_name, counted, crossbites, empty_places, gone,
    need_arch, negated, neighbours, of_some_teeth, of_teeth, over, place, places_without_wisdom, points,
    upper_canines, upper_incisors, used, value, value_tenths, weighted_sum, worst,
};
use crate::book::{Book, Reader, Spec};
use crate::grades::Bands;

const TABLE: &str = "abo_di";
const METHOD: &str = "abo-di";

pub(super) fn enter(book: &mut Book<'_>) {
    book.score(spec("di.overjet", "DI overjet"), overjet);
    book.score(spec("di.overbite", "DI overbite"), overbite);
    open_bites(book);
    crowding(book);
    occlusion(book);
    posterior_crossbites(book);
    other(book);
    cephalometric(book);
    totals(book);
}

fn spec(id: impl Into<String>, name: impl Into<String>) -> Spec {
    Spec::points(id, name, METHOD)
}

/// Whole millimetres of a reading in tenths, to the nearest, halves up.
fn nearest(tenths: i64) -> f64 {
    ((tenths + 5).div_euclid(10)) as f64
}

/// Full millimetres of a reading in tenths.
fn full(tenths: i64) -> f64 {
    tenths.div_euclid(10) as f64
}

fn overjet(reader: &Reader<'_>) -> Result<Score, NotMeasured> {
    let incisors = of_teeth(reader, "overjet.labial", &upper_incisors())?;
    let each = value(reader, TABLE, "overjet.negative");
    let canines = of_some_teeth(reader, "overjet.edge", &upper_canines())?;
    let negative: Score = (incisors.iter().chain(&canines))
        .map(|(_, q)| over(q, |o| if o < 0 { each * nearest(-o).max(1.0) } else { 0.0 }))
        .sum();
    let bands = Bands::from_row(used(reader, TABLE, "overjet"));
    let greatest = Reading::greatest(incisors.iter().map(|(_, q)| q)).expect("of_teeth gives at least one");
    Ok(greatest.points(|o| *bands.of_value(o as f64 / 10.0)) + negative)
}

fn overbite(reader: &Reader<'_>) -> Result<Score, NotMeasured> {
    let deep = of_teeth(reader, "overbite.mm", &upper_incisors())?;
    let cover = of_teeth(reader, "overbite.percent", &upper_incisors())?;
    let bands = Bands::from_row(used(reader, TABLE, "overbite"));
    let limit = value_tenths(reader, TABLE, "overbite.impinging.percent");
    let impinging = value(reader, TABLE, "overbite.impinging");
    let deep = deep.iter().map(|(_, q)| bands.score(q));
    let cover = (cover.iter()).map(|(_, q)| over(q, |c| if c >= limit { impinging } else { 0.0 }));
    Ok(worst(deep.chain(cover)))
}

fn open_bites(book: &mut Book<'_>) {
    book.score(spec("di.openbite.anterior", "DI anterior open bite"), |reader| {
        let edge = value_tenths(reader, TABLE, "openbite.edge");
        let first = value(reader, TABLE, "openbite");
        let incisors = of_teeth(reader, "overbite.mm", &upper_incisors())?;
        let of_incisors = incisors.iter().map(|(_, q)| {
            over(q, |overlap| {
                if overlap > edge {
                    0.0
                } else if overlap >= -edge {
                    first
                } else {
                    first + full(-overlap)
                }
            })
        });
        let canines = of_some_teeth(reader, "openbite", &upper_canines())?;
        let of_canines =
            (canines.iter()).map(|(_, q)| over(q, |gap| if gap > 0 { first + full(gap) } else { 0.0 }));
        Ok(of_incisors.chain(of_canines).sum())
    });
    book.score(spec("di.openbite.lateral", "DI lateral open bite"), |reader| {
        let each = value(reader, TABLE, "lateral");
        let found = of_teeth(reader, "openbite", &all_upper_posterior())?;
        let gaps = (found.iter()).map(|(_, q)| over(q, |gap| each * nearest(gap.max(0))));
        Ok(gaps.sum())
    });
}

fn crowding(book: &mut Book<'_>) {
    for jaw in [Jaw::Upper, Jaw::Lower] {
        let spec = spec(
            format!("di.crowding.{}", jaw.name()),
            format!("DI crowding of the {} arch", jaw.name()),
        );
        book.score(spec, move |reader| {
            let space = reader.number(&format!("space.discrepancy.{}", jaw.name()))?;
            Ok(Bands::from_row(used(reader, TABLE, "crowding")).score(&negated(space)))
        });
    }
    book.score(spec("di.crowding", "DI crowding, the worse arch"), |reader| {
        let of = |jaw: Jaw| reader.points(&format!("di.crowding.{}", jaw.name()));
        Ok(worst([of(Jaw::Upper)?, of(Jaw::Lower)?]))
    });
}

fn occlusion(book: &mut Book<'_>) {
    for side in [Side::Right, Side::Left] {
        let spec = spec(
            format!("di.occlusion.{}", side.name()),
            format!("DI occlusion of the {} side", side.name()),
        );
        book.score(spec, move |reader| {
            let id = format!("angle.molar.{}", side.name());
            let molar = reader.number(&id)?;
            let units = reader.number(&format!("{id}.units"))?;
            let share = |row: &str| value(reader, TABLE, row);
            // The width of the patient's premolars, in tenths, is what makes the one of the other.
            let unit = if units.value == 0.0 {
                f64::INFINITY
            } else {
                10.0 * molar.value / units.value
            };
            let [end_on, class] = ["occlusion.half", "occlusion.full"].map(|row| unit * share(row));
            let given = points(reader, TABLE, "occlusion");
            Ok(over(&molar, |off| match off.abs() as f64 {
                off if off < end_on => given[0],
                off if off < class => given[1],
                off => given[2] + ((off - class) / 10.0 + 1e-9).floor(),
            }))
        });
    }
}

fn posterior_crossbites(book: &mut Book<'_>) {
    for (key, name) in [("lingual", "crossbite"), ("buccal", "scissor")] {
        let spec = spec(
            format!("di.crossbite.{key}"),
            format!("DI {key} posterior crossbite"),
        );
        book.score(spec, move |reader| {
            let each = value(reader, TABLE, &format!("crossbite.{key}"));
            let teeth = crossbites(reader, &all_upper_posterior())?;
            let of = |names: &[&str]| by_name(names, |n| if n == name { each } else { 0.0 });
            Ok(teeth.iter().map(|(_, names)| of(names)).sum())
        });
    }
}

/// The parts of "other" in their order.
const OTHER: [&str; 5] = [
    "di.other.midline",
    "di.other.diastema",
    "di.other.spacing",
    "di.other.missing",
    "di.other.asked",
];

fn other(book: &mut Book<'_>) {
    book.score(spec(OTHER[0], "DI midline deviation"), |reader| {
        let limit = value_tenths(reader, TABLE, "other.midline.mm");
        let given = value(reader, TABLE, "other.midline");
        let deviation = reader.number("midline.deviation")?;
        Ok(over(&deviation, |d| if d.abs() >= limit { given } else { 0.0 }))
    });
    book.score(spec(OTHER[1], "DI upper diastema"), |reader| {
        need_arch(reader, Jaw::Upper)?;
        let [right, left] = [Side::Right, Side::Left].map(|side| place(Jaw::Upper, side, 1));
        if !reader.has_tooth(right) || !reader.has_tooth(left) {
            return Ok(Score::sure(0.0));
        }
        let limit = value_tenths(reader, TABLE, "other.diastema.mm");
        let given = value(reader, TABLE, "other.diastema");
        let gap = reader.number(&format!("spacing.{right}.{left}"))?;
        Ok(over(&gap, |gap| if gap >= limit { given } else { 0.0 }))
    });
    book.score(spec(OTHER[2], "DI generalised spacing"), |reader| {
        Ok(spacing(reader, Jaw::Upper)? + spacing(reader, Jaw::Lower)?)
    });
    book.score(spec(OTHER[3], "DI missing and impacted teeth"), |reader| {
        let mut sum = 0.0;
        for tooth in empty_places(reader, &places_without_wisdom())? {
            sum += match gone(reader, tooth)? {
                Gone::Lost => value(reader, TABLE, "other.missing"),
                Gone::NeverFormed => value(reader, TABLE, "other.missing.congenital"),
                Gone::Impacted => value(reader, TABLE, "other.impacted"),
                Gone::Unerupted => 0.0,
            };
        }
        Ok(Score::sure(sum))
    });
    book.score(spec(OTHER[4], "DI further findings, asked"), asked);
    book.score(spec("di.other", "DI other"), |reader| {
        weighted_sum(reader, OTHER.map(|id| (id, 1.0)))
    });
}

/// Points where enough teeth of an arch have a gap beside them. Teeth are counted by the fewest and the most gaps.
fn spacing(reader: &Reader<'_>, jaw: Jaw) -> Result<Score, NotMeasured> {
    need_arch(reader, jaw)?;
    let limit = value_tenths(reader, TABLE, "other.spacing.gap");
    let many = value(reader, TABLE, "other.spacing.teeth") as usize;
    let given = value(reader, TABLE, "other.spacing");
    let mut gaps: Vec<([Fdi; 2], Score)> = Vec::new();
    for pair in neighbours(reader, jaw) {
        let number = reader.number(&format!("spacing.{}.{}", pair[0], pair[1]))?;
        gaps.push((pair, over(&number, |gap| f64::from(u8::from(gap >= limit)))));
    }
    let of = |state: fn(&Score) -> f64| {
        let mut spaced: Vec<Fdi> = (gaps.iter().filter(|(_, open)| state(open) > 0.0))
            .flat_map(|(pair, _)| *pair)
            .collect();
        spaced.sort_unstable();
        spaced.dedup();
        if spaced.len() >= many { given } else { 0.0 }
    };
    Ok(Score {
        points: of(|s| s.points),
        low: of(|s| s.low),
        high: of(|s| s.high),
    })
}

fn asked(reader: &Reader<'_>) -> Result<Score, NotMeasured> {
    let mut sum = 0.0;
    for (key, question) in [
        ("ankylosed", "how many permanent teeth are ankylosed?"),
        ("anomalous", "how many teeth are of anomalous size or form?"),
        ("supernumerary", "how many supernumerary teeth are there?"),
        ("transposed", "how many transpositions are there?"),
    ] {
        let count = counted(reader, &format!("di.{key}"), question)?;
        sum += count * value(reader, TABLE, &format!("other.{key}"));
    }
    let question = "is there a skeletal asymmetry that treatment without surgery cannot resolve?";
    if reader.flag("di.asymmetry", question)? {
        sum += value(reader, TABLE, "other.asymmetry");
    }
    Ok(Score::sure(sum))
}

fn cephalometric(book: &mut Book<'_>) {
    book.score(
        spec("di.cephalometric", "DI cephalometric part, asked"),
        |reader| {
            let angle = |key: &str, words: &str| {
                let question = format!("{words} on the lateral radiograph, degrees?");
                answered(reader, &format!("ceph.{key}"), &question, [-60.0, 180.0])
            };
            let anb = angle("anb", "ANB")?;
            let plane = angle("sn-mp", "SN to the mandibular plane")?;
            let incisor = angle("impa", "lower incisor to the mandibular plane")?;
            let of = |id: &str| value(reader, TABLE, id);
            // How far beyond a limit, and the points: some at the limit, more for each full degree.
            let beyond =
                |by: f64, first: f64, each: f64| if by >= 0.0 { first + each * by.floor() } else { 0.0 };
            let first = of("ceph.anb");
            let points = beyond(anb - of("ceph.anb.high"), first, 1.0)
                + beyond(of("ceph.anb.low") - anb, first, 1.0)
                + beyond(plane - of("ceph.snmp.high"), of("ceph.snmp.high.points"), 2.0)
                + beyond(of("ceph.snmp.low") - plane, of("ceph.snmp.low.points"), 1.0)
                + beyond(incisor - of("ceph.impa.high"), of("ceph.impa"), 1.0);
            Ok(Score::sure(points))
        },
    );
}

const CAST: [&str; 9] = [
    "di.overjet",
    "di.overbite",
    "di.openbite.anterior",
    "di.openbite.lateral",
    "di.crowding",
    "di.occlusion.right",
    "di.occlusion.left",
    "di.crossbite.lingual",
    "di.crossbite.buccal",
];

fn totals(book: &mut Book<'_>) {
    book.score(spec("di.cast", "DI, what the cast alone gives"), |reader| {
        weighted_sum(reader, CAST.map(|id| (id, 1.0)))
    });
    book.score(spec("di.total", "ABO discrepancy index"), |reader| {
        let asked = [("di.other", 1.0), ("di.cephalometric", 1.0)];
        weighted_sum(reader, CAST.map(|id| (id, 1.0)).into_iter().chain(asked))
    });
    let complexity = Spec::category("di.complexity", "Complexity of the case by the ABO index", METHOD);
    book.category(complexity, |reader| {
        let total = reader.points("di.total")?;
        let bands = Bands::names_from_row(used(reader, TABLE, "complexity"));
        Ok(named(&bands, &total))
    });
}

/// The name of a total, and the names of its ends and of all between.
pub(super) fn named(bands: &Bands<String>, total: &Score) -> Category {
    let name = bands.of_value(total.points).clone();
    let mut others: Vec<String> = Vec::new();
    for points in (total.low.floor() as i64)..=(total.high.ceil() as i64) {
        let other = bands.of_value(points as f64);
        if *other != name && !others.contains(other) {
            others.push(other.clone());
        }
    }
    Category { name, others }
}
