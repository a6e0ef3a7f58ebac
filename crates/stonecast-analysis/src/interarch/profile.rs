//! A front tooth's section through the middle of its edge: how far its labial and its palatal wall stand from the edge.
//!
//! Units: mm. Frame: the tooth's own axes from the middle of its edge: facial, and depth away from the edge.
//!
//! Steps
//! 1. `Profile::of`: the tooth's faces are cut by the plane of its facial and long axis through the middle of its edge.
//! 2. `wall`: at each depth, the farthest point facially of the surface that looks facially, and the same lingually. The
//!    two walls end where the gum begins, each at its own depth.
//! 3. `Profile::at_height`: where the wall crosses a height over the occlusal plane.
//!
//! The section is cut once, on the cast as it is, and moves with the tooth's edge. The directions of the tooth say where it is
//! cut; that they are uncertain does not move the surface.

use stonecast_dental::{Fdi, LandmarkKind as K, NotMeasured};
use stonecast_mesh::{Point, Vector};

use crate::subject::{Axes, Subject};

/// From one depth of a wall to the next.
const STEP: f64 = 0.25;
/// A surface that does not begin by this depth is not that of the edge.
const LATEST: f64 = 1.0;
/// Deeper than any clinical crown of a front tooth.
const DEEPEST: usize = 60;

/// Which wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wall {
    Labial,
    Lingual,
}

/// Both walls of a front tooth: at each step of depth, how far facially.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    labial: Vec<f64>,
    lingual: Vec<f64>,
    facial: Vector,
    occlusal: Vector,
}

/// A point of a section: facial, depth.
type Flat = [f64; 2];

/// A stretch of a section, and the wall that it is part of.
type Cut = (Wall, [Flat; 2]);

impl Profile {
    /// The profile of a tooth, where its edge and surface were found.
    ///
    /// # Errors
    /// When the tooth, its edge or the surface below it is not there.
    pub fn of(subject: &Subject<'_>, tooth: Fdi) -> Result<Self, NotMeasured> {
        let jaw = tooth.jaw();
        let arch = subject.cast.arch(jaw).ok_or(NotMeasured::NoArch { jaw })?;
        let missing = NotMeasured::MissingTeeth { teeth: vec![tooth] };
        let found = &subject.teeth[subject.index_of(tooth).ok_or(missing)?];
        let kind = if tooth.position() == 3 {
            K::CuspTip
        } else {
            K::IncisalMidpoint
        };
        let edge = found
            .point(kind)
            .ok_or(NotMeasured::NoPoint { tooth, point: kind })?;
        let mut cuts: Vec<Cut> = Vec::new();
        for (face, label) in arch.labelled.face_labels.iter() {
            if *label == Some(tooth) {
                cuts.extend(cut(arch.mesh.corners(face), &edge.at, &found.axes));
            }
        }
        let none = NotMeasured::NoPart {
            tooth,
            part: "surface in the section through the middle of the edge".to_owned(),
        };
        Self::from_cuts(&cuts, &found.axes).ok_or(none)
    }

    fn from_cuts(cuts: &[Cut], axes: &Axes) -> Option<Self> {
        Some(Self {
            labial: wall(cuts, Wall::Labial)?,
            lingual: wall(cuts, Wall::Lingual)?,
            facial: axes.facial,
            occlusal: axes.occlusal,
        })
    }

    fn wall(&self, wall: Wall) -> &[f64] {
        match wall {
            Wall::Labial => &self.labial,
            Wall::Lingual => &self.lingual,
        }
    }

    /// The point of a wall at a depth, of a tooth whose edge is given; the deepest known where that is less.
    pub fn at_depth(&self, wall: Wall, depth: f64, edge: &Point) -> Point {
        let wall = self.wall(wall);
        let deepest = STEP * wall.len() as f64;
        let depth = depth.clamp(STEP, deepest);
        let place = (depth / STEP - 1.0).clamp(0.0, wall.len() as f64 - 1.0);
        let low = (place as usize).min(wall.len() - 2);
        let share = place - low as f64;
        let facial = wall[low] * (1.0 - share) + wall[low + 1] * share;
        edge + self.facial * facial - self.occlusal * depth
    }

    /// The point of a wall at a height over the occlusal plane, no nearer to the edge than `shallowest`; and true when
    /// the wall does not reach that far and its end is given.
    pub fn at_height(&self, wall: Wall, height: f64, shallowest: f64, edge: &Point) -> (Point, bool) {
        let at = |depth: f64| self.at_depth(wall, depth, edge);
        // Away from the edge a lower tooth goes down and an upper one up.
        let down = -self.occlusal.z.signum();
        let past = |p: &Point| (p.z - height) * down >= 0.0;
        let deepest = STEP * self.wall(wall).len() as f64;
        let mut before = shallowest;
        if past(&at(before)) {
            return (at(before), false);
        }
        while before < deepest {
            let next = (before + STEP).min(deepest);
            let (a, b) = (at(before), at(next));
            if past(&b) {
                let share = (height - a.z) / (b.z - a.z);
                return (a + (b - a) * share, false);
            }
            before = next;
        }
        (at(deepest), true)
    }
}

/// How far facially a wall is at each step of depth, as far as it goes.
fn wall(cuts: &[Cut], side: Wall) -> Option<Vec<f64>> {
    let mut wall: Vec<f64> = Vec::new();
    for k in 1..=DEEPEST {
        let depth = STEP * k as f64;
        let of_side = cuts.iter().filter(|(of, _)| *of == side);
        let crossings = of_side.filter_map(|(_, cut)| crossing(cut, depth));
        let farthest = match side {
            Wall::Labial => crossings.reduce(f64::max),
            Wall::Lingual => crossings.reduce(f64::min),
        };
        match farthest {
            // A coarse mesh cuts the edge off: what it shows first stands for what lies above.
            Some(facial) => wall.resize(k, facial),
            None if wall.is_empty() && depth < LATEST => {}
            None => break,
        }
    }
    (wall.len() > 1).then_some(wall)
}

/// Where the plane through a tooth's edge cuts a face.
fn cut(corners: [Point; 3], edge: &Point, axes: &Axes) -> Option<Cut> {
    let off = |p: &Point| (p - edge).dot(&axes.mesial);
    let flat = |v: Vector| [v.dot(&axes.facial), -v.dot(&axes.occlusal)];
    let mut ends: Vec<Flat> = Vec::with_capacity(2);
    for k in 0..3 {
        let (a, b) = (&corners[k], &corners[(k + 1) % 3]);
        let (x, y) = (off(a), off(b));
        if (x < 0.0) != (y < 0.0) {
            ends.push(flat(a + (b - a) * (x / (x - y)) - edge));
        }
    }
    let normal = (corners[1] - corners[0]).cross(&(corners[2] - corners[0]));
    let wall = if normal.dot(&axes.facial) > 0.0 {
        Wall::Labial
    } else {
        Wall::Lingual
    };
    Some((wall, <[Flat; 2]>::try_from(ends).ok()?))
}

/// How far facially a stretch of the section is at a depth.
fn crossing([a, b]: &[Flat; 2], depth: f64) -> Option<f64> {
    ((a[1] < depth) != (b[1] < depth)).then(|| a[0] + (b[0] - a[0]) * (depth - a[1]) / (b[1] - a[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lower front tooth that stands upright.
    fn upright() -> Axes {
        Axes {
            origin: Point::origin(),
            mesial: Vector::x(),
            facial: -Vector::y(),
            occlusal: Vector::z(),
        }
    }

    #[test]
    fn a_wedge_has_the_walls_that_it_was_made_with() {
        // A wedge: the labial wall upright, the lingual one leaning back by half; 8 mm high.
        let cuts = [
            (Wall::Labial, [[0.4, 0.0], [0.4, 8.0]]),
            (Wall::Lingual, [[-0.4, 0.0], [-4.4, 8.0]]),
        ];
        let profile = Profile::from_cuts(&cuts, &upright()).unwrap();
        let edge = Point::new(0.0, 3.0, 1.0);
        let t = |wall, height: f64, y: f64, short: bool| {
            let (p, ends) = profile.at_height(wall, height, 0.5, &edge);
            assert!(
                (p.y - y).abs() < 1e-9 && ends == short,
                "{wall:?} {height}: {p} {ends}"
            );
        };
        t(Wall::Labial, -1.0, 2.6, false);
        t(Wall::Lingual, -1.0, 4.4, false);
        // Above the edge: half a millimetre from it, where labial begins.
        t(Wall::Labial, 5.0, 2.6, false);
        t(Wall::Lingual, 5.0, 3.65, false);
        // The wall ends at 7.75 or 8 mm.
        t(Wall::Labial, -20.0, 2.6, true);
    }

    #[test]
    fn an_edge_cut_off_by_a_coarse_mesh_is_made_good_and_a_missing_one_is_not() {
        let walls = |from: f64| {
            [
                (Wall::Labial, [[0.4, from], [0.4, 8.0]]),
                (Wall::Lingual, [[-0.4, from], [-0.4, 8.0]]),
            ]
        };
        let profile = Profile::from_cuts(&walls(0.6), &upright()).unwrap();
        assert_eq!(profile.labial.len(), profile.lingual.len());
        assert_eq!((profile.labial[0], profile.lingual[0]), (0.4, -0.4));
        assert!(Profile::from_cuts(&walls(1.5), &upright()).is_none());
    }

    #[test]
    fn a_wall_that_ends_sooner_than_the_other_does_not_go_over_into_it() {
        let cuts = [
            (Wall::Labial, [[0.4, 0.0], [0.4, 5.1]]),
            (Wall::Lingual, [[-0.4, 0.0], [-0.4, 8.1]]),
        ];
        let profile = Profile::from_cuts(&cuts, &upright()).unwrap();
        assert_eq!((profile.labial.len(), profile.lingual.len()), (20, 32));
        assert!(profile.labial.iter().all(|f| *f == 0.4));
    }
}
