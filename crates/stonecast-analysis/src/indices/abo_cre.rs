//! The ABO cast-radiograph evaluation (objective grading system): the seven components of the cast, and the radiographic one, asked.
//!
//! Units: points. Frame: the cast frame.
//!
//! Steps: `items` (what of a component is graded), `component`, `totals`. The millimetres are those of
//! [`super::cre_measures`], and the gaps between neighbours.
//!
//! Limits and references: `docs/methods/abo-cre.md`.

use stonecast_dental::finding::Score;
use stonecast_dental::{Fdi, Jaw, NotMeasured};

use super::reading::{answered, arch, none_of, over, passed_over, used, weighted_sum};
use crate::book::{Book, Reader, Spec};
use crate::grades::Bands;

const TABLE: &str = "abo_cre";
const METHOD: &str = "abo-cre";

/// A tooth or a contact that is graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its teeth, as the last parts of its id.
    pub teeth: Vec<Fdi>,
}

impl Item {
    /// Of one component: `cre.ridges.mm.16.15`.
    pub fn id(&self, start: &str) -> String {
        let teeth = self.teeth.iter().map(|t| format!(".{t}"));
        std::iter::once(start.to_owned()).chain(teeth).collect()
    }

    fn words(&self) -> String {
        let teeth: Vec<String> = self.teeth.iter().map(ToString::to_string).collect();
        teeth.join(" to ")
    }
}

/// Which items a component grades, of teeth that are there.
pub(super) fn items(part: &str, has: impl Fn(Fdi) -> bool) -> Vec<Item> {
    let posterior = |t: Fdi| t.position() >= 4;
    let contacts = |wanted: &dyn Fn(Fdi, Fdi) -> bool| {
        let rows = [arch(Jaw::Upper, 7), arch(Jaw::Lower, 7)];
        let pairs: Vec<[Fdi; 2]> = rows
            .iter()
            .flat_map(|r| r.windows(2).map(|w| [w[0], w[1]]))
            .collect();
        let wanted = pairs
            .into_iter()
            .filter(|[a, b]| wanted(*a, *b) && has(*a) && has(*b));
        wanted
            .map(|pair| Item { teeth: pair.to_vec() })
            .collect::<Vec<_>>()
    };
    let teeth = |jaws: &[Jaw], wanted: &dyn Fn(Fdi) -> bool| {
        let all = jaws.iter().flat_map(|jaw| arch(*jaw, 7));
        let wanted = all.filter(|t| wanted(*t) && has(*t));
        wanted.map(|t| Item { teeth: vec![t] }).collect::<Vec<_>>()
    };
    let both = [Jaw::Upper, Jaw::Lower];
    match part {
        "alignment" => contacts(&|a, b| posterior(a) == posterior(b)),
        "ridges" => contacts(&|a, b| posterior(a) && posterior(b)),
        // A lower first premolar's lingual cusp is too small to say how the tooth stands.
        "inclination" => teeth(&both, &|t| {
            posterior(t) && !(t.jaw() == Jaw::Lower && t.position() == 4) && has(t.mirrored())
        }),
        "contacts" => teeth(&both, &posterior),
        "relationship" => teeth(&[Jaw::Upper], &|t| t.position() >= 3),
        "overjet.anterior" => teeth(&[Jaw::Lower], &|t| !posterior(t)),
        "overjet.posterior" => teeth(&[Jaw::Lower], &posterior),
        "interproximal" => contacts(&|_, _| true),
        other => unreachable!("{other} is no part of the evaluation"),
    }
}

/// The components of the cast, each with what it is made of.
const COMPONENTS: [(&str, &str, &[&str]); 7] = [
    ("cre.alignment", "alignment", &["alignment"]),
    ("cre.ridges", "marginal ridges", &["ridges"]),
    ("cre.inclination", "buccolingual inclination", &["inclination"]),
    ("cre.contacts", "occlusal contacts", &["contacts"]),
    ("cre.relationship", "occlusal relationship", &["relationship"]),
    (
        "cre.overjet",
        "overjet",
        &["overjet.anterior", "overjet.posterior"],
    ),
    ("cre.interproximal", "interproximal contacts", &["interproximal"]),
];

/// Where the millimetres of an item stand.
pub(super) fn number_of(part: &str, item: &Item) -> String {
    match part {
        "interproximal" => item.id("spacing"),
        _ => item.id(&format!("cre.{part}.mm")),
    }
}

pub(super) fn enter(book: &mut Book<'_>) {
    for (id, words, parts) in COMPONENTS {
        let has = |t: Fdi| book.subject().index_of(t).is_some();
        let of_part = |part: &'static str| items(part, has).into_iter().map(move |item| (part, item));
        let graded: Vec<(&str, Item)> = parts.iter().copied().flat_map(of_part).collect();
        for (part, item) in graded.clone() {
            let spec = Spec::points(
                item.id(&format!("cre.{part}")),
                format!("CRE {words}, {}", item.words()),
                METHOD,
            );
            book.score(spec.about(item.teeth.clone()), move |reader| {
                let number = reader.number(&number_of(part, &item))?;
                let bands = Bands::from_row(used(reader, TABLE, part));
                // A gap is graded as it is, whatever is off to one side or the other by how far it is off.
                let of = |mm: i64| if part == "interproximal" { mm } else { mm.abs() };
                Ok(over(&number, |mm| *bands.of_value(of(mm) as f64 / 10.0)))
            });
        }
        book.score(Spec::points(id, format!("CRE {words}"), METHOD), move |reader| {
            component(reader, &graded)
        });
    }
    totals(book);
}

fn component(reader: &Reader<'_>, graded: &[(&str, Item)]) -> Result<Score, NotMeasured> {
    let mut sum = Score::sure(0.0);
    let mut any = false;
    for (part, item) in graded {
        let id = item.id(&format!("cre.{part}"));
        if let Some(score) = passed_over(reader, &id, &item.teeth, reader.points(&id))? {
            sum = sum + score;
            any = true;
        }
    }
    if any {
        for jaw in [Jaw::Upper, Jaw::Lower] {
            if reader.teeth(jaw).is_empty() {
                reader.remark(&format!("counted without the {jaw} arch, which is not there"));
            }
        }
        return Ok(sum);
    }
    let all = [Jaw::Upper, Jaw::Lower].into_iter().flat_map(|jaw| arch(jaw, 7));
    let missing: Vec<Fdi> = all.filter(|t| !reader.has_tooth(*t)).collect();
    Err(none_of(reader, &missing))
}

fn totals(book: &mut Book<'_>) {
    let cast = || COMPONENTS.map(|(id, _, _)| (id, 1.0));
    book.score(
        Spec::points("cre.cast", "ABO cast evaluation, the cast's part", METHOD),
        move |reader| weighted_sum(reader, cast()),
    );
    book.score(
        Spec::points("cre.total", "ABO cast-radiograph evaluation", METHOD),
        move |reader| {
            let of_cast = weighted_sum(reader, cast())?;
            let question = "points lost for root angulation on the panoramic radiograph?";
            let roots = answered(reader, "cre.roots", question, [0.0, 64.0])?;
            Ok(of_cast + Score::sure(roots))
        },
    );
    book.category(
        Spec::category("cre.result", "What the board would usually say", METHOD),
        |reader| {
            let total = reader.points("cre.total")?;
            let bands = Bands::names_from_row(used(reader, TABLE, "pass"));
            Ok(super::abo_di::named(&bands, &total))
        },
    );
}
