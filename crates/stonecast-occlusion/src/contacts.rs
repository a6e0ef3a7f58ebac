//! Contacts: regions of a tooth pair within a gap, the same on any mesh.
//!
//! Units: mm, mm². Frame: the cast frame, closed bite.
//!
//! Steps
//! 1. `patches`: the small triangles (`areas`) of both arches that lie within the gap, each at its place halfway
//!    between the arches, by tooth pair: a region that spans two antagonists is two contacts.
//! 2. `regions`: patches of one pair that come closer than the row `one-contact-within` are one region, whichever arch they are
//!    on. So neither the mesh's faces nor small bridges and holes that noise makes change the number.
//! 3. `contact`: a region counts where it has the row `least-contact-area` on an arch; where it has it on both, the arches agree.
//!
//! Limits: the two arches do not see quite the same: near a border or an edge one may have a side and the other none. A contact
//! that only one arch shows is listed and says so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{Point, Vector};

use crate::areas::{BothAreas, Levels, View, by_jaw, share_within};
use crate::classes::{ContactKind, CuspOf, TransverseStop};
use crate::rows::row;

/// An area on either arch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ArchAreas {
    /// On the upper arch's surface, mm².
    pub upper_mm2: f64,
    /// On the lower arch's, mm².
    pub lower_mm2: f64,
}

impl ArchAreas {
    /// Of one arch, mm².
    pub fn of(&self, jaw: Jaw) -> f64 {
        match jaw {
            Jaw::Upper => self.upper_mm2,
            Jaw::Lower => self.lower_mm2,
        }
    }

    /// The mean of both, mm².
    pub fn mean(&self) -> f64 {
        0.5 * (self.upper_mm2 + self.lower_mm2)
    }

    pub(crate) fn at_level(areas: &BothAreas, level: usize) -> Self {
        Self {
            upper_mm2: areas.upper[level],
            lower_mm2: areas.lower[level],
        }
    }
}

/// A place where two teeth meet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// The upper tooth.
    pub upper: Fdi,
    /// The lower tooth.
    pub lower: Fdi,
    /// Its middle by area, halfway between the arches.
    pub at: [f64; 3],
    /// The area within the gap at which contacts are listed.
    pub area: ArchAreas,
    /// Of that, the area that penetrates.
    pub penetrating: ArchAreas,
    /// The least gap, mm; negative: the greatest depth of penetration.
    pub least_gap_mm: f64,
    /// Where that is.
    pub least_gap_at: [f64; 3],
    /// Whether both arches show it: each at least the row `least-contact-area`.
    pub both_arches: bool,
    /// What meets what, by the landmarks.
    pub kind: ContactKind,
    /// The cusp or edge that makes it, where one is near.
    pub cusp: Option<CuspOf>,
    /// Which of the three transverse stops of a posterior pair it is.
    pub stop: Option<TransverseStop>,
    /// In how many of the nudges of the lower arch it stays ([`crate::sensitivity`]).
    pub stays_in: usize,
    /// Of how many.
    pub nudges: usize,
}

impl Contact {
    /// Whether it stays through all nudges.
    pub fn stable(&self) -> bool {
        self.stays_in == self.nudges
    }
}

/// A small triangle within the gap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patch {
    pub jaw: Jaw,
    /// Which small triangle of its arch.
    pub leaf: usize,
    at: Point,
    /// Its part within the gap, and its part that penetrates.
    area: [f64; 2],
    least: f64,
    least_at: Point,
}

/// A region of a tooth pair.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    pub teeth: [Fdi; 2],
    pub patches: Vec<Patch>,
}

/// The regions of all tooth pairs within a gap that are large enough to count, from the right to the left.
pub(crate) fn regions(arches: &View<'_>, gap: f64) -> Vec<Region> {
    let least = row("least-contact-area").number("area_mm2");
    let link = row("one-contact-within").number("distance_mm");
    let mut regions: Vec<Region> = Vec::new();
    for (teeth, patches) in patches(arches, gap) {
        let [Some(upper), Some(lower)] = teeth else {
            continue;
        };
        for patches in linked(patches, link) {
            let region = Region {
                teeth: [upper, lower],
                patches,
            };
            let area = region.area(0);
            if area.upper_mm2.max(area.lower_mm2) >= least {
                regions.push(region);
            }
        }
    }
    let place = |r: &Region| (place_in_row(r.teeth[1]), place_in_row(r.teeth[0]));
    regions.sort_by(|a, b| {
        let across = a.middle().x.total_cmp(&b.middle().x);
        place(a).cmp(&place(b)).then(across)
    });
    regions
}

/// A tooth's place from the right end of its arch to the left.
pub(crate) fn place_in_row(tooth: Fdi) -> i32 {
    let from_midline = 2 * i32::from(tooth.position()) + i32::from(tooth.is_primary());
    from_midline * tooth.side().sign() as i32
}

fn patches(arches: &View<'_>, gap: f64) -> BTreeMap<[Option<Fdi>; 2], Vec<Patch>> {
    let mut by_pair: BTreeMap<_, Vec<Patch>> = BTreeMap::new();
    for near in arches {
        let samples = near.samples;
        for (place, leaf, found) in near.iter() {
            let within = share_within(found.values, gap);
            if within <= 0.0 {
                continue;
            }
            let patch = Patch {
                jaw: samples.jaw,
                leaf: place,
                at: found.middle,
                area: [within, share_within(found.values, 0.0)].map(|share| share * leaf.area),
                least: found.values[found.nearest],
                least_at: samples.at(leaf.corners[found.nearest] as usize),
            };
            let pair = by_jaw(samples.jaw, leaf.tooth, found.antagonist);
            by_pair.entry(pair).or_default().push(patch);
        }
    }
    by_pair
}

impl Region {
    /// The area within the gap (0) or that penetrates (1), on either arch.
    fn area(&self, which: usize) -> ArchAreas {
        let on = |jaw| {
            let of_arch = self.patches.iter().filter(|p| p.jaw == jaw);
            of_arch.fold(0.0, |sum, p| sum + p.area[which])
        };
        ArchAreas {
            upper_mm2: on(Jaw::Upper),
            lower_mm2: on(Jaw::Lower),
        }
    }

    fn middle(&self) -> Point {
        let moment = self
            .patches
            .iter()
            .map(|p| p.at.coords * p.area[0])
            .sum::<Vector>();
        let area: f64 = self.patches.iter().map(|p| p.area[0]).sum();
        Point::from(moment / area)
    }

    /// What is listed of it; classes and nudges are filled in by those who know them.
    pub fn contact(&self) -> Contact {
        let least = row("least-contact-area").number("area_mm2");
        let deepest = self.patches.iter().min_by(|a, b| a.least.total_cmp(&b.least));
        let deepest = deepest.expect("a region has patches");
        let area = self.area(0);
        Contact {
            upper: self.teeth[0],
            lower: self.teeth[1],
            at: self.middle().into(),
            area,
            penetrating: self.area(1),
            least_gap_mm: deepest.least,
            least_gap_at: deepest.least_at.into(),
            both_arches: area.upper_mm2.min(area.lower_mm2) >= least,
            kind: ContactKind::Other,
            cusp: None,
            stop: None,
            stays_in: 0,
            nudges: 0,
        }
    }
}

/// Patches joined by single links: any two that are not farther apart than `link` are in one set.
fn linked(patches: Vec<Patch>, link: f64) -> Vec<Vec<Patch>> {
    // Within a cell of this size all patches are linked.
    let cell = link / 3f64.sqrt();
    let key = |patch: &Patch| [0, 1, 2].map(|k| (patch.at[k] / cell).floor() as i64);
    let mut sorted: Vec<([i64; 3], usize)> = (patches.iter().map(key).zip(0..)).collect();
    sorted.sort_unstable();
    let cells: Vec<&[([i64; 3], usize)]> = sorted.chunk_by(|a, b| a.0 == b.0).collect();
    let mut sets = Sets::new(patches.len());
    for members in &cells {
        members.windows(2).for_each(|w| sets.join(w[0].1, w[1].1));
    }
    for rows in ROWS {
        join_rows(&cells, rows, &patches, link, &mut sets);
    }
    let mut by_root: BTreeMap<usize, Vec<Patch>> = BTreeMap::new();
    for (i, patch) in patches.into_iter().enumerate() {
        by_root.entry(sets.root(i)).or_default().push(patch);
    }
    by_root.into_values().collect()
}

/// Joins cells with those later ones that may hold a patch within a link, up to two cells along each axis, and that lie in
/// the row at an offset of theirs.
fn join_rows(
    cells: &[&[([i64; 3], usize)]],
    [x, y]: [i64; 2],
    patches: &[Patch],
    link: f64,
    sets: &mut Sets,
) {
    // Cells come in the order of their keys, and so do the first ones that they look at.
    let mut first = 0;
    for members in cells {
        let [own_x, own_y, z] = members[0].0;
        let low = if [x, y] == [0, 0] { 1 } else { -2 };
        let [from, to] = [low, 2].map(|along| [own_x + x, own_y + y, z + along]);
        first += cells[first..].iter().take_while(|c| c[0].0 < from).count();
        for others in cells[first..].iter().take_while(|c| c[0].0 <= to) {
            if sets.root(members[0].1) == sets.root(others[0].1) {
                continue;
            }
            let near = |i: usize| {
                let from = patches[i].at;
                (others.iter()).any(|&(_, j)| (patches[j].at - from).norm() <= link)
            };
            if members.iter().any(|&(_, i)| near(i)) {
                sets.join(members[0].1, others[0].1);
            }
        }
    }
}

/// The rows of cells, by their offsets along the first two axes, that come later; those near by first.
const ROWS: [[i64; 2]; 13] = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
    [1, -1],
    [0, 2],
    [2, 0],
    [1, 2],
    [1, -2],
    [2, 1],
    [2, -1],
    [2, 2],
    [2, -2],
];

/// Sets that are joined.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, i: usize, j: usize) {
        let (a, b) = (self.root(i), self.root(j));
        self.0[a.max(b)] = a.min(b);
    }
}

/// The gaps at which areas are told: nothing (penetration), then the row `levels`.
pub(crate) fn levels() -> Levels {
    let row = row("levels").numbers("levels_mm");
    [0.0, row[0], row[1], row[2]]
}
