//! The gingival margin: the crown's rim where gum lies beyond it.

use std::collections::BTreeMap;

use stonecast_mesh::Point;

use super::crown::{Beyond, Crown};

/// A piece of margin in the crown's frame.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    pub points: Vec<Point>,
    pub closed: bool,
}

/// The margin's curves, the longest first. Parts of the rim where another tooth or the scan's border lies beyond
/// are left out, so a crown between neighbours has a facial and a lingual curve.
pub(super) fn margin(crown: &Crown) -> Vec<Curve> {
    let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut entered: BTreeMap<u32, usize> = BTreeMap::new();
    for e in crown.rim.iter().filter(|e| e.beyond == Beyond::Gum) {
        next.entry(e.ends[0]).or_default().push(e.ends[1]);
        *entered.entry(e.ends[1]).or_default() += 1;
    }
    // Open curves begin where nothing leads to; what is left is closed.
    let mut starts: Vec<u32> = Vec::new();
    for (v, out) in &next {
        let surplus = out.len().saturating_sub(entered.get(v).copied().unwrap_or(0));
        starts.extend(std::iter::repeat_n(*v, surplus));
    }
    starts.extend(next.keys().copied().collect::<Vec<_>>());
    let mut curves = Vec::new();
    for start in starts {
        while next.get(&start).is_some_and(|n| !n.is_empty()) {
            let mut path = vec![start];
            let mut at = start;
            while let Some(to) = next.get_mut(&at).and_then(Vec::pop) {
                at = to;
                if at == start {
                    break;
                }
                path.push(at);
            }
            let closed = at == start;
            let points: Vec<Point> = path.iter().map(|v| crown.points[*v as usize]).collect();
            curves.push(Curve { points, closed });
        }
    }
    curves.sort_by(|a, b| length(b).total_cmp(&length(a)));
    curves
}

fn length(curve: &Curve) -> f64 {
    curve.points.windows(2).map(|w| (w[1] - w[0]).norm()).sum()
}
