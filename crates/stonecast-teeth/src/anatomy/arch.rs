//! Where the arch runs at each tooth, from the crowns' places.

use nalgebra::{Matrix3, Vector2, Vector3};
use stonecast_dental::{Fdi, Side};
use stonecast_mesh::Point;

/// How many teeth on either side have a say.
const REACH: usize = 2;

/// Unit vectors along the arch towards the patient's left, for crowns given with their places in the arch's frame.
///
/// Each is the slope of a parabola over the length of the row, fitted to the tooth and up to two neighbours on
/// either side, the nearer ones with more weight (tricube). Numbers, not places, give the row's order, so that a
/// crowded tooth does not fold it. Fewer than three teeth: the slope of the parabola through the arch's origin.
pub(super) fn leftwards(crowns: &[(Fdi, Point)]) -> Vec<Vector2<f64>> {
    let mut order: Vec<usize> = (0..crowns.len()).collect();
    order.sort_by_key(|&i| place_in_row(crowns[i].0));
    let row: Vec<Vector2<f64>> = order.iter().map(|&i| crowns[i].1.coords.xy()).collect();
    let mut leftwards = vec![Vector2::x(); crowns.len()];
    for (rank, &i) in order.iter().enumerate() {
        leftwards[i] = slope(&row, rank).unwrap_or_else(|| alone(&row[rank]));
    }
    leftwards
}

/// From the right end of the row to its left end; a primary tooth stands next to its successor.
fn place_in_row(tooth: Fdi) -> (i16, i16) {
    let sign = if tooth.side() == Side::Left { 1 } else { -1 };
    (
        sign * i16::from(tooth.position()),
        sign * i16::from(tooth.is_primary()),
    )
}

fn slope(row: &[Vector2<f64>], rank: usize) -> Option<Vector2<f64>> {
    if row.len() < 3 {
        return None;
    }
    let first = rank.saturating_sub(REACH);
    let last = (rank + REACH).min(row.len() - 1);
    let along = |to: usize| -> f64 {
        let (a, b) = (rank.min(to), rank.max(to));
        let length: f64 = row[a..=b].windows(2).map(|w| (w[1] - w[0]).norm()).sum();
        if to < rank { -length } else { length }
    };
    let mut normal = Matrix3::zeros();
    let mut right = [Vector3::zeros(); 2];
    for (j, p) in row.iter().enumerate().take(last + 1).skip(first) {
        let s = along(j);
        let steps = rank.abs_diff(j) as f64 / (REACH as f64 + 1.0);
        let weight = (1.0 - steps.powi(3)).powi(3);
        let basis = Vector3::new(1.0, s, s * s);
        normal += basis * basis.transpose() * weight;
        for k in 0..2 {
            right[k] += basis * (p[k] * weight);
        }
    }
    let inverse = normal.try_inverse()?;
    let direction = Vector2::new((inverse * right[0]).y, (inverse * right[1]).y);
    direction.try_normalize(1e-6)
}

/// The slope at a place of the parabola with its vertex at the origin that passes it.
fn alone(at: &Vector2<f64>) -> Vector2<f64> {
    Vector2::new(at.x.abs(), 2.0 * at.y * at.x.signum())
        .try_normalize(1e-6)
        .unwrap_or_else(Vector2::x)
}
