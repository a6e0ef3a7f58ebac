//! A line of points along an arch, seen from above, and on which side of it a point lies.
//!
//! Units: mm. Frame: the cast frame.

use nalgebra::Vector2;
use stonecast_mesh::Point;

/// Points along an arch from the patient's right to the left; its first and last stretch go on without end.
pub(super) struct ArchLine(pub Vec<Point>);

/// A point's place against a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// Its horizontal distance: positive on the side of lip and cheek.
    pub outwards: f64,
    /// The stretch of the line that is nearest, by its first point.
    stretch: usize,
    /// Where on the stretch: 0 at its beginning, 1 at its end.
    share: f64,
}

impl Place {
    /// A value between those of the line's points, where this place is; beyond the ends, that of the end.
    pub fn between(&self, values: impl Fn(usize) -> f64) -> f64 {
        let share = self.share.clamp(0.0, 1.0);
        values(self.stretch) * (1.0 - share) + values(self.stretch + 1) * share
    }
}

impl ArchLine {
    /// Where a point lies. The line has two points at least.
    pub fn place(&self, p: &Point) -> Place {
        let last = self.0.len() - 2;
        let mut best: Option<(f64, Place)> = None;
        for stretch in 0..=last {
            let (a, b) = (self.0[stretch].xy(), self.0[stretch + 1].xy());
            let along = b - a;
            let free = (p.xy() - a).dot(&along) / along.norm_squared().max(1e-12);
            let least = if stretch == 0 { f64::NEG_INFINITY } else { 0.0 };
            let most = if stretch == last { f64::INFINITY } else { 1.0 };
            let share = free.clamp(least, most);
            let away = p.xy() - (a + along * share);
            let distance = away.norm();
            if best.is_none_or(|(d, _)| distance < d) {
                // Nearest to a corner, the side is told by both stretches that meet there.
                let mut normal = outwards(along);
                if free < least && stretch > 0 {
                    normal += outwards(a - self.0[stretch - 1].xy());
                } else if free > most && stretch < last {
                    normal += outwards(self.0[stretch + 2].xy() - b);
                }
                let sign = if away.dot(&normal) < 0.0 { -1.0 } else { 1.0 };
                let place = Place {
                    outwards: sign * distance,
                    stretch,
                    share,
                };
                best = Some((distance, place));
            }
        }
        best.expect("a line has a stretch").1
    }
}

/// To the lip or cheek from a line that runs from right to left.
fn outwards(along: Vector2<f64>) -> Vector2<f64> {
    Vector2::new(along.y, -along.x) / along.norm().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_of_lip_and_cheek_is_positive_all_round_the_arch() {
        let points = [(-20.0, 20.0), (-12.0, 6.0), (0.0, 0.0), (12.0, 6.0), (20.0, 20.0)];
        let line = ArchLine(points.iter().map(|(x, y)| Point::new(*x, *y, 0.0)).collect());
        let t = |x: f64, y: f64, sign: f64, what: &str| {
            let got = line.place(&Point::new(x, y, 5.0)).outwards;
            assert!(got * sign > 0.0, "{what}: {got}");
        };
        t(0.0, -1.0, 1.0, "in front of the middle corner");
        t(0.0, 1.0, -1.0, "behind it");
        t(-18.0, 12.0, 1.0, "right cheek");
        t(18.0, 12.0, 1.0, "left cheek");
        t(-14.0, 13.0, -1.0, "tongue, right");
        t(14.0, 13.0, -1.0, "tongue, left");
        t(-26.0, 28.0, 1.0, "past the right end, cheek");
        assert!((line.place(&Point::new(0.0, -3.0, 9.0)).outwards - 3.0).abs() < 1e-12);
        let beyond = line.place(&Point::new(24.0, 27.0, 0.0));
        assert!(
            beyond.outwards.abs() < 1e-12,
            "the ends go on: {}",
            beyond.outwards
        );
        assert_eq!(
            beyond.between(|i| i as f64),
            4.0,
            "beyond the end, the end's value"
        );
    }
}
