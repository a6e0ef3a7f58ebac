//! The gaps between neighbours ([`stonecast_teeth::proximity`]), and how well they are known.
//!
//! Units: mm. Frame: the cast frame.

use std::collections::BTreeMap;

use stonecast_dental::{Fdi, Jaw};
use stonecast_teeth::proximity::crown_gaps;

use super::neighbours::pairs;
use crate::rows::row;
use crate::subject::Subject;

/// The gaps of an arch and their standard uncertainties, mm, by the two teeth from the patient's right to the left.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gaps(BTreeMap<[Fdi; 2], [f64; 2]>);

impl Gaps {
    /// The gaps of an arch; none where it is not there.
    pub fn of(subject: &Subject<'_>, jaw: Jaw) -> Self {
        let Some(arch) = subject.cast.arch(jaw) else {
            return Self::default();
        };
        let precision = row("space", "surface-gap-precision");
        let [base, per_edge] = ["base", "per_edge"].map(|field| precision.number(field));
        let found = crown_gaps(arch.mesh, &arch.labelled.face_labels, &pairs(subject, jaw));
        let known = |(pair, found): (_, stonecast_teeth::proximity::CrownGap)| {
            (pair, [found.gap, base.hypot(per_edge * found.edge)])
        };
        Self(found.into_iter().map(known).collect())
    }

    /// The gap between neighbours and its standard uncertainty.
    pub fn between(&self, right: Fdi, left: Fdi) -> Option<[f64; 2]> {
        self.0.get(&[right, left]).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Params;
    use crate::truth::TrueCast;
    use stonecast_testkit::{DentitionSpec, PerJaw};

    #[test]
    fn a_gap_at_every_contact_is_found_at_every_contact() {
        // The mesh has edges of 0.35 mm and rounds both crowns' corners off by up to an edge: narrower gaps are bridged. The
        // truth is measured along the line on which the crowns face each other; the shortest way is never longer.
        let spec = DentitionSpec {
            spacing_mm: PerJaw::both(1.5),
            triangles: 60_000,
            ..DentitionSpec::default()
        };
        let cast = TrueCast::new(&spec);
        let params = Params::default();
        let subject = Subject::new(cast.measured(), &params);
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let gaps = Gaps::of(&subject, jaw);
            for truth in &cast.pair.arch(jaw).truth.proximal {
                let [a, b] = truth.teeth;
                let found = gaps
                    .between(a, b)
                    .or_else(|| gaps.between(b, a))
                    .expect("every pair has a gap");
                assert!(
                    (-0.7..0.1).contains(&(found[0] - truth.gap_mm)),
                    "{a} {b}: {found:?}, {}",
                    truth.gap_mm
                );
            }
        }
    }

    #[test]
    fn crowns_in_contact_have_no_gap() {
        let cast = TrueCast::new(&DentitionSpec {
            triangles: 60_000,
            ..DentitionSpec::default()
        });
        let params = Params::default();
        let subject = Subject::new(cast.measured(), &params);
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let gaps = Gaps::of(&subject, jaw);
            assert_eq!(gaps.0.len(), 13);
            for (pair, [gap, _]) in &gaps.0 {
                assert!(*gap < 0.2, "{pair:?}: {gap}");
            }
        }
    }
}
