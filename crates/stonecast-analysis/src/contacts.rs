//! Neighbours that touch share their contact: widths that overlap there are each too great by half the overlap.
//!
//! Units: mm. Frame: the cast frame. On a coarse scan the faces that bridge the narrow way between two crowns are taken for
//! a part of either, so that both come out too wide (`docs/methods/tooth-size.md`).
//!
//! Steps
//! 1. `facing`: the neighbours' contact points towards each other.
//! 2. `overlap`: by how much each passes the other along the line on which the two sides face each other.
//! 3. `share`: half of it off either width, but no more than twice what the teeth stage itself doubts of it.
//! 4. `doubt`: a width that is far from the distance of the contact points is doubted by the rest.

use stonecast_dental::{Fdi, LandmarkKind as K};
use stonecast_mesh::{Point, Vector};

use crate::rows::row;
use crate::subject::SubjectTooth;

/// Contact points farther apart than this across the line belong to crowns that pass by each other, mm: a choice of ours,
/// from the 1 to 2 mm by which contact points of back teeth err across the arch.
const BESIDE: f64 = 1.5;

/// Takes off the widths what neighbours' widths overlap. `teeth` are sorted by number.
pub(crate) fn share(teeth: &mut [SubjectTooth]) {
    let mut off = vec![0.0; teeth.len()];
    for i in 0..teeth.len() {
        for mesial in [true, false] {
            let neighbour = neighbours(teeth[i].fdi, mesial)
                .into_iter()
                .flatten()
                .find_map(|n| teeth.binary_search_by_key(&n, |t| t.fdi).ok());
            let overlap = neighbour.and_then(|j| overlap(&teeth[i], &teeth[j], mesial));
            off[i] += 0.5 * overlap.unwrap_or(0.0);
        }
    }
    for (tooth, off) in teeth.iter_mut().zip(off) {
        let most = 2.0 * tooth.mesiodistal_doubt;
        if let Ok((width, _)) = &mut tooth.mesiodistal {
            tooth.taken_off = off.min(most);
            *width -= tooth.taken_off;
        }
    }
}

/// A width and the distance of the contact points along the same axis are two readings of one crown. Where they differ by
/// more than contact areas are wide, one side was led astray, and the width is doubted by the rest.
pub(crate) fn doubt(teeth: &mut [SubjectTooth]) {
    let limit = row("measurement_precision", "width-against-contacts").number("value");
    for tooth in teeth {
        let Some(((mesial, out), (distal, _))) = facing(tooth, true).zip(facing(tooth, false)) else {
            continue;
        };
        let between = out.dot(&(mesial - distal));
        if let Ok((width, [own, _])) = &mut tooth.mesiodistal {
            tooth.astray = ((*width - between).abs() - limit).max(0.0);
            *own = own.hypot(tooth.astray);
        }
    }
}

/// What may stand beside a tooth, mesially or distally: at a place with both, the permanent tooth.
fn neighbours(tooth: Fdi, mesial: bool) -> [Option<Fdi>; 2] {
    let (side, position) = match (mesial, tooth.position()) {
        (true, 1) => (tooth.side().opposite(), 1),
        (true, p) => (tooth.side(), p - 1),
        (false, p) => (tooth.side(), p + 1),
    };
    [
        Fdi::permanent(tooth.jaw(), side, position),
        Fdi::primary(tooth.jaw(), side, position),
    ]
}

/// A contact point and the direction in which its side faces.
fn facing(tooth: &SubjectTooth, mesial: bool) -> Option<(Point, Vector)> {
    let (kind, sign) = if mesial {
        (K::MesialContact, 1.0)
    } else {
        (K::DistalContact, -1.0)
    };
    Some((tooth.point(kind)?.at, tooth.axes.mesial * sign))
}

fn overlap(tooth: &SubjectTooth, neighbour: &SubjectTooth, mesial: bool) -> Option<f64> {
    let (own, out) = facing(tooth, mesial)?;
    let faces_mesially = tooth.fdi.side() != neighbour.fdi.side() || !mesial;
    let (theirs, back) = facing(neighbour, faces_mesially)?;
    let line = (out - back).try_normalize(1e-9)?;
    let across = line.cross(&Vector::z()).try_normalize(1e-9)?;
    let apart = theirs - own;
    let passed = -apart.dot(&line);
    (passed > 0.0 && apart.dot(&across).abs() < BESIDE).then_some(passed)
}

#[cfg(test)]
mod tests {
    use crate::Params;
    use crate::subject::Subject;
    use crate::truth::TrueCast;
    use stonecast_dental::Mm;
    use stonecast_teeth::Width;
    use stonecast_testkit::DentitionSpec;

    /// Widths and mesial contacts of a row in line, each contact point moved outwards and each width made greater by it.
    fn widened(by: f64, doubt: f64) -> Vec<f64> {
        let mut cast = TrueCast::new(&DentitionSpec {
            triangles: 8_000,
            ..DentitionSpec::default()
        });
        for tooth in cast.upper.teeth.iter_mut().chain(&mut cast.lower.teeth) {
            let mesial = tooth.frame.mesial;
            for mark in &mut tooth.landmarks {
                let sign = match mark.kind {
                    stonecast_dental::LandmarkKind::MesialContact => 1.0,
                    stonecast_dental::LandmarkKind::DistalContact => -1.0,
                    _ => continue,
                };
                mark.position = std::array::from_fn(|k| mark.position[k] + sign * by * mesial[k]);
            }
            if let Width::Measured { value, uncertainty } = &mut tooth.mesiodistal {
                *value = Mm(value.0 + 2.0 * by);
                *uncertainty = Mm(doubt);
            }
        }
        let params = Params::default();
        let subject = Subject::new(cast.measured(), &params);
        let of_truth = |i: usize| {
            let tooth = &subject.teeth[i];
            let truth = cast.pair.arch(tooth.fdi.jaw()).truth.tooth(tooth.fdi).unwrap();
            (tooth.mesiodistal.unwrap().0 - truth.mesiodistal_mm).abs()
        };
        // Second molars have a neighbour on one side only.
        let inner = (0..subject.teeth.len()).filter(|&i| subject.teeth[i].fdi.position() < 7);
        inner.map(of_truth).collect()
    }

    #[test]
    fn widths_that_overlap_at_every_contact_lose_the_overlap() {
        let before: f64 = 0.6;
        let off = widened(0.3, 0.5);
        let mean = off.iter().sum::<f64>() / off.len() as f64;
        // Contact points lie a little beside the greatest width, so that not all of the overlap shows.
        assert!(mean < 0.5 * before, "mean {mean}");
    }

    #[test]
    fn a_width_far_from_its_contact_points_is_doubted_and_another_is_not() {
        let mut cast = TrueCast::new(&DentitionSpec {
            triangles: 8_000,
            ..DentitionSpec::default()
        });
        let params = Params::default();
        let doubts = |cast: &TrueCast| -> Vec<f64> {
            let subject = Subject::new(cast.measured(), &params);
            subject
                .teeth
                .iter()
                .map(|t| t.mesiodistal.unwrap().1[0])
                .collect()
        };
        let before = doubts(&cast);
        if let Width::Measured { value, .. } = &mut cast.upper.teeth[0].mesiodistal {
            *value = Mm(value.0 + 4.0);
        }
        let after = doubts(&cast);
        assert!(after[0] > 2.5, "{}", after[0]);
        assert_eq!(before[1..], after[1..]);
    }

    #[test]
    fn no_more_is_taken_off_than_the_width_is_doubted() {
        assert!(widened(0.3, 0.0).iter().all(|off| (off - 0.6).abs() < 1e-9));
        assert!(widened(0.3, 0.05).iter().all(|off| *off > 0.6 - 0.1 - 1e-9));
    }
}
