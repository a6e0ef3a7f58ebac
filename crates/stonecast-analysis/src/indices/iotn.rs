//! IOTN, dental health component: the worst feature decides. What a cast cannot tell is asked.
//!
//! Units: grades 1 to 5, mm. Frame: the cast frame.
//!
//! Steps: `PARTS`, one category each with a code such as `4d` (grade and letter; `1` for nothing); `whole`, the worst of them.
//!
//! Limits and references: `docs/methods/iotn.md`.

use std::collections::BTreeSet;

use stonecast_dental::finding::{Category, Quantity, Score};
use stonecast_dental::{Jaw, NotMeasured, Side};

use super::reading::{
    Gone, Reading, all_upper_posterior, answered, arch, choice, crossbites, empty_places, gone, negated,
    none_of, of_some_teeth, of_teeth, places_without_wisdom, sagittal_numbers, tenths, upper_front,
    upper_incisors, used, value, value_tenths,
};
use crate::book::{Book, Reader, Spec};
use crate::grades::Bands;

const TABLE: &str = "iotn_dhc";
const METHOD: &str = "iotn";

type Part = fn(&Reader<'_>) -> Result<Category, NotMeasured>;

/// The parts in the order in which features of the same grade are named: missing teeth, overjet, crossbite, displacement,
/// overbite.
const PARTS: [(&str, &str, Part); 9] = [
    ("iotn.missing", "IOTN missing and impacted teeth", missing),
    (
        "iotn.other",
        "IOTN clefts, submerged, tipped and supernumerary teeth, asked",
        other,
    ),
    ("iotn.overjet", "IOTN overjet", overjet),
    ("iotn.reverse", "IOTN reverse overjet", reverse),
    ("iotn.crossbite", "IOTN crossbite", crossbite),
    ("iotn.displacement", "IOTN displacement of contacts", displacement),
    ("iotn.overbite", "IOTN overbite", overbite),
    ("iotn.openbite", "IOTN open bite", openbite),
    ("iotn.buccal", "IOTN pre- or post-normal occlusion", buccal),
];

pub(super) fn enter(book: &mut Book<'_>) {
    for (id, name, part) in PARTS {
        book.category(Spec::category(id, name, METHOD), part);
    }
    let spec = |id, name| Spec::points(id, name, METHOD);
    book.score(spec("iotn.least", "IOTN-DHC, at least"), |reader| {
        let (known, unknown) = parts(reader);
        match (known.is_empty(), unknown) {
            (true, Some(why)) => Err(why),
            _ => Ok(grade_of(&known)),
        }
    });
    book.score(spec("iotn.grade", "IOTN-DHC grade"), |reader| {
        Ok(grade_of(&whole(reader)?))
    });
    book.category(
        Spec::category("iotn.code", "IOTN-DHC, the worst feature", METHOD),
        |reader| Ok(code_of(&whole(reader)?)),
    );
    book.category(
        Spec::category("iotn.need", "Need by IOTN-DHC", METHOD),
        |reader| {
            let grade = reader.points("iotn.grade")?;
            let bands = Bands::names_from_row(used(reader, TABLE, "need"));
            Ok(super::abo_di::named(&bands, &grade))
        },
    );
}

/// What is known of the parts, and why the first of those that are not is not.
fn parts(reader: &Reader<'_>) -> (Vec<Category>, Option<NotMeasured>) {
    let mut known = Vec::new();
    let mut unknown = None;
    for (id, _, _) in PARTS {
        match reader.name(id) {
            Ok(category) => known.push(category.clone()),
            Err(why) => unknown = unknown.or(Some(why)),
        }
    }
    (known, unknown)
}

/// All parts; a part that is not known is no matter where another one has the highest grade for sure.
fn whole(reader: &Reader<'_>) -> Result<Vec<Category>, NotMeasured> {
    let (known, unknown) = parts(reader);
    let settled = known.iter().any(|part| of_codes(part).low == 5.0);
    match unknown {
        Some(why) if !settled => Err(why),
        _ => Ok(known),
    }
}

fn grade(code: &str) -> f64 {
    let digit = code.chars().next().and_then(|c| c.to_digit(10));
    f64::from(digit.expect("codes begin with their grade"))
}

fn of_codes(part: &Category) -> Score {
    let others = part.others.iter().map(|c| grade(c));
    let own = grade(&part.name);
    let (low, high) = others.fold((own, own), |(a, b), g| (a.min(g), b.max(g)));
    Score {
        points: own,
        low,
        high,
    }
}

fn grade_of(parts: &[Category]) -> Score {
    super::reading::worst(parts.iter().map(of_codes))
}

/// The first of the worst codes, and all others that may turn out to be the worst.
fn code_of(parts: &[Category]) -> Category {
    let all = grade_of(parts);
    let mut worst = parts.iter().filter(|p| grade(&p.name) == all.points);
    let name = worst.next().map_or_else(|| "1".to_owned(), |p| p.name.clone());
    let mut others: Vec<String> = Vec::new();
    if all.is_borderline() {
        for code in parts
            .iter()
            .flat_map(|p| std::iter::once(&p.name).chain(&p.others))
        {
            let open = (all.low..=all.high).contains(&grade(code));
            if open && *code != name && !others.contains(code) {
                others.push(code.clone());
            }
        }
    }
    // Not in the order of the teeth, which the mirror turns round.
    others.sort_unstable();
    Category { name, others }
}

/// A code by a reading in tenths and what was answered; without an answer each of the possible ones is tried. The name is
/// that of the number itself, which needs an answer where its code hangs on it.
fn coded(
    number: &Reading,
    answers: &Result<usize, NotMeasured>,
    possible: usize,
    code: impl Fn(i64, usize) -> String,
) -> Result<Category, NotMeasured> {
    let tried = match answers {
        Ok(answer) => vec![*answer],
        Err(_) => (0..possible).collect(),
    };
    let codes = |reading: i64| {
        let mut codes: Vec<String> = Vec::new();
        for answer in &tried {
            let code = code(reading, *answer);
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
    };
    let own = codes(number.own);
    match (own.as_slice(), answers) {
        ([name], _) => {
            let mut others: Vec<String> = Vec::new();
            for reading in number.open() {
                for other in codes(reading) {
                    if other != *name && !others.contains(&other) {
                        others.push(other);
                    }
                }
            }
            Ok(Category {
                name: name.clone(),
                others,
            })
        }
        (_, Err(why)) => Err(why.clone()),
        (_, Ok(_)) => unreachable!("one answer gives one code"),
    }
}

/// The code of a row of bands, where a band may have one code or, by the answer, one of two.
fn banded(
    reader: &Reader<'_>,
    row: &str,
    number: &Reading,
    answers: &Result<usize, NotMeasured>,
    possible: usize,
) -> Result<Category, NotMeasured> {
    let bands = Bands::names_from_row(used(reader, TABLE, row));
    coded(number, answers, possible, |reading, answer| {
        let codes: Vec<&str> = bands.of_value(reading as f64 / 10.0).split(' ').collect();
        codes[answer.min(codes.len() - 1)].to_owned()
    })
}

/// No answer is needed.
const PLAIN: Result<usize, NotMeasured> = Ok(0);

fn greatest<'q>(numbers: impl IntoIterator<Item = &'q Quantity>) -> Reading {
    Reading::greatest(numbers).expect("at least one number")
}

fn overjet(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    let most = greatest(
        of_teeth(reader, "overjet.labial", &upper_incisors())?
            .iter()
            .map(|(_, q)| q),
    );
    let question = "do the lips meet at rest (competent)?";
    let incompetent = reader
        .flag("iotn.lips-competent", question)
        .map(|yes| usize::from(!yes));
    banded(reader, "overjet", &most, &incompetent, 2)
}

/// A reverse overjet is one of all incisors; that of single teeth is a crossbite.
fn reverse(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    let found = of_teeth(reader, "overjet.labial", &upper_incisors())?;
    let needed = (value(reader, TABLE, "reverse.all") as usize).min(found.len());
    let reversed =
        |of: fn(&Quantity) -> f64| found.iter().filter(|(_, q)| tenths(of(q)) < 0).count() >= needed;
    if !reversed(|q| q.interval()[0]) {
        return Ok(Category::sure("1"));
    }
    let reverse: Vec<Quantity> = found.iter().map(|(_, q)| negated(*q)).collect();
    let question = "are there difficulties of mastication or speech?";
    let difficulties = reader.flag("iotn.difficulties", question).map(usize::from);
    let mut graded = banded(reader, "reverse", &greatest(&reverse), &difficulties, 2)?;
    if !reversed(|q| q.value) {
        // Most likely it is none, but their uncertainty leaves one of all incisors open.
        let open = std::mem::replace(&mut graded.name, "1".to_owned());
        graded.others.insert(0, open);
    } else if !reversed(|q| q.interval()[1]) {
        graded.others.push("1".to_owned());
    }
    let Category { name, mut others } = graded;
    let mut seen = BTreeSet::from([name.clone()]);
    others.retain(|other| seen.insert(other.clone()));
    Ok(Category { name, others })
}

fn crossbite(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    let front = crossbites(reader, &upper_front())?;
    let posterior = crossbites(reader, &all_upper_posterior())?;
    let teeth = || front.iter().chain(&posterior).map(|(_, names)| names);
    let answers = ShiftAndContact::asked(reader);
    let crossed = |name: &str| matches!(name, "crossbite" | "scissor");
    let scissor = |name: &str| name == "scissor";
    let own = |is: &dyn Fn(&str) -> bool| teeth().any(|names| is(names[0]));
    // Whether some tooth is so for sure, and whether some tooth may be.
    let open = |is: &dyn Fn(&str) -> bool| {
        let sure = teeth().any(|names| names.iter().all(|n| is(n)));
        [sure, teeth().any(|names| names.iter().any(|n| is(n)))]
    };
    let codes = answers.codes(own(&crossed), own(&scissor));
    let [name] = codes.as_slice() else {
        return Err(answers.missing());
    };
    let mut others: Vec<String> = Vec::new();
    for cross in open(&crossed) {
        for scissor in open(&scissor).into_iter().filter(|s| cross || !s) {
            for code in answers.codes(cross, scissor) {
                if code != *name && !others.contains(&code) {
                    others.push(code);
                }
            }
        }
    }
    Ok(Category {
        name: name.clone(),
        others,
    })
}

/// What a crossbite is graded by, asked: the codes that the answers give, or all where nobody answered.
struct ShiftAndContact {
    shift: Result<Vec<String>, (Vec<String>, NotMeasured)>,
    contact: Result<Vec<String>, (Vec<String>, NotMeasured)>,
}

impl ShiftAndContact {
    fn asked(reader: &Reader<'_>) -> Self {
        let bands = Bands::names_from_row(used(reader, TABLE, "crossbite"));
        let question = "by how many mm do retruded contact and intercuspal position differ?";
        let shift = answered(reader, "iotn.rcp-icp", question, [0.0, 20.0]);
        let question = "do the teeth of each side in scissor bite have functional occlusal contact?";
        let contact = reader.flag("iotn.functional-contact", question);
        let of_contact = |contact: bool| if contact { "1" } else { "4l" }.to_owned();
        Self {
            shift: shift
                .map(|shift| vec![bands.of_value(shift).clone()])
                .map_err(|why| (bands.gives.clone(), why)),
            contact: contact
                .map(|contact| vec![of_contact(contact)])
                .map_err(|why| ([true, false].map(of_contact).to_vec(), why)),
        }
    }

    /// Every code for a crossbite or none, a scissor bite or none.
    fn codes(&self, crossed: bool, scissor: bool) -> Vec<String> {
        let nothing = vec!["1".to_owned()];
        let of = |asked: &Result<Vec<String>, (Vec<String>, NotMeasured)>, counts: bool| match asked {
            _ if !counts => nothing.clone(),
            Ok(codes) | Err((codes, _)) => codes.clone(),
        };
        let mut codes: Vec<String> = Vec::new();
        for shift in of(&self.shift, crossed) {
            for contact in of(&self.contact, scissor) {
                let code = highest(vec![shift.clone(), contact]);
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
        }
        codes
    }

    /// Why the codes are several.
    fn missing(self) -> NotMeasured {
        let why = self.shift.err().or(self.contact.err());
        why.expect("several codes come of a missing answer").1
    }
}

/// The first of the highest codes.
fn highest(codes: Vec<String>) -> String {
    let mut codes = codes.into_iter();
    let first = codes.next().unwrap_or_else(|| "1".to_owned());
    codes.fold(first, |a, b| if grade(&b) > grade(&a) { b } else { a })
}

fn displacement(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    let mut codes = Vec::new();
    for jaw in [Jaw::Upper, Jaw::Lower] {
        super::reading::need_arch(reader, jaw)?;
        for pair in arch(jaw, 8).windows(2) {
            if reader.has_tooth(pair[0]) && reader.has_tooth(pair[1]) {
                let number = reader.number(&format!("displacement.{}.{}", pair[0], pair[1]))?;
                codes.push(banded(reader, "displacement", &Reading::of(&number), &PLAIN, 1)?);
            }
        }
    }
    if codes.is_empty() {
        return Err(none_of(reader, &upper_incisors()));
    }
    Ok(code_of(&codes))
}

fn openbite(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    let front = of_teeth(reader, "overbite.mm", &upper_incisors())?;
    let back = of_some_teeth(reader, "openbite", &all_upper_posterior())?;
    let gaps = front
        .iter()
        .map(|(_, q)| negated(*q))
        .chain(back.iter().map(|(_, q)| *q));
    let codes: Result<Vec<Category>, _> = gaps
        .map(|gap| banded(reader, "openbite", &Reading::of(&gap), &PLAIN, 1))
        .collect();
    Ok(code_of(&codes?))
}

fn overbite(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    let most = greatest(
        of_teeth(reader, "overbite.mm", &upper_incisors())?
            .iter()
            .map(|(_, q)| q),
    );
    let limit = value_tenths(reader, TABLE, "overbite.mm");
    let question =
        "do the incisors meet gingiva or palate: \"none\", \"gingival\" (without trauma) or \"trauma\"?";
    let contact = choice(
        reader,
        "iotn.overbite-contact",
        question,
        &["none", "gingival", "trauma"],
    );
    coded(&most, &contact, 3, |reading, answer| {
        let code = if reading < limit {
            "1"
        } else {
            ["2f", "3f", "4f"][answer]
        };
        code.to_owned()
    })
}

fn buccal(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    let good = value_tenths(reader, TABLE, "buccal.good");
    let mut codes = Vec::new();
    for side in [Side::Right, Side::Left] {
        // A side without the teeth is passed over, unless the other has none either.
        match sagittal_numbers(reader, side, "") {
            Ok(numbers) => codes.extend(numbers),
            Err(NotMeasured::MissingTeeth { .. }) => {}
            Err(why) => return Err(why),
        }
    }
    if codes.is_empty() {
        return Err(none_of(
            reader,
            &[Jaw::Upper, Jaw::Lower].map(|jaw| super::reading::place(jaw, Side::Right, 6)),
        ));
    }
    let coded: Result<Vec<Category>, _> = (codes.iter())
        .map(|q| {
            coded(&Reading::of(q), &PLAIN, 1, |off, _| {
                if off.abs() <= good { "1" } else { "2g" }.to_owned()
            })
        })
        .collect();
    Ok(code_of(&coded?))
}

fn missing(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    let most = value(reader, TABLE, "missing.one") as usize;
    let mut never_formed = [0usize; 4];
    let mut codes = vec!["1".to_owned()];
    for tooth in empty_places(reader, &places_without_wisdom())? {
        match gone(reader, tooth)? {
            Gone::NeverFormed => never_formed[usize::from(tooth.quadrant()) - 1] += 1,
            Gone::Impacted if !codes.iter().any(|c| c == "5i") => codes.push("5i".to_owned()),
            Gone::Impacted | Gone::Lost | Gone::Unerupted => {}
        }
    }
    match never_formed.into_iter().max() {
        Some(n) if n > most => codes.push("5h".to_owned()),
        Some(n) if n > 0 => codes.push("4h".to_owned()),
        _ => {}
    }
    Ok(Category::sure(highest(codes)))
}

fn other(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    for jaw in [Jaw::Upper, Jaw::Lower] {
        super::reading::need_arch(reader, jaw)?;
    }
    let mut codes = vec!["1".to_owned()];
    for (key, question, code) in [
        ("cleft", "is there a cleft or another craniofacial anomaly?", "5p"),
        (
            "submerged",
            "are there submerged primary teeth of which two cusps or less are seen?",
            "5s",
        ),
        (
            "tipped",
            "are there partially erupted teeth, tipped and impacted against their neighbours?",
            "4t",
        ),
        ("supernumerary", "are there supernumerary teeth?", "4x"),
    ] {
        if reader.flag(&format!("iotn.{key}"), question)? {
            codes.push(code.to_owned());
        }
    }
    Ok(Category::sure(highest(codes)))
}
