//! What the teeth do along a motion: what leads, how far other teeth part, what interferes. Values over the way of the motion.

use stonecast_dental::{Fdi, Side};
use stonecast_occlusion::excursion::{Excursion, GuidanceType, PairTrack};

use crate::{
    Drawing, Notation,
    kit::{
        labels::Labels,
        page::{MARGIN, Page, WIDTH},
        svg::{Anchor, At, Pen, colour},
    },
};

/// The plot.
const LEFT: f64 = 100.0;
const RIGHT: f64 = WIDTH - 130.0;
const TOP: f64 = 150.0;
const HEIGHT: f64 = 300.0;
/// At most so many pairs are drawn: those that part least.
const MOST_PAIRS: usize = 12;

/// What a pair is to this motion, which gives its colour.
fn colour_of(excursion: &Excursion, tooth: Fdi) -> &'static str {
    match excursion.working_side {
        Some(side) if tooth.side() == side => colour::UPPER,
        Some(_) => colour::LOWER,
        None if tooth.position() <= 3 => colour::UPPER,
        None => colour::LOWER,
    }
}

/// Discclusion of the tooth pairs over the way of a motion, what leads it, what interferes, and a table.
pub fn excursion_drawing(excursion: &Excursion, notation: Notation) -> Drawing {
    let name = excursion.kind.name().replace('-', " ");
    let title = format!("Guidance in {name}");
    let mut page = Page::new(
        &title,
        "How far each pair of teeth stands apart, vertically at its place, when the jaw is opened until the foremost pair just touches",
    );
    if excursion.params.bite_estimated {
        page.svg.text(
            [MARGIN, TOP - 8.0],
            13.0,
            Anchor::Start,
            colour::LOWER,
            "BITE ESTIMATED, NOT RECORDED",
        );
    }
    let plot = Plot::of(excursion);
    plot.axes(&mut page);
    plot.leads(&mut page, excursion);
    let mut labels = Labels::default();
    for track in plot.shown(excursion) {
        plot.track(&mut page, excursion, track, notation, &mut labels);
    }
    page.bottom = TOP + HEIGHT + 48.0;
    let entries = match excursion.working_side {
        Some(_) => [
            (Pen::line(colour::UPPER, 2.4), "working side"),
            (Pen::line(colour::LOWER, 2.4), "other side"),
        ],
        None => [
            (Pen::line(colour::UPPER, 2.4), "front teeth"),
            (Pen::line(colour::LOWER, 2.4), "back teeth"),
        ],
    };
    page.legend(&entries);
    let mut leads: Vec<GuidanceType> = excursion.steps.iter().filter_map(|s| s.guidance).collect();
    leads.sort();
    leads.dedup();
    let leads: Vec<(Pen, &str)> = leads
        .iter()
        .map(|g| (Pen::fill(shade_of(*g)), g.name()))
        .collect();
    page.legend(&leads);
    tables(&mut page, excursion, notation);
    page.paragraph(
        "The opening is a number: no pose of the jaw follows from it, and the path is that of the articulator or the record.",
        colour::GREY,
    );
    for warning in &excursion.warnings {
        page.paragraph(&format!("Note: {}.", warning.message), colour::LOWER);
    }
    Drawing {
        name: "excursion",
        title,
        svg: page.finish(),
    }
}

/// The plot's axes: the way of the motion and the height, mm.
struct Plot {
    way: f64,
    height: f64,
}

impl Plot {
    fn of(excursion: &Excursion) -> Self {
        let way = excursion.steps.iter().map(|s| s.travel.0).fold(0.0, f64::max);
        let mut plot = Self {
            way: way.max(0.1),
            height: 1.0,
        };
        let heights = plot.shown(excursion).into_iter().flat_map(|t| &t.steps);
        let highest = heights
            .filter_map(|s| s.discclusion)
            .map(|d| d.0)
            .fold(0.5, f64::max);
        plot.height = highest.ceil();
        plot
    }

    fn at(&self, way: f64, height: f64) -> At {
        [
            LEFT + (RIGHT - LEFT) * way / self.way,
            TOP + HEIGHT * (1.0 - height / self.height),
        ]
    }

    /// The pairs that part least, in the order of their numbers.
    fn shown<'a>(&self, excursion: &'a Excursion) -> Vec<&'a PairTrack> {
        let mean = |track: &PairTrack| {
            let heights: Vec<f64> = track
                .steps
                .iter()
                .filter_map(|s| s.discclusion)
                .map(|d| d.0)
                .collect();
            (heights.len() > 1).then(|| heights.iter().sum::<f64>() / heights.len() as f64)
        };
        let mut ranked: Vec<(f64, &PairTrack)> = excursion
            .pairs
            .iter()
            .filter_map(|track| Some((mean(track)?, track)))
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.pair.cmp(&b.1.pair)));
        // Each upper tooth once: with the antagonist that it is nearest to.
        let mut seen: Vec<Fdi> = Vec::new();
        ranked.retain(|(_, track)| {
            let new = !seen.contains(&track.pair.upper);
            seen.push(track.pair.upper);
            new
        });
        ranked.truncate(MOST_PAIRS);
        let mut tracks: Vec<&PairTrack> = ranked.into_iter().map(|(_, track)| track).collect();
        tracks.sort_by_key(|track| track.pair);
        tracks
    }

    fn axes(&self, page: &mut Page) {
        let grid = Pen::line(colour::FAINT, 1.0);
        let step = if self.height > 5.0 {
            2.0
        } else if self.height > 2.0 {
            1.0
        } else {
            0.5
        };
        let mut height = 0.0;
        while height <= self.height + 1e-9 {
            let at = self.at(0.0, height);
            page.svg.line(at, [RIGHT, at[1]], grid);
            let words = format!("{height:.1}");
            page.svg.text(
                [LEFT - 10.0, at[1] + 4.0],
                12.0,
                Anchor::End,
                colour::GREY,
                &words,
            );
            height += step;
        }
        let step = if self.way > 6.0 {
            2.0
        } else if self.way > 2.5 {
            1.0
        } else {
            0.5
        };
        let mut way = 0.0;
        while way <= self.way + 1e-9 {
            let at = self.at(way, 0.0);
            page.svg.line([at[0], TOP], at, grid);
            let words = format!("{way:.1}");
            page.svg
                .text([at[0], at[1] + 18.0], 12.0, Anchor::Middle, colour::GREY, &words);
            way += step;
        }
        page.svg.line(
            self.at(0.0, 0.0),
            [RIGHT, TOP + HEIGHT],
            Pen::line(colour::INK, 1.5),
        );
        page.svg.text(
            [(LEFT + RIGHT) / 2.0, TOP + HEIGHT + 40.0],
            13.0,
            Anchor::Middle,
            colour::INK,
            "way of the motion, mm",
        );
        page.svg.text(
            [MARGIN, TOP - 12.0],
            13.0,
            Anchor::Start,
            colour::INK,
            "discclusion, mm",
        );
    }

    /// A bar above the plot: what leads at each part of the way.
    fn leads(&self, page: &mut Page, excursion: &Excursion) {
        let steps = &excursion.steps;
        let mut from = 0;
        while from < steps.len() {
            let guidance = steps[from].guidance;
            let mut to = from;
            while to + 1 < steps.len() && steps[to + 1].guidance == guidance {
                to += 1;
            }
            let half = |a: usize, b: usize| (steps[a].travel.0 + steps[b].travel.0) / 2.0;
            let start = if from == 0 {
                steps[0].travel.0
            } else {
                half(from - 1, from)
            };
            let end = if to + 1 < steps.len() {
                half(to, to + 1)
            } else {
                steps[to].travel.0
            };
            if let Some(guidance) = guidance {
                let (a, b) = (self.at(start, 0.0)[0], self.at(end, 0.0)[0]);
                let shade = shade_of(guidance);
                page.svg
                    .rect([a, TOP - 42.0], [(b - a).max(1.0), 14.0], Pen::fill(shade));
                let words = guidance.name();
                if crate::kit::svg::width(words, 11.0) < b - a {
                    let at = [(a + b) / 2.0, TOP - 46.0];
                    page.svg.text(at, 11.0, Anchor::Middle, colour::INK, words);
                }
            }
            from = to + 1;
        }
    }

    fn track(
        &self,
        page: &mut Page,
        excursion: &Excursion,
        track: &PairTrack,
        notation: Notation,
        labels: &mut Labels,
    ) {
        let colour = colour_of(excursion, track.pair.upper);
        let mut run: Vec<At> = Vec::new();
        let mut last = None;
        for (step, of_pair) in excursion.steps.iter().zip(&track.steps) {
            match of_pair.discclusion {
                Some(height) => {
                    let at = self.at(step.travel.0, height.0.min(self.height));
                    run.push(at);
                    last = Some(at);
                }
                None if run.len() > 1 => {
                    page.svg.polyline(&run, Pen::line(colour, 1.8));
                    run.clear();
                }
                None => run.clear(),
            }
        }
        if run.len() > 1 {
            page.svg.polyline(&run, Pen::line(colour, 1.8));
        }
        if let Some(at) = last {
            let words = format!(
                "{}/{}",
                notation.of(track.pair.upper),
                notation.of(track.pair.lower)
            );
            labels.put(
                &mut page.svg,
                [at[0] + 2.0, at[1]],
                [1.0, 0.0],
                11.0,
                colour,
                &words,
            );
        }
    }
}

/// Front guidance, shared guidance, and guidance by back or other teeth are told apart by lightness too.
fn shade_of(guidance: GuidanceType) -> &'static str {
    match guidance {
        GuidanceType::Canine => "#0072b2",
        GuidanceType::Incisal => "#56b4e9",
        GuidanceType::Anterior => "#b5d9f0",
        GuidanceType::Group => "#e6c84a",
        GuidanceType::Mixed => "#9a8a3a",
        GuidanceType::Posterior => "#d55e00",
        GuidanceType::NonWorking => "#8c0f1e",
    }
}

fn tables(page: &mut Page, excursion: &Excursion, notation: Notation) {
    let pair = |upper, lower| format!("{}/{}", notation.of(upper), notation.of(lower));
    let side = match excursion.working_side {
        Some(Side::Right) => ", working side right",
        Some(Side::Left) => ", working side left",
        None => "",
    };
    let leads = match &excursion.guidance {
        Ok(reading) => {
            let pairs: Vec<String> = reading.pairs.iter().map(|p| pair(p.upper, p.lower)).collect();
            let others: Vec<&str> = reading.others.iter().map(|g| g.name()).collect();
            let others = match others.is_empty() {
                true => String::new(),
                false => format!("; may also be {}", others.join(", ")),
            };
            format!(
                "{}{side}{others}; on the way {}",
                reading.guidance.name(),
                pairs.join(", ")
            )
        }
        Err(why) => format!("not measured: {}", why.root()),
    };
    let angle = match &excursion.path.angle {
        Ok(angle) => format!(
            "{:.1} ± {:.1}° against {}",
            angle.angle.0,
            2.0 * angle.uncertainty.0,
            excursion.plane.name
        ),
        Err(why) => format!("not measured: {}", why.root()),
    };
    let columns = [(MARGIN, Anchor::Start), (300.0, Anchor::Start)];
    let rows = [
        vec!["what leads".to_owned(), leads],
        vec!["slope of the guidance path".to_owned(), angle],
    ];
    page.table(&columns, &["finding", "value"], &rows);
    if excursion.interferences.is_empty() {
        page.paragraph("No interference was found.", colour::INK);
        return;
    }
    let rows: Vec<Vec<String>> = excursion
        .interferences
        .iter()
        .map(|found| {
            let what = format!(
                "{} interference {}",
                found.kind.name(),
                pair(found.pair.upper, found.pair.lower)
            );
            let lift = if found.separates {
                "lifts the leading teeth by"
            } else {
                "touches beside them, lift"
            };
            vec![
                what,
                format!(
                    "{:.1} to {:.1} mm of the way; {lift} {:.2} ± {:.2} mm",
                    found.from.0,
                    found.to.0,
                    found.lift.0,
                    2.0 * found.uncertainty.0
                ),
            ]
        })
        .collect();
    page.table(&columns, &["interference", "where, how much"], &rows);
}
