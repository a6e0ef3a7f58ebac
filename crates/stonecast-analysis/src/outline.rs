//! Outlines of teeth seen from the occlusal side, for drawings: the convex hull of a crown in the occlusal plane.

use rayon::prelude::*;
use stonecast_dental::Fdi;
use stonecast_dental::finding::ToothOutline;
use stonecast_mesh::Point;

use crate::subject::{MeasuredArch, Subject};

/// The outlines of all teeth, sorted by number.
pub(crate) fn outlines(subject: &Subject<'_>) -> Vec<ToothOutline> {
    let arches = [subject.cast.upper, subject.cast.lower];
    let mut outlines: Vec<ToothOutline> = (arches.par_iter().flatten()).flat_map_iter(of_arch).collect();
    outlines.sort_by_key(|outline| outline.tooth);
    outlines
}

fn of_arch(arch: &MeasuredArch<'_>) -> Vec<ToothOutline> {
    let mut points: Vec<(Fdi, Vec<Point>)> =
        arch.labelled.teeth.iter().map(|t| (t.fdi, Vec::new())).collect();
    for (face, label) in arch.labelled.face_labels.iter() {
        let of_label = points.iter_mut().find(|(tooth, _)| Some(*tooth) == *label);
        if let Some((_, list)) = of_label {
            list.extend(arch.mesh.corners(face));
        }
    }
    let outlines = points.into_iter().map(|(tooth, points)| ToothOutline {
        tooth,
        points: hull(points).into_iter().map(Into::into).collect(),
    });
    outlines.filter(|o| o.points.len() > 2).collect()
}

/// The points on the convex hull of a set as seen along z, anticlockwise with y upwards.
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup_by(|a, b| a.xy() == b.xy());
    let turn = |a: &Point, b: &Point, c: &Point| (b - a).xy().perp(&(c - a).xy());
    let chain = |points: &mut dyn Iterator<Item = &Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for p in points {
            while let [.., a, b] = chain[..]
                && turn(&a, &b, p) <= 0.0
            {
                chain.pop();
            }
            chain.push(*p);
        }
        chain.pop();
        chain
    };
    let mut hull = chain(&mut points.iter());
    hull.extend(chain(&mut points.iter().rev()));
    hull
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hull_of_a_square_with_points_inside_is_the_square() {
        let mut points = vec![Point::new(0.3, 0.4, 9.0), Point::new(0.5, 0.0, 1.0)];
        for (x, y) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)] {
            points.push(Point::new(x, y, 0.0));
        }
        let hull = hull(points);
        assert_eq!(hull.len(), 4);
        let area: f64 = (0..4)
            .map(|i| hull[i].coords.xy().perp(&hull[(i + 1) % 4].coords.xy()))
            .sum();
        assert!((area / 2.0 - 1.0).abs() < 1e-12);
    }
}
