//! Volumes of bodies that are known, and palates that were made with known heights.

use super::*;
use crate::truth::{TrueCast, number, without};
use crate::{Params, measure};
use stonecast_dental::{Findings, Outcome};
use stonecast_testkit::DentitionSpec;

/// A vault `height (1 - r²/R²)` over a disc of radius `R`, its faces looking down, in rings of 60 quads.
fn dome(radius: f64, height: f64) -> Vec<[Point; 3]> {
    let (rings, around) = (40, 60);
    let at = |ring: usize, k: usize| {
        let (r, angle) = (
            ring as f64 / rings as f64,
            std::f64::consts::TAU * k as f64 / around as f64,
        );
        Point::new(
            radius * r * angle.cos(),
            radius * r * angle.sin(),
            height * (1.0 - r * r),
        )
    };
    let quads = (0..rings).flat_map(move |ring| (0..around).map(move |k| (ring, k)));
    quads
        .flat_map(|(ring, k)| {
            let [a, b, c, d] = [at(ring, k), at(ring + 1, k), at(ring + 1, k + 1), at(ring, k + 1)];
            [[a, c, b], [a, d, c]]
        })
        .collect()
}

/// Margins along the front half of a circle, which the field closes straight behind.
fn horseshoe(radius: f64, tilt: f64) -> Vec<Point> {
    let angle = |k: u32| std::f64::consts::PI * (1.0 + f64::from(k) / 60.0);
    let flat = (0..=60).map(|k| (radius * angle(k).cos(), radius * angle(k).sin()));
    flat.map(|(x, y)| Point::new(x, y, tilt * y)).collect()
}

#[test]
fn the_volume_under_half_a_dome_is_half_of_the_known_one() {
    let (radius, height) = (20.0, 12.0);
    let ends = [Point::new(-25.0, 0.0, 0.0), Point::new(25.0, 0.0, 0.0)];
    let floor = Floor::new(&horseshoe(radius, 0.0), ends).unwrap();
    let (volume, covered) = floor.under(dome(radius, height).into_iter());
    let whole = 0.5 * std::f64::consts::PI * radius * radius * height;
    // Sixty chords around leave out 0.2 % of the disc, and forty rings as much of the height.
    assert!((volume / (0.5 * whole) - 1.0).abs() < 0.01, "{volume} {whole}");
    assert!((covered / floor.area() - 1.0).abs() < 0.01, "{covered}");
}

#[test]
fn a_field_that_ends_behind_the_dome_takes_all_of_it() {
    let (radius, height) = (20.0, 12.0);
    let ends = [Point::new(-25.0, 21.0, 0.0), Point::new(25.0, 21.0, 0.0)];
    let floor = Floor::new(&horseshoe(radius, 0.0), ends).unwrap();
    let (volume, _) = floor.under(dome(radius, height).into_iter());
    let whole = 0.5 * std::f64::consts::PI * radius * radius * height;
    assert!((volume / whole - 1.0).abs() < 0.01, "{volume} {whole}");
}

#[test]
fn surface_under_the_plane_counts_for_nothing() {
    let lowered = dome(20.0, 12.0)
        .into_iter()
        .map(|f| f.map(|p| p - Vector::z() * 3.0));
    let ends = [Point::new(-25.0, 21.0, 0.0), Point::new(25.0, 21.0, 0.0)];
    let floor = Floor::new(&horseshoe(20.0, 0.0), ends).unwrap();
    let (volume, _) = floor.under(lowered);
    // What stands above is a dome of 9 mm over a disc whose area is smaller in the same measure.
    let left = 0.5 * std::f64::consts::PI * 400.0 * (9.0 / 12.0) * 9.0;
    assert!((volume / left - 1.0).abs() < 0.01, "{volume} {left}");
}

#[test]
fn the_plane_follows_the_margins() {
    let (point, normal) = gingival_plane(&horseshoe(20.0, 0.1)).unwrap();
    assert!((normal - Vector::new(0.0, -0.1, 1.0).normalize()).norm() < 1e-9);
    assert!((point.z - 0.1 * point.y).abs() < 1e-9);
}

fn all(palate_depth_mm: f64, palate: bool) -> (TrueCast, Findings) {
    let cast = TrueCast::new(&DentitionSpec {
        triangles: 30_000,
        palate_depth_mm,
        palate,
        ..DentitionSpec::default()
    });
    let findings = measure(&cast.measured(), &Params::default());
    (cast, findings)
}

#[test]
fn a_palate_made_higher_is_higher_by_as_much_and_holds_more() {
    let [low, high] = [10.0, 14.0].map(|depth| all(depth, true).1);
    let more = number(&high, "palate.height") - number(&low, "palate.height");
    // Between the molars the vault has reached its whole height.
    assert!((more - 4.0).abs() < 0.05, "{more}");
    // It was made 1 mm and its depth above the mean level of the necks, under which the margins lie by 1 to 3 mm.
    let height = number(&low, "palate.height");
    assert!((12.0..14.0).contains(&height), "{height}");
    // Four millimetres over the field of about 900 mm², less where the vault has not risen yet.
    let fuller = number(&high, "palate.volume") - number(&low, "palate.volume");
    assert!((800.0..3600.0).contains(&fuller), "{fuller}");
}

#[test]
fn without_a_palate_there_is_nothing_to_measure() {
    let (_, findings) = all(13.0, false);
    for id in ["palate.height", "palate.volume"] {
        let outcome = &findings.get(id).unwrap().outcome;
        assert!(
            matches!(outcome, Outcome::NotMeasured(NotMeasured::NotScanned { .. })),
            "{id}: {outcome}"
        );
    }
}

#[test]
fn a_missing_incisor_leaves_the_palate_and_a_missing_molar_takes_it_away() {
    let (cast, before) = all(13.0, true);
    let part = measure(&without(&cast, &[12]).measured(), &Params::default());
    let share = number(&part, "palate.volume") / number(&before, "palate.volume");
    assert!((share - 1.0).abs() < 0.05, "{share}");
    let part = measure(&without(&cast, &[16]).measured(), &Params::default());
    let text = part.get("palate.height").unwrap().outcome.to_string();
    assert!(text.contains("16"), "{text}");
}
