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

    /// The height of the crown's surface above a place; `None` outside its outline.
    pub(crate) fn surface_height(&self, x: f64, y: f64) -> Option<f64> {
        let low = 0.3 * self.size.crown_height;
        if self.field([x, y, low]) > 0.0 {
            return None;
        }
        Some(outward_root(0.8 * self.size.crown_height, |z| {
            self.field([x, y, z])
        }))
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
            let height = |[x, y]: [f64; 2]| self.surface_height(x, y).unwrap_or(-1e3);
            let (place, z) = match kind {
                LandmarkKind::CentralFossa => {
                    let depth = |p: [f64; 2]| self.surface_height(p[0], p[1]).map_or(-1e3, |z| -z);
                    let (place, depth) = climb(at, 0.2, within(at, 1.2, depth));
                    (place, -depth)
                }
                LandmarkKind::IncisalMesial
                | LandmarkKind::IncisalMidpoint
                | LandmarkKind::IncisalDistal
                | LandmarkKind::MesialMarginalRidge
                | LandmarkKind::DistalMarginalRidge
                | LandmarkKind::BuccalGroove => {
                    // A crest along which the height hardly changes: only its highest line is sought.
                    let across = match kind {
                        LandmarkKind::MesialMarginalRidge | LandmarkKind::DistalMarginalRidge => 0,
                        _ => 1,
                    };
                    let line = |t: f64| {
                        let mut p = at;
                        p[across] += t;
                        p
                    };
                    let crest = |[t, _]: [f64; 2]| height(line(t));
                    let ([t, _], z) = climb([0.0, 0.0], 0.2, within([0.0, 0.0], 0.8, crest));
                    (line(t), z)
                }
                _ => climb(at, 0.2, within(at, 1.0, height)),
            };
            marks.push(MarkedPoint {
                kind,
                at: [place[0], place[1], z],
            });
        }
        self.marks = marks;
    }
}

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
    // Steps by the field's value find a bracket; the secant, kept inside it, finishes.
    let (mut inside, mut outside) = (None::<(f64, f64)>, None::<(f64, f64)>);
    let mut t = start;
    for _ in 0..24 {
        let f = field(t);
        if f <= 0.0 {
            inside = Some((t, f));
        } else {
            outside = Some((t, f));
        }
        t = match (inside, outside) {
            (Some((a, fa)), Some((b, fb))) => {
                if (b - a).abs() < 1e-7 || f.abs() < 1e-8 {
                    return t;
                }
                let secant = a + (b - a) * fa / (fa - fb);
                secant.clamp(a.min(b) + 0.02 * (b - a).abs(), a.max(b) - 0.02 * (b - a).abs())
            }
            _ => t - f * 1.15 - 0.01 * f.signum(),
        };
    }
    t
}

/// The local maximum of `value` near `start`, by a pattern search whose step shrinks to a micrometre.
/// At a maximum the value is flat, so it is exact to far less.
fn climb(start: [f64; 2], step: f64, value: impl Fn([f64; 2]) -> f64) -> ([f64; 2], f64) {
    let mut best = (start, value(start));
    let mut step = step;
    while step > 1e-3 {
        let mut moved = false;
        for [dx, dy] in [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]] {
            let at = [best.0[0] + step * dx, best.0[1] + step * dy];
            let v = value(at);
            if v > best.1 {
                best = (at, v);
                moved = true;
            }
        }
        if !moved {
            step *= 0.5;
        }
    }
    best
}
