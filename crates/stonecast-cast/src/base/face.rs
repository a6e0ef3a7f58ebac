//! A flat face of a base with letters and drain holes in it.
//!
//! Units: mm. Frame: the base frame; the face's own plane coordinates are mapped by the caller.

use stonecast_mesh::Point;

use super::planar::{Kind, RingsCross, triangulate};

/// A flat face to be closed: its outline by point numbers, and what is cut into it.
pub(super) struct FlatFace<'a> {
    /// The outline, counter-clockwise seen from outside, as numbers of existing points.
    pub outline: Vec<u32>,
    /// From plane coordinates to space, at a height over the face (outwards positive).
    pub place: &'a dyn Fn([f64; 2], f64) -> Point,
    /// From space to plane coordinates; counter-clockwise there is counter-clockwise from outside.
    pub flatten: &'a dyn Fn(&Point) -> [f64; 2],
    /// Contours of letters in plane coordinates.
    pub letters: Vec<Vec<[f64; 2]>>,
    /// How far letters stand out; negative when sunk.
    pub relief: f64,
    /// Drain holes in plane coordinates, each counter-clockwise.
    pub drains: Vec<Vec<[f64; 2]>>,
}

impl FlatFace<'_> {
    /// Closes the face: appends points and faces. Returns each drain's ring of point numbers, left open.
    pub fn close(
        &self,
        points: &mut Vec<Point>,
        faces: &mut Vec<[u32; 3]>,
    ) -> Result<Vec<Vec<u32>>, RingsCross> {
        let mut flat: Vec<[f64; 2]> = self
            .outline
            .iter()
            .map(|&v| (self.flatten)(&points[v as usize]))
            .collect();
        let mut ids = self.outline.clone();
        let mut rings = vec![(Kind::Outline, (0..flat.len() as u32).collect::<Vec<_>>())];
        let mut drains = Vec::new();
        for (kind, ring) in self
            .letters
            .iter()
            .map(|r| (Kind::Letter, r))
            .chain(self.drains.iter().map(|r| (Kind::Drain, r)))
        {
            let first = flat.len() as u32;
            for p in ring {
                let placed = (self.place)(*p, 0.0);
                // Triangulated where single precision puts the point, so that no triangle turns over.
                flat.push((self.flatten)(&placed));
                ids.push(points.len() as u32);
                points.push(placed);
            }
            let ring: Vec<u32> = (first..flat.len() as u32).collect();
            if kind == Kind::Drain {
                drains.push(ring.iter().map(|&v| ids[v as usize]).collect());
            }
            rings.push((kind, ring));
        }
        let planar = triangulate(&flat, &rings)?;
        faces.extend(
            planar
                .within(Kind::Outline as u8)
                .map(|t| t.map(|v| ids[v as usize])),
        );
        let letters: Vec<[u32; 3]> = planar.within(Kind::Outline as u8 | Kind::Letter as u8).collect();
        self.relief(&letters, &flat, &ids, points, faces);
        Ok(drains)
    }

    /// The letters' own faces, out of or into the face, and the walls around them.
    fn relief(
        &self,
        letters: &[[u32; 3]],
        flat: &[[f64; 2]],
        ids: &[u32],
        points: &mut Vec<Point>,
        faces: &mut Vec<[u32; 3]>,
    ) {
        let mut shifted = vec![u32::MAX; flat.len()];
        for &v in letters.iter().flatten() {
            if shifted[v as usize] == u32::MAX {
                shifted[v as usize] = points.len() as u32;
                points.push((self.place)(flat[v as usize], self.relief));
            }
        }
        let sides: std::collections::HashSet<[u32; 2]> = letters
            .iter()
            .flat_map(|&[a, b, c]| [[a, b], [b, c], [c, a]])
            .collect();
        for t in letters {
            faces.push(t.map(|v| shifted[v as usize]));
            for [a, b] in [[t[0], t[1]], [t[1], t[2]], [t[2], t[0]]] {
                if !sides.contains(&[b, a]) {
                    let [p, q] = [a, b].map(|v| ids[v as usize]);
                    let [r, s] = [a, b].map(|v| shifted[v as usize]);
                    faces.extend([[p, q, s], [p, s, r]]);
                }
            }
        }
    }
}
