//! The rough measures of a crown in its own frame, within which the fine ones are sought.

use super::crown::{Beyond, Crown};

/// The crown's bounds in its own frame, mm. The lateral ones are those of its occlusal two thirds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub mesial: f64,
    pub distal: f64,
    pub facial: f64,
    pub lingual: f64,
    /// Height of the highest point.
    pub top: f64,
    /// Mean height of the gingival margin.
    pub neck: f64,
}

/// The least height and width of a crown that is measured, mm: less than half of the smallest erupted tooth.
const LEAST: f64 = 1.5;

impl Shape {
    /// `None` when too little is there.
    pub fn of(crown: &Crown) -> Option<Self> {
        let top = crown.own_points().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max);
        let neck = neck(crown)?;
        if top - neck < LEAST {
            return None;
        }
        let floor = neck + (top - neck) / 3.0;
        let range = |k: usize| {
            crown
                .own_points()
                .filter(|p| p.z > floor)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| {
                    (l.min(p[k]), h.max(p[k]))
                })
        };
        let ((distal, mesial), (lingual, facial)) = (range(0), range(1));
        (mesial - distal > LEAST && facial - lingual > LEAST).then_some(Self {
            mesial,
            distal,
            facial,
            lingual,
            top,
            neck,
        })
    }

    /// The clinical crown's height.
    pub fn height(&self) -> f64 {
        self.top - self.neck
    }

    /// Halfway between the sides.
    pub fn middle(&self) -> f64 {
        0.5 * (self.mesial + self.distal)
    }
}

/// The margin's mean height by length; of the whole rim where no gum is near.
fn neck(crown: &Crown) -> Option<f64> {
    let mean = |gum_only: bool| {
        let (mut sum, mut length) = (0.0, 0.0);
        for e in crown.rim.iter().filter(|e| !gum_only || e.beyond == Beyond::Gum) {
            let [a, b] = e.ends.map(|v| crown.points[v as usize]);
            let l = (b - a).norm();
            sum += 0.5 * (a.z + b.z) * l;
            length += l;
        }
        (length > 0.0).then(|| sum / length)
    };
    mean(true).or_else(|| mean(false))
}
