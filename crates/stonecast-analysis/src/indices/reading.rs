//! What the indices share: which findings they read, and how points of several teeth come together.

use stonecast_dental::finding::{Quantity, Score};
use stonecast_dental::{Fdi, Jaw, NotMeasured, Side};

use crate::book::Reader;
use crate::rows::{Row, row};
use crate::subject::Answer;

/// The permanent tooth of a place.
pub(super) fn place(jaw: Jaw, side: Side, position: u8) -> Fdi {
    Fdi::permanent(jaw, side, position).expect("positions asked for here are from 1 to 8")
}

/// The places of an arch up to a position, from the patient's right to the left.
pub(super) fn arch(jaw: Jaw, last: u8) -> Vec<Fdi> {
    let right = (1..=last).rev().map(|p| place(jaw, Side::Right, p));
    right
        .chain((1..=last).map(|p| place(jaw, Side::Left, p)))
        .collect()
}

/// The places of a side of an arch between two positions, from the midline outwards.
pub(super) fn side_of(jaw: Jaw, side: Side, positions: std::ops::RangeInclusive<u8>) -> Vec<Fdi> {
    positions.map(|p| place(jaw, side, p)).collect()
}

/// The upper incisors from right to left.
pub(super) fn upper_incisors() -> Vec<Fdi> {
    arch(Jaw::Upper, 2)
}

/// The upper canines.
pub(super) fn upper_canines() -> [Fdi; 2] {
    [Side::Right, Side::Left].map(|side| place(Jaw::Upper, side, 3))
}

/// The upper incisors and canines from right to left.
pub(super) fn upper_front() -> Vec<Fdi> {
    arch(Jaw::Upper, 3)
}

/// The upper posterior teeth of a side, without the third molar.
pub(super) fn upper_posterior(side: Side) -> Vec<Fdi> {
    side_of(Jaw::Upper, side, 4..=7)
}

/// Those of both sides.
pub(super) fn all_upper_posterior() -> Vec<Fdi> {
    [Side::Right, Side::Left]
        .into_iter()
        .flat_map(upper_posterior)
        .collect()
}

/// Every place but those of third molars.
pub(super) fn places_without_wisdom() -> Vec<Fdi> {
    [Jaw::Upper, Jaw::Lower]
        .into_iter()
        .flat_map(|jaw| arch(jaw, 7))
        .collect()
}

/// The tooth in a place: the permanent one, or the primary one where that alone is there. An empty place is called by its
/// permanent tooth.
pub(super) fn standing(has: impl Fn(Fdi) -> bool, place: Fdi) -> Fdi {
    let primary = Fdi::primary(place.jaw(), place.side(), place.position());
    match primary {
        Some(primary) if !has(place) && has(primary) => primary,
        _ => place,
    }
}

/// A finding, or `None` where there can be none because teeth are missing or have no antagonist: the indices pass over
/// missing teeth. `teeth` are those that it is read from.
pub(super) fn passed_over<T>(
    reader: &Reader<'_>,
    id: &str,
    teeth: &[Fdi],
    found: Result<T, NotMeasured>,
) -> Result<Option<T>, NotMeasured> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(why) if matches!(why.root(), NotMeasured::MissingTeeth { .. }) => Ok(None),
        Err(why) if reader.has(id) && matches!(why.root(), NotMeasured::NotApplicable { .. }) => Ok(None),
        Err(_) if !reader.has(id) && teeth.iter().any(|t| !reader.has_tooth(*t)) => Ok(None),
        Err(why) => Err(why),
    }
}

/// The same for a number.
pub(super) fn maybe(reader: &Reader<'_>, id: &str, teeth: &[Fdi]) -> Result<Option<Quantity>, NotMeasured> {
    passed_over(reader, id, teeth, reader.number(id))
}

/// One number for each of some places whose teeth are there; at least one of them must be.
pub(super) fn of_teeth(
    reader: &Reader<'_>,
    part: &str,
    teeth: &[Fdi],
) -> Result<Vec<(Fdi, Quantity)>, NotMeasured> {
    let found = of_some_teeth(reader, part, teeth)?;
    if found.is_empty() {
        return Err(none_of(reader, teeth));
    }
    Ok(found)
}

/// One number for each of some places whose teeth are there.
pub(super) fn of_some_teeth(
    reader: &Reader<'_>,
    part: &str,
    teeth: &[Fdi],
) -> Result<Vec<(Fdi, Quantity)>, NotMeasured> {
    let mut found = Vec::new();
    for &place in teeth {
        let tooth = standing(|t| reader.has_tooth(t), place);
        if let Some(number) = maybe(reader, &format!("{part}.{tooth}"), &[tooth])? {
            found.push((tooth, number));
        }
    }
    Ok(found)
}

/// Why nothing of some teeth is there.
pub(super) fn none_of(reader: &Reader<'_>, teeth: &[Fdi]) -> NotMeasured {
    let without = teeth
        .iter()
        .map(|t| t.jaw())
        .find(|jaw| reader.teeth(*jaw).is_empty());
    match without {
        Some(jaw) => NotMeasured::NoArch { jaw },
        None => NotMeasured::MissingTeeth {
            teeth: teeth.to_vec(),
        },
    }
}

/// An arch with teeth is needed where "no tooth is amiss" would otherwise be said of none.
pub(super) fn need_arch(reader: &Reader<'_>, jaw: Jaw) -> Result<(), NotMeasured> {
    if reader.teeth(jaw).is_empty() {
        return Err(NotMeasured::NoArch { jaw });
    }
    Ok(())
}

/// A number as the ruler shows it: in tenths, halves away from zero.
pub(super) fn tenths(value: f64) -> i64 {
    // Halves are those on the ruler, not in binary: 1.05 is 10.5 tenths, not a little less.
    let tenths = value * 10.0;
    (tenths + tenths.signum() * 1e-8).round() as i64
}

/// How many readings are tried at most between the ends of an interval: two metres of ruler.
const READINGS: i64 = 20_000;

/// A reading with the least and the greatest that its uncertainty leaves open, in tenths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub own: i64,
    low: i64,
    high: i64,
}

impl Reading {
    pub fn of(number: &Quantity) -> Self {
        let [low, high] = number.interval().map(tenths);
        Self {
            own: tenths(number.value),
            low,
            high,
        }
    }

    /// The greatest of several numbers: it is at least the greatest of their low ends. `None` of none.
    pub fn greatest<'q>(numbers: impl IntoIterator<Item = &'q Quantity>) -> Option<Self> {
        let readings = numbers.into_iter().map(Self::of);
        readings.reduce(|a, b| Self {
            own: a.own.max(b.own),
            low: a.low.max(b.low),
            high: a.high.max(b.high),
        })
    }

    /// Every reading that is open, in order.
    pub fn open(&self) -> impl Iterator<Item = i64> + use<> {
        self.low..=self.high.min(self.low + READINGS)
    }

    /// Points by any rule, and the fewest and most of every reading that is open.
    pub fn points(&self, points: impl Fn(i64) -> f64) -> Score {
        let all = self.open().map(&points);
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), p| {
            (a.min(p), b.max(p))
        });
        Score {
            points: points(self.own),
            low,
            high,
        }
    }
}

/// Points for a number by any rule, given in tenths, and the fewest and most that its uncertainty leaves open.
pub(super) fn over(number: &Quantity, points: impl Fn(i64) -> f64) -> Score {
    Reading::of(number).points(points)
}

/// The worst of some scores: the most points, and the most of the fewest and of the most. 0 of none.
pub(super) fn worst(scores: impl IntoIterator<Item = Score>) -> Score {
    scores.into_iter().fold(Score::sure(0.0), |a, b| Score {
        points: a.points.max(b.points),
        low: a.low.max(b.low),
        high: a.high.max(b.high),
    })
}

/// The sum of findings, each times its weight; those that weigh nothing are not asked for.
pub(super) fn weighted_sum<'s>(
    reader: &Reader<'_>,
    parts: impl IntoIterator<Item = (&'s str, f64)>,
) -> Result<Score, NotMeasured> {
    let mut sum = Score::sure(0.0);
    for (id, weight) in parts {
        if weight != 0.0 {
            sum = sum + reader.points(id)?.times(weight);
        }
    }
    Ok(sum)
}

/// The opposite of a number.
pub(super) fn negated(number: Quantity) -> Quantity {
    Quantity {
        value: -number.value,
        ..number
    }
}

/// A row that the score rests on.
pub(super) fn used(reader: &Reader<'_>, table: &str, id: &str) -> &'static Row {
    let row = row(table, id);
    reader.rests_on(row);
    row
}

/// The value of such a row.
pub(super) fn value(reader: &Reader<'_>, table: &str, id: &str) -> f64 {
    used(reader, table, id).number("value")
}

/// The value of such a row in tenths.
pub(super) fn value_tenths(reader: &Reader<'_>, table: &str, id: &str) -> i64 {
    tenths(value(reader, table, id))
}

/// The points of a row that lists them without bounds.
pub(super) fn points(reader: &Reader<'_>, table: &str, id: &str) -> Vec<f64> {
    used(reader, table, id).numbers("points")
}

/// Points for how far a buccal segment is off full interdigitation of any class: none, less than half a unit, half a unit.
/// The number is in units; it is read in hundredths.
pub(super) fn interdigitation(reader: &Reader<'_>, table: &str, number: &Quantity) -> Score {
    let good = value_tenths(reader, table, "sagittal.good") * 10;
    let half = value_tenths(reader, table, "sagittal.half") * 10;
    let given = points(reader, table, "sagittal");
    let tenfold = Quantity {
        value: 10.0 * number.value,
        uncertainty: 10.0 * number.uncertainty,
        ..*number
    };
    over(&tenfold, |hundredths| {
        let off = hundredths.abs() % 100;
        let off = off.min(100 - off);
        if off <= good {
            given[0]
        } else if off >= 50 - half {
            given[2]
        } else {
            given[1]
        }
    })
}

/// The worst interdigitation of a side: canine, premolars, molars.
pub(super) fn worst_interdigitation(
    reader: &Reader<'_>,
    table: &str,
    side: Side,
) -> Result<Score, NotMeasured> {
    let numbers = sagittal_numbers(reader, side, ".units")?;
    Ok(worst(numbers.iter().map(|q| interdigitation(reader, table, q))))
}

/// How far canine, premolars and molars of a side are off Class I, in mm or in `.units`; at least one of the three must be
/// there.
pub(super) fn sagittal_numbers(
    reader: &Reader<'_>,
    side: Side,
    end: &str,
) -> Result<Vec<Quantity>, NotMeasured> {
    let mut found = Vec::new();
    for (name, positions) in [("canine", 3..=4), ("premolar", 4..=5), ("molar", 6..=6)] {
        let upper = side_of(Jaw::Upper, side, positions.clone());
        let teeth = [upper, side_of(Jaw::Lower, side, positions)].concat();
        let id = format!("angle.{name}.{}{end}", side.name());
        found.extend(maybe(reader, &id, &teeth)?);
    }
    if found.is_empty() {
        let molars = [Jaw::Upper, Jaw::Lower].map(|jaw| place(jaw, side, 6));
        return Err(none_of(reader, &molars));
    }
    Ok(found)
}

/// What is known of the crossbite of the teeth in some upper places: its name and the others that are open. At least one
/// must be known.
pub(super) fn crossbites<'r>(
    reader: &'r Reader<'_>,
    teeth: &[Fdi],
) -> Result<Vec<(Fdi, Vec<&'r str>)>, NotMeasured> {
    let mut found = Vec::new();
    for &place in teeth {
        let tooth = standing(|t| reader.has_tooth(t), place);
        let id = format!("crossbite.{tooth}");
        if let Some(category) = passed_over(reader, &id, &[tooth], reader.name(&id))? {
            let names = std::iter::once(&category.name).chain(&category.others);
            found.push((tooth, names.map(String::as_str).collect()));
        }
    }
    if found.is_empty() {
        return Err(none_of(reader, teeth));
    }
    Ok(found)
}

/// Points for each of some teeth by the name of its crossbite, and the fewest and most of all its names.
pub(super) fn by_name(names: &[&str], points: impl Fn(&str) -> f64) -> Score {
    let all = names.iter().map(|n| points(n));
    Score {
        points: points(names[0]),
        low: all.clone().fold(f64::INFINITY, f64::min),
        high: all.fold(f64::NEG_INFINITY, f64::max),
    }
}

/// Why a place is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    Lost,
    NeverFormed,
    Unerupted,
    Impacted,
}

/// True when neither the permanent tooth nor the primary one before it stands in its place.
pub(super) fn is_empty(has: impl Fn(Fdi) -> bool, tooth: Fdi) -> bool {
    let primary = Fdi::primary(tooth.jaw(), tooth.side(), tooth.position());
    !has(tooth) && !primary.is_some_and(has)
}

/// The empty ones of some places, of arches that are there.
pub(super) fn empty_places(reader: &Reader<'_>, places: &[Fdi]) -> Result<Vec<Fdi>, NotMeasured> {
    for jaw in [Jaw::Upper, Jaw::Lower] {
        if places.iter().any(|t| t.jaw() == jaw) {
            need_arch(reader, jaw)?;
        }
    }
    let empty = places.iter().copied();
    Ok(empty.filter(|t| is_empty(|t| reader.has_tooth(t), *t)).collect())
}

/// Why a place is empty: asked, for a cast does not show it.
pub(super) fn gone(reader: &Reader<'_>, tooth: Fdi) -> Result<Gone, NotMeasured> {
    let key = format!("tooth.{tooth}");
    let question = format!(
        "why is tooth {tooth} not on the cast: \"lost\", \"never-formed\", \"unerupted\" or \"impacted\"?"
    );
    let names = ["lost", "never-formed", "unerupted", "impacted"];
    let of = [Gone::Lost, Gone::NeverFormed, Gone::Unerupted, Gone::Impacted];
    Ok(of[choice(reader, &key, &question, &names)?])
}

/// Which of some names was answered.
pub(super) fn choice(
    reader: &Reader<'_>,
    key: &str,
    question: &str,
    names: &[&str],
) -> Result<usize, NotMeasured> {
    let answer = reader.answer(key, question)?;
    let found = match answer {
        Answer::Text(text) => names.iter().position(|n| n == text),
        _ => None,
    };
    found.ok_or_else(|| NotMeasured::OutOfRange {
        what: format!("answer {key} is none of {}", names.join(", ")),
    })
}

/// A number that was answered, within bounds.
pub(super) fn answered(
    reader: &Reader<'_>,
    key: &str,
    question: &str,
    [least, most]: [f64; 2],
) -> Result<f64, NotMeasured> {
    match reader.answer(key, question)? {
        Answer::Number(n) if (least..=most).contains(n) => Ok(*n),
        _ => Err(NotMeasured::OutOfRange {
            what: format!("answer {key} is no number from {least} to {most}"),
        }),
    }
}

/// How many of something there are, as answered.
pub(super) fn counted(reader: &Reader<'_>, key: &str, question: &str) -> Result<f64, NotMeasured> {
    let count = answered(reader, key, question, [0.0, 32.0])?;
    if count.fract() != 0.0 {
        return Err(NotMeasured::OutOfRange {
            what: format!("answer {key} is no whole number"),
        });
    }
    Ok(count)
}

/// The neighbours of an arch whose places are next to each other, from the patient's right to the left.
pub(super) fn neighbours(reader: &Reader<'_>, jaw: Jaw) -> Vec<[Fdi; 2]> {
    let row = arch(jaw, 8).into_iter();
    let row: Vec<Fdi> = row
        .map(|place| standing(|t| reader.has_tooth(t), place))
        .collect();
    let pairs = row.windows(2).map(|w| [w[0], w[1]]);
    pairs
        .filter(|pair| pair.iter().all(|t| reader.has_tooth(*t)))
        .collect()
}
