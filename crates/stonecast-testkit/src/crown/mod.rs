//! One crown as an implicit function: negative inside, positive outside, near the surface about the distance.
//!
//! Units: mm. Frame: the crown's own, `x` mesial, `y` facial, `z` occlusal; `z = 0` is the cervical line at the
//! middle of the crown, and the mesial and distal contacts lie at `x = ± mesiodistal / 2`, the most facial and
//! most lingual points at `y = ± buccolingual / 2`, to a micrometre, by construction.
//!
//! Steps:
//! 1. [`Profiles`]: four profiles over the height give a rounded cross-section (a superellipse) at each height,
//!    with its bulge, its cervical constriction and the root below.
//! 2. [`Ridge`]s: the occlusal surface is the upper envelope of rounded ridges that run down from the cusps, as a
//!    crown is formed from lobes; the grooves are where two lobes meet.
//! 3. [`Dent`]s: grooves and concavities in the walls.
//! 4. `normalised`: the whole is stretched a little so that its greatest diameters are the ones asked for.
//!
//! Limits: a drawing of average anatomy, not a sample of natural teeth; no roots below 8 mm, no wear facets.
//!
//! References: Ash, Nelson, "Wheeler's Dental Anatomy, Physiology and Occlusion", for the forms described.

mod anterior;
mod extremes;
mod posterior;
mod profile;

use stonecast_dental::{Fdi, LandmarkKind, ToothClass};

use crate::dimensions::CrownSize;

pub(crate) use extremes::{MarkedPoint, entry};
pub(crate) use profile::{Profiles, Section};

/// The rounded maximum: equal to `max` where the two differ by more than `k`.
#[inline]
pub(crate) fn smax(a: f64, b: f64, k: f64) -> f64 {
    let h = (k - (a - b).abs()).max(0.0);
    a.max(b) + h * h / (4.0 * k)
}

/// The rounded minimum.
#[inline]
pub(crate) fn smin(a: f64, b: f64, k: f64) -> f64 {
    -smax(-a, -b, k)
}

/// 0 below `from`, 1 above `to`, smooth between.
#[inline]
pub(crate) fn smoothstep(from: f64, to: f64, x: f64) -> f64 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A rounded roof over the line from `a` to `b` (x, y, height), falling off sideways with `slope`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ridge {
    pub a: [f64; 3],
    pub b: [f64; 3],
    pub slope: f64,
}

/// Radius over which the crest of a ridge is rounded, mm. A natural cusp tip is of this order.
const CREST_RADIUS: f64 = 0.65;
/// Width over which two lobes blend in a groove, mm: finer than any scanner resolves.
const GROOVE_BLEND: f64 = 0.2;

impl Ridge {
    #[inline]
    fn height(&self, x: f64, y: f64) -> f64 {
        let (ux, uy) = (self.b[0] - self.a[0], self.b[1] - self.a[1]);
        let (px, py) = (x - self.a[0], y - self.a[1]);
        let length2 = ux * ux + uy * uy;
        let t = ((px * ux + py * uy) / length2).clamp(0.0, 1.0);
        let (dx, dy) = (px - t * ux, py - t * uy);
        let side = (dx * dx + dy * dy + CREST_RADIUS * CREST_RADIUS).sqrt() - CREST_RADIUS;
        // The crest leaves the cusp tip level and steepens: t² as well as t.
        let crest = self.a[2] + (self.b[2] - self.a[2]) * t * (0.55 + 0.45 * t);
        crest - self.slope * side
    }
}

/// A concavity in a wall: on the facial or lingual side, running from `from` (deepest) to `to` (x, z).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dent {
    pub facial: bool,
    pub from: [f64; 2],
    pub to: [f64; 2],
    pub width: f64,
    pub depth: f64,
}

impl Dent {
    #[inline]
    fn depth(&self, x: f64, z: f64, facial: bool) -> f64 {
        if facial != self.facial {
            return 0.0;
        }
        let (ux, uz) = (self.to[0] - self.from[0], self.to[1] - self.from[1]);
        let (px, pz) = (x - self.from[0], z - self.from[1]);
        let t = ((px * ux + pz * uz) / (ux * ux + uz * uz)).clamp(0.0, 1.0);
        let (dx, dz) = (px - t * ux, pz - t * uz);
        let q = (dx * dx + dz * dz) / (self.width * self.width);
        // A bump of finite support, so that far away nothing is computed and nothing changes.
        if q >= 1.0 {
            return 0.0;
        }
        let bump = 1.0 - q;
        self.depth * bump * bump * bump * (1.0 - 0.7 * t)
    }
}

/// What a crown is built from, before it is stretched to its exact size.
#[derive(Clone, Debug)]
pub(crate) struct Design {
    pub profiles: Profiles,
    pub ridges: Vec<Ridge>,
    pub dents: Vec<Dent>,
    /// Radius of the edge between wall and occlusal surface.
    pub edge: f64,
    /// Named points on the occlusal surface, to be settled by [`extremes`].
    pub cusps: Vec<(LandmarkKind, [f64; 2])>,
    /// Height (share of the crown's) of the gingival margin: facial, lingual, and of the papilla's tip.
    pub margin: [f64; 3],
}

/// A crown of exactly known size.
#[derive(Clone, Debug)]
pub(crate) struct Crown {
    pub tooth: Fdi,
    pub size: CrownSize,
    design: Design,
    /// `raw = scale * own + shift`, for x and y.
    scale: [f64; 2],
    shift: [f64; 2],
    pub marks: Vec<MarkedPoint>,
    /// A prepared stump instead of the natural crown: the wall's inward taper and the height left.
    stump: Option<Stump>,
    /// Below this height the occlusal surface is too far to matter.
    wall_only_below: f64,
    /// Radii of the outline seen from the occlusal side, see `outline_radii`.
    pub outline: Vec<f64>,
    pub mesial_contact: [f64; 3],
    pub distal_contact: [f64; 3],
}

/// A crown prepared for a full-coverage restoration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stump {
    /// How far the wall is cut back at the finish line, mm.
    pub reduction: f64,
    /// How far the occlusal surface is cut down, mm.
    pub clearance: f64,
}

/// Individual variation of form, each about -1 to 1, 0 for the average.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Variation {
    pub squareness: f64,
    pub cusp_relief: f64,
    pub bulge: f64,
    pub asymmetry: f64,
}

impl Crown {
    pub(crate) fn new(tooth: Fdi, size: CrownSize, vary: Variation, stump: Option<Stump>) -> Self {
        let design = match tooth.class() {
            ToothClass::Incisor | ToothClass::Canine => anterior::design(tooth, &size, vary),
            ToothClass::Premolar | ToothClass::Molar => posterior::design(tooth, &size, vary),
        };
        let lowest = design
            .ridges
            .iter()
            .flat_map(|r| [r.a[2], r.b[2]])
            .fold(f64::INFINITY, f64::min);
        // A stump is cut down, so its occlusal surface matters from the neck on.
        let wall_only_below = if stump.is_some() { 0.0 } else { lowest - 2.6 };
        let mut crown = Self {
            tooth,
            size,
            design,
            scale: [1.0; 2],
            shift: [0.0; 2],
            marks: Vec::new(),
            stump: None,
            wall_only_below,
            outline: Vec::new(),
            mesial_contact: [0.0; 3],
            distal_contact: [0.0; 3],
        };
        crown.normalise();
        crown.mark();
        crown.outline = crown.outline_radii();
        crown.stump = stump;
        crown
    }

    /// The height of the gingival margin at a place around the crown.
    #[inline]
    pub(crate) fn margin_height(&self, x: f64, y: f64) -> f64 {
        let [facial, lingual, papilla] = self.design.margin;
        let (u, v) = (
            x / self.size.mesiodistal_cervix,
            y / self.size.buccolingual_cervix,
        );
        let w = u * u / (u * u + v * v + 1e-9);
        let side = facial + (lingual - facial) * smoothstep(0.6, -0.6, v);
        self.size.crown_height * (side + (papilla - side) * smoothstep(0.02, 0.92, w))
    }

    /// Distance to the wall alone, the root included: what the gingiva clings to.
    #[inline]
    pub(crate) fn wall(&self, x: f64, y: f64, z: f64) -> (f64, Section) {
        let (x, y) = self.raw(x, y);
        let section = self.design.profiles.at(z);
        (section.distance(x, y), section)
    }

    /// The crown's implicit function, the wall's distance given.
    #[inline]
    pub(crate) fn field_from_wall(&self, own: [f64; 3], wall: (f64, Section)) -> f64 {
        let [x, y, z] = own;
        let (raw_x, raw_y) = self.raw(x, y);
        let (mut side, section) = wall;
        let out = (raw_y - section.center_y) / section.half_y;
        let mut dented = 0.0;
        for dent in &self.design.dents {
            dented += dent.depth(raw_x, z, out > 0.0);
        }
        if dented > 0.0 {
            // A dent of one wall fades towards the middle, else it would leave a step where the crown is thin.
            side += dented * smoothstep(0.0, 0.35, out.abs());
        }
        if z < self.wall_only_below {
            return side;
        }
        let mut top = -1e3;
        for ridge in &self.design.ridges {
            top = smax(top, ridge.height(raw_x, raw_y), GROOVE_BLEND);
        }
        // The occlusal surface slopes by about 35° on the whole: cos 35° turns heights into distances.
        let cut = (z - top) * 0.82;
        match self.stump {
            None => smax(side, cut, self.design.edge),
            Some(stump) => {
                // Walls converge by about 6° each, from a shoulder half a millimetre above the margin.
                let margin = self.margin_height(x, y) + 0.3;
                let back = stump.reduction * smoothstep(margin - 0.1, margin + 0.25, z)
                    + 0.1 * (z - margin).max(0.0);
                smax(side + back, cut + stump.clearance, 0.6)
            }
        }
    }

    /// The crown's implicit function.
    #[inline]
    pub(crate) fn field(&self, own: [f64; 3]) -> f64 {
        self.field_from_wall(own, self.wall(own[0], own[1], own[2]))
    }

    /// True when prepared.
    pub(crate) fn is_stump(&self) -> bool {
        self.stump.is_some()
    }

    #[inline]
    fn raw(&self, x: f64, y: f64) -> (f64, f64) {
        (
            x * self.scale[0] + self.shift[0],
            y * self.scale[1] + self.shift[1],
        )
    }
}
