//! How neighbours stand to each other: against dentitions whose truth is known by construction.

mod truth;

use nalgebra::Vector3;
use stonecast_dental::{Fdi, LandmarkKind as K, Outcome, Side};
use stonecast_teeth::Tooth;
use stonecast_testkit::{DentitionSpec, Jitter, PerJaw};
use truth::{TrueCast, arches, findings, name, number, spec, without};

fn teeth_mut(cast: &mut TrueCast) -> impl Iterator<Item = &mut Tooth> {
    cast.upper.teeth.iter_mut().chain(&mut cast.lower.teeth)
}

#[test]
fn gaps_are_those_of_the_crowns() {
    let mut closed = 0;
    for (seed, spacing) in [(1, 0.0), (2, 1.0), (3, 1.5)] {
        let cast = TrueCast::new(&DentitionSpec {
            seed,
            spacing_mm: PerJaw::both(spacing),
            triangles: 60_000,
            jitter: Jitter {
                offset_mm: 0.2,
                rotation_deg: 3.0,
                ..Jitter::NONE
            },
            ..spec()
        });
        let found = findings(&cast);
        for (_, arch) in arches(&cast) {
            // The truth's gap stops at 12 mm where the sides do not face each other.
            for contact in arch.truth.proximal.iter().filter(|c| c.gap_mm < 5.0) {
                let [one, other] = contact.teeth;
                // Named from the patient's right; the truth names the tooth nearer to the midline first.
                let [right, left] = match (one.side(), other.side()) {
                    (Side::Right, Side::Right) => [other, one],
                    _ => [one, other],
                };
                let gap = number(&found, &format!("spacing.{right}.{left}"));
                if contact.gap_mm <= 0.0 {
                    assert!(gap < 0.05, "{right} {left} touch: {gap}");
                    closed += 1;
                }
                // Faces of 0.35 mm round off the corners of both crowns by up to their length: a gap comes out smaller.
                let off = gap - contact.gap_mm.max(0.0);
                assert!(
                    (-0.75..0.1).contains(&off),
                    "{right} {left}: {gap}, {}",
                    contact.gap_mm
                );
            }
        }
    }
    assert!(closed > 10, "{closed} contacts are closed");
}

#[test]
fn spaces_are_counted_and_summed_from_first_molar_to_first_molar() {
    let spaced = TrueCast::new(&DentitionSpec {
        spacing_mm: PerJaw::both(1.5),
        triangles: 60_000,
        ..spec()
    });
    let found = findings(&spaced);
    for (jaw, arch) in arches(&spaced) {
        let inner = |c: &&stonecast_testkit::ProximalContact| c.teeth.iter().all(|t| t.position() <= 6);
        let gaps: Vec<f64> = arch
            .truth
            .proximal
            .iter()
            .filter(inner)
            .map(|c| c.gap_mm)
            .collect();
        assert_eq!(gaps.len(), 11);
        let total = number(&found, &format!("spacing.total.{jaw}"));
        // Eleven gaps, each too small by a part of a face's 0.35 mm.
        assert!(
            (-11.0 * 0.4..0.0).contains(&(total - gaps.iter().sum::<f64>())),
            "{jaw}: {total} {gaps:?}"
        );
        let count = &found.get(&format!("spacing.count.{jaw}")).unwrap().outcome;
        let Outcome::Score(count) = count else {
            panic!("{count}")
        };
        assert_eq!(
            count.points as usize,
            gaps.iter().filter(|g| **g > 0.2).count(),
            "{jaw}"
        );
        assert_eq!(name(&found, &format!("diastema.midline.{jaw}")), "diastema");
    }
}

/// Contact points brought together: each pair of facing points to their middle.
fn touching(cast: &TrueCast, teeth: &[u8]) -> TrueCast {
    let mut cast = without(cast, &[]);
    for pair in teeth.windows(2) {
        let [a, b] = [pair[0], pair[1]].map(|n| Fdi::new(n).unwrap());
        let kind = |own: Fdi, other: Fdi| {
            let towards_midline = own.side() != other.side() || own.position() > other.position();
            if towards_midline {
                K::MesialContact
            } else {
                K::DistalContact
            }
        };
        let marks = [(a, kind(a, b)), (b, kind(b, a))];
        let mut points = Vec::new();
        for tooth in teeth_mut(&mut cast) {
            for mark in &mut tooth.landmarks {
                if marks.contains(&(tooth.fdi, mark.kind)) {
                    points.push(Vector3::from(mark.position));
                }
            }
        }
        let middle = (points[0] + points[1]) / 2.0;
        for tooth in teeth_mut(&mut cast) {
            for mark in &mut tooth.landmarks {
                if marks.contains(&(tooth.fdi, mark.kind)) {
                    mark.position = middle.into();
                }
            }
        }
    }
    cast
}

#[test]
fn a_tooth_moved_out_of_a_touching_row_adds_its_way_twice_and_height_does_not_count() {
    let cast = touching(&TrueCast::new(&spec()), &[43, 42, 41, 31, 32, 33]);
    assert!(number(&findings(&cast), "little.lower") < 1e-9);
    assert_eq!(name(&findings(&cast), "little.lower.degree"), "perfect alignment");
    let mut moved = without(&cast, &[]);
    let way = Vector3::new(0.9, -1.2, 4.0);
    for tooth in teeth_mut(&mut moved).filter(|t| t.fdi.number() == 41) {
        for mark in &mut tooth.landmarks {
            mark.position = (Vector3::from(mark.position) + way).into();
        }
    }
    let found = findings(&moved);
    for pair in ["42.41", "41.31"] {
        let displaced = number(&found, &format!("displacement.{pair}"));
        assert!((displaced - 1.5).abs() < 1e-9, "{pair}: {displaced}");
    }
    assert!((number(&found, "little.lower") - 3.0).abs() < 1e-9);
    assert_eq!(name(&found, "little.lower.degree"), "minimal irregularity");
    assert!(number(&found, "displacement.43.42") < 1e-9);
}
