//! The palate: height of its vault over the first molars' gingival margins, and the volume under it.
//!
//! Units: mm. Frame: the cast frame. Definitions: `docs/methods/palate.md`.
//!
//! Steps, done once for each cast:
//! 1. `vault`: the line between the first molars' lingual margins, and from its middle upwards to the surface.
//! 2. `gingival_plane`: the plane nearest to the lingual margins from first molar to first molar.
//! 3. `Floor`: the field within those margins, from the front to the first molars' distal contacts.
//! 4. `volume`: the height of the soft tissue over the plane, summed over the field.

use nalgebra::Vector2;
use stonecast_dental::finding::Unit;
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side};
use stonecast_mesh::{Point, TriMesh, Vector};
use stonecast_teeth::LabelledArch;

use crate::arch::curve::least_squares;
use crate::arch::{SIDES, permanent};
use crate::book::{Book, Spec};
use crate::geometry::middle;
use crate::rows::{Row, row};
use crate::subject::{Subject, SubjectTooth};

const METHOD: &str = "palate";
const TABLE: &str = "palate";

/// No face of a scan is longer than this, mm: one with a corner farther from the field does not reach into it.
const FACE: f64 = 5.0;

/// A number found on the surface, with its uncertainty and what to show.
struct Found {
    value: f64,
    sigma: f64,
    what: &'static str,
    curve: Vec<Point>,
}

pub(crate) fn measure(book: &mut Book<'_>) {
    let subject = book.subject();
    let (height, volume) = rayon::join(|| vault(subject), || volume(subject));
    let entries = [
        (
            Spec::mm(
                "palate.height",
                "height of the palate at the first molars",
                METHOD,
            ),
            height,
            "height of the vault",
        ),
        (
            Spec::new(
                "palate.volume",
                "volume of the palate, front to first molars",
                Unit::Mm3,
                METHOD,
            ),
            volume,
            "volume under the vault",
        ),
    ];
    for (spec, found, words) in entries {
        book.number(spec.about(molars()), move |view| {
            view.need(&molars())?;
            for id in ["scan", "cover"] {
                view.rests_on(row(TABLE, id));
            }
            let found = found.as_ref().map_err(Clone::clone)?;
            view.draw(found.what, found.curve.iter().copied());
            Ok(view.given(words, found.value, found.sigma))
        });
    }
}

fn molars() -> [Fdi; 2] {
    SIDES.map(|side| permanent(Jaw::Upper, side, 6))
}

fn not_scanned() -> NotMeasured {
    NotMeasured::NotScanned {
        surface: "palate between the first molars".to_owned(),
    }
}

fn tooth<'a>(subject: &'a Subject<'_>, tooth: Fdi) -> Result<&'a SubjectTooth, NotMeasured> {
    let index = subject.index_of(tooth);
    index
        .map(|i| &subject.teeth[i])
        .ok_or(NotMeasured::MissingTeeth { teeth: vec![tooth] })
}

fn margin(found: &SubjectTooth) -> Result<(Point, [f64; 3]), NotMeasured> {
    found.lingual_margin.ok_or_else(|| NotMeasured::NoPart {
        tooth: found.fdi,
        part: "lingual gingival margin".to_owned(),
    })
}

/// The corners of the faces that bear no tooth.
fn soft_tissue<'a>(mesh: &'a TriMesh, arch: &'a LabelledArch) -> impl Iterator<Item = [Point; 3]> + 'a {
    let faces = arch.face_labels.iter().filter(|(_, label)| label.is_none());
    faces.map(|(face, _)| mesh.corners(face))
}

fn vault(subject: &Subject<'_>) -> Result<Found, NotMeasured> {
    let arch = subject
        .cast
        .upper
        .ok_or(NotMeasured::NoArch { jaw: Jaw::Upper })?;
    let mut ends = Vec::with_capacity(2);
    for molar in molars() {
        ends.push(margin(tooth(subject, molar)?)?);
    }
    let [(right, a), (left, b)] = [ends[0], ends[1]];
    let along = (left - right).normalize();
    let up = (Vector::z() - along * along.z).normalize();
    let from = middle(&right, &left);
    let hits =
        soft_tissue(arch.mesh, arch.labelled).filter_map(|corners| crossing(&from, &along, &up, &corners));
    let height = hits.filter(|t| *t > 0.5).fold(f64::INFINITY, f64::min);
    let highest = row(TABLE, "highest").number("value");
    if height > highest {
        return Err(not_scanned());
    }
    let scan = row(TABLE, "scan").number("sigma");
    Ok(Found {
        value: height,
        sigma: scan.hypot(0.5 * a[2].hypot(b[2])),
        what: "line between the lingual margins, and height",
        curve: vec![right, left, from, from + up * height],
    })
}

/// How far up a ray from a point meets a triangle. Most triangles are turned away by their place across the ray.
fn crossing(from: &Point, along: &Vector, up: &Vector, corners: &[Point; 3]) -> Option<f64> {
    if (corners[0] - from).dot(along).abs() > FACE {
        return None;
    }
    let aside = corners.map(|p| (p - from).dot(along));
    // A ray along a common edge must not slip between its faces.
    const SLACK: f64 = 1e-9;
    if aside.iter().all(|d| *d > SLACK) || aside.iter().all(|d| *d < -SLACK) {
        return None;
    }
    let back = up.cross(along);
    let seen: [Vector2<f64>; 3] =
        std::array::from_fn(|k| Vector2::new(aside[k], (corners[k] - from).dot(&back)));
    let area = |p: Vector2<f64>, q: Vector2<f64>| p.perp(&q);
    let parts = [
        area(seen[1], seen[2]),
        area(seen[2], seen[0]),
        area(seen[0], seen[1]),
    ];
    let whole: f64 = parts.iter().sum();
    if whole == 0.0 || parts.iter().any(|part| part / whole < -SLACK) {
        return None;
    }
    let heights = corners.map(|p| (p - from).dot(up));
    Some(parts.iter().zip(heights).map(|(part, h)| part / whole * h).sum())
}

/// The field over which the palate's volume is taken, in the gingival plane's own coordinates.
struct Floor {
    origin: Point,
    axes: [Vector; 3],
    outline: Vec<Vector2<f64>>,
    /// A point of the distal border and the direction away from the field.
    distal: (Vector2<f64>, Vector2<f64>),
}

impl Floor {
    /// Within the lingual margins, which run from the right first molar to the left one, and before the line between the
    /// molars' distal contacts.
    fn new(margins: &[Point], distal: [Point; 2]) -> Option<Self> {
        let (origin, normal) = gingival_plane(margins)?;
        let left = (Vector::x() - normal * normal.x).normalize();
        let mut floor = Self {
            origin,
            axes: [left, normal.cross(&left), normal],
            outline: Vec::new(),
            distal: (Vector2::zeros(), Vector2::zeros()),
        };
        let flat = |p: &Point| floor.own(p).xy();
        let [right_end, left_end] = [flat(&distal[0]), flat(&distal[1])];
        let line = left_end - right_end;
        let mut outline: Vec<Vector2<f64>> = margins.iter().map(flat).collect();
        let (first, last) = (*outline.first()?, *outline.last()?);
        // The border meets the line of the distal contacts straight behind the molars' margins.
        let behind = |p: Vector2<f64>| right_end + line * ((p - right_end).dot(&line) / line.norm_squared());
        outline.extend([behind(last), behind(first)]);
        let away = Vector2::new(-line.y, line.x).normalize();
        floor.distal = (right_end, away);
        floor.outline = outline;
        line.norm().is_normal().then_some(floor)
    }

    /// To the left, backwards, upwards.
    fn own(&self, p: &Point) -> Vector {
        let d = p - self.origin;
        Vector::new(d.dot(&self.axes[0]), d.dot(&self.axes[1]), d.dot(&self.axes[2]))
    }

    fn area(&self) -> f64 {
        let n = self.outline.len();
        let twice: f64 = (0..n)
            .map(|i| self.outline[i].perp(&self.outline[(i + 1) % n]))
            .sum();
        0.5 * twice.abs()
    }

    fn holds(&self, p: Vector2<f64>) -> bool {
        let n = self.outline.len();
        let crossings = (0..n).filter(|&i| {
            let (a, b) = (self.outline[i], self.outline[(i + 1) % n]);
            (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x)
        });
        crossings.count() % 2 == 1
    }

    /// The volume between the plane and faces that look down on it, and the area that they cover.
    fn under(&self, faces: impl Iterator<Item = [Point; 3]>) -> (f64, f64) {
        let low = self
            .outline
            .iter()
            .fold(Vector2::repeat(f64::INFINITY), |a, p| a.inf(p));
        let high = self
            .outline
            .iter()
            .fold(Vector2::repeat(f64::NEG_INFINITY), |a, p| a.sup(p));
        let (mut volume, mut covered) = (0.0, 0.0);
        for corners in faces {
            // Most faces of a scan lie elsewhere: one corner tells.
            let own = self.own(&corners[0]);
            if (0..2).any(|k| own[k] < low[k] - FACE || own[k] > high[k] + FACE) {
                continue;
            }
            let own = [own, self.own(&corners[1]), self.own(&corners[2])];
            let before = own.map(|p| (self.distal.0 - p.xy()).dot(&self.distal.1));
            if before.iter().all(|d| *d >= 0.0) && own.iter().all(|p| p.z >= 0.0) {
                let (area, over) = self.over(&own);
                covered += area;
                volume += over;
            } else if before.iter().any(|d| *d >= 0.0) {
                let within = cut(&own, |p| (self.distal.0 - p.xy()).dot(&self.distal.1));
                covered += self.over(&within).0;
                volume += self.over(&cut(&within, |p| p.z)).1;
            }
        }
        (volume, covered)
    }

    /// Area and volume over a piece of a face; nothing where its middle lies outside.
    fn over(&self, piece: &[Vector]) -> (f64, f64) {
        if piece.len() < 3 {
            return (0.0, 0.0);
        }
        let middle = piece.iter().sum::<Vector>() / piece.len() as f64;
        if !self.holds(middle.xy()) {
            return (0.0, 0.0);
        }
        // Seen from above, a face that looks down runs clockwise.
        let fans = (1..piece.len() - 1).map(|i| {
            let area = -0.5 * (piece[i] - piece[0]).xy().perp(&(piece[i + 1] - piece[0]).xy());
            (area, area * (piece[0].z + piece[i].z + piece[i + 1].z) / 3.0)
        });
        fans.fold((0.0, 0.0), |sum, fan| (sum.0 + fan.0, sum.1 + fan.1))
    }
}

/// The part of a convex polygon where a linear function is not negative.
fn cut(polygon: &[Vector], keep: impl Fn(&Vector) -> f64) -> Vec<Vector> {
    let values: Vec<f64> = polygon.iter().map(&keep).collect();
    if values.iter().all(|v| *v >= 0.0) {
        return polygon.to_vec();
    }
    let n = polygon.len();
    let mut kept = Vec::with_capacity(n + 1);
    for i in 0..n {
        let j = (i + 1) % n;
        if values[i] >= 0.0 {
            kept.push(polygon[i]);
        }
        if (values[i] >= 0.0) != (values[j] >= 0.0) {
            kept.push(polygon[i] + (polygon[j] - polygon[i]) * (values[i] / (values[i] - values[j])));
        }
    }
    kept
}

/// The plane nearest to some points along z: a point of it and its upward normal.
fn gingival_plane(points: &[Point]) -> Option<(Point, Vector)> {
    let count = points.len() as f64;
    let centre = points.iter().map(|p| p.coords).sum::<Vector>() / count;
    let rows = points
        .iter()
        .map(|p| p.coords - centre)
        .map(|d| ([d.x, d.y], d.z, 1.0));
    let [a, b] = least_squares(rows)?;
    Some((Point::from(centre), Vector::new(-a, -b, 1.0).normalize()))
}

fn volume(subject: &Subject<'_>) -> Result<Found, NotMeasured> {
    let arch = subject
        .cast
        .upper
        .ok_or(NotMeasured::NoArch { jaw: Jaw::Upper })?;
    let distal = molars().map(|molar| {
        let point = tooth(subject, molar)?.point(K::DistalContact);
        point.map(|p| (p.at, p.sigma[0])).ok_or(NotMeasured::NoPoint {
            tooth: molar,
            point: K::DistalContact,
        })
    });
    let [right, left] = distal;
    let (right, left) = (right?, left?);
    let distal = [right.0, left.0];
    let row_of_teeth = subject.row(Jaw::Upper).into_iter();
    let between = row_of_teeth.filter(|t| t.is_primary() || t.position() <= 6);
    let mut margins = Vec::new();
    for number in between {
        match margin(tooth(subject, number)?) {
            Ok(found) => margins.push(found),
            // The field ends at the molars; between them a margin that was not found is bridged by its neighbours'.
            Err(why) if molars().contains(&number) => return Err(why),
            Err(_) => {}
        }
    }
    let places: Vec<Point> = margins.iter().map(|(p, _)| *p).collect();
    let least = row(TABLE, "least-margins").number("value");
    let each_side = SIDES.map(|side| places.iter().filter(|p| p.x * Side::sign(side) > 0.0).count());
    if each_side.iter().any(|n| (*n as f64) < least) {
        return Err(NotMeasured::NotApplicable {
            why: format!("fewer than {least} lingual margins on a side"),
        });
    }
    let floor = Floor::new(&places, distal).ok_or_else(not_scanned)?;
    let (volume, covered) = floor.under(soft_tissue(arch.mesh, arch.labelled));
    let area = floor.area();
    let cover: &Row = row(TABLE, "cover");
    if covered < cover.number("value") * area {
        return Err(not_scanned());
    }
    let count = margins.len() as f64;
    let plane = margins.iter().map(|(_, s)| s[2] * s[2]).sum::<f64>().sqrt() / count;
    // The vault deepens from nothing at the incisors, about evenly: its last section is twice its mean one. How far back it
    // is cut off errs alike on both sides.
    let length = (floor.outline.iter())
        .map(|p| (floor.distal.0 - p).dot(&floor.distal.1))
        .fold(0.0, f64::max);
    let cut_off = 2.0 * volume / length.max(1.0) * 0.5 * (right.1 + left.1);
    let in_cast = |p: &Vector2<f64>| floor.origin + floor.axes[0] * p.x + floor.axes[1] * p.y;
    let outline = floor.outline.iter().chain(floor.outline.first());
    Ok(Found {
        value: volume,
        sigma: (area * plane.hypot(row(TABLE, "scan").number("sigma"))).hypot(cut_off),
        what: "field of the palate in the gingival plane",
        curve: outline.map(in_cast).collect(),
    })
}

#[cfg(test)]
#[path = "palate_tests.rs"]
mod tests;
