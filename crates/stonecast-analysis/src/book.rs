//! The book of findings: measures are entered, run, and their uncertainty found by moving what they read.
//!
//! Units: each finding names its own. Frame: the cast frame.
//!
//! Steps
//! 1. Every analysis enters its measures ([`Book::number`], [`Book::numbers`]) and what follows from their findings
//!    ([`Book::score`], [`Book::category`], [`Book::derived`]).
//! 2. `measured`: each measure is run on the cast as it is, and what it reads is written down.
//! 3. `spread`: it is run again with each thing that it read moved by plus and minus one standard uncertainty. The root
//!    mean square of the two changes is that thing's share; the shares add in quadrature. For a smooth measure that is
//!    the law of propagation of uncertainty; at a kink, such as a distance of nothing, it does not vanish as a derivative
//!    would.
//! 4. `derive`: scores and categories, in the order in which they were entered.
//!
//! Limits: the parts are taken as independent and their effects as adding up; `docs/methods/uncertainty.md` tells how
//! well that holds against drawing all parts at random.
//!
//! References: JCGM 100:2008, section 5.1.2, and 5.1.3 note 2 for changes in place of derivatives (general knowledge).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use stonecast_dental::finding::{
    Category, Evidence, Outcome, Quantity, RowRef, Score, UncertaintyShare, Unit,
};
use stonecast_dental::{Fdi, Finding, Jaw, NotMeasured};

use crate::rows::Row;
use crate::subject::{Answer, Params, Subject};
use crate::view::{Input, Moved, Record, View, answer};

/// How many shares of an uncertainty a finding lists.
const SHARES: usize = 5;

/// What a finding is called and where it is defined.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    id: String,
    name: String,
    unit: Unit,
    method: &'static str,
    about: Vec<Fdi>,
}

impl Spec {
    /// A finding in some unit. `method` is a page in `docs/methods/`, without its ending.
    pub fn new(id: impl Into<String>, name: impl Into<String>, unit: Unit, method: &'static str) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            unit,
            method,
            about: Vec::new(),
        }
    }

    /// A length.
    pub fn mm(id: impl Into<String>, name: impl Into<String>, method: &'static str) -> Self {
        Self::new(id, name, Unit::Mm, method)
    }

    /// An angle.
    pub fn deg(id: impl Into<String>, name: impl Into<String>, method: &'static str) -> Self {
        Self::new(id, name, Unit::Deg, method)
    }

    /// A share in hundredths.
    pub fn percent(id: impl Into<String>, name: impl Into<String>, method: &'static str) -> Self {
        Self::new(id, name, Unit::Percent, method)
    }

    /// Points of an index.
    pub fn points(id: impl Into<String>, name: impl Into<String>, method: &'static str) -> Self {
        Self::new(id, name, Unit::Points, method)
    }

    /// A name out of a set.
    pub fn category(id: impl Into<String>, name: impl Into<String>, method: &'static str) -> Self {
        Self::new(id, name, Unit::One, method)
    }

    /// The teeth that the finding is about, where they are not just those that it reads.
    pub fn about(mut self, teeth: impl IntoIterator<Item = Fdi>) -> Self {
        self.about = teeth.into_iter().collect();
        self.about.sort_unstable();
        self
    }
}

type Measure<'a> = Box<dyn Fn(&View<'_>) -> Result<Vec<f64>, NotMeasured> + Send + Sync + 'a>;
type Derivation<'a> = Box<dyn Fn(&Reader<'_>) -> Result<Outcome, NotMeasured> + 'a>;

struct Job<'a> {
    specs: Vec<Spec>,
    measure: Measure<'a>,
}

/// Takes in what is to be measured.
pub struct Book<'a> {
    subject: &'a Subject<'a>,
    jobs: Vec<Job<'a>>,
    derived: Vec<(Spec, Derivation<'a>)>,
}

impl<'a> Book<'a> {
    pub(crate) fn new(subject: &'a Subject<'a>) -> Self {
        Self {
            subject,
            jobs: Vec::new(),
            derived: Vec::new(),
        }
    }

    /// What is measured, for work that need be done once only, such as sections of surfaces.
    pub fn subject(&self) -> &'a Subject<'a> {
        self.subject
    }

    /// How to measure.
    pub fn params(&self) -> &'a Params {
        self.subject.params
    }

    /// Enters one number.
    pub fn number(
        &mut self,
        spec: Spec,
        measure: impl Fn(&View<'_>) -> Result<f64, NotMeasured> + Send + Sync + 'a,
    ) {
        self.numbers(vec![spec], move |view| Ok(vec![measure(view)?]));
    }

    /// Enters numbers that come from one computation, in the order of their specs.
    pub fn numbers(
        &mut self,
        specs: Vec<Spec>,
        measure: impl Fn(&View<'_>) -> Result<Vec<f64>, NotMeasured> + Send + Sync + 'a,
    ) {
        self.jobs.push(Job {
            specs,
            measure: Box::new(measure),
        });
    }

    /// Enters points that follow from findings entered before.
    pub fn score(&mut self, spec: Spec, score: impl Fn(&Reader<'_>) -> Result<Score, NotMeasured> + 'a) {
        self.derived(spec, move |reader| score(reader).map(Outcome::Score));
    }

    /// Enters a name that follows from findings entered before.
    pub fn category(
        &mut self,
        spec: Spec,
        category: impl Fn(&Reader<'_>) -> Result<Category, NotMeasured> + 'a,
    ) {
        self.derived(spec, move |reader| category(reader).map(Outcome::Category));
    }

    /// Enters anything that follows from findings entered before.
    pub fn derived(&mut self, spec: Spec, derive: impl Fn(&Reader<'_>) -> Result<Outcome, NotMeasured> + 'a) {
        self.derived.push((spec, Box::new(derive)));
    }

    /// Runs everything. The findings are sorted by id.
    pub(crate) fn close(self) -> Vec<Finding> {
        let Self {
            subject,
            jobs,
            derived,
        } = self;
        let measured: Vec<Vec<Finding>> = jobs.into_par_iter().map(|job| measured(subject, &job)).collect();
        let mut done: BTreeMap<String, Finding> = BTreeMap::new();
        for finding in measured.into_iter().flatten() {
            let before = done.insert(finding.id.clone(), finding);
            debug_assert!(
                before.is_none(),
                "two measures have the id {}",
                before.unwrap().id
            );
        }
        for (spec, derive) in derived {
            let finding = derived_finding(subject, &done, &spec, &derive);
            let before = done.insert(finding.id.clone(), finding);
            debug_assert!(
                before.is_none(),
                "two findings have the id {}",
                before.unwrap().id
            );
        }
        done.into_values().collect()
    }

    /// Runs every measure `draws` times with all parts moved at random and independently, by `normal(draw, part)`
    /// standard uncertainties. For each number: its id and its values; a draw that could not be measured is left out.
    pub(crate) fn at_random(
        self,
        draws: usize,
        normal: &(dyn Fn(usize, usize, Input) -> f64 + Sync),
    ) -> Vec<(String, Vec<f64>)> {
        let subject = self.subject;
        let all: Vec<Vec<(String, Vec<f64>)>> = (self.jobs.par_iter().enumerate())
            .map(|(place, job)| {
                let mut values = vec![Vec::with_capacity(draws); job.specs.len()];
                let both = reads_both_jaws(subject, job);
                for draw in 0..draws {
                    let by = |input: Input| match input {
                        Input::Bite(_) if !both => 0.0,
                        Input::Given(_) => normal(draw, place, input),
                        _ => normal(draw, 0, input),
                    };
                    let view = View::new(subject, Moved::All(&by), None);
                    if let Ok(numbers) = (job.measure)(&view) {
                        values.iter_mut().zip(numbers).for_each(|(list, v)| list.push(v));
                    }
                }
                job.specs.iter().map(|s| s.id.clone()).zip(values).collect()
            })
            .collect();
        all.into_iter().flatten().collect()
    }
}

/// An arch alone does not move in its bite.
fn reads_both_jaws(subject: &Subject<'_>, job: &Job<'_>) -> bool {
    let record = RefCell::new(Record::default());
    let _ = (job.measure)(&View::new(subject, Moved::Nothing, Some(&record)));
    record.borrow().jaws.len() == 2
}

fn measured(subject: &Subject<'_>, job: &Job<'_>) -> Vec<Finding> {
    let record = RefCell::new(Record::default());
    let base = (job.measure)(&View::new(subject, Moved::Nothing, Some(&record)));
    let record = record.into_inner();
    let mut notes = record.notes.clone();
    let results: Result<Vec<Spread>, NotMeasured> = base.and_then(|base| {
        assert_eq!(
            base.len(),
            job.specs.len(),
            "{}: a number for each spec",
            job.specs[0].id
        );
        // A number that is none, such as a ratio to nothing, must not pass for one.
        if base.iter().any(|v| !v.is_finite()) {
            return Err(NotMeasured::OutOfRange {
                what: "the points give no finite number; look at the labels".to_owned(),
            });
        }
        let (numbers, fragile) = spread(subject, job, &record, &base);
        notes.extend(fragile.into_iter().map(|what| {
            format!(
                "cannot be measured when the {what} lies otherwise by its uncertainty: ± is a lower bound"
            )
        }));
        Ok(numbers)
    });
    let evidence = |shares: Vec<UncertaintyShare>| Evidence {
        points: record.points.clone(),
        curves: record.curves.clone(),
        read: record.read.clone(),
        findings: Vec::new(),
        rows: record.rows.iter().cloned().collect(),
        uncertainty: shares,
        notes: notes.clone(),
    };
    (job.specs.iter().enumerate())
        .map(|(place, spec)| {
            let (outcome, shares) = match &results {
                Ok(all) => {
                    let (value, uncertainty, shares) = all[place].clone();
                    let unit = spec.unit;
                    let number = Quantity {
                        value,
                        uncertainty,
                        unit,
                    };
                    (Outcome::Number(number), shares)
                }
                Err(why) => (Outcome::NotMeasured(why.clone()), Vec::new()),
            };
            finding(spec, outcome, &record.teeth, evidence(shares))
        })
        .collect()
}

fn finding(spec: &Spec, outcome: Outcome, read: &BTreeSet<Fdi>, evidence: Evidence) -> Finding {
    let mut teeth: BTreeSet<Fdi> = if spec.about.is_empty() {
        read.clone()
    } else {
        spec.about.iter().copied().collect()
    };
    if let Outcome::NotMeasured(why) = &outcome {
        match why.root() {
            NotMeasured::MissingTeeth { teeth: missing } => teeth.extend(missing),
            NotMeasured::NoPoint { tooth, .. } | NotMeasured::NoPart { tooth, .. } => {
                teeth.insert(*tooth);
            }
            _ => {}
        }
    }
    Finding {
        id: spec.id.clone(),
        name: spec.name.clone(),
        method: spec.method.to_owned(),
        outcome,
        teeth: teeth.into_iter().collect(),
        evidence,
    }
}

/// A number, its standard uncertainty and the largest shares of it.
type Spread = (f64, f64, Vec<UncertaintyShare>);

/// Each number with its standard uncertainty and the largest shares of it; and what cannot be moved by its uncertainty without
/// leaving nothing to be measured.
fn spread(
    subject: &Subject<'_>,
    job: &Job<'_>,
    record: &Record,
    base: &[f64],
) -> (Vec<Spread>, BTreeSet<String>) {
    let mut inputs: Vec<Input> = (record.inputs.iter())
        .filter(|(_, sigma)| **sigma > 0.0)
        .map(|(input, _)| *input)
        .collect();
    if record.jaws.len() == 2 {
        inputs.extend((0..6u8).map(Input::Bite).filter(|b| match b {
            Input::Bite(k) => subject.bite_sigma[usize::from(*k)] > 0.0,
            _ => false,
        }));
    }
    let mut shares: Vec<BTreeMap<String, f64>> = vec![BTreeMap::new(); base.len()];
    let mut fragile = BTreeSet::new();
    for input in inputs {
        let run = |by| (job.measure)(&View::new(subject, Moved::One(input, by), None)).ok();
        let sides: Vec<Vec<f64>> = [1.0, -1.0].into_iter().filter_map(run).collect();
        if sides.len() < 2 {
            fragile.insert(words(subject, record, input));
        }
        for (place, shares) in shares.iter_mut().enumerate() {
            let changes = sides.iter().map(|side| side[place] - base[place]);
            let squares: Vec<f64> = changes.map(|c| c * c).filter(|s| s.is_finite()).collect();
            let variance = squares.iter().sum::<f64>() / squares.len().max(1) as f64;
            if variance > 0.0 {
                *shares.entry(words(subject, record, input)).or_default() += variance;
            }
        }
    }
    let numbers = (base.iter().zip(shares))
        .map(|(value, shares)| {
            // From 0.0: an empty sum of floats is -0.0.
            let total: f64 = shares.values().fold(0.0, |sum, share| sum + share);
            let mut largest: Vec<UncertaintyShare> = (shares.into_iter())
                .map(|(what, variance)| UncertaintyShare {
                    what,
                    uncertainty: variance.sqrt(),
                })
                .collect();
            largest.sort_by(|a, b| b.uncertainty.total_cmp(&a.uncertainty).then(a.what.cmp(&b.what)));
            largest.truncate(SHARES);
            (*value, total.sqrt(), largest)
        })
        .collect();
    (numbers, fragile)
}

/// What an uncertainty comes from, for people. Parts with the same words are told as one.
fn words(subject: &Subject<'_>, record: &Record, input: Input) -> String {
    let tooth = |i: usize| subject.teeth[i].fdi;
    match input {
        Input::Point(i, kind, _) => format!("{} of {}", kind.words(), tooth(i)),
        Input::Curve(i, _) => format!("curves of {}", tooth(i)),
        Input::Margin(i, _) => format!("lingual gingival margin of {}", tooth(i)),
        Input::Turn(i, _) => format!("directions of {}", tooth(i)),
        Input::Width(i, 0) => format!("mesiodistal width of {}", tooth(i)),
        Input::Width(i, _) => format!("buccolingual width of {}", tooth(i)),
        Input::Widths(jaw, _) => format!("resolution of the {} scan", Jaw::name(jaw)),
        Input::Stretch(jaw, _) => format!("trueness of the {} scan", Jaw::name(jaw)),
        Input::Frame(0 | 1) => "tilt of the occlusal plane".to_owned(),
        Input::Frame(_) => "place of the midline".to_owned(),
        Input::Bite(_) => "bite".to_owned(),
        Input::Given(n) => record.given.get(n).cloned().unwrap_or_default(),
    }
}

/// What scores and categories are computed from: findings that are in the book already.
pub struct Reader<'a> {
    subject: &'a Subject<'a>,
    done: &'a BTreeMap<String, Finding>,
    used: RefCell<BTreeSet<String>>,
    rows: RefCell<BTreeSet<RowRef>>,
    read: RefCell<BTreeSet<String>>,
    notes: RefCell<Vec<String>>,
}

impl<'a> Reader<'a> {
    /// The number of a finding.
    ///
    /// # Errors
    /// When it was not measured.
    pub fn number(&self, id: &str) -> Result<Quantity, NotMeasured> {
        match &self.finding(id)?.outcome {
            Outcome::Number(quantity) => Ok(*quantity),
            other => Err(unfit(id, other)),
        }
    }

    /// The points of a finding.
    ///
    /// # Errors
    /// When it was not measured.
    pub fn points(&self, id: &str) -> Result<Score, NotMeasured> {
        match &self.finding(id)?.outcome {
            Outcome::Score(score) => Ok(*score),
            other => Err(unfit(id, other)),
        }
    }

    /// The name that a finding gives.
    ///
    /// # Errors
    /// When it was not measured.
    pub fn name(&self, id: &str) -> Result<&'a Category, NotMeasured> {
        match &self.finding(id)?.outcome {
            Outcome::Category(category) => Ok(category),
            other => Err(unfit(id, other)),
        }
    }

    fn finding(&self, id: &str) -> Result<&'a Finding, NotMeasured> {
        let found = self.done.get(id).ok_or_else(|| NotMeasured::NotApplicable {
            why: format!("this dentition has no {id}"),
        })?;
        self.used.borrow_mut().insert(id.to_owned());
        match &found.outcome {
            Outcome::NotMeasured(why) => Err(NotMeasured::NeedsFinding {
                id: id.to_owned(),
                because: Box::new(why.clone()),
            }),
            _ => Ok(found),
        }
    }

    /// True when a finding was entered, measured or not.
    pub fn has(&self, id: &str) -> bool {
        self.done.contains_key(id)
    }

    /// The ids of the findings under a part of an id, sorted.
    pub fn under(&self, part: &str) -> Vec<&'a str> {
        let from = self.done.range(format!("{part}.")..);
        let ids = from.map(|(id, _)| id.as_str());
        ids.take_while(|id| id.strip_prefix(part).is_some_and(|rest| rest.starts_with('.')))
            .collect()
    }

    /// True when the cast has the tooth.
    pub fn has_tooth(&self, tooth: Fdi) -> bool {
        self.subject.index_of(tooth).is_some()
    }

    /// The teeth of a jaw, from the patient's right to the left along the arch.
    pub fn teeth(&self, jaw: Jaw) -> Vec<Fdi> {
        self.subject.row(jaw)
    }

    /// What a person answered to a question that a cast cannot answer.
    ///
    /// # Errors
    /// When nobody answered.
    pub fn answer(&self, key: &str, question: &str) -> Result<&'a Answer, NotMeasured> {
        let found = answer(self.subject, key, question)?;
        self.read.borrow_mut().insert(format!("answer {key}"));
        Ok(found)
    }

    /// A yes or no that a person answered.
    ///
    /// # Errors
    /// When nobody answered, or with something else.
    pub fn flag(&self, key: &str, question: &str) -> Result<bool, NotMeasured> {
        match self.answer(key, question)? {
            Answer::Flag(flag) => Ok(*flag),
            _ => Err(NotMeasured::OutOfRange {
                what: format!("answer {key} is not yes or no (true or false)"),
            }),
        }
    }

    /// A row of a table that the finding rests on.
    pub fn rests_on(&self, row: &Row) {
        self.rows.borrow_mut().insert(row.reference());
    }

    /// Something that a reader of the finding should know.
    pub fn remark(&self, note: &str) {
        let mut notes = self.notes.borrow_mut();
        if !notes.iter().any(|n| n == note) {
            notes.push(note.to_owned());
        }
    }

    /// How to measure.
    pub fn params(&self) -> &'a Params {
        self.subject.params
    }
}

fn unfit(id: &str, outcome: &Outcome) -> NotMeasured {
    let what = format!("{id} is {outcome}, which is of another kind");
    NotMeasured::OutOfRange { what }
}

fn derived_finding(
    subject: &Subject<'_>,
    done: &BTreeMap<String, Finding>,
    spec: &Spec,
    derive: &Derivation<'_>,
) -> Finding {
    let reader = Reader {
        subject,
        done,
        used: RefCell::default(),
        rows: RefCell::default(),
        read: RefCell::default(),
        notes: RefCell::default(),
    };
    let outcome = derive(&reader).unwrap_or_else(Outcome::NotMeasured);
    let used = reader.used.into_inner();
    let behind = || used.iter().filter_map(|id| done.get(id));
    let teeth = behind().flat_map(|f| f.teeth.iter().copied()).collect();
    let mut rows = reader.rows.into_inner();
    rows.extend(behind().flat_map(|f| f.evidence.rows.iter().cloned()));
    let mut notes = reader.notes.into_inner();
    for note in behind().flat_map(|f| &f.evidence.notes) {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    let evidence = Evidence {
        findings: used.iter().cloned().collect(),
        rows: rows.into_iter().collect(),
        read: reader.read.into_inner().into_iter().collect(),
        notes,
        ..Evidence::default()
    };
    finding(spec, outcome, &teeth, evidence)
}
