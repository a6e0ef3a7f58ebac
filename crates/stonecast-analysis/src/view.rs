//! What a measure sees of a cast: every look is remembered as evidence, and every part can be moved by its uncertainty.
//!
//! Units: mm. Frame: the cast frame.
//!
//! A measure is run many times on the same cast: once as it is, when what it reads is written down, and then with one
//! part after the other moved by its standard uncertainty ([`crate::book`]). A measure must therefore read through its
//! view alone and be a plain function of it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use nalgebra::{Rotation3, Unit};
use stonecast_dental::finding::{EvidenceCurve, EvidencePoint, RowRef};
use stonecast_dental::{Fdi, Jaw, LandmarkKind, NotMeasured};
use stonecast_mesh::{Point, Vector};
use stonecast_teeth::{NoWidth, ToldBy};

use crate::rows::{Row, row};
use crate::subject::{Answer, Axes, BiteFacts, Subject, SubjectTooth};

/// Something that is known only to an uncertainty. Numbers are places in the subject's teeth and along axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Input {
    /// A landmark along one of its tooth's axes.
    Point(usize, LandmarkKind, u8),
    /// A tooth's curves along one of its axes.
    Curve(usize, u8),
    /// The most apical point of a tooth's lingual margin along one of its axes.
    Margin(usize, u8),
    /// A tooth's directions, turned about one of them.
    Turn(usize, u8),
    /// A tooth's mesiodistal (0) or buccolingual (1) width.
    Width(usize, u8),
    /// What all mesiodistal (0) or buccolingual (1) widths of an arch have in common.
    Widths(Jaw, u8),
    /// The scale of an arch along x or y.
    Stretch(Jaw, u8),
    /// The cast frame: turns about x, y, z; shift along x.
    Frame(u8),
    /// The lower arch against the upper: shifts along x, y, z; turns about them.
    Bite(u8),
    /// The n-th value that a measure brings along.
    Given(usize),
}

/// By how many standard uncertainties each part is moved.
#[derive(Clone, Copy)]
pub(crate) enum Moved<'a> {
    Nothing,
    One(Input, f64),
    All(&'a dyn Fn(Input) -> f64),
}

/// What a measure read.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub inputs: BTreeMap<Input, f64>,
    pub points: Vec<EvidencePoint>,
    pub curves: Vec<EvidenceCurve>,
    pub read: Vec<String>,
    pub rows: BTreeSet<RowRef>,
    pub notes: Vec<String>,
    pub teeth: BTreeSet<Fdi>,
    pub jaws: BTreeSet<Jaw>,
    pub given: Vec<String>,
}

impl Record {
    fn note_once(list: &mut Vec<String>, text: String) {
        if !list.contains(&text) {
            list.push(text);
        }
    }
}

/// A cast as a measure sees it.
pub struct View<'a> {
    subject: &'a Subject<'a>,
    moved: Moved<'a>,
    record: Option<&'a RefCell<Record>>,
    given: Cell<usize>,
}

impl<'a> View<'a> {
    pub(crate) fn new(
        subject: &'a Subject<'a>,
        moved: Moved<'a>,
        record: Option<&'a RefCell<Record>>,
    ) -> Self {
        Self {
            subject,
            moved,
            record,
            given: Cell::new(0),
        }
    }

    /// By how much a part is moved in this run.
    fn shift(&self, input: Input, sigma: f64) -> f64 {
        match self.moved {
            Moved::Nothing => 0.0,
            Moved::One(one, by) if one == input => by * sigma,
            Moved::One(..) => 0.0,
            Moved::All(by) => by(input) * sigma,
        }
    }

    fn note(&self, write: impl FnOnce(&mut Record)) {
        if let Some(record) = self.record {
            write(&mut record.borrow_mut());
        }
    }

    /// What is measured, for what a measure must know beside points: surfaces and labels. Nothing of it is moved.
    pub fn subject(&self) -> &'a Subject<'a> {
        self.subject
    }

    /// True when the cast has the tooth.
    pub fn has(&self, tooth: Fdi) -> bool {
        self.subject.index_of(tooth).is_some()
    }

    /// The teeth of a jaw, from the patient's right to the left along the arch.
    pub fn teeth(&self, jaw: Jaw) -> Vec<Fdi> {
        self.subject.row(jaw)
    }

    /// The teeth that are there, of some.
    ///
    /// # Errors
    /// All of them that are not.
    pub fn need(&self, teeth: &[Fdi]) -> Result<(), NotMeasured> {
        let missing: Vec<Fdi> = teeth.iter().copied().filter(|t| !self.has(*t)).collect();
        match missing.first() {
            None => Ok(()),
            Some(first) if self.subject.cast.arch(first.jaw()).is_none() => {
                Err(NotMeasured::NoArch { jaw: first.jaw() })
            }
            Some(_) => Err(NotMeasured::MissingTeeth { teeth: missing }),
        }
    }

    fn tooth(&self, tooth: Fdi) -> Result<(usize, &'a SubjectTooth), NotMeasured> {
        let Some(index) = self.subject.index_of(tooth) else {
            self.need(&[tooth])?;
            unreachable!("a tooth without a place is missing");
        };
        let found = &self.subject.teeth[index];
        self.note(|record| {
            record.teeth.insert(tooth);
            if let ToldBy::Auto(confidence) = found.told_by
                && confidence < DOUBTFUL
            {
                let share = (100.0 * confidence).round();
                Record::note_once(
                    &mut record.notes,
                    format!(
                        "tooth {tooth} bears its number with a confidence of {share} %: look at its labels"
                    ),
                );
            }
        });
        Ok((index, found))
    }

    fn note_jaw(&self, jaw: Jaw) {
        self.note(|record| {
            record.jaws.insert(jaw);
            for axis in 0..2 {
                record
                    .inputs
                    .insert(Input::Stretch(jaw, axis), self.subject.stretch_sigma);
            }
            for axis in 0..4u8 {
                let sigma = self.subject.frame_sigma[usize::from(axis)];
                record.inputs.insert(Input::Frame(axis), sigma);
            }
        });
    }

    /// A landmark of a tooth, in the cast frame.
    ///
    /// # Errors
    /// When the arch, the tooth or the point is not there.
    pub fn point(&self, tooth: Fdi, kind: LandmarkKind) -> Result<Point, NotMeasured> {
        let (index, found) = self.tooth(tooth)?;
        let Some(point) = found.point(kind) else {
            return Err(NotMeasured::NoPoint { tooth, point: kind });
        };
        self.note_jaw(tooth.jaw());
        self.note(|record| {
            for (axis, sigma) in point.sigma.iter().enumerate() {
                record
                    .inputs
                    .insert(Input::Point(index, kind, axis as u8), *sigma);
            }
            let evidence = EvidencePoint {
                tooth: Some(tooth),
                what: kind.words().to_owned(),
                xyz: point.at.into(),
            };
            if !record.points.contains(&evidence) {
                record.points.push(evidence);
            }
        });
        let shift = |axis: u8| {
            let sigma = point.sigma[usize::from(axis)];
            self.shift(Input::Point(index, kind, axis), sigma)
        };
        let moved = along(&found.axes, std::array::from_fn(|axis| shift(axis as u8)));
        Ok(self.placed(tooth.jaw(), &(point.at + moved)))
    }

    /// The first of several landmarks that a tooth has.
    ///
    /// # Errors
    /// As [`View::point`], for the last of them.
    pub fn first_point(&self, tooth: Fdi, kinds: &[LandmarkKind]) -> Result<Point, NotMeasured> {
        let (_, found) = self.tooth(tooth)?;
        let kind = kinds.iter().find(|k| found.point(**k).is_some()).or(kinds.last());
        self.point(tooth, *kind.expect("at least one kind of point is asked for"))
    }

    /// The facial axis of a tooth's clinical crown, from the margin to the edge or cusp.
    ///
    /// # Errors
    /// When the arch, the tooth or the curve is not there.
    pub fn facial_axis(&self, tooth: Fdi) -> Result<Vec<Point>, NotMeasured> {
        let (index, found) = self.tooth(tooth)?;
        self.curve(
            tooth,
            index,
            found,
            &found.facial_axis,
            "facial axis of the clinical crown",
        )
    }

    /// The longest piece of a tooth's gingival margin.
    ///
    /// # Errors
    /// When the arch, the tooth or the curve is not there.
    pub fn margin(&self, tooth: Fdi) -> Result<Vec<Point>, NotMeasured> {
        let (index, found) = self.tooth(tooth)?;
        let margin = found.margin.first().map_or(&[][..], Vec::as_slice);
        self.curve(tooth, index, found, margin, "gingival margin")
    }

    /// The most apical point of a tooth's gingival margin on its lingual side.
    ///
    /// # Errors
    /// When the arch, the tooth or the margin is not there.
    pub fn lingual_margin(&self, tooth: Fdi) -> Result<Point, NotMeasured> {
        let what = "most apical point of the lingual gingival margin";
        let (index, found) = self.tooth(tooth)?;
        let (at, sigma) = found.lingual_margin.ok_or_else(|| NotMeasured::NoPart {
            tooth,
            part: what.to_owned(),
        })?;
        self.note_jaw(tooth.jaw());
        self.note(|record| {
            for (axis, sigma) in sigma.iter().enumerate() {
                record.inputs.insert(Input::Margin(index, axis as u8), *sigma);
            }
            let evidence = EvidencePoint {
                tooth: Some(tooth),
                what: what.to_owned(),
                xyz: at.into(),
            };
            if !record.points.contains(&evidence) {
                record.points.push(evidence);
            }
        });
        let shift = |axis: usize| self.shift(Input::Margin(index, axis as u8), sigma[axis]);
        let moved = along(&found.axes, std::array::from_fn(shift));
        Ok(self.placed(tooth.jaw(), &(at + moved)))
    }

    fn curve(
        &self,
        tooth: Fdi,
        index: usize,
        found: &SubjectTooth,
        points: &[Point],
        what: &str,
    ) -> Result<Vec<Point>, NotMeasured> {
        if points.len() < 2 {
            let part = what.to_owned();
            return Err(NotMeasured::NoPart { tooth, part });
        }
        self.note_jaw(tooth.jaw());
        self.note(|record| {
            for (axis, sigma) in found.curve_sigma.iter().enumerate() {
                record.inputs.insert(Input::Curve(index, axis as u8), *sigma);
            }
            let what = format!("{what} of {tooth}");
            if !record.curves.iter().any(|c| c.what == what) {
                let points = points.iter().map(|p| (*p).into()).collect();
                record.curves.push(EvidenceCurve { what, points });
            }
        });
        let shift = |axis: u8| {
            let sigma = found.curve_sigma[usize::from(axis)];
            self.shift(Input::Curve(index, axis), sigma)
        };
        let moved = along(&found.axes, std::array::from_fn(|axis| shift(axis as u8)));
        Ok(points
            .iter()
            .map(|p| self.placed(tooth.jaw(), &(p + moved)))
            .collect())
    }

    /// A tooth's own directions.
    ///
    /// # Errors
    /// When the arch or the tooth is not there.
    pub fn axes(&self, tooth: Fdi) -> Result<Axes, NotMeasured> {
        let (index, found) = self.tooth(tooth)?;
        self.note_jaw(tooth.jaw());
        self.note(|record| {
            for (axis, sigma) in found.turn_sigma.iter().enumerate() {
                record.inputs.insert(Input::Turn(index, axis as u8), *sigma);
            }
            Record::note_once(&mut record.read, format!("directions of {tooth}"));
        });
        let axes = &found.axes;
        let turn = |axis: u8| self.shift(Input::Turn(index, axis), found.turn_sigma[usize::from(axis)]);
        let turn = Rotation3::new(along(axes, std::array::from_fn(|axis| turn(axis as u8))));
        let jaw = tooth.jaw();
        let direction = |d: &Vector| self.turned(jaw, &(turn * d));
        Ok(Axes {
            origin: self.placed(jaw, &axes.origin),
            mesial: direction(&axes.mesial),
            facial: direction(&axes.facial),
            occlusal: direction(&axes.occlusal),
        })
    }

    /// The middle of a tooth's crown, for what needs its place alone: its directions are not read.
    ///
    /// # Errors
    /// When the arch or the tooth is not there.
    pub fn origin(&self, tooth: Fdi) -> Result<Point, NotMeasured> {
        let (_, found) = self.tooth(tooth)?;
        self.note_jaw(tooth.jaw());
        self.note(|record| Record::note_once(&mut record.read, format!("middle of {tooth}")));
        Ok(self.placed(tooth.jaw(), &found.axes.origin))
    }

    /// A tooth's greatest mesiodistal width, mm.
    ///
    /// # Errors
    /// When the arch or the tooth is not there or the width was not measured.
    pub fn mesiodistal(&self, tooth: Fdi) -> Result<f64, NotMeasured> {
        let width = self.width(tooth, 0, "mesiodistal width", |t| t.mesiodistal)?;
        let (_, found) = self.tooth(tooth)?;
        if found.taken_off >= 0.005 {
            self.remark(&format!(
                "the width of {tooth} is {:.2} mm less than its surface is wide: so much it overlaps its neighbours",
                found.taken_off
            ));
        }
        if found.astray > 0.0 {
            self.rests_on(row("measurement_precision", "width-against-contacts"));
            self.remark(&format!(
                "the width of {tooth} and the distance of its contact points differ widely: look at its labels"
            ));
        }
        Ok(width)
    }

    /// A tooth's greatest buccolingual width, mm.
    ///
    /// # Errors
    /// When the arch or the tooth is not there or the width was not measured.
    pub fn buccolingual(&self, tooth: Fdi) -> Result<f64, NotMeasured> {
        self.width(tooth, 1, "buccolingual width", |t| t.buccolingual)
    }

    fn width(
        &self,
        tooth: Fdi,
        which: u8,
        name: &str,
        of: impl Fn(&SubjectTooth) -> Result<(f64, [f64; 2]), NoWidth>,
    ) -> Result<f64, NotMeasured> {
        let (index, found) = self.tooth(tooth)?;
        let (value, [own, common]) = of(found).map_err(|_| NotMeasured::NoPart {
            tooth,
            part: name.to_owned(),
        })?;
        self.note(|record| {
            record.jaws.insert(tooth.jaw());
            record.inputs.insert(Input::Width(index, which), own);
            let shared = record
                .inputs
                .entry(Input::Widths(tooth.jaw(), which))
                .or_default();
            *shared = shared.max(common);
            Record::note_once(&mut record.read, format!("{name} of {tooth}"));
        });
        let in_common = self.shift(Input::Widths(tooth.jaw(), which), common);
        Ok(value + self.shift(Input::Width(index, which), own) + in_common)
    }

    /// How the arches meet.
    ///
    /// # Errors
    /// When an arch is not there or the bite is not known.
    pub fn bite(&self) -> Result<BiteFacts, NotMeasured> {
        for jaw in [Jaw::Upper, Jaw::Lower] {
            if self.subject.cast.arch(jaw).is_none() {
                return Err(NotMeasured::NoArch { jaw });
            }
        }
        let bite = self.subject.cast.bite.ok_or(NotMeasured::NoBite)?;
        if bite.estimated {
            self.remark("the bite was estimated by the program: check it against the mouth");
        }
        Ok(bite)
    }

    /// A value that the measure brings along from elsewhere, with its standard uncertainty. The calls of a measure must
    /// come in the same order in every run.
    pub fn given(&self, what: &str, value: f64, sigma: f64) -> f64 {
        let place = self.given.get();
        self.given.set(place + 1);
        let input = Input::Given(place);
        self.note(|record| {
            record.inputs.insert(input, sigma);
            record.given.push(what.to_owned());
            Record::note_once(&mut record.read, what.to_owned());
        });
        value + self.shift(input, sigma)
    }

    /// What a person answered to a question that a cast cannot answer.
    ///
    /// # Errors
    /// When nobody answered.
    pub fn answer(&self, key: &str, question: &str) -> Result<&'a Answer, NotMeasured> {
        let found = answer(self.subject, key, question)?;
        self.note(|record| Record::note_once(&mut record.read, format!("answer {key}")));
        Ok(found)
    }

    /// A curve to be shown with the finding, in the cast frame.
    pub fn draw(&self, what: &str, points: impl IntoIterator<Item = Point>) {
        self.note(|record| {
            let points = points.into_iter().map(Into::into).collect();
            record.curves.push(EvidenceCurve {
                what: what.to_owned(),
                points,
            });
        });
    }

    /// A point to be shown with the finding, in the cast frame.
    pub fn mark(&self, what: &str, at: Point) {
        self.note(|record| {
            record.points.push(EvidencePoint {
                tooth: None,
                what: what.to_owned(),
                xyz: at.into(),
            });
        });
    }

    /// A row of a table that the number rests on.
    pub fn rests_on(&self, row: &Row) {
        self.note(|record| {
            record.rows.insert(row.reference());
        });
    }

    /// Something that a reader of the finding should know.
    pub fn remark(&self, note: &str) {
        self.note(|record| Record::note_once(&mut record.notes, note.to_owned()));
    }

    /// A point of an arch where this run puts it: the arch stretched, the lower one moved in its bite, the frame turned.
    fn placed(&self, jaw: Jaw, p: &Point) -> Point {
        if self.leaves_places() {
            return *p;
        }
        let stretch = |axis| 1.0 + self.shift(Input::Stretch(jaw, axis), self.subject.stretch_sigma);
        let mut p = Point::new(p.x * stretch(0), p.y * stretch(1), p.z);
        if jaw == Jaw::Lower {
            let bite = self.bite_shifts();
            let centre = self.subject.lower_centre;
            p = centre + rotation(&bite[3..]) * (p - centre) + Vector::new(bite[0], bite[1], bite[2]);
        }
        let frame = self.frame_shifts();
        rotation(&frame[..3]) * p + Vector::new(frame[3], 0.0, 0.0)
    }

    /// A direction where this run puts it.
    fn turned(&self, jaw: Jaw, d: &Vector) -> Vector {
        if self.leaves_places() {
            return *d;
        }
        let mut d = *d;
        if jaw == Jaw::Lower {
            d = rotation(&self.bite_shifts()[3..]) * d;
        }
        rotation(&self.frame_shifts()[..3]) * d
    }

    /// True in the many runs that move nothing but a part of one tooth.
    fn leaves_places(&self) -> bool {
        match self.moved {
            Moved::Nothing => true,
            Moved::One(one, _) => !matches!(one, Input::Stretch(..) | Input::Frame(_) | Input::Bite(_)),
            Moved::All(_) => false,
        }
    }

    fn bite_shifts(&self) -> [f64; 6] {
        let sigma = &self.subject.bite_sigma;
        std::array::from_fn(|k| self.shift(Input::Bite(k as u8), sigma[k]))
    }

    fn frame_shifts(&self) -> [f64; 4] {
        let sigma = &self.subject.frame_sigma;
        std::array::from_fn(|k| self.shift(Input::Frame(k as u8), sigma[k]))
    }
}

/// What a person answered, where somebody did.
pub(crate) fn answer<'a>(
    subject: &Subject<'a>,
    key: &str,
    question: &str,
) -> Result<&'a Answer, NotMeasured> {
    subject
        .params
        .answers
        .get(key)
        .ok_or_else(|| NotMeasured::NotOnCast {
            answer: key.to_owned(),
            question: question.to_owned(),
        })
}

/// A tooth whose number is less sure than this is remarked on.
const DOUBTFUL: f64 = 0.8;

fn along(axes: &Axes, by: [f64; 3]) -> Vector {
    axes.mesial * by[0] + axes.facial * by[1] + axes.occlusal * by[2]
}

fn rotation(turn: &[f64]) -> Rotation3<f64> {
    let turn = Vector::new(turn[0], turn[1], turn[2]);
    Unit::try_new_and_get(turn, 0.0).map_or_else(Rotation3::identity, |(axis, angle)| {
        Rotation3::from_axis_angle(&axis, angle)
    })
}
