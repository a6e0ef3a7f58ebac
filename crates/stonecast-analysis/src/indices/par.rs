//! The PAR index: eleven recorded components, weighted for the UK and for the USA.
//!
//! Units: points, mm, percent. Frame: the cast frame.
//!
//! Steps: `segments` (contacts of neighbouring permanent teeth, and unerupted teeth without room), `buccal` (sagittal, vertical
//! and transverse of each side), `overjet`, `overbite`, `centreline`, `totals`.
//!
//! Limits and references: `docs/methods/par.md`.

use stonecast_dental::finding::{Outcome, Quantity, Score, Unit};
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side};

use super::reading::{
    Gone, arch, by_name, crossbites, gone, is_empty, maybe, need_arch, negated, none_of, of_teeth, over,
    place, points, standing, upper_front, upper_incisors, upper_posterior, used, value, value_tenths,
    weighted_sum, worst, worst_interdigitation,
};
use crate::book::{Book, Reader, Spec};
use crate::geometry::horizontal_distance;
use crate::grades::Bands;
use crate::subject::place_in_row;

const TABLE: &str = "par";
const METHOD: &str = "par";
const SIDES: [Side; 2] = [Side::Right, Side::Left];

/// Enters the gaps over empty places: from the facing contact point of the tooth on one side to that on the other.
pub(super) fn measure(book: &mut Book<'_>) {
    for tooth in [Jaw::Upper, Jaw::Lower].into_iter().flat_map(|jaw| arch(jaw, 6)) {
        let subject = book.subject();
        if subject.cast.arch(tooth.jaw()).is_none() || !is_empty(|t| subject.index_of(t).is_some(), tooth) {
            continue;
        }
        let row = subject.row(tooth.jaw());
        let at = place_in_row(tooth);
        let before = row.iter().rfind(|t| place_in_row(**t) < at).copied();
        let after = row.iter().find(|t| place_in_row(**t) > at).copied();
        let spec = Spec::mm(
            format!("par.gap.{tooth}"),
            format!("gap between the neighbours of missing {tooth}, parallel to the occlusal plane"),
            METHOD,
        );
        book.number(spec.about([tooth]), move |view| {
            let (Some(a), Some(b)) = (before, after) else {
                return Err(NotMeasured::NotApplicable {
                    why: format!(
                        "tooth {tooth} has no neighbour on one side, so that there is no gap for it"
                    ),
                });
            };
            let facing = |own: Fdi, mesial: bool| {
                let kind = if mesial {
                    K::MesialContact
                } else {
                    K::DistalContact
                };
                view.point(own, kind)
            };
            let a = facing(a, a.side() == Side::Right)?;
            let b = facing(b, b.side() == Side::Left)?;
            view.draw(&format!("gap of {tooth}"), [a, b]);
            Ok(horizontal_distance(&a, &b))
        });
    }
}

pub(super) fn enter(book: &mut Book<'_>) {
    segments(book);
    buccal(book);
    overjet(book);
    overbite(book);
    centreline(book);
    totals(book);
}

fn spec(id: impl Into<String>, name: impl Into<String>) -> Spec {
    Spec::points(id, name, METHOD)
}

/// A stretch of an arch whose contacts are added.
struct Segment {
    id: String,
    name: String,
    jaw: Jaw,
    /// Places in order from the patient's right.
    row: Vec<Fdi>,
    /// The places whose missing teeth are its own: a canine's place belongs to the anterior segment alone.
    own: Vec<Fdi>,
}

fn all_segments() -> Vec<Segment> {
    let mut segments = Vec::new();
    for jaw in [Jaw::Upper, Jaw::Lower] {
        let front = arch(jaw, 3);
        segments.push(Segment {
            id: format!("par.anterior.{}", jaw.name()),
            name: format!("PAR {} anterior segment", jaw.name()),
            jaw,
            own: front.clone(),
            row: front,
        });
        for side in SIDES {
            let mut row: Vec<Fdi> = (3..=6).map(|p| place(jaw, side, p)).collect();
            if side == Side::Right {
                row.reverse();
            }
            segments.push(Segment {
                id: format!("par.segment.{}.{}", jaw.name(), side.name()),
                name: format!("PAR {} {} buccal segment", jaw.name(), side.name()),
                jaw,
                own: row.iter().copied().filter(|t| t.position() > 3).collect(),
                row,
            });
        }
    }
    segments
}

fn segments(book: &mut Book<'_>) {
    for Segment {
        id,
        name,
        jaw,
        row,
        own,
    } in all_segments()
    {
        let has = |t: Fdi| book.subject().index_of(t).is_some();
        let pairs: Vec<[Fdi; 2]> = (row.windows(2).map(|w| [w[0], w[1]]))
            .filter(|[a, b]| has(*a) && has(*b))
            .collect();
        let empty: Vec<Fdi> = own.iter().copied().filter(|t| is_empty(has, *t)).collect();
        for [a, b] in &pairs {
            let [a, b] = [*a, *b];
            let spec = spec(format!("par.contact.{a}.{b}"), format!("PAR contact {a} to {b}"));
            book.score(spec, move |reader| contact(reader, a, b));
        }
        for tooth in empty.iter().copied() {
            let spec = spec(
                format!("par.impaction.{tooth}"),
                format!("PAR impaction of {tooth}"),
            );
            book.score(spec.about([tooth]), move |reader| impaction(reader, tooth));
        }
        book.score(spec(id, name), move |reader| {
            need_arch(reader, jaw)?;
            let contacts = pairs.iter().map(|[a, b]| format!("par.contact.{a}.{b}"));
            let ids = contacts.chain(empty.iter().map(|t| format!("par.impaction.{t}")));
            let mut sum = Score::sure(0.0);
            for id in ids {
                sum = sum + reader.points(&id)?;
            }
            Ok(sum)
        });
    }
}

fn contact(reader: &Reader<'_>, a: Fdi, b: Fdi) -> Result<Score, NotMeasured> {
    let displacement = reader.number(&format!("displacement.{a}.{b}"))?;
    Ok(Bands::from_row(used(reader, TABLE, "contact")).score(&displacement))
}

fn impaction(reader: &Reader<'_>, tooth: Fdi) -> Result<Score, NotMeasured> {
    match gone(reader, tooth)? {
        Gone::Lost | Gone::NeverFormed => Ok(Score::sure(0.0)),
        Gone::Unerupted | Gone::Impacted => {
            let points = value(reader, TABLE, "contact.impacted");
            let room = value_tenths(reader, TABLE, "contact.impacted.gap");
            let gap = reader.number(&format!("par.gap.{tooth}"))?;
            Ok(over(&gap, |gap| if gap <= room { points } else { 0.0 }))
        }
    }
}

fn buccal(book: &mut Book<'_>) {
    for side in SIDES {
        let words = side.name();
        let id = move |plane: &str| format!("par.buccal.{plane}.{words}");
        let name = |plane: &str| format!("PAR {words} buccal occlusion, {plane}");
        book.score(spec(id("sagittal"), name("sagittal")), move |reader| {
            worst_interdigitation(reader, TABLE, side)
        });
        book.score(spec(id("vertical"), name("vertical")), move |reader| {
            vertical(reader, side)
        });
        book.score(spec(id("transverse"), name("transverse")), move |reader| {
            transverse(reader, side)
        });
        let total = spec(
            format!("par.buccal.{words}"),
            format!("PAR {words} buccal occlusion"),
        );
        book.score(total, move |reader| {
            let planes = ["sagittal", "vertical", "transverse"].map(id);
            weighted_sum(reader, planes.iter().map(|id| (id.as_str(), 1.0)))
        });
    }
}

fn vertical(reader: &Reader<'_>, side: Side) -> Result<Score, NotMeasured> {
    let teeth = upper_posterior(side);
    let gaps = of_teeth(reader, "openbite", &teeth)?;
    let limit = value_tenths(reader, TABLE, "vertical.gap");
    let many = value(reader, TABLE, "vertical.teeth");
    let open: Vec<Score> = (gaps.iter())
        .map(|(_, gap)| over(gap, |gap| f64::from(u8::from(gap > limit))))
        .collect();
    // Whether two of the teeth may be open together is asked of each tooth's ends, not of a sum's spread.
    let points = |end: fn(&Score) -> f64| f64::from(u8::from(open.iter().map(end).sum::<f64>() >= many));
    Ok(Score {
        points: points(|s| s.points),
        low: points(|s| s.low),
        high: points(|s| s.high),
    })
}

/// Crossbite and scissor bite are counted over all names that the teeth may have.
fn transverse(reader: &Reader<'_>, side: Side) -> Result<Score, NotMeasured> {
    let found = crossbites(reader, &upper_posterior(side))?;
    let given = points(reader, TABLE, "transverse");
    let of = |names: &[&str]| {
        let count = |name: &str| names.iter().filter(|n| **n == name).count();
        let (cross, scissor) = (count("crossbite"), count("scissor"));
        given[match (cross + scissor, scissor) {
            (_, 2..) => 4,
            (2.., _) => 3,
            (1, _) => 2,
            _ if count("tendency") > 0 => 1,
            _ => 0,
        }]
    };
    let first: Vec<&str> = found.iter().map(|(_, names)| names[0]).collect();
    let mut score = Score::sure(of(&first));
    for names in combinations(found.iter().map(|(_, names)| names.as_slice())) {
        let points = of(&names);
        score.low = score.low.min(points);
        score.high = score.high.max(points);
    }
    Ok(score)
}

/// Every way to take one of each list.
fn combinations<'n>(lists: impl Iterator<Item = &'n [&'n str]>) -> Vec<Vec<&'n str>> {
    lists.fold(vec![Vec::new()], |ways, list| {
        let longer = |way: &Vec<&'n str>| {
            let way = way.clone();
            list.iter().map(move |name| [way.as_slice(), &[*name]].concat())
        };
        ways.iter().flat_map(longer).collect()
    })
}

fn overjet(book: &mut Book<'_>) {
    for place in upper_incisors() {
        let has = |t: Fdi| book.subject().index_of(t).is_some();
        let tooth = standing(has, place);
        if has(tooth) {
            let spec = spec(
                format!("par.protrusion.{tooth}"),
                format!("PAR overjet of {tooth}"),
            );
            book.score(spec, move |reader| {
                let number = reader.number(&format!("overjet.labial.{tooth}"))?;
                Ok(Bands::from_row(used(reader, TABLE, "overjet")).score(&number))
            });
        }
    }
    book.score(
        spec("par.overjet.protrusion", "PAR overjet, greatest"),
        |reader| {
            let found = of_teeth(reader, "overjet.labial", &upper_incisors())?;
            let bands = Bands::from_row(used(reader, TABLE, "overjet"));
            Ok(worst(found.iter().map(|(_, q)| bands.score(q))))
        },
    );
    book.score(
        spec("par.overjet.crossbite", "PAR anterior crossbite"),
        anterior_crossbite,
    );
    book.score(
        spec("par.overjet", "PAR overjet and anterior crossbite"),
        |reader| {
            weighted_sum(
                reader,
                [("par.overjet.protrusion", 1.0), ("par.overjet.crossbite", 1.0)],
            )
        },
    );
}

fn anterior_crossbite(reader: &Reader<'_>) -> Result<Score, NotMeasured> {
    let given = points(reader, TABLE, "crossbite");
    let teeth = crossbites(reader, &upper_front())?;
    // 0: overlapped, 1: edge to edge, 2: crossbite.
    let state = |name: &str| match name {
        "crossbite" => 2.0,
        "edge to edge" => 1.0,
        _ => 0.0,
    };
    let states: Vec<Score> = teeth.iter().map(|(_, names)| by_name(names, state)).collect();
    let of = |state: fn(&Score) -> f64| {
        let crossed = states.iter().filter(|s| state(s) == 2.0).count();
        let edges = states.iter().any(|s| state(s) == 1.0);
        given[match crossed {
            0 => usize::from(edges),
            n => (n + 1).min(4),
        }]
    };
    Ok(Score {
        points: of(|s| s.points),
        low: of(|s| s.low),
        high: of(|s| s.high),
    })
}

fn overbite(book: &mut Book<'_>) {
    book.score(spec("par.overbite.cover", "PAR overbite, coverage"), |reader| {
        let found = of_teeth(reader, "overbite.percent", &upper_incisors())?;
        let bands = Bands::from_row(used(reader, TABLE, "overbite"));
        Ok(worst(found.iter().map(|(_, q)| bands.score(q))))
    });
    book.score(spec("par.overbite.open", "PAR open bite"), |reader| {
        let found = of_teeth(reader, "overbite.mm", &upper_incisors())?;
        let bands = Bands::from_row(used(reader, TABLE, "openbite"));
        Ok(worst(found.iter().map(|(_, q)| bands.score(&negated(*q)))))
    });
    book.score(spec("par.overbite", "PAR overbite and open bite"), |reader| {
        weighted_sum(reader, [("par.overbite.cover", 1.0), ("par.overbite.open", 1.0)])
    });
}

fn centreline(book: &mut Book<'_>) {
    let share = Spec::percent(
        "par.centreline.share",
        "Deviation of the centrelines in percent of a lower central incisor's width",
        METHOD,
    );
    book.derived(share, |reader| centreline_share(reader).map(Outcome::Number));
    book.score(spec("par.centreline", "PAR centreline"), |reader| {
        let share = reader.number("par.centreline.share")?;
        let bands = Bands::from_row(used(reader, TABLE, "centreline"));
        Ok(over(&share, |s| *bands.of_value(s.abs() as f64 / 10.0)))
    });
}

fn centreline_share(reader: &Reader<'_>) -> Result<Quantity, NotMeasured> {
    let centrals = SIDES.map(|side| place(Jaw::Lower, side, 1));
    // A primary incisor is narrower: only permanent ones are a measure.
    let mut widths: Vec<Quantity> = Vec::new();
    for tooth in centrals {
        widths.extend(maybe(reader, &format!("size.mesiodistal.{tooth}"), &[tooth])?);
    }
    if widths.is_empty() {
        return Err(none_of(reader, &centrals));
    }
    let deviation = reader.number("midline.deviation")?;
    let count = widths.len() as f64;
    let width = widths.iter().map(|w| w.value).sum::<f64>() / count;
    let of_width = (widths.iter().map(|w| w.uncertainty.powi(2)).sum::<f64>()).sqrt() / count;
    let share = 100.0 * deviation.value / width;
    Ok(Quantity {
        value: share,
        uncertainty: (100.0 * deviation.uncertainty / width).hypot(share * of_width / width),
        unit: Unit::Percent,
    })
}

/// The eleven components, with the end of the row of their weight; one that weighs nothing is not asked for.
const WEIGHTED: [(&str, &str); 11] = [
    ("par.anterior.upper", "anterior.upper"),
    ("par.anterior.lower", "anterior.lower"),
    ("par.buccal.right", "buccal"),
    ("par.buccal.left", "buccal"),
    ("par.overjet", "overjet"),
    ("par.overbite", "overbite"),
    ("par.centreline", "centreline"),
    ("par.segment.upper.right", "segments"),
    ("par.segment.upper.left", "segments"),
    ("par.segment.lower.right", "segments"),
    ("par.segment.lower.left", "segments"),
];

fn totals(book: &mut Book<'_>) {
    for (key, words) in [("uk", "UK"), ("us", "US")] {
        let spec = spec(format!("par.total.{key}"), format!("PAR index, {words} weights"));
        book.score(spec, move |reader| {
            let parts = WEIGHTED.map(|(id, row)| {
                let weight = value(reader, TABLE, &format!("weight.{key}.{row}"));
                (id, weight)
            });
            weighted_sum(reader, parts)
        });
    }
    let standard = Spec::category(
        "par.standard",
        "Standard of the occlusion by PAR, UK weights",
        METHOD,
    );
    book.category(standard, |reader| {
        let total = reader.points("par.total.uk")?;
        let bands = Bands::names_from_row(used(reader, TABLE, "outcome"));
        Ok(super::abo_di::named(&bands, &total))
    });
}
