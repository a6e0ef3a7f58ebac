//! How well labels agree with people's: the figures by which labelled arches are judged.
//!
//! Units: shares are 0..1, lengths mm. Frame: none; labels are compared vertex by vertex.
//!
//! Definitions
//! * a true tooth counts when it has at least [`LEAST_VERTICES`] vertices;
//! * a true tooth is *right* when the vertices found under its own number overlap it with an IoU (intersection over
//!   union) of at least [`RIGHT_IOU`]; it is *found* when the vertices of any one number do;
//! * its Dice coefficient is that with the vertices found under its own number: 0 when missed or misnumbered;
//! * a found tooth is *false* when it overlaps no true tooth with an IoU of at least [`FALSE_IOU`];
//! * tooth against gum: the share of vertices on which both agree whether they are tooth at all;
//! * an arch without labels fails: its teeth are all missed, its Dice are 0, its other figures do not count.
//!
//! Steps: [`score_labels`] one arch; [`Tally::add`] many; [`Agreement::of`] widths after Bland and Altman;
//! [`calibration`] confidence against truth.
//!
//! References: J. M. Bland, D. G. Altman, "Statistical methods for assessing agreement between two methods of clinical
//! measurement", Lancet 327 (1986) 307–310; C. Guo et al., "On calibration of modern neural networks", ICML (2017), for
//! the expected calibration error.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use stonecast_dental::{Fdi, LandmarkKind};

/// A true tooth with fewer vertices is a crumb at the scan's border, not a tooth to be found.
pub const LEAST_VERTICES: usize = 20;
/// The overlap from which a tooth counts as found.
pub const RIGHT_IOU: f64 = 0.5;
/// The overlap below which a found tooth matches no true one.
pub const FALSE_IOU: f64 = 0.3;

/// The figures of one arch.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ArchScore {
    /// Every true tooth, sorted by number.
    pub teeth: Vec<ToothScore>,
    /// Every number that was found, sorted, and how well it matches.
    pub found: Vec<FoundScore>,
    /// Share of vertices on which both agree whether they are tooth.
    pub tooth_or_gum: f64,
}

/// One true tooth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ToothScore {
    /// The true number.
    pub fdi: Fdi,
    /// IoU with what was found under its number.
    pub iou: f64,
    /// Dice coefficient with what was found under its number.
    pub dice: f64,
    /// The greatest IoU with anything found.
    pub best_iou: f64,
    /// Under what number that was found, where anything overlaps.
    pub best: Option<Fdi>,
}

impl ToothScore {
    /// Found and rightly numbered.
    pub fn is_right(&self) -> bool {
        self.iou >= RIGHT_IOU
    }

    /// Found, under whatever number.
    pub fn is_found(&self) -> bool {
        self.best_iou >= RIGHT_IOU
    }
}

/// One found tooth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FoundScore {
    /// The number it was given.
    pub fdi: Fdi,
    /// The greatest IoU with a true tooth.
    pub best_iou: f64,
    /// Whether the true tooth of that number overlaps it enough.
    pub is_right: bool,
}

impl FoundScore {
    /// Matches no true tooth.
    pub fn is_false(&self) -> bool {
        self.best_iou < FALSE_IOU
    }
}

/// Compares two labellings of the same vertices; `None` when they differ in number.
pub fn score_labels(truth: &[Option<Fdi>], found: &[Option<Fdi>]) -> Option<ArchScore> {
    if truth.len() != found.len() {
        return None;
    }
    let mut both: BTreeMap<(Fdi, Fdi), usize> = BTreeMap::new();
    let mut of_truth: BTreeMap<Fdi, usize> = BTreeMap::new();
    let mut of_found: BTreeMap<Fdi, usize> = BTreeMap::new();
    let mut agree = 0usize;
    for (t, f) in truth.iter().zip(found) {
        agree += usize::from(t.is_some() == f.is_some());
        if let Some(t) = t {
            *of_truth.entry(*t).or_default() += 1;
        }
        if let Some(f) = f {
            *of_found.entry(*f).or_default() += 1;
        }
        if let (Some(t), Some(f)) = (t, f) {
            *both.entry((*t, *f)).or_default() += 1;
        }
    }
    of_truth.retain(|_, count| *count >= LEAST_VERTICES);
    let overlap = |t: Fdi, f: Fdi| {
        let shared = both.get(&(t, f)).copied().unwrap_or(0);
        let sum = of_truth.get(&t).unwrap_or(&0) + of_found.get(&f).unwrap_or(&0);
        Overlap { shared, sum }
    };
    let teeth = of_truth.keys().map(|&t| {
        let best = of_found
            .keys()
            .map(|&f| (overlap(t, f).iou(), f))
            .filter(|(iou, _)| *iou > 0.0)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        ToothScore {
            fdi: t,
            iou: overlap(t, t).iou(),
            dice: overlap(t, t).dice(),
            best_iou: best.map_or(0.0, |(iou, _)| iou),
            best: best.map(|(_, f)| f),
        }
    });
    let found_teeth = of_found.keys().map(|&f| FoundScore {
        fdi: f,
        best_iou: of_truth.keys().map(|&t| overlap(t, f).iou()).fold(0.0, f64::max),
        is_right: of_truth.contains_key(&f) && overlap(f, f).iou() >= RIGHT_IOU,
    });
    Some(ArchScore {
        teeth: teeth.collect(),
        found: found_teeth.collect(),
        tooth_or_gum: agree as f64 / truth.len().max(1) as f64,
    })
}

/// How two sets of vertices overlap.
#[derive(Clone, Copy)]
struct Overlap {
    shared: usize,
    /// Of the two sets' sizes.
    sum: usize,
}

impl Overlap {
    fn iou(self) -> f64 {
        self.shared as f64 / (self.sum - self.shared).max(1) as f64
    }

    fn dice(self) -> f64 {
        2.0 * self.shared as f64 / self.sum.max(1) as f64
    }
}

/// The teeth that count in a labelling, in the order of their numbers.
pub fn counted_teeth(truth: &[Option<Fdi>]) -> Vec<Fdi> {
    let mut counts: BTreeMap<Fdi, usize> = BTreeMap::new();
    for tooth in truth.iter().flatten() {
        *counts.entry(*tooth).or_default() += 1;
    }
    counts.retain(|_, count| *count >= LEAST_VERTICES);
    counts.into_keys().collect()
}

/// The figures of many arches.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// Arches.
    pub arches: usize,
    /// True teeth.
    pub teeth: usize,
    /// Found and rightly numbered.
    pub right: usize,
    /// Found, under whatever number.
    pub found: usize,
    /// Found teeth that match no true one.
    pub false_teeth: usize,
    /// Arches without labels.
    pub failed: usize,
    #[serde(skip)]
    dice: Vec<f64>,
    #[serde(skip)]
    tooth_or_gum: Vec<f64>,
    #[serde(skip)]
    seconds: Vec<f64>,
}

impl Tally {
    /// Adds an arch that was labelled.
    pub fn add(&mut self, score: &ArchScore, seconds: f64) {
        self.arches += 1;
        self.teeth += score.teeth.len();
        self.right += score.teeth.iter().filter(|t| t.is_right()).count();
        self.found += score.teeth.iter().filter(|t| t.is_found()).count();
        self.false_teeth += score.found.iter().filter(|f| f.is_false()).count();
        self.dice.extend(score.teeth.iter().map(|t| t.dice));
        self.tooth_or_gum.push(score.tooth_or_gum);
        self.seconds.push(seconds);
    }

    /// Adds an arch for which no labels came.
    pub fn add_failed(&mut self, true_teeth: usize, seconds: f64) {
        self.arches += 1;
        self.teeth += true_teeth;
        self.failed += 1;
        self.dice.extend(std::iter::repeat_n(0.0, true_teeth));
        self.seconds.push(seconds);
    }

    /// Adds all of another tally.
    pub fn extend(&mut self, other: &Self) {
        self.arches += other.arches;
        self.teeth += other.teeth;
        self.right += other.right;
        self.found += other.found;
        self.false_teeth += other.false_teeth;
        self.failed += other.failed;
        self.dice.extend(&other.dice);
        self.tooth_or_gum.extend(&other.tooth_or_gum);
        self.seconds.extend(&other.seconds);
    }

    /// Share of the true teeth that were found and rightly numbered.
    pub fn success(&self) -> f64 {
        self.right as f64 / self.teeth.max(1) as f64
    }

    /// Share of the true teeth that were found, under whatever number.
    pub fn any(&self) -> f64 {
        self.found as f64 / self.teeth.max(1) as f64
    }

    /// Mean Dice coefficient over the true teeth.
    pub fn dice(&self) -> f64 {
        mean(&self.dice)
    }

    /// Mean over the labelled arches of the share on which tooth and gum agree.
    pub fn tooth_or_gum(&self) -> f64 {
        mean(&self.tooth_or_gum)
    }

    /// False teeth to the arch.
    pub fn false_per_arch(&self) -> f64 {
        self.false_teeth as f64 / self.arches.max(1) as f64
    }

    /// Median seconds to the arch.
    pub fn seconds(&self) -> f64 {
        quantile(&self.seconds, 0.5).unwrap_or(0.0)
    }
}

/// Agreement of two measurements of the same things, after Bland and Altman.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// How many pairs.
    pub count: usize,
    /// Mean of the differences, found minus true.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// The limits of agreement: mean ± 1.96 standard deviations.
    pub limits: [f64; 2],
}

impl Agreement {
    /// The agreement that differences show; `None` for fewer than two.
    pub fn of(differences: &[f64]) -> Option<Self> {
        let count = differences.len();
        if count < 2 {
            return None;
        }
        let mean = mean(differences);
        let squares: f64 = differences.iter().map(|d| (d - mean).powi(2)).sum();
        let deviation = (squares / (count - 1) as f64).sqrt();
        Some(Self {
            count,
            mean,
            deviation,
            limits: [mean - 1.96 * deviation, mean + 1.96 * deviation],
        })
    }
}

/// What teeth of about one confidence came to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// The least confidence of the bin.
    pub from: f64,
    /// The greatest.
    pub to: f64,
    /// How many teeth.
    pub count: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// The share of them that was right.
    pub right: f64,
}

/// Confidence against truth, in `bins` bins of equal width; empty bins are left out.
pub fn calibration(told: &[(f64, bool)], bins: usize) -> Vec<CalibrationBin> {
    let bins = bins.max(1);
    let bin_of = |confidence: f64| ((confidence * bins as f64) as usize).min(bins - 1);
    (0..bins)
        .filter_map(|bin| {
            let inside: Vec<_> = told.iter().filter(|(c, _)| bin_of(*c) == bin).collect();
            let count = inside.len();
            (count > 0).then(|| CalibrationBin {
                from: bin as f64 / bins as f64,
                to: (bin + 1) as f64 / bins as f64,
                count,
                confidence: inside.iter().map(|(c, _)| c).sum::<f64>() / count as f64,
                right: inside.iter().filter(|(_, right)| *right).count() as f64 / count as f64,
            })
        })
        .collect()
}

/// The expected calibration error: the mean gap between confidence and truth, weighted by the bins' counts.
pub fn calibration_error(bins: &[CalibrationBin]) -> f64 {
    let total: usize = bins.iter().map(|b| b.count).sum();
    let gaps = bins
        .iter()
        .map(|b| b.count as f64 * (b.confidence - b.right).abs());
    gaps.sum::<f64>() / total.max(1) as f64
}

/// How often each true number was found as each other one: by vertices, `None` for gum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    counts: BTreeMap<(Option<Fdi>, Option<Fdi>), usize>,
}

impl Confusion {
    /// Counts the vertices of an arch.
    pub fn add(&mut self, truth: &[Option<Fdi>], found: &[Option<Fdi>]) {
        for pair in truth.iter().copied().zip(found.iter().copied()) {
            *self.counts.entry(pair).or_default() += 1;
        }
    }

    /// Every number that occurs on either side, gum first.
    pub fn labels(&self) -> Vec<Option<Fdi>> {
        let all: BTreeSet<Option<Fdi>> = self.counts.keys().flat_map(|(t, f)| [*t, *f]).collect();
        all.into_iter().collect()
    }

    /// How many vertices of `truth` were found as `found`.
    pub fn count(&self, truth: Option<Fdi>, found: Option<Fdi>) -> usize {
        self.counts.get(&(truth, found)).copied().unwrap_or(0)
    }
}

/// The kind that an annotated point's type stands for, and whether it is one that a middle buccal cusp, where the tooth
/// has one, makes the distal cusp; `None` for a type that is not known.
///
/// The types are those of the tooth-aligner annotations: `out` is buccal, `in` is lingual, and `buccal` is
/// placed in the middle of the facial wall, half way up, where the facial axis point is. Of three buccal cusps (lower
/// first molars) the middle one is the distobuccal and the last one the distal cusp.
pub fn kind_of_annotation(kind: &str, tooth: Fdi, has_middle: bool) -> Option<LandmarkKind> {
    use LandmarkKind as K;
    Some(match kind {
        "mesial" => K::MesialContact,
        "distal" => K::DistalContact,
        "buccal" => K::FacialAxisPoint,
        "lingual" => K::MostLingual,
        "pit" => K::CentralFossa,
        "cusp" if tooth.class() == stonecast_dental::ToothClass::Incisor => K::IncisalMidpoint,
        "cusp" => K::CuspTip,
        "cusp_out" => K::BuccalCusp,
        "cusp_in" => K::LingualCusp,
        "cusp_out_mesial" => K::MesiobuccalCusp,
        "cusp_out_middle" => K::DistobuccalCusp,
        "cusp_out_distal" if has_middle => K::DistalCusp,
        "cusp_out_distal" => K::DistobuccalCusp,
        // Of two lingual cusps of a lower premolar the mesial one is its lingual cusp.
        "cusp_in_mesial" if tooth.class() == stonecast_dental::ToothClass::Premolar => K::LingualCusp,
        "cusp_in_mesial" => K::MesiolingualCusp,
        "cusp_in_distal" => K::DistolingualCusp,
        _ => return None,
    })
}

/// The mean; 0 of nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The value below which the share `q` of the values lies, between neighbours linearly; `None` of nothing.
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let at = q.clamp(0.0, 1.0) * last as f64;
    let (low, share) = (at as usize, at.fract());
    Some(sorted[low] + (sorted[(low + 1).min(last)] - sorted[low]) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tooth(n: u8) -> Option<Fdi> {
        Fdi::new(n).ok()
    }

    /// Runs of labels: `(number, how many)`, 0 for gum.
    fn labels(runs: &[(u8, usize)]) -> Vec<Option<Fdi>> {
        runs.iter()
            .flat_map(|&(n, count)| std::iter::repeat_n(tooth(n), count))
            .collect()
    }

    #[test]
    fn the_same_labels_score_in_full() {
        let truth = labels(&[(0, 50), (11, 40), (12, 30)]);
        let score = score_labels(&truth, &truth).unwrap();
        assert_eq!(score.tooth_or_gum, 1.0);
        assert!(score.teeth.iter().all(|t| t.is_right() && t.dice == 1.0));
        assert!(score.found.iter().all(|f| f.is_right && !f.is_false()));
    }

    #[test]
    fn a_misnumbered_tooth_is_found_but_not_right() {
        let truth = labels(&[(0, 60), (14, 40)]);
        let found = labels(&[(0, 60), (15, 40)]);
        let score = score_labels(&truth, &found).unwrap();
        let tooth_14 = &score.teeth[0];
        assert_eq!((tooth_14.iou, tooth_14.dice, tooth_14.best_iou), (0.0, 0.0, 1.0));
        assert_eq!(tooth_14.best, tooth(15));
        assert!(!score.found[0].is_false() && !score.found[0].is_right);
        let mut tally = Tally::default();
        tally.add(&score, 0.1);
        assert_eq!((tally.success(), tally.any(), tally.dice()), (0.0, 1.0, 0.0));
        assert_eq!(tally.tooth_or_gum(), 1.0);
    }

    #[test]
    fn overlaps_are_counted_by_hand() {
        // 11 has vertices 20..60, found at 30..70: 30 shared, 50 in all.
        let truth = labels(&[(0, 20), (11, 40), (0, 40)]);
        let found = labels(&[(0, 30), (11, 40), (0, 20), (21, 10)]);
        let score = score_labels(&truth, &found).unwrap();
        assert_eq!(score.teeth[0].iou, 0.6);
        assert_eq!(score.teeth[0].dice, 0.75);
        // They disagree on being tooth at 20..30, 60..70 and 90..100.
        assert_eq!(score.tooth_or_gum, 0.7);
        let wrong: Vec<_> = score.found.iter().filter(|f| f.is_false()).collect();
        assert_eq!(wrong.len(), 1);
        assert_eq!(Some(wrong[0].fdi), tooth(21));
    }

    #[test]
    fn a_crumb_is_no_tooth_to_be_found_and_a_failed_arch_counts_its_teeth() {
        let truth = labels(&[(0, 60), (14, 40), (18, LEAST_VERTICES - 1)]);
        assert_eq!(counted_teeth(&truth).len(), 1);
        let score = score_labels(&truth, &labels(&[(0, 60), (14, 59)])).unwrap();
        assert_eq!(score.teeth.len(), 1);
        let mut tally = Tally::default();
        tally.add(&score, 0.1);
        tally.add_failed(3, 0.3);
        assert_eq!(
            (tally.arches, tally.teeth, tally.right, tally.failed),
            (2, 4, 1, 1)
        );
        assert_eq!(tally.success(), 0.25);
        assert!((tally.dice() - 80.0 / 99.0 / 4.0).abs() < 1e-12);
        // A crumb is tooth all the same.
        assert_eq!(tally.tooth_or_gum(), 1.0);
        assert!((tally.seconds() - 0.2).abs() < 1e-12);
        assert_eq!(score_labels(&truth, &truth[1..]), None);
    }

    #[test]
    fn widths_agree_as_bland_and_altman_say() {
        let agreement = Agreement::of(&[0.1, -0.1, 0.3, 0.1]).unwrap();
        assert!((agreement.mean - 0.1).abs() < 1e-12);
        // Squares about the mean: 0, 0.04, 0.04, 0; over three.
        let deviation = (0.08f64 / 3.0).sqrt();
        assert!((agreement.deviation - deviation).abs() < 1e-12);
        assert!((agreement.limits[1] - 0.1 - 1.96 * deviation).abs() < 1e-12);
        assert_eq!(Agreement::of(&[0.1]), None);
    }

    #[test]
    fn confidence_is_compared_with_truth_bin_by_bin() {
        let told = [(0.95, true), (1.0, true), (0.92, false), (0.31, false)];
        let bins = calibration(&told, 10);
        assert_eq!(bins.len(), 2);
        assert_eq!((bins[0].count, bins[0].right), (1, 0.0));
        assert_eq!(bins[1].count, 3);
        assert!((bins[1].right - 2.0 / 3.0).abs() < 1e-12);
        let by_hand = (0.31 + 3.0 * ((0.95 + 1.0 + 0.92) / 3.0 - 2.0 / 3.0)) / 4.0;
        assert!((calibration_error(&bins) - by_hand).abs() < 1e-12);
    }

    #[test]
    fn annotations_name_the_cusps_of_three_cusped_molars() {
        let lower_first = Fdi::new(36).unwrap();
        let kind = |name, has_middle| kind_of_annotation(name, lower_first, has_middle);
        assert_eq!(kind("cusp_out_distal", true), Some(LandmarkKind::DistalCusp));
        assert_eq!(
            kind("cusp_out_distal", false),
            Some(LandmarkKind::DistobuccalCusp)
        );
        assert_eq!(kind("nonsense", false), None);
        let canine = Fdi::new(13).unwrap();
        assert_eq!(
            kind_of_annotation("cusp", canine, false),
            Some(LandmarkKind::CuspTip)
        );
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[1.0, 2.0], 0.95), Some(1.95));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn mirroring_both_labellings_changes_no_figure() {
        let truth = labels(&[(0, 20), (11, 40), (12, 40), (0, 10)]);
        let found = labels(&[(0, 30), (11, 50), (13, 25), (0, 5)]);
        let mirrored =
            |labels: &[Option<Fdi>]| -> Vec<_> { labels.iter().map(|l| l.map(Fdi::mirrored)).collect() };
        let (mut here, mut there) = (Tally::default(), Tally::default());
        here.add(&score_labels(&truth, &found).unwrap(), 1.0);
        there.add(&score_labels(&mirrored(&truth), &mirrored(&found)).unwrap(), 1.0);
        assert_eq!(here, there);
    }
}
