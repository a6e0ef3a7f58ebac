//! Base: a closed body for an arch to stand on, separate from the anatomy.
//!
//! Each arch is trimmed along a smooth surface under its border and set on a base of the chosen preset: parallel to
//! the occlusal plane, symmetric about the midline, upper and lower backs flush. The anatomy's triangles inside the
//! trim line are the scan's own, bit for bit.
//!
//! Units: mm. Frame: the cast frame in and out. Inside this module the *base frame* has the same x and y, but its z
//! points towards the base: it is the cast frame for an upper arch and its mirror image for a lower one, which
//! is exact, and lets every step be written once.
//!
//! Steps:
//! 1. `trim`: lay the trim surface under the border, cut the anatomy along it.
//! 2. `outline`: size the outline from the trimmed anatomy, the backs at the rearmost of both arches.
//! 3. `land`: the upper surface of the base from the trim lines to the outline.
//! 4. `hollow`: a cavity, when asked for; `label`: letters, when asked for.
//! 5. `shell`: walls and bottom; the base alone, and joined with the anatomy.
//!
//! Limits: teeth are not recognised here, so the front cuts meet the sides where the arch's shape puts them, near
//! the canines. `docs/methods/base.md` has drawings and measured results.

mod error;
mod face;
mod hollow;
mod label;
mod land;
mod outline;
mod planar;
mod presets;
mod shell;
mod trim;
mod trim_surface;
mod union;

use rayon::prelude::*;
use stonecast_dental::{Checked, Jaw, Mm, RowStatus, Warning};
use stonecast_mesh::{FaceId, Point, TriMesh};

pub use error::BaseError;
pub use hollow::Hollow;
pub use label::{Label, LabelFace, LabelStyle};
pub use presets::{Common, Preset, Row, Shape, common, presets};

use hollow::{Cavity, Sunk};
use land::{Land, LandFault};
use outline::{Footprint, Outline, outline};
use shell::{PlacedLabel, Shell};
use trim::{Sheet, Trimmed};
use trim_surface::TrimSurface;

/// How far under the border the trim surface starts, and how much farther at each further try, in mm: the first
/// is enough to cut every border triangle off; the others get past places where the scan overlaps itself.
const BELOW_BORDER: [f64; 6] = [0.05, 0.3, 0.7, 1.2, 2.0, 3.0];

/// What base to make.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseParams {
    /// The name of a preset; see [`presets`].
    pub preset: String,
    /// A cavity and its drain holes; solid when `None`.
    pub hollow: Option<Hollow>,
    /// What to write on the upper base.
    pub upper_label: Option<Label>,
    /// What to write on the lower base.
    pub lower_label: Option<Label>,
}

impl Default for BaseParams {
    fn default() -> Self {
        Self {
            preset: "orthodontic".to_owned(),
            hollow: None,
            upper_label: None,
            lower_label: None,
        }
    }
}

/// The bases of a cast.
#[derive(Clone, Debug)]
pub struct Bases {
    /// The upper base, when there is an upper arch.
    pub upper: Option<Base>,
    /// The lower base, when there is a lower arch.
    pub lower: Option<Base>,
    /// Where both backs lie: the cast frame's y of their plane.
    pub back_y_in_cast: Mm,
    /// From bottom to bottom, with both arches.
    pub occluded_height: Option<Mm>,
}

/// The base of one arch, in the cast frame.
#[derive(Clone, Debug)]
pub struct Base {
    /// Which arch it is for.
    pub jaw: Jaw,
    /// The name of the preset.
    pub preset: String,
    /// The base alone: closed, manifold, facing outwards. Its upper surface meets the anatomy along the trim line
    /// and passes behind it elsewhere.
    pub body: TriMesh,
    /// The anatomy and the base as one closed manifold solid. Its first faces are the anatomy's; see `trimmed`.
    pub joined: TriMesh,
    /// What trimming kept of the arch.
    pub trimmed: TrimReport,
    /// The outline seen along the base's axis, counter-clockwise seen from above (+Z): x and y in the cast frame.
    pub outline_in_cast: Vec<[Mm; 2]>,
    /// Heights along the base's axis.
    pub heights: BaseHeights,
}

/// What trimming kept of an arch.
#[derive(Clone, Debug, PartialEq)]
pub struct TrimReport {
    /// The arch's faces that stand unchanged in [`Base::joined`], in the order of its first faces.
    pub untouched: Vec<FaceId>,
    /// How many pieces of cut faces follow them in [`Base::joined`].
    pub cut_pieces: usize,
    /// How many faces follow those to close holes inside the arch.
    pub patch_faces: usize,
    /// The share of the arch's area that was cut off.
    pub removed_share: f64,
}

/// Heights of a base, measured from the occlusal plane towards the base.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BaseHeights {
    /// The trim line at its nearest to the occlusal plane.
    pub trim_nearest: Mm,
    /// The trim line's mean.
    pub trim_mean: Mm,
    /// The trim line at its farthest.
    pub trim_farthest: Mm,
    /// The bottom plane.
    pub bottom: Mm,
}

/// Trims the arches and makes their bases.
///
/// The arches are in the cast frame, in their bite if both are given; open scans or closed ones.
///
/// # Errors
/// See [`BaseError`]: each says what to do.
pub fn base_pair(
    upper: Option<&TriMesh>,
    lower: Option<&TriMesh>,
    params: &BaseParams,
) -> Result<Checked<Bases>, BaseError> {
    let preset = find_preset(&params.preset)?;
    if let Some(hollow) = params.hollow {
        let least_mm = common().least_wall.value;
        if hollow.wall_mm.is_nan() || hollow.wall_mm < least_mm {
            return Err(BaseError::WallTooThin {
                wall_mm: hollow.wall_mm,
                least_mm,
            });
        }
    }
    let mut warnings = Vec::new();
    let arches: Vec<Arch> = side_by_side(
        [(Jaw::Upper, upper), (Jaw::Lower, lower)],
        &mut warnings,
        |(jaw, mesh), warnings| mesh.map(|m| Arch::trim(jaw, m, preset, warnings)),
    )?;
    let rearmost = arches
        .iter()
        .map(|a| a.footprint().back())
        .fold(f64::NEG_INFINITY, f64::max);
    if arches.is_empty() {
        return Err(BaseError::NoArch);
    }
    let back = f64::from((rearmost + common().back_margin.value) as f32);
    let mut bases = Bases {
        upper: None,
        lower: None,
        back_y_in_cast: Mm(back),
        occluded_height: None,
    };
    let made = side_by_side(arches, &mut warnings, |arch, warnings| {
        Some(arch.base(preset, params, back, warnings))
    })?;
    for base in made {
        match base.jaw {
            Jaw::Upper => bases.upper = Some(base),
            Jaw::Lower => bases.lower = Some(base),
        }
    }
    if let (Some(u), Some(l)) = (&bases.upper, &bases.lower) {
        bases.occluded_height = Some(Mm(u.heights.bottom.0 + l.heights.bottom.0));
    }
    warn_of_unverified(preset, &mut warnings);
    Ok(Checked::new(bases, warnings))
}

/// Does the work of each arch at the same time; warnings and the first error come in the order of the arches.
fn side_by_side<T: Send, R: Send>(
    arches: impl IntoIterator<Item = T>,
    warnings: &mut Vec<Warning>,
    work: impl Fn(T, &mut Vec<Warning>) -> Option<Result<R, BaseError>> + Sync,
) -> Result<Vec<R>, BaseError> {
    let arches: Vec<T> = arches.into_iter().collect();
    let done: Vec<_> = arches
        .into_par_iter()
        .with_max_len(1)
        .map(|arch| {
            let mut own = Vec::new();
            (work(arch, &mut own), own)
        })
        .collect();
    let mut results = Vec::new();
    for (result, own) in done {
        warnings.extend(own);
        results.extend(result.transpose()?);
    }
    Ok(results)
}

fn find_preset(name: &str) -> Result<&'static Preset, BaseError> {
    presets()
        .iter()
        .find(|p| p.name == name)
        .ok_or_else(|| BaseError::UnknownPreset {
            name: name.to_owned(),
            known: presets()
                .iter()
                .map(|p| p.name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        })
}

fn warn_of_unverified(preset: &Preset, warnings: &mut Vec<Warning>) {
    let unverified: Vec<&str> = preset
        .rows()
        .filter(|(_, row)| row.status == RowStatus::Unverified)
        .map(|(name, _)| name)
        .collect();
    if !unverified.is_empty() {
        warnings.push(Warning::new(
            "cast.base.unverified",
            format!(
                "the base preset `{}` rests on unverified numbers: {}",
                preset.name,
                unverified.join(", ")
            ),
            "check them in tables/base_presets.toml if a board or laboratory prescribes a shape",
        ));
    }
}

/// An arch on its way to a base; everything in the base frame.
struct Arch {
    jaw: Jaw,
    trimmed: Trimmed,
    surface: TrimSurface,
    arch_area: f64,
}

impl Arch {
    fn trim(
        jaw: Jaw,
        mesh: &TriMesh,
        preset: &Preset,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, BaseError> {
        if mesh.is_empty() {
            return Err(BaseError::EmptyArch { jaw });
        }
        let mirrored;
        let in_base = match jaw {
            Jaw::Upper => mesh,
            Jaw::Lower => {
                mirrored = mirror(mesh);
                &mirrored
            }
        };
        let sheet = Sheet::new(in_base);
        if let Some(height_mm) = sheet.median_border_height().filter(|h| *h <= 0.0) {
            return Err(BaseError::NotInCastFrame { jaw, height_mm });
        }
        report_sheet(jaw, &sheet, warnings);
        let deepest = common().deepest_trim.value;
        for below in BELOW_BORDER {
            let (surface, level) = trim::trim_surface(&sheet, deepest, below);
            if let Some(trimmed) = settle(jaw, &sheet, &surface, preset)? {
                if level {
                    warnings.push(Warning::new(
                        "cast.base.stone-model",
                        format!(
                            "{jaw} arch: it already stands on stone; it was cut level and set on a new base"
                        ),
                        "leave the base out to keep the model as it is",
                    ));
                }
                return Ok(Self {
                    jaw,
                    trimmed,
                    surface,
                    arch_area: mesh.area(),
                });
            }
        }
        Err(BaseError::TrimLineCrosses { jaw })
    }

    fn footprint(&self) -> Footprint {
        Footprint::new(&self.trimmed.points, &self.trimmed.rings)
    }

    fn base(
        self,
        preset: &Preset,
        params: &BaseParams,
        back: f64,
        warnings: &mut Vec<Warning>,
    ) -> Result<Base, BaseError> {
        let jaw = self.jaw;
        let outline = outline(preset, jaw, &self.footprint(), back, common().side_margin.value);
        if outline.no_opening {
            warnings.push(Warning::new(
                "cast.base.no-opening",
                format!("{jaw} arch: the horseshoe has no opening; the arch is closed there, or too narrow"),
                "nothing, or cut the palate off before",
            ));
        }
        let land = Land::build(&self.trimmed, &self.surface, &outline)
            .map_err(|_| BaseError::TrimLineCrosses { jaw })?;
        let heights = self.heights(&land);
        let bottom = heights.bottom.0;
        let label = match jaw {
            Jaw::Upper => &params.upper_label,
            Jaw::Lower => &params.lower_label,
        };
        let placed = label
            .as_ref()
            .map(|l| PlacedLabel::new(l, jaw, &land, &outline, bottom))
            .transpose()?;
        let shell = |cavity: Option<&Cavity>| {
            Shell::build(&land, &outline, bottom, placed.as_ref(), cavity)
                .map_err(|_| BaseError::FaceCrowded { jaw })
        };
        let (body, joined) = match params.hollow {
            None => {
                let solid = shell(None)?;
                (solid.body(&land), solid.joined(&land, &self.trimmed))
            }
            Some(hollow) => {
                let carve = |points: &[Point], faces: &[[u32; 3]]| {
                    let keep_off = placed.as_ref().filter(|_| on_bottom(label.as_ref()));
                    let sunk = sunk(label.as_ref());
                    carve(jaw, hollow, points, faces, (&outline, bottom), sunk, keep_off)
                };
                let under_land: Vec<[u32; 3]> = land.land.iter().chain(&land.interface).copied().collect();
                let body = shell(Some(&carve(&land.points, &under_land)?))?.body(&land);
                let (points, faces) = upper_surface(&self.trimmed, &land);
                let joined = shell(Some(&carve(&points, &faces)?))?.joined(&land, &self.trimmed);
                (body, joined)
            }
        };
        let touching = coinciding_points(&joined);
        if touching > 0 {
            warnings.push(Warning::new(
                "cast.base.touching",
                format!(
                    "{jaw} arch: {touching} points of the cast lie exactly on others: the scan touches itself there, and \
                     formats that merge equal points (STL) may show a non-manifold edge"
                ),
                "cut the place out of the scan, or write 3MF or PLY",
            ));
        }
        Ok(Base {
            jaw,
            preset: preset.name.clone(),
            body: back_to_cast(body, jaw),
            joined: back_to_cast(joined, jaw),
            trimmed: self.report(),
            outline_in_cast: outline.points.iter().map(|p| p.map(Mm)).collect(),
            heights,
        })
    }

    fn report(&self) -> TrimReport {
        let t = &self.trimmed;
        let kept: f64 = t.faces[..t.untouched.len() + t.cut_pieces]
            .iter()
            .map(|f| {
                let [a, b, c] = f.map(|v| t.points[v as usize]);
                0.5 * (b - a).cross(&(c - a)).norm()
            })
            .sum();
        TrimReport {
            untouched: t.untouched.clone(),
            cut_pieces: t.cut_pieces,
            patch_faces: t.faces.len() - t.untouched.len() - t.cut_pieces,
            removed_share: (1.0 - kept / self.arch_area).max(0.0),
        }
    }

    fn heights(&self, land: &Land) -> BaseHeights {
        let t = &self.trimmed;
        let (mut length, mut moment) = (0.0, 0.0);
        let (mut nearest, mut farthest) = (f64::INFINITY, f64::NEG_INFINITY);
        for ring in &t.rings {
            for i in 0..ring.len() {
                let [p, q] = [ring[i], ring[(i + 1) % ring.len()]].map(|v| t.points[v as usize]);
                length += (q - p).norm();
                moment += (q - p).norm() * 0.5 * (p.z + q.z);
                nearest = p.z.min(nearest);
                farthest = p.z.max(farthest);
            }
        }
        let mean = moment / length;
        let deepest = t.points.iter().map(|p| p.z).fold(land.top(), f64::max);
        let bottom = (farthest + common().art_height.value).max(deepest + common().least_floor.value);
        BaseHeights {
            trim_nearest: Mm(nearest),
            trim_mean: Mm(mean),
            trim_farthest: Mm(farthest),
            bottom: Mm(f64::from(bottom as f32)),
        }
    }
}

fn on_bottom(label: Option<&Label>) -> bool {
    label.is_some_and(|l| l.face == LabelFace::Bottom)
}

/// How deep a label goes into the faces of a base.
fn sunk(label: Option<&Label>) -> Sunk {
    let depth = common().label_depth.value;
    match label.filter(|l| l.style == LabelStyle::Engraved).map(|l| l.face) {
        Some(LabelFace::Back) => Sunk {
            back: depth,
            bottom: 0.0,
        },
        Some(LabelFace::Bottom) => Sunk {
            back: 0.0,
            bottom: depth,
        },
        None => Sunk::default(),
    }
}

/// The upper surface of a joined cast: the anatomy and the land around it, corners not shared between the two.
fn upper_surface(trimmed: &Trimmed, land: &Land) -> (Vec<Point>, Vec<[u32; 3]>) {
    let offset = trimmed.points.len() as u32;
    let points = trimmed.points.iter().chain(&land.points).copied().collect();
    let shifted = land.land.iter().map(|f| f.map(|v| v + offset));
    (points, trimmed.faces.iter().copied().chain(shifted).collect())
}

fn carve(
    jaw: Jaw,
    hollow: Hollow,
    points: &[Point],
    faces: &[[u32; 3]],
    (outline, bottom): (&Outline, f64),
    sunk: Sunk,
    keep_off: Option<&PlacedLabel>,
) -> Result<Cavity, BaseError> {
    let mut cavity =
        Cavity::carve(points, faces, outline, bottom, hollow.wall_mm, sunk).ok_or(BaseError::NoCavity {
            jaw,
            wall_mm: hollow.wall_mm,
        })?;
    let diameter_mm = common().drain_diameter.value;
    if cavity.drill(hollow.drain_holes, diameter_mm, keep_off.map(|l| &l.room)) {
        Ok(cavity)
    } else {
        Err(BaseError::NoDrainPlace {
            jaw,
            count: hollow.drain_holes,
            diameter_mm,
        })
    }
}

/// Trims along `surface` until land and anatomy are apart; `None` when the trim lines cross each other.
fn settle(
    jaw: Jaw,
    sheet: &Sheet,
    surface: &TrimSurface,
    preset: &Preset,
) -> Result<Option<Trimmed>, BaseError> {
    let mut also = vec![false; sheet.points.len()];
    let mut inside: Vec<Vec<usize>> = Vec::new();
    // Each round removes at least one part or one piece; more than a few mean a tangle that a deeper cut may avoid.
    for _ in 0..4 {
        let mut trimmed = trim::trim(sheet, surface, &also);
        for rings in &inside {
            trimmed = trimmed.without_pieces_of(rings);
        }
        if trimmed.rings.is_empty() || trimmed.faces.is_empty() {
            return Err(BaseError::NothingLeft { jaw });
        }
        let footprint = Footprint::new(&trimmed.points, &trimmed.rings);
        let common = common();
        let back = footprint.back() + common.back_margin.value;
        let trial: Outline = outline(preset, jaw, &footprint, back, common.side_margin.value);
        match Land::build(&trimmed, surface, &trial) {
            Ok(_) => return Ok(Some(trimmed)),
            Err(LandFault::Cross) => return Ok(None),
            Err(LandFault::Inconsistent(rings)) if rings.len() < trimmed.rings.len() => inside.push(rings),
            Err(LandFault::Inconsistent(_)) => return Ok(None),
            Err(LandFault::Pierced(risers)) => risers.iter().for_each(|&v| also[v as usize] = true),
        }
    }
    Ok(None)
}

fn report_sheet(jaw: Jaw, sheet: &Sheet, warnings: &mut Vec<Warning>) {
    if sheet.pieces_dropped > 0 {
        warnings.push(Warning::new(
            "cast.base.loose-pieces",
            format!(
                "{jaw} arch: {} loose pieces do not stand on the base",
                sheet.pieces_dropped
            ),
            "clean the scan first, or check that they are no part of the arch",
        ));
    }
    if sheet.holes_filled > 0 {
        warnings.push(Warning::new(
            "cast.base.holes-filled",
            format!(
                "{jaw} arch: {} holes inside it were closed in the joined cast",
                sheet.holes_filled
            ),
            "look at them: the patches are no anatomy",
        ));
    }
}

/// How many points single precision puts on top of others.
fn coinciding_points(mesh: &TriMesh) -> usize {
    let key = |p: &Point| p.coords.map(|c| (c as f32 + 0.0).to_bits());
    let mut keys: Vec<[u32; 3]> = mesh.points().iter().map(|p| key(p).into()).collect();
    keys.sort_unstable();
    keys.windows(2).filter(|pair| pair[0] == pair[1]).count()
}

/// The mirror image in the occlusal plane, faces turned so that they still face outwards.
fn mirror(mesh: &TriMesh) -> TriMesh {
    mesh.map_points(|p| Point::new(p.x, p.y, -p.z))
        .expect("a sign changes no finite number to another kind")
        .flipped()
}

fn back_to_cast(mesh: TriMesh, jaw: Jaw) -> TriMesh {
    match jaw {
        Jaw::Upper => mesh,
        Jaw::Lower => mirror(&mesh),
    }
}

#[cfg(test)]
mod tests;
