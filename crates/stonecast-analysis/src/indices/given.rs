//! Scores from measurements that were made elsewhere: with a ruler, by another program, at random for a test.

use std::collections::BTreeMap;

use serde::Deserialize;
use stonecast_dental::finding::{Category, Unit};
use stonecast_dental::tooth::NotATooth;
use stonecast_dental::{Fdi, Findings, NotMeasured};
use stonecast_mesh::{Point, Vector};
use stonecast_teeth::{NoWidth, ToldBy};

use crate::book::{Book, Spec};
use crate::subject::{Answers, Axes, MeasuredCast, Params, Subject, SubjectTooth};

/// Measurements of a cast.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Given {
    /// FDI numbers of the teeth that are there.
    pub teeth: Vec<u8>,
    /// Value and standard uncertainty by the id of the finding.
    pub numbers: BTreeMap<String, [f64; 2]>,
    /// Name, and the others that it may be, by the id of the finding.
    pub categories: BTreeMap<String, Vec<String>>,
    /// Ids of findings that could not be measured although their teeth are there.
    pub unmeasured: Vec<String>,
    /// What a person said.
    pub answers: Answers,
}

/// The indices of a cast that was measured elsewhere.
///
/// # Errors
/// When a number is no tooth.
pub fn score(given: &Given) -> Result<Findings, NotATooth> {
    let params = Params {
        answers: given.answers.clone(),
        ..Params::default()
    };
    let mut teeth: Vec<SubjectTooth> = Vec::new();
    for number in &given.teeth {
        teeth.push(bare(Fdi::new(*number)?));
    }
    teeth.sort_by_key(|t| t.fdi);
    teeth.dedup_by_key(|t| t.fdi);
    let subject = Subject {
        teeth,
        ..Subject::new(MeasuredCast::default(), &params)
    };
    let mut book = Book::new(&subject);
    for (id, [value, sigma]) in &given.numbers {
        let (value, sigma) = (*value, *sigma);
        book.number(Spec::new(id, id, Unit::Mm, "given"), move |view| {
            Ok(view.given("given", value, sigma))
        });
    }
    for (id, names) in &given.categories {
        let others = names.iter().skip(1).cloned().collect();
        let name = names.first().cloned().unwrap_or_default();
        let category = Category { name, others };
        book.category(Spec::category(id, id, "given"), move |_| Ok(category.clone()));
    }
    for id in &given.unmeasured {
        book.derived(Spec::new(id, id, Unit::Mm, "given"), |_| {
            Err(NotMeasured::NotScanned {
                surface: "part that it is read from".to_owned(),
            })
        });
    }
    super::enter_scores(&mut book);
    Ok(Findings {
        findings: book.close(),
        outlines: Vec::new(),
    })
}

/// A tooth of which nothing is known but that it is there.
fn bare(fdi: Fdi) -> SubjectTooth {
    SubjectTooth {
        fdi,
        told_by: ToldBy::Human,
        axes: Axes {
            origin: Point::origin(),
            mesial: Vector::x(),
            facial: Vector::y(),
            occlusal: Vector::z(),
        },
        points: Vec::new(),
        facial_axis: Vec::new(),
        margin: Vec::new(),
        lingual_margin: None,
        curve_sigma: [0.0; 3],
        turn_sigma: [0.0; 3],
        mesiodistal_doubt: 0.0,
        taken_off: 0.0,
        astray: 0.0,
        mesiodistal: Err(NoWidth::TooLittle),
        buccolingual: Err(NoWidth::TooLittle),
    }
}
