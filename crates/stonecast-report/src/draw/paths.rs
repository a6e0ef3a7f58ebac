//! The way of the lower incisal point in all motions of a case: from the side, from the front and from above, to one scale. With a
//! border path the side view is Posselt's figure, with lateral motions the view from above is the Gothic arch.

use stonecast_articulator::{JawPath, ReferencePlane};
use stonecast_mesh::{Point, Vector};

use crate::{
    Drawing,
    kit::{
        page::{MARGIN, Page, TOP, WIDTH},
        svg::{Anchor, At, Pen, colour},
    },
};

const INKS: [&str; 5] = [
    colour::UPPER,
    colour::LOWER,
    colour::GOOD,
    colour::THIRD,
    colour::INK,
];
const GAP: f64 = 24.0;
const HEIGHT: f64 = 420.0;
/// So that a motion of tenths of a millimetre does not fill the page, mm.
const LEAST_SPAN: f64 = 4.0;

/// How a panel is looked at: to the right and up on paper, in shares of left, posterior and superior.
struct Look {
    name: &'static str,
    right: [f64; 3],
    up: [f64; 3],
    sides: [&'static str; 2],
}

const LOOKS: [Look; 3] = [
    Look {
        name: "from the right",
        right: [0.0, -1.0, 0.0],
        up: [0.0, 0.0, 1.0],
        sides: ["back", "front"],
    },
    Look {
        name: "from the front",
        right: [1.0, 0.0, 0.0],
        up: [0.0, 0.0, 1.0],
        sides: ["R", "L"],
    },
    Look {
        name: "from above, front up",
        right: [1.0, 0.0, 0.0],
        up: [0.0, -1.0, 0.0],
        sides: ["R", "L"],
    },
];

/// The way of the incisal point, from where it is in the closed bite, along the axes of the plane of the mounting.
fn way(path: &JawPath, incisal: &Point, plane: &ReferencePlane) -> Vec<[f64; 3]> {
    let axes = [plane.left, plane.posterior, plane.superior].map(Vector::from);
    let from_closed = |step: &stonecast_articulator::JawStep| {
        let gone = step.moved_from_closed * incisal - incisal;
        axes.map(|axis| axis.dot(&gone))
    };
    path.steps.iter().map(from_closed).collect()
}

/// The paths, each with its name, as a drawing.
pub fn paths_drawing(paths: &[(&str, &JawPath)], incisal_point: [f64; 3], plane: &ReferencePlane) -> Drawing {
    let title = "Way of the lower incisal point".to_owned();
    let mut page = Page::new(
        &title,
        &format!(
            "As the guides or the record lead it, from the closed bite, along {}; teeth block nothing",
            plane.name.words()
        ),
    );
    let incisal = Point::from(incisal_point);
    let ways: Vec<Vec<[f64; 3]>> = paths.iter().map(|(_, path)| way(path, &incisal, plane)).collect();
    let room = (WIDTH - 2.0 * MARGIN - 2.0 * GAP) / 3.0;
    let scale = scale_of(&ways, room - 30.0);
    for (place, look) in LOOKS.iter().enumerate() {
        let corner = [MARGIN + place as f64 * (room + GAP), TOP + 20.0];
        panel(&mut page, look, &ways, corner, room, scale);
    }
    page.bottom = TOP + 20.0 + HEIGHT + 24.0;
    page.scale_bar([MARGIN, page.bottom], scale, bar(scale));
    page.bottom += 16.0;
    let names: Vec<String> = paths.iter().map(|(name, _)| name.replace('-', " ")).collect();
    let entries: Vec<(Pen, &str)> = names
        .iter()
        .enumerate()
        .map(|(i, name)| (pen(i), name.as_str()))
        .collect();
    for row in entries.chunks(4) {
        page.legend(row);
    }
    Drawing {
        name: "incisal-paths",
        title,
        svg: page.finish(),
    }
}

fn pen(place: usize) -> Pen {
    let pen = Pen::line(INKS[place % INKS.len()], 2.2);
    if place >= INKS.len() { pen.dashed() } else { pen }
}

/// The length of the scale bar, mm: one that is seen and is not wider than a panel.
fn bar(scale: f64) -> f64 {
    [1.0, 2.0, 5.0, 10.0, 20.0]
        .into_iter()
        .find(|mm| mm * scale >= 40.0)
        .unwrap_or(50.0)
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Least and greatest of the ways in a direction, the closed bite among them.
fn span(ways: &[Vec<[f64; 3]>], direction: [f64; 3]) -> [f64; 2] {
    let along = ways.iter().flatten().map(|p| dot(*p, direction));
    along.fold([0.0, 0.0], |[a, b], v| [a.min(v), b.max(v)])
}

fn scale_of(ways: &[Vec<[f64; 3]>], room: f64) -> f64 {
    let fits = LOOKS.iter().map(|look| {
        let wide = span(ways, look.right);
        let high = span(ways, look.up);
        (room / (wide[1] - wide[0]).max(LEAST_SPAN))
            .min((HEIGHT - 60.0) / (high[1] - high[0]).max(LEAST_SPAN))
    });
    fits.fold(f64::INFINITY, f64::min)
}

fn panel(page: &mut Page, look: &Look, ways: &[Vec<[f64; 3]>], corner: At, room: f64, scale: f64) {
    page.svg
        .rect(corner, [room, HEIGHT], Pen::line(colour::FAINT, 1.2));
    let name_at = [corner[0] + 10.0, corner[1] + 20.0];
    page.svg
        .text(name_at, 13.0, Anchor::Start, colour::INK, look.name);
    let low = corner[1] + HEIGHT - 10.0;
    page.svg.text(
        [corner[0] + 10.0, low],
        12.0,
        Anchor::Start,
        colour::GREY,
        look.sides[0],
    );
    page.svg.text(
        [corner[0] + room - 10.0, low],
        12.0,
        Anchor::End,
        colour::GREY,
        look.sides[1],
    );
    let (wide, high) = (span(ways, look.right), span(ways, look.up));
    let centre = [corner[0] + 0.5 * room, corner[1] + 0.5 * HEIGHT];
    let at = |p: &[f64; 3]| -> At {
        [
            centre[0] + scale * (dot(*p, look.right) - 0.5 * (wide[0] + wide[1])),
            centre[1] - scale * (dot(*p, look.up) - 0.5 * (high[0] + high[1])),
        ]
    };
    for (place, way) in ways.iter().enumerate() {
        let points: Vec<At> = way.iter().map(&at).collect();
        page.svg.polyline(&points, pen(place));
    }
    page.svg.circle(at(&[0.0; 3]), 4.0, Pen::fill(colour::INK));
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_articulator::{Articulator, MotionKind, MotionRequest, Mounting, MountingInput, Settings};
    use stonecast_dental::Side;

    #[test]
    fn the_jaw_goes_down_and_forward_and_to_its_side() {
        let mounting = Mounting::average(&MountingInput::in_cast_frame([0.0, 2.0, 1.0])).unwrap();
        let articulator = Articulator::new(mounting, Settings::preset("generic").unwrap()).unwrap();
        let path = |kind| articulator.path(&MotionRequest::usual(kind)).unwrap();
        let incisal = Point::from(articulator.mounting.incisal_point);
        let last = |kind| {
            *way(&path(kind), &incisal, &articulator.mounting.plane)
                .last()
                .unwrap()
        };
        let [_, posterior, superior] = last(MotionKind::Protrusion);
        assert!(posterior < -2.0 && superior < -1.0);
        assert!(last(MotionKind::Laterotrusion(Side::Right))[0] < -1.0);
        assert!(last(MotionKind::Laterotrusion(Side::Left))[0] > 1.0);
        assert!(last(MotionKind::Opening)[2] < -5.0);
        let (a, b) = (path(MotionKind::Protrusion), path(MotionKind::Border));
        let drawing = paths_drawing(
            &[("protrusion", &a), ("border", &b)],
            articulator.mounting.incisal_point,
            &articulator.mounting.plane,
        );
        for words in ["protrusion", "border", "from the right", "Not a medical device"] {
            assert!(drawing.svg.contains(words), "{words}");
        }
    }
}
