//! The crown's named points and exact diameters, by extremising its implicit function.

use stonecast_dental::LandmarkKind;

use super::{Crown, Design};

/// A named point of a crown, in the crown's own frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MarkedPoint {
    pub kind: LandmarkKind,
    pub at: [f64; 3],
}

/// How many points an outline has.
pub(crate) const OUTLINE_POINTS: usize = 64;

impl Crown {
    /// Stretches the crown so that its contacts and its most facial and lingual points lie where asked.
    pub(super) fn normalise(&mut self) {
        let half = [0.5 * self.size.mesiodistal, 0.5 * self.size.buccolingual];
        // Stretching one axis leaves the other's extremes; the rounding is of second order, so two rounds do.
        for _ in 0..2 {
            for (axis, half) in half.into_iter().enumerate() {
                let high = self.extreme(axis, 1.0)[axis];
                let low = self.extreme(axis, -1.0)[axis];
                // raw = scale * own + shift maps ±half to the raw extremes.
                let (raw_high, raw_low) = (
                    self.scale[axis] * high + self.shift[axis],
                    self.scale[axis] * low + self.shift[axis],
                );
                self.scale[axis] = (raw_high - raw_low) / (2.0 * half);
                self.shift[axis] = 0.5 * (raw_high + raw_low);
            }
        }
        self.mesial_contact = self.extreme(0, 1.0);
        self.distal_contact = self.extreme(0, -1.0);
    }

    /// The point of the crown farthest along `sign` times an axis (0: mesial, 1: facial).
    pub(crate) fn extreme(&self, axis: usize, sign: f64) -> [f64; 3] {
        let other = 1 - axis;
        let place = |side: f64, z: f64, along: f64| {
            let mut p = [0.0, 0.0, z];
            p[axis] = along;
            p[other] = side;
            p
        };
        let start_along = 0.4 * [self.size.mesiodistal, self.size.buccolingual][axis];
        let reach = |[side, z]: [f64; 2]| outward_root(start_along, |t| self.field(place(side, z, sign * t)));
        let start = self.design.profiles.widest(axis, sign);
        let ([side, z], along) = climb(start, 0.4, reach);
        place(side, z, along * sign)
    }

    /// The point of the mesial or distal wall, in the crown's frame, where `distance` (of such a point) is least.
    pub(crate) fn nearest_on_wall(&self, mesial: bool, distance: impl Fn([f64; 3]) -> f64) -> [f64; 3] {
        let (sign, contact) = if mesial {
            (1.0, self.mesial_contact)
        } else {
            (-1.0, self.distal_contact)
        };
        let start = 0.4 * self.size.mesiodistal;
        let at = |[y, z]: [f64; 2]| {
            let x = outward_root(start, |t| self.field([sign * t, y, z]));
            [sign * x, y, z]
        };
        let reach = 0.3 * self.size.buccolingual;
        let from = [contact[1], contact[2]];
        let (place, _) = climb(from, 0.3, within(from, reach, |p| -distance(at(p))));
        at(place)
    }

    /// The height of the crown's surface above a place, as seen from the occlusal side; `None` outside its outline.
    pub(crate) fn surface_height(&self, x: f64, y: f64) -> Option<f64> {
        // Down from above, since a corner of an incisal edge hangs over: from within, a lower sheet could be met.
        let low = 0.3 * self.size.crown_height;
        let field = |z: f64| self.field([x, y, z]);
        let mut z = self.size.crown_height + 1.0;
        let mut above = field(z);
        while above > 0.0 {
            let next = z - above.max(0.01);
            if next < low {
                return None;
            }
            let f = field(next);
            if f <= 0.0 {
                return Some(bracketed_root((next, f), (z, above), field));
            }
            (z, above) = (next, f);
        }
        None
    }

    /// The outline seen from the occlusal side at the height of the contacts: radii about the crown's axis at
    /// equal angles, from mesial over facial.
    pub(super) fn outline_radii(&self) -> Vec<f64> {
        let heights = [
            self.mesial_contact[2],
            self.distal_contact[2],
            0.5 * (self.mesial_contact[2] + self.distal_contact[2]),
        ];
        (0..OUTLINE_POINTS)
            .map(|i| {
                let (sin, cos) = (std::f64::consts::TAU * i as f64 / OUTLINE_POINTS as f64).sin_cos();
                heights
                    .iter()
                    .map(|&z| {
                        let center = self.outline_center();
                        outward_root(0.4 * self.size.mesiodistal, |t| {
                            self.field([t * cos, center + t * sin, z])
                        })
                    })
                    .fold(0.0, f64::max)
            })
            .collect()
    }

    /// Where the facial surface lies in the middle of the crown at a height.
    pub(crate) fn facial_surface(&self, z: f64) -> f64 {
        outward_root(0.3 * self.size.buccolingual, |y| self.field([0.0, y, z]))
    }

    /// The facial coordinate of the outline's centre.
    pub(crate) fn outline_center(&self) -> f64 {
        0.5 * (self.mesial_contact[1] + self.distal_contact[1])
    }

    /// Settles the named points on the surface.
    pub(super) fn mark(&mut self) {
        let mut marks = vec![
            MarkedPoint {
                kind: LandmarkKind::MesialContact,
                at: self.mesial_contact,
            },
            MarkedPoint {
                kind: LandmarkKind::DistalContact,
                at: self.distal_contact,
            },
            MarkedPoint {
                kind: LandmarkKind::MostBuccal,
                at: self.extreme(1, 1.0),
            },
            MarkedPoint {
                kind: LandmarkKind::MostLingual,
                at: self.extreme(1, -1.0),
            },
        ];
        let Design { cusps, .. } = &self.design;
        for &(kind, raw) in cusps {
            let at = [0, 1].map(|k| (raw[k] - self.shift[k]) / self.scale[k]);
            // A lobe that has no summit of its own, as the distolingual one of a small third molar, has no tip.
            let Some((place, z)) = self.settled(kind, at) else {
                continue;
            };
            marks.push(MarkedPoint {
                kind,
                at: [place[0], place[1], z],
            });
        }
        self.marks = marks;
    }

    /// Where a named point of the occlusal surface lies, sought from about there, and its height; `None` when the
    /// surface goes on rising (a fossa's: falling) as far as the feature can reach.
    fn settled(&self, kind: LandmarkKind, at: [f64; 2]) -> Option<([f64; 2], f64)> {
        let height = |[x, y]: [f64; 2]| self.surface_height(x, y).unwrap_or(-1e3);
        let across = match kind {
            LandmarkKind::IncisalMesial
            | LandmarkKind::IncisalMidpoint
            | LandmarkKind::IncisalDistal
            | LandmarkKind::BuccalGroove
            | LandmarkKind::CentralFossa => 1,
            LandmarkKind::MesialMarginalRidge | LandmarkKind::DistalMarginalRidge => 0,
            _ => {
                let (place, z) = climb(at, 0.2, within(at, TIP_REACH, height));
                let moved = (place[0] - at[0]).hypot(place[1] - at[1]);
                return (moved < TIP_REACH - 0.01).then_some((place, z));
            }
        };
        // A crest or groove along which the height hardly changes: only the extreme across it is sought.
        let line = |t: f64| {
            let mut p = at;
            p[across] += t;
            p
        };
        let (sign, reach) = match kind {
            LandmarkKind::CentralFossa => (-1.0, FOSSA_REACH),
            _ => (1.0, CREST_REACH),
        };
        let (t, z) = climb_line(reach, |t| {
            let [x, y] = line(t);
            self.surface_height(x, y).map_or(-1e3, |z| sign * z)
        });
        (t.abs() < reach - 0.01).then_some((line(t), sign * z))
    }
}

/// A cusp's tip lies no farther than this from where it was drawn, mm.
const TIP_REACH: f64 = 1.0;
/// A crest lies no farther than this from where it was drawn, mm.
const CREST_REACH: f64 = 0.8;
/// The bottom of a groove lies no farther than this from where the fossa was drawn, mm.
const FOSSA_REACH: f64 = 1.2;

/// A value that counts only within `radius` of a place, so that a search stays with the feature it is after.
fn within(center: [f64; 2], radius: f64, value: impl Fn([f64; 2]) -> f64) -> impl Fn([f64; 2]) -> f64 {
    move |p| {
        if (p[0] - center[0]).hypot(p[1] - center[1]) > radius {
            f64::NEG_INFINITY
        } else {
            value(p)
        }
    }
}

/// The `t` at which a field that is about a distance turns from negative to positive, sought from `start`.
fn outward_root(start: f64, field: impl Fn(f64) -> f64) -> f64 {
    let (mut inside, mut outside) = (None::<(f64, f64)>, None::<(f64, f64)>);
    let mut t = start;
    // Steps by the field's value, which is about the distance, and a little farther, to get across.
    for _ in 0..24 {
        let f = field(t);
        if f <= 0.0 {
            inside = Some((t, f));
        } else {
            outside = Some((t, f));
        }
        if let (Some(inside), Some(outside)) = (inside, outside) {
            return bracketed_root(inside, outside, field);
        }
        t -= f * 1.15 + 0.01 * f.signum();
    }
    t
}

/// The first `t` from `from` on at which a field that is about a distance turns negative; `to` where there is none.
pub(crate) fn entry(from: f64, to: f64, field: impl Fn(f64) -> f64) -> f64 {
    let (mut t, mut f) = (from, field(from));
    while f > 0.0 {
        let next = t + (0.7 * f).max(0.01);
        if next > to {
            return to;
        }
        let value = field(next);
        if value <= 0.0 {
            return bracketed_root((next, value), (t, f), field);
        }
        (t, f) = (next, value);
    }
    t
}

/// The root between a place inside and one outside, each with its value: every second step halves the bracket, so
/// that a crooked field slows the secant only.
fn bracketed_root(inside: (f64, f64), outside: (f64, f64), field: impl Fn(f64) -> f64) -> f64 {
    let ((mut a, mut fa), (mut b, mut fb)) = (inside, outside);
    let mut t = a;
    for step in 0..80 {
        t = if step % 2 == 0 {
            a + (b - a) * fa / (fa - fb)
        } else {
            0.5 * (a + b)
        };
        let f = field(t);
        if f.abs() < 1e-9 || (b - a).abs() < 1e-9 {
            break;
        }
        if f <= 0.0 {
            (a, fa) = (t, f);
        } else {
            (b, fb) = (t, f);
        }
    }
    t
}

/// The local maximum of `value` near `start`, by a pattern search whose step shrinks to a micrometre.
/// At a smooth maximum the value is flat, so it is exact to far less. The directions turn with every round, since
/// along fixed ones the search would stop on the flank of a groove that runs obliquely.
fn climb(start: [f64; 2], step: f64, value: impl Fn([f64; 2]) -> f64) -> ([f64; 2], f64) {
    const DIRECTIONS: usize = 8;
    let mut best = (start, value(start));
    let mut step = step;
    let mut turned = 0.0;
    while step > 1e-3 {
        let better = (0..DIRECTIONS).find_map(|i| {
            let angle = turned + std::f64::consts::TAU * i as f64 / DIRECTIONS as f64;
            let at = [best.0[0] + step * angle.cos(), best.0[1] + step * angle.sin()];
            let v = value(at);
            (v > best.1).then_some((at, v))
        });
        match better {
            Some(found) => best = found,
            None => {
                step *= 0.75;
                turned += GOLDEN_ANGLE;
            }
        }
    }
    best
}

/// The local maximum nearest to 0 of a value along a line, no farther than `reach`, and the value.
fn climb_line(reach: f64, value: impl Fn(f64) -> f64) -> (f64, f64) {
    let mut best = (0.0, value(0.0));
    let mut step = 0.2;
    while step > 1e-5 {
        let tries = [best.0 + step, best.0 - step].map(|t: f64| t.clamp(-reach, reach));
        match tries
            .into_iter()
            .map(|t| (t, value(t)))
            .find(|(_, v)| *v > best.1)
        {
            Some(found) => best = found,
            None => step *= 0.5,
        }
    }
    best
}

/// Turns by this angle never repeat a direction, radians.
const GOLDEN_ANGLE: f64 = 2.399_963_229_728_653;

#[cfg(test)]
mod tests {
    use stonecast_dental::Fdi;

    use super::*;
    use crate::crown::Variation;
    use crate::dimensions::average_size;
    use crate::polygonise::{Grid, polygonise};

    /// Every tooth in its average form and in two far from it.
    fn crowns() -> &'static [Crown] {
        static CROWNS: std::sync::OnceLock<Vec<Crown>> = std::sync::OnceLock::new();
        let form = |amount: f64| Variation {
            squareness: amount,
            cusp_relief: amount,
            bulge: amount,
            asymmetry: amount,
        };
        CROWNS.get_or_init(|| {
            Fdi::all()
                .flat_map(|tooth| {
                    [-1.5, 0.0, 1.5].map(|a| Crown::new(tooth, average_size(tooth), form(a), None))
                })
                .collect()
        })
    }

    #[test]
    fn every_named_point_lies_on_the_crowns_own_surface() {
        for crown in crowns() {
            for mark in &crown.marks {
                let off = crown.field(mark.at).abs();
                assert!(off < 1e-6, "{} {:?}: {off}", crown.tooth, mark.kind);
            }
        }
    }

    #[test]
    fn every_named_point_is_found_that_the_tooth_has() {
        for crown in crowns() {
            for (kind, _) in &crown.design.cusps {
                let marked = crown.marks.iter().any(|m| m.kind == *kind);
                // Small third molars have three cusps; a lower first premolar has two pits and no central fossa.
                let may_lack = matches!(
                    (crown.tooth.number(), kind),
                    (18 | 28, LandmarkKind::DistolingualCusp) | (34 | 44, LandmarkKind::CentralFossa)
                );
                assert!(marked || may_lack, "{} {kind:?}", crown.tooth);
            }
        }
    }

    #[test]
    fn tips_are_summits_and_fossae_the_bottom_of_their_groove() {
        for crown in crowns() {
            for mark in &crown.marks {
                let (sign, directions) = match mark.kind {
                    LandmarkKind::CentralFossa => (-1.0, 2),
                    kind if CUSPS.contains(&kind) => (1.0, 24),
                    _ => continue,
                };
                let [x, y, z] = mark.at;
                for k in 0..directions {
                    let turn = 0.25 + f64::from(k) / f64::from(directions);
                    let (sin, cos) = (std::f64::consts::TAU * turn).sin_cos();
                    let near = crown.surface_height(x + 0.1 * cos, y + 0.1 * sin);
                    let rise = near.map_or(-1.0, |near| near - z);
                    assert!(sign * rise < 1e-4, "{} {:?}: {rise}", crown.tooth, mark.kind);
                }
            }
        }
    }

    const CUSPS: [LandmarkKind; 7] = [
        LandmarkKind::CuspTip,
        LandmarkKind::BuccalCusp,
        LandmarkKind::LingualCusp,
        LandmarkKind::MesiobuccalCusp,
        LandmarkKind::DistobuccalCusp,
        LandmarkKind::MesiolingualCusp,
        LandmarkKind::DistolingualCusp,
    ];

    #[test]
    fn a_fine_mesh_of_a_crown_passes_every_named_point() {
        use nalgebra::Vector3;
        for number in [14, 16, 22, 32, 37, 43] {
            let tooth = Fdi::new(number).expect("an FDI number");
            let crown = Crown::new(tooth, average_size(tooth), Variation::default(), None);
            let half = Vector3::new(8.0, 8.0, 0.0);
            let top = Vector3::new(0.0, 0.0, crown.size.crown_height + 1.0);
            let grid = Grid::over(-half, half + top, 0.08);
            let at = crown.marks[0].at;
            let field = |p: &Vector3<f64>| crown.field([p.x, p.y, p.z]);
            let surface = polygonise(grid, Vector3::from(at), field, |p| p.z > 1.0);
            for p in &surface.points {
                assert!(field(p).abs() < 0.02, "{tooth} {p}: {}", field(p));
            }
            for mark in crown.marks.iter().filter(|m| m.at[2] > 1.5) {
                let p = Vector3::from(mark.at);
                let nearest = surface
                    .points
                    .iter()
                    .map(|q| (q - p).norm())
                    .fold(f64::INFINITY, f64::min);
                assert!(nearest < 0.08, "{tooth} {:?}: {nearest}", mark.kind);
            }
        }
    }
}
