//! Articulator settings read off paths of the jaw: of settings that made them, or of a patient's record.
//!
//! Units: mm, degrees. Frame: angles against the reference plane of the mounting.
//!
//! Steps: [`Articulator::recover`]
//! 1. `Traces::of`: the ways of the condylar balls and of the pin's tip, as far as `reach`.
//! 2. `inclination`: the mean direction of a condyle's way from its start, each place weighted by its distance squared; on a
//!    curved guide less what the arc of that radius has turned by there.
//! 3. `side_line`: Bennett angle and immediate side shift as slope and intercept of inward over forward, from where the shift
//!    has come in full (`side-shift` of `tables/articulator.toml`). `table`: the three slopes of the incisal table together, as the
//!    tip also goes a little aside in protrusion where the sides differ.
//! 4. Each value has the residual of its fit and the standard deviation that follows from it.
//!
//! Limits: the balls must be the points that were guided. With a hinge axis a few mm off, a Bennett angle was read wrong by -8.9 to
//! +5.5° and an inclination by -2.0 to +2.8° on average (Dtsch Zahnärztl Z 2000;55(8), Condylocomp on a Protar 7).
//! References: docs/methods/articulator-kinematics.md. Cadiax 4 manual, page 61: settings are told for 3, 5 and 10 mm of way.

use nalgebra::Matrix3;
use serde::{Deserialize, Serialize};
use stonecast_dental::finding::Evidence;
use stonecast_dental::{Deg, Finding, Mm, NotMeasured, Outcome, Quantity, Side, Sides, Unit};
use stonecast_mesh::{Point, Vector};

use crate::motion::{Articulator, chord_turn};
use crate::path::{JawPath, MotionKind};
use crate::rows::row;
use crate::settings::{GuideShape, IncisalGuide, Settings};

/// A value read off a path.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// The value, in mm or degrees as its field says.
    pub value: f64,
    /// Its standard deviation, from the scatter about the fit.
    pub uncertainty: f64,
    /// How far the way lies off the fit, root mean square, mm.
    pub residual_mm: f64,
}

/// What was read; `None` where the path that it needs was not given or is too short.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recovered {
    /// Degrees, from the protrusion.
    pub inclination: Sides<Option<Read>>,
    /// Degrees, of the balancing condyle.
    pub bennett: Sides<Option<Read>>,
    /// Millimetres, of the balancing condyle.
    pub side_shift: Sides<Option<Read>>,
    /// Degrees, by which the balancing path is steeper than the protrusive one.
    pub fischer: Sides<Option<Read>>,
    /// Degrees: the fall of the pin's tip in protrusion.
    pub table_protrusive: Option<Read>,
    /// Degrees: its fall to each side, beyond what going forward asks.
    pub table_lateral: Sides<Option<Read>>,
}

impl Articulator {
    /// Reads the settings off a protrusion and laterotrusions to both sides, each as far as a condyle's distance from its
    /// start is within `reach`. The form of the guides and the place of the balls are this articulator's.
    ///
    /// ```
    /// use stonecast_articulator::{Articulator, MotionKind, MotionRequest, Mounting, MountingInput, Settings};
    /// use stonecast_dental::{Deg, Mm, Sides};
    /// let mounting = Mounting::average(&MountingInput::in_cast_frame([0.0, 2.0, 1.0]))?;
    /// let set = Settings::preset("generic")?.with_inclination(Sides { right: Deg(31.0), left: Deg(42.0) });
    /// let articulator = Articulator::new(mounting, set)?;
    /// let path = articulator.path(&MotionRequest::usual(MotionKind::Protrusion))?;
    /// let read = articulator.recover(&[path], Mm(5.0));
    /// assert!((read.inclination.left.unwrap().value - 42.0).abs() < 1e-6);
    /// assert!(read.bennett.left.is_none(), "a protrusion has no side");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn recover(&self, paths: &[JawPath], reach: Mm) -> Recovered {
        let traces = |kind: MotionKind| {
            let path = paths.iter().find(|path| path.kind == kind)?;
            Some(Traces::of(self, path, reach.0))
        };
        let guide = self.settings.guide;
        let mut read = Recovered::default();
        // The places of the pin's tip on all paths: a table is one surface.
        let mut tips: Vec<Gone> = Vec::new();
        if let Some(protrusion) = traces(MotionKind::Protrusion) {
            read.inclination = Sides::each(|side| inclination(protrusion.condyle(side), guide));
            tips.extend(protrusion.tip);
        }
        for working in [Side::Right, Side::Left] {
            let Some(lateral) = traces(MotionKind::Laterotrusion(working)) else {
                continue;
            };
            let balancing = working.opposite();
            let way = lateral.condyle(balancing);
            let (bennett, side_shift) = side_line(way, -balancing.sign()).unzip();
            set(&mut read.bennett, balancing, bennett);
            set(&mut read.side_shift, balancing, side_shift);
            let fischer = inclination(way, guide).zip(read.inclination.of(balancing));
            let fischer = fischer.map(|(lateral, forward)| Read {
                value: lateral.value - forward.value,
                uncertainty: lateral.uncertainty.hypot(forward.uncertainty),
                residual_mm: lateral.residual_mm.max(forward.residual_mm),
            });
            set(&mut read.fischer, balancing, fischer);
            tips.extend(lateral.tip);
        }
        let [front, right, left] = table(&tips);
        read.table_protrusive = front;
        read.table_lateral = Sides { right, left };
        read
    }
}

fn set<T>(sides: &mut Sides<T>, side: Side, value: T) {
    match side {
        Side::Right => sides.right = value,
        Side::Left => sides.left = value,
    }
}

impl Recovered {
    /// Settings with what was read in place of what they began with.
    #[must_use]
    pub fn put_into(&self, mut settings: Settings) -> Settings {
        let put = |began: f64, read: Option<Read>| read.map_or(began, |read| read.value);
        let degrees = |began: Sides<Deg>, read: &Sides<Option<Read>>| {
            Sides::each(|side| Deg(put(began.of(side).0, read.of(side))))
        };
        settings.inclination = degrees(settings.inclination, &self.inclination);
        settings.bennett = degrees(settings.bennett, &self.bennett);
        settings.fischer = degrees(settings.fischer, &self.fischer);
        settings.side_shift =
            Sides::each(|side| Mm(put(settings.side_shift.of(side).0, self.side_shift.of(side))));
        if let IncisalGuide::Table { protrusive, lateral } = &mut settings.incisal {
            *protrusive = Deg(put(protrusive.0, self.table_protrusive));
            *lateral = degrees(*lateral, &self.table_lateral);
        }
        settings
    }
}

impl Recovered {
    /// Everything that was read or could not be, as findings; ids `articulator.read.<setting>.<side>`.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut add = |id: &str, name: String, unit: Unit, read: Option<Read>, needs: &str| {
            let outcome = read.map_or_else(
                || {
                    let why = format!("no {needs} was given, or it is too short");
                    Outcome::NotMeasured(NotMeasured::NotApplicable { why })
                },
                |read| {
                    Outcome::Number(Quantity {
                        value: read.value,
                        uncertainty: read.uncertainty,
                        unit,
                    })
                },
            );
            let note = read.map(|read| {
                format!(
                    "the way lies {:.3} mm off the fit (root mean square); how well the condyles are known comes on top",
                    read.residual_mm
                )
            });
            findings.push(Finding {
                id: format!("articulator.read.{id}"),
                name,
                method: "articulator-kinematics".to_owned(),
                outcome,
                teeth: Vec::new(),
                evidence: Evidence {
                    notes: note.into_iter().collect(),
                    ..Evidence::default()
                },
            });
        };
        for (id, name, unit, sides) in [
            (
                "inclination",
                "condylar inclination",
                Unit::Deg,
                &self.inclination,
            ),
            ("bennett", "Bennett angle", Unit::Deg, &self.bennett),
            ("side-shift", "immediate side shift", Unit::Mm, &self.side_shift),
            ("fischer", "Fischer angle", Unit::Deg, &self.fischer),
            (
                "table-lateral",
                "incisal table, lateral",
                Unit::Deg,
                &self.table_lateral,
            ),
        ] {
            for side in [Side::Right, Side::Left] {
                let needs = match id {
                    "inclination" => "protrusion".to_owned(),
                    "fischer" => format!("protrusion or laterotrusion to the {}", side.opposite().name()),
                    "table-lateral" => format!("laterotrusion to the {}", side.name()),
                    _ => format!("laterotrusion to the {}", side.opposite().name()),
                };
                let (id, name) = (
                    format!("{id}.{}", side.name()),
                    format!("{name}, {}", side.name()),
                );
                add(&id, name, unit, sides.of(side), &needs);
            }
        }
        add(
            "table-protrusive",
            "incisal table, protrusive".to_owned(),
            Unit::Deg,
            self.table_protrusive,
            "protrusion",
        );
        findings.sort_by(|a, b| a.id.cmp(&b.id));
        findings
    }
}

/// How far a point has gone from its place in the closed bite.
#[derive(Clone, Copy)]
struct Gone {
    left: f64,
    forward: f64,
    down: f64,
}

impl Gone {
    /// Seen from the side.
    fn distance(&self) -> f64 {
        self.forward.hypot(self.down)
    }
}

struct Traces {
    condyles: Sides<Vec<Gone>>,
    tip: Vec<Gone>,
}

impl Traces {
    fn of(articulator: &Articulator, path: &JawPath, reach: f64) -> Self {
        let plane_from_cast = articulator.mounting.plane.cast_from_plane().transpose();
        let incisal = Point::from(articulator.mounting.incisal_point);
        let up = Vector::from(articulator.mounting.plane.superior);
        let tip = incisal + up * articulator.settings.pin_opening.0;
        let balls = articulator.balls().map(Point::from);
        let gone = |to: Point, from: Point| {
            let gone = plane_from_cast * (to - from);
            Gone {
                left: gone.x,
                forward: -gone.y,
                down: -gone.z,
            }
        };
        let mut traces = Self {
            condyles: Sides::default(),
            tip: Vec::new(),
        };
        for step in &path.steps {
            let moved = step.moved_from_closed;
            let went = balls.map(|ball| gone(moved * ball, ball));
            // Rounding must not lose the last step of a path that ends at the reach.
            if went.right.distance().max(went.left.distance()) > reach * (1.0 + 1e-9) {
                continue;
            }
            traces.condyles.right.push(went.right);
            traces.condyles.left.push(went.left);
            traces.tip.push(gone(moved * tip, incisal));
        }
        traces
    }

    fn condyle(&self, side: Side) -> &[Gone] {
        match side {
            Side::Right => &self.condyles.right,
            Side::Left => &self.condyles.left,
        }
    }
}

/// A condyle's inclination; `None` where it does not go anywhere.
fn inclination(way: &[Gone], guide: GuideShape) -> Option<Read> {
    // By how much the chord to a place lies steeper than the chord that the inclination is stated for.
    let steeper = |distance: f64| match guide {
        GuideShape::Straight => 0.0,
        GuideShape::Arc { radius } => {
            chord_turn(radius.0) - (0.5 * distance / radius.0).clamp(-1.0, 1.0).asin()
        }
    };
    let angles: Vec<(f64, f64)> = way
        .iter()
        .filter(|at| at.distance() > SHORTEST)
        .map(|at| (at.distance(), at.down.atan2(at.forward) - steeper(at.distance())))
        .collect();
    let weight: f64 = angles.iter().map(|(distance, _)| distance * distance).sum();
    if angles.len() < 2 {
        return None;
    }
    let mean = angles
        .iter()
        .map(|(distance, angle)| distance * distance * angle)
        .sum::<f64>()
        / weight;
    let squares: f64 = angles
        .iter()
        .map(|(distance, angle)| (distance * (angle - mean)).powi(2))
        .sum();
    let count = angles.len() as f64;
    Some(Read {
        value: mean.to_degrees(),
        uncertainty: (squares / (count - 1.0) / weight).sqrt().to_degrees(),
        residual_mm: (squares / count).sqrt(),
    })
}

/// A way shorter than this has no direction worth reading, mm: a micrometre.
const SHORTEST: f64 = 1e-3;

/// The angles of the incisal table, in front and to the right and left, by least squares over all places of the tip; `None`
/// for what no place tells.
fn table(tips: &[Gone]) -> [Option<Read>; 3] {
    let mut normal = Matrix3::zeros();
    let mut right_side = Vector::zeros();
    let columns = |at: &Gone| Vector::new(at.forward.max(0.0), (-at.left).max(0.0), at.left.max(0.0));
    let mut told = [0usize; 3];
    for at in tips {
        let columns = columns(at);
        normal += columns * columns.transpose();
        right_side += columns * at.down;
        for (told, way) in told.iter_mut().zip(columns.iter()) {
            *told += usize::from(*way > TABLE_WAY);
        }
    }
    for (i, told) in told.iter().enumerate() {
        if *told < 2 {
            // Not told: kept at zero, out of the others' way.
            normal.fill_row(i, 0.0);
            normal.fill_column(i, 0.0);
            normal[(i, i)] = 1.0;
            right_side[i] = 0.0;
        }
    }
    let Some(inverse) = normal.try_inverse() else {
        return [None; 3];
    };
    let slopes = inverse * right_side;
    let squares: f64 = tips
        .iter()
        .map(|at| (at.down - columns(at).dot(&slopes)).powi(2))
        .sum();
    let count = tips.len() as f64;
    let free = (count - 3.0).max(1.0);
    std::array::from_fn(|i| {
        let uncertainty = (squares / free * inverse[(i, i)]).sqrt();
        (told[i] >= 2).then(|| angle_of(slopes[i], uncertainty, (squares / count).sqrt()))
    })
}

/// A tip that nowhere goes further than this in a direction tells nothing of the table's slope there, mm: a tenth, twice what an
/// intraoral scanner's trueness leaves.
const TABLE_WAY: f64 = 0.1;

fn angle_of(slope: f64, uncertainty: f64, residual_mm: f64) -> Read {
    Read {
        value: slope.atan().to_degrees(),
        uncertainty: (uncertainty / (1.0 + slope * slope)).to_degrees(),
        residual_mm,
    }
}

/// Bennett angle and immediate side shift of a balancing condyle; `inward` is the sign of its inward direction.
fn side_line(way: &[Gone], inward: f64) -> Option<(Read, Read)> {
    let full = row("side-shift").number("travel_mm");
    let used: Vec<(f64, f64)> = way
        .iter()
        .filter(|at| at.forward >= full)
        .map(|at| (at.forward, inward * at.left))
        .collect();
    let count = used.len() as f64;
    if used.len() < 3 {
        return None;
    }
    let mean = |of: fn(&(f64, f64)) -> f64| used.iter().map(of).sum::<f64>() / count;
    let (x0, y0) = (mean(|p| p.0), mean(|p| p.1));
    let spread: f64 = used.iter().map(|(x, _)| (x - x0).powi(2)).sum();
    if spread < SHORTEST * SHORTEST {
        return None;
    }
    let slope = used.iter().map(|(x, y)| (x - x0) * (y - y0)).sum::<f64>() / spread;
    let intercept = y0 - slope * x0;
    let squares: f64 = used
        .iter()
        .map(|(x, y)| (y - intercept - slope * x).powi(2))
        .sum();
    let (variance, residual) = (squares / (count - 2.0), (squares / count).sqrt());
    let bennett = angle_of(slope, (variance / spread).sqrt(), residual);
    let shift = Read {
        value: intercept,
        uncertainty: (variance * (1.0 / count + x0 * x0 / spread)).sqrt(),
        residual_mm: residual,
    };
    Some((bennett, shift))
}
