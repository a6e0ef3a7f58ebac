//! From pixels to candidate teeth: every tooth pixel points at the middle of its tooth, and where many point, there is
//! a tooth.
//!
//! Units: pixels. Steps: 1. `vote`. 2. `peaks`. 3. `assign`. A tooth may come out in two pieces; the numbering joins
//! them again.

use super::evidence::{CLASSES, Evidence};

/// A pixel counts as tooth from this probability on: more likely than not.
const TOOTH: f32 = 0.5;
/// Votes are spread by this much, mm: about how well a pixel tells its tooth's middle.
const SPREAD_MM: f64 = 0.6;
/// Two teeth's middles are never as near as this, mm: the narrowest crown is 5 mm wide.
const APART_MM: f64 = 2.2;
/// A vote farther than this from a candidate's middle is not for it, mm: half a molar.
const REACH_MM: f64 = 4.5;
/// The least area of a candidate, mm²: a cusp of a tooth that is just breaking through.
const LEAST_MM2: f64 = 3.0;

/// A candidate tooth.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Its middle by the votes, pixel coordinates.
    pub middle: [f64; 2],
    /// Its pixels, in order.
    pub pixels: Vec<usize>,
    /// The mean probability of each class over its pixels; 0 is gum.
    pub classes: [f64; CLASSES],
    /// The mean logarithm of the probability of each place, given that it is a tooth; element 0 is not used.
    pub log_classes: [f64; CLASSES],
    /// The mean probability of a primary tooth.
    pub primary: f64,
}

/// Finds the candidates.
pub(crate) fn instances(evidence: &Evidence) -> Vec<Instance> {
    let votes = vote(evidence);
    let middles = peaks(evidence, &votes);
    assign(evidence, &middles)
}

fn vote(evidence: &Evidence) -> Vec<f64> {
    let grid = evidence.grid;
    let mut votes = vec![0.0; grid.width * grid.height];
    let sigma = SPREAD_MM / grid.pixel_mm;
    for (pixel, centre) in evidence.centres.iter().enumerate() {
        let weight = evidence.tooth(pixel);
        if weight < TOOTH {
            continue;
        }
        let [u, v] = centre.map(f64::from);
        let (columns, rows) = grid.window(u, v, 2.5 * sigma);
        for row in rows {
            for column in columns.clone() {
                let d2 = (column as f64 - u).powi(2) + (row as f64 - v).powi(2);
                votes[row * grid.width + column] += f64::from(weight) * (-d2 / (2.0 * sigma * sigma)).exp();
            }
        }
    }
    votes
}

/// Pixels with more votes than any other near them, the strongest first.
fn peaks(evidence: &Evidence, votes: &[f64]) -> Vec<[f64; 2]> {
    let grid = evidence.grid;
    let apart = APART_MM / grid.pixel_mm;
    let mut order: Vec<usize> = (0..votes.len()).filter(|&p| votes[p] > 2.0).collect();
    order.sort_by(|&a, &b| votes[b].total_cmp(&votes[a]).then(a.cmp(&b)));
    let mut taken = vec![false; votes.len()];
    let mut found = Vec::new();
    for pixel in order {
        let [u, v] = grid.place(pixel).map(|c| c as f64);
        let (columns, rows) = grid.window(u, v, 1.0);
        let crest = rows
            .clone()
            .all(|r| columns.clone().all(|c| votes[r * grid.width + c] <= votes[pixel]));
        if !crest || taken[pixel] {
            continue;
        }
        found.push([u, v]);
        let (columns, rows) = grid.window(u, v, apart);
        for row in rows {
            for column in columns.clone() {
                if (column as f64 - u).hypot(row as f64 - v) <= apart {
                    taken[row * grid.width + column] = true;
                }
            }
        }
    }
    found
}

fn assign(evidence: &Evidence, middles: &[[f64; 2]]) -> Vec<Instance> {
    let grid = evidence.grid;
    let reach = REACH_MM / grid.pixel_mm;
    let mut pixels = vec![Vec::new(); middles.len()];
    for (pixel, centre) in evidence.centres.iter().enumerate() {
        if evidence.tooth(pixel) < TOOTH {
            continue;
        }
        let distance = |m: &[f64; 2]| (f64::from(centre[0]) - m[0]).hypot(f64::from(centre[1]) - m[1]);
        let nearest =
            (0..middles.len()).min_by(|&a, &b| distance(&middles[a]).total_cmp(&distance(&middles[b])));
        if let Some(i) = nearest.filter(|&i| distance(&middles[i]) <= reach) {
            pixels[i].push(pixel);
        }
    }
    let area = grid.pixel_mm * grid.pixel_mm;
    middles
        .iter()
        .zip(pixels)
        .filter(|(_, pixels)| pixels.len() as f64 * area >= LEAST_MM2)
        .map(|(&middle, pixels)| describe(evidence, middle, pixels))
        .collect()
}

/// A candidate of given pixels.
pub(crate) fn describe(evidence: &Evidence, middle: [f64; 2], pixels: Vec<usize>) -> Instance {
    let mut classes = [0.0; CLASSES];
    let mut log_classes = [0.0; CLASSES];
    let mut primary = 0.0;
    for &pixel in &pixels {
        let tooth = f64::from(evidence.tooth(pixel)).max(1e-6);
        for class in 0..CLASSES {
            let p = f64::from(evidence.classes[pixel][class]);
            classes[class] += p;
            // A pixel may be wrong altogether: no class is impossible for it.
            log_classes[class] += (0.98 * p / tooth + 0.02 / 16.0).ln();
        }
        primary += f64::from(evidence.primary[pixel]);
    }
    let count = pixels.len().max(1) as f64;
    Instance {
        middle,
        pixels,
        classes: classes.map(|c| c / count),
        log_classes: log_classes.map(|c| c / count),
        primary: primary / count,
    }
}
