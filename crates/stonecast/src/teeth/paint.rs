//! The colours of teeth: always the same for a number, and never the same for neighbours.
//!
//! The hues are those of M. Okabe and K. Ito, "Color Universal Design" (2002, revised 2008), chosen so that people with
//! any kind of colour blindness tell them apart, their black replaced by P. Tol's indigo ("Colour schemes", 2021), for
//! black hides the shape. A quadrant takes them in the order of its teeth, the left sides three places on, so that the
//! central incisors differ. A primary tooth has the tint of its successor's colour.

use stonecast_dental::{Fdi, Side};
use stonecast_mesh::VertexData;

const HUES: [[u8; 3]; 8] = [
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
    [82, 63, 150],
];
/// The same as the stone of unlabelled casts.
const GUM: [u8; 3] = [238, 229, 213];
/// How far a primary tooth's colour goes to white.
const TINT: f64 = 0.45;

/// The colour of a tooth, or of gum, sRGB.
pub fn colour(label: Option<Fdi>) -> [u8; 3] {
    let Some(tooth) = label else { return GUM };
    let shift = if tooth.side() == Side::Left { 3 } else { 0 };
    let hue = HUES[(usize::from(tooth.position()) - 1 + shift) % HUES.len()];
    if tooth.is_primary() {
        hue.map(|c| (f64::from(c) + (255.0 - f64::from(c)) * TINT).round() as u8)
    } else {
        hue
    }
}

/// The colours of labelled vertices.
pub fn colours(labels: &VertexData<Option<Fdi>>) -> VertexData<[u8; 3]> {
    VertexData::from_vec(labels.as_slice().iter().map(|label| colour(*label)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_dental::Jaw;

    #[test]
    fn teeth_that_can_stand_side_by_side_differ_in_colour() {
        let apart = |a: Option<Fdi>, b: Option<Fdi>| {
            let (a, b) = (colour(a), colour(b));
            let squares = a
                .iter()
                .zip(b)
                .map(|(a, b)| (f64::from(*a) - f64::from(b)).powi(2));
            squares.sum::<f64>().sqrt()
        };
        for jaw in [Jaw::Upper, Jaw::Lower] {
            for side in [Side::Right, Side::Left] {
                for position in 1..=8 {
                    let tooth = Fdi::permanent(jaw, side, position);
                    assert!(apart(tooth, None) > 40.0, "{tooth:?} looks like gum");
                    for other in (1..=8).filter(|p| *p != position) {
                        assert!(apart(tooth, Fdi::permanent(jaw, side, other)) > 60.0);
                    }
                    let primary = Fdi::primary(jaw, side, position);
                    assert!(primary.is_none() || apart(tooth, primary) > 40.0);
                }
            }
            for (right, left) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
                let pair = [(Side::Right, right), (Side::Left, left)];
                let [right, left] = pair.map(|(side, p)| Fdi::permanent(jaw, side, p));
                assert!(apart(right, left) > 60.0, "{right:?} {left:?}");
            }
        }
    }
}
