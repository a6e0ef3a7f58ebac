//! What a picture promises: sides, scale, area, and the same bytes whatever the number of threads.

use stonecast_dental::{Deg, Jaw};
use stonecast_mesh::{Point, TriMesh, Vector, VertexData};
use stonecast_picture::{
    Body, Captions, Framing, Paint, Picture, Rgb, Scene, Size, Tag, View, contact_sheet, draw_view, render,
    render::{common_scale, render_view},
};

const SIZE: Size = Size {
    width: 400,
    height: 300,
};

/// A sphere of this radius, by latitude and longitude.
fn sphere(centre: [f64; 3], radius: f64) -> TriMesh {
    let (rings, sides) = (24u32, 48u32);
    let mut points = Vec::new();
    for i in 0..=rings {
        let (sin, cos) = (std::f64::consts::PI * f64::from(i) / f64::from(rings)).sin_cos();
        for j in 0..sides {
            let (s, c) = (std::f64::consts::TAU * f64::from(j) / f64::from(sides)).sin_cos();
            points.push(Point::from(centre) + Vector::new(sin * c, sin * s, cos) * radius);
        }
    }
    let mut faces = Vec::new();
    for i in 0..rings {
        for j in 0..sides {
            let (a, b) = (i * sides + j, i * sides + (j + 1) % sides);
            faces.push([a, a + sides, b + sides]);
            faces.push([a, b + sides, b]);
        }
    }
    TriMesh::from_indices(points, &faces).unwrap()
}

/// A box with these opposite corners.
fn block(low: [f64; 3], high: [f64; 3]) -> TriMesh {
    let pick = |bit: bool, i: usize| if bit { high[i] } else { low[i] };
    let points = (0..8u32)
        .map(|i| Point::new(pick(i & 1 != 0, 0), pick(i & 2 != 0, 1), pick(i & 4 != 0, 2)))
        .collect();
    let faces = [
        [0, 2, 1],
        [1, 2, 3],
        [4, 5, 6],
        [5, 7, 6],
        [0, 1, 4],
        [1, 5, 4],
        [2, 6, 3],
        [3, 6, 7],
        [0, 4, 2],
        [2, 4, 6],
        [1, 3, 5],
        [3, 7, 5],
    ];
    TriMesh::from_indices(points, &faces).unwrap()
}

const RED: Rgb = Rgb(230, 30, 30);
const GREEN: Rgb = Rgb(30, 200, 30);
const BLUE: Rgb = Rgb(40, 60, 230);

/// Upper arch: a slab with red on the patient's right and green in front, both hanging down. Lower arch: a slab
/// with blue on the patient's right at the back, standing up.
fn asymmetric() -> Scene {
    let upper = [
        Body::new(&block([-30., 0., 8.], [30., 45., 12.]), Paint::stone()),
        Body::new(&sphere([-25., 25., 5.], 4.0), Paint::Plain(RED)),
        Body::new(&sphere([0., 2., 5.], 4.0), Paint::Plain(GREEN)),
    ];
    let lower = [
        Body::new(&block([-30., 0., -12.], [30., 45., -8.]), Paint::stone()),
        Body::new(&sphere([-25., 40., -5.], 4.0), Paint::Plain(BLUE)),
    ];
    let upper = upper.into_iter().map(|body| body.of(Jaw::Upper));
    let lower = lower.into_iter().map(|body| body.of(Jaw::Lower));
    Scene::new(upper.chain(lower).collect())
}

/// The mean place, in parts of the picture from the left and from the top, of the pixels in which one channel
/// (0 red, 1 green, 2 blue) far outweighs the others; `None` when there are fewer than twenty.
fn place_of(picture: &Picture, channel: usize) -> Option<[f64; 2]> {
    let (mut sum, mut count) = ([0.0, 0.0], 0u32);
    for y in 0..picture.size.height {
        for x in 0..picture.size.width {
            let pixel = picture.pixel(x, y).unwrap();
            let others = (0..3).filter(|&c| c != channel).map(|c| pixel[c]).max().unwrap();
            if u32::from(pixel[channel]) > 2 * u32::from(others) {
                sum[0] += f64::from(x) + 0.5;
                sum[1] += f64::from(y) + 0.5;
                count += 1;
            }
        }
    }
    let part = |i: usize, whole: u32| sum[i] / f64::from(count) / f64::from(whole);
    (count >= 20).then(|| [part(0, picture.size.width), part(1, picture.size.height)])
}

#[test]
fn the_patients_right_is_where_each_view_puts_it() {
    // Where red, green and blue lie: `l`eft, `r`ight or `m`iddle, `t`op or `b`ottom; `-` where they are not seen.
    fn t(view: View, expected: [&str; 3]) {
        let picture = render_view(&asymmetric(), view, SIZE, Framing::Fit);
        for (channel, expected) in expected.into_iter().enumerate() {
            let found = place_of(&picture, channel).map_or("-".to_owned(), |[x, y]| {
                let across = if x < 0.45 {
                    'l'
                } else if x > 0.55 {
                    'r'
                } else {
                    'm'
                };
                let down = if y < 0.45 {
                    't'
                } else if y > 0.55 {
                    'b'
                } else {
                    'm'
                };
                format!("{across}{down}")
            });
            assert_eq!(found, expected, "{} channel {channel}", view.name());
        }
    }
    t(View::Frontal, ["lt", "mt", "lb"]);
    // From the right, the front of the mouth is on the viewer's right.
    t(View::RightBuccal, ["lt", "rt", "lb"]);
    t(View::LeftBuccal, ["rt", "lt", "rb"]);
    // Incisors at the top; the lower arch is left out. Red lies behind the middle, so below it.
    t(View::UpperOcclusal, ["lb", "mt", "-"]);
    // Incisors at the bottom; the upper arch is left out.
    t(View::LowerOcclusal, ["-", "-", "lt"]);
}

#[test]
fn a_sphere_covers_the_area_of_its_circle() {
    let scene = Scene::new(vec![Body::new(&sphere([3., -2., 7.], 10.0), Paint::Plain(RED))]);
    let shown = render(&scene, &View::Frontal.camera(), SIZE, Framing::Scale(9.0));
    let empty = render(
        &Scene::default(),
        &View::Frontal.camera(),
        SIZE,
        Framing::Scale(9.0),
    );
    let covered = shown
        .rgb
        .chunks_exact(3)
        .zip(empty.rgb.chunks_exact(3))
        .filter(|(a, b)| i32::from(a[2]) - i32::from(b[2]) < -25)
        .count();
    // A polygon of 48 sides has 0.9971 of its circle's area.
    let expected = 0.9971 * std::f64::consts::PI * (10.0f64 * 9.0).powi(2);
    assert!(
        (covered as f64 / expected - 1.0).abs() < 0.01,
        "{covered} against {expected}"
    );
}

#[test]
fn neighbouring_triangles_leave_no_crack() {
    // A square of 2 x 40 x 40 triangles at an awkward angle must hide a red one behind it completely.
    let n = 40u32;
    let points = (0..=n * (n + 2)).map(|i| {
        let (x, y) = (f64::from(i % (n + 1)) - 20.0, f64::from(i / (n + 1)) - 20.0);
        Point::new(0.9 * x + 0.31 * y, -5.0, 0.87 * y - 0.23 * x)
    });
    let faces: Vec<[u32; 3]> = (0..n * n)
        .flat_map(|q| {
            let a = q / n * (n + 1) + q % n;
            [[a, a + 1, a + n + 2], [a, a + n + 2, a + n + 1]]
        })
        .collect();
    let front = TriMesh::from_indices(points.collect(), &faces).unwrap();
    let behind = block([-10., 0., -10.], [10., 1., 10.]);
    let scene = Scene::new(vec![
        Body::new(&behind, Paint::Plain(RED)),
        Body::new(&front, Paint::stone()),
    ]);
    let picture = render_view(&scene, View::Frontal, SIZE, Framing::Fit);
    for pixel in picture.rgb.chunks_exact(3) {
        assert!(
            i32::from(pixel[0]) - i32::from(pixel[2]) < 60,
            "red shines through: {pixel:?}"
        );
    }
}

#[test]
fn the_scale_bar_is_as_long_as_it_says() {
    let scene = Scene::new(vec![Body::new(
        &block([-10., 0., -10.], [10., 1., 10.]),
        Paint::stone(),
    )]);
    for scale in [3.3, 7.77, 12.0] {
        let plain = render_view(&scene, View::Frontal, SIZE, Framing::Scale(scale));
        let bare = Captions {
            title: false,
            edge_marks: false,
            ..Captions::default()
        };
        let barred = draw_view(&scene, View::Frontal, SIZE, Framing::Scale(scale), &bare);
        // Along the middle of the bar, white pixels count whole and pixels at its ends in part.
        let y = SIZE.height - 10;
        let white: f64 = (0..SIZE.width)
            .map(|x| {
                let (before, after) = (plain.pixel(x, y).unwrap()[0], barred.pixel(x, y).unwrap()[0]);
                let gain = (f64::from(after) - f64::from(before)) / (255.0 - f64::from(before));
                gain.max(0.0)
            })
            .sum();
        let millimetres = white / scale;
        let nearest = [1.0f64, 2.0, 5.0, 10.0, 20.0]
            .into_iter()
            .min_by(|a, b| (a - millimetres).abs().total_cmp(&(b - millimetres).abs()))
            .unwrap();
        assert!((white - nearest * scale).abs() < 1.0, "{white} pixels at {scale}");
    }
}

#[test]
fn a_point_falls_where_the_projection_says() {
    let at = [12.0, -4.0, 6.0];
    let scene = Scene::new(vec![
        Body::new(&block([-30., 0., -12.], [30., 45., -8.]), Paint::stone()),
        Body::new(&sphere(at, 2.0), Paint::Plain(RED)),
    ]);
    for view in [View::Frontal, View::LeftBuccal, View::LowerOcclusal] {
        let picture = render_view(&scene, view, SIZE, Framing::Zoom(0.8));
        let [x, y] = place_of(&picture, 0).unwrap();
        let [px, py] = picture.projection.unwrap().pixel_of(&Point::from(at));
        assert!((x * f64::from(SIZE.width) - px).abs() < 1.0, "{}", view.name());
        assert!((y * f64::from(SIZE.height) - py).abs() < 1.0, "{}", view.name());
    }
}

#[test]
fn vertex_colours_are_shown() {
    let mesh = sphere([0.0; 3], 5.0);
    let colours = mesh
        .points()
        .iter()
        .map(|p| if p.x < 0.0 { [230, 20, 20] } else { [20, 200, 20] });
    let colours = VertexData::from_vec(colours.collect());
    let scene = Scene::new(vec![Body::new(&mesh, Paint::PerVertex(&colours))]);
    let picture = render_view(&scene, View::Frontal, SIZE, Framing::Fit);
    assert!(place_of(&picture, 0).unwrap()[0] < 0.45);
    assert!(place_of(&picture, 1).unwrap()[0] > 0.55);
}

fn sheet_on(threads: usize) -> Vec<u8> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let scene = asymmetric();
        let scale = common_scale(&scene, &View::STANDARD, SIZE).unwrap();
        let captions = Captions {
            tag: Some(Tag {
                text: "bite estimated".to_owned(),
                caution: true,
            }),
            ..Captions::default()
        };
        let free = View::Free {
            azimuth: Deg(-35.0),
            elevation: Deg(20.0),
        };
        let pictures: Vec<Picture> = View::STANDARD
            .into_iter()
            .chain([free])
            .map(|view| draw_view(&scene, view, SIZE, Framing::Scale(scale), &captions))
            .collect();
        contact_sheet(&pictures.iter().collect::<Vec<_>>(), 3, "Contact sheet").to_png()
    })
}

#[test]
fn the_same_scene_gives_the_same_bytes_on_any_number_of_threads() {
    let once = sheet_on(1);
    assert_eq!(once, sheet_on(2));
    assert_eq!(once, sheet_on(3));
}

#[test]
fn nothing_to_show_is_a_background_and_no_panic() {
    let flat = TriMesh::from_indices(vec![Point::origin()], &[[0, 0, 0]]).unwrap();
    for scene in [
        Scene::default(),
        Scene::new(vec![Body::new(&flat, Paint::stone())]),
    ] {
        for framing in [
            Framing::Fit,
            Framing::Scale(f64::NAN),
            Framing::Zoom(-1.0),
            Framing::Scale(1e12),
        ] {
            let picture = draw_view(
                &scene,
                View::Frontal,
                Size::new(0, 7),
                framing,
                &Captions::default(),
            );
            assert_eq!(picture.rgb.len(), 3 * 7);
        }
    }
}
