//! The answer of a network that looks at faces, as evidence of the pixels that show them.
//!
//! Such a network does not say where a tooth's middle lies: it is that of the patch of pixels with the same class.

use super::{
    evidence::{CLASSES, Evidence},
    raster::{HEIGHT, HeightMap, WIDTH},
    user::FaceProbabilities,
};

impl Evidence {
    /// What the pixels of a height map show, by the probabilities of the faces.
    pub fn from_faces(map: &HeightMap, faces: &FaceProbabilities) -> Self {
        let mut evidence = Self::nothing(map);
        for pixel in 0..WIDTH * HEIGHT {
            if let Some(face) = map.face(pixel) {
                evidence.classes[pixel] = faces.class[face];
                evidence.primary[pixel] = faces.primary[face];
            }
        }
        let likeliest: Vec<usize> = evidence.classes.iter().map(likeliest).collect();
        for patch in patches(&likeliest) {
            let count = patch.len() as f32;
            let sum = patch.iter().fold([0.0, 0.0], |[u, v], p| {
                [u + (p % WIDTH) as f32, v + (p / WIDTH) as f32]
            });
            for pixel in patch {
                evidence.centres[pixel] = sum.map(|s| s / count);
            }
        }
        evidence
    }
}

fn likeliest(classes: &[f32; CLASSES]) -> usize {
    let most = (0..CLASSES).max_by(|&a, &b| classes[a].total_cmp(&classes[b]).then(b.cmp(&a)));
    most.unwrap_or(0)
}

/// Connected pixels of one class; none of gum.
fn patches(classes: &[usize]) -> Vec<Vec<usize>> {
    let mut taken = vec![false; classes.len()];
    let mut patches = Vec::new();
    for start in 0..classes.len() {
        if taken[start] || classes[start] == 0 {
            continue;
        }
        taken[start] = true;
        let mut patch = vec![start];
        let mut next = 0;
        while let Some(&pixel) = patch.get(next) {
            next += 1;
            let (column, row) = (pixel % WIDTH, pixel / WIDTH);
            let beside = [
                (column > 0).then(|| pixel - 1),
                (column + 1 < WIDTH).then(|| pixel + 1),
                (row > 0).then(|| pixel - WIDTH),
                (row + 1 < HEIGHT).then(|| pixel + WIDTH),
            ];
            for other in beside.into_iter().flatten() {
                if !taken[other] && classes[other] == classes[start] {
                    taken[other] = true;
                    patch.push(other);
                }
            }
        }
        patches.push(patch);
    }
    patches
}
