//! A condylar guide seen from the side: where the condyle is after a way along it.
//!
//! Units: mm, radians. Frame: forward and down within the sagittal plane of the reference plane, from the closed position.
//!
//! A curved guide is an arc that begins steeper than its inclination and flattens; the inclination is that of the chord to
//! `guide-chord` of `tables/articulator.toml`. Behind the closed position every guide goes on straight.

use crate::rows::row;
use crate::settings::GuideShape;

/// Forward and down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sagittal {
    pub(crate) forward: f64,
    pub(crate) down: f64,
}

/// Where a condyle is after a way along its guide; backward where the way is negative.
pub(crate) fn along(shape: GuideShape, inclination: f64, way: f64) -> Sagittal {
    let straight = |angle: f64| Sagittal {
        forward: way * angle.cos(),
        down: way * angle.sin(),
    };
    match shape {
        GuideShape::Straight => straight(inclination),
        GuideShape::Arc { radius } => {
            let start = inclination + chord_turn(radius.0);
            if way <= 0.0 {
                return straight(start);
            }
            let now = start - way / radius.0;
            Sagittal {
                forward: radius.0 * (start.sin() - now.sin()),
                down: radius.0 * (now.cos() - start.cos()),
            }
        }
    }
}

/// By how much an arc begins steeper than its chord.
pub(crate) fn chord_turn(radius: f64) -> f64 {
    (0.5 * row("guide-chord").number("chord_mm") / radius).asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_dental::Mm;

    #[test]
    fn the_chord_of_a_curved_guide_has_its_inclination_and_the_arc_its_length() {
        let (inclination, radius) = (35f64.to_radians(), 12.5);
        let shape = GuideShape::Arc { radius: Mm(radius) };
        let chord = row("guide-chord").number("chord_mm");
        let way = 2.0 * radius * (0.5 * chord / radius).asin();
        let end = along(shape, inclination, way);
        assert!((end.down.atan2(end.forward) - inclination).abs() < 1e-12);
        assert!((end.down.hypot(end.forward) - chord).abs() < 1e-12);
        // The sum of many small chords is the way along it.
        let places: Vec<Sagittal> = (0..=10_000)
            .map(|i| along(shape, inclination, way * f64::from(i) / 10_000.0))
            .collect();
        let length: f64 = places
            .windows(2)
            .map(|p| (p[1].forward - p[0].forward).hypot(p[1].down - p[0].down))
            .sum();
        assert!((length - way).abs() < 1e-6);
    }

    #[test]
    fn a_very_wide_arc_is_the_straight_guide() {
        for way in [-1.0, 0.0, 3.0, 8.0] {
            let arc = along(GuideShape::Arc { radius: Mm(1e6) }, 0.6, way);
            let line = along(GuideShape::Straight, 0.6, way);
            assert!((arc.forward - line.forward).abs() < 1e-4 && (arc.down - line.down).abs() < 1e-4);
        }
    }
}
