//! Records are read back as the paths that were written, in every form; what is wrong with a file is said with its place.

use nalgebra::{Translation3, UnitQuaternion};
use proptest::prelude::*;
use stonecast_articulator::{
    Articulator, JawPath, JawRecord, MotionKind, MotionRequest, Mounting, MountingInput, Placement,
    RecordError, RecordUnit, Settings, Start, record::encode_json,
};
use stonecast_dental::{Deg, Mm, Side, Sides};
use stonecast_mesh::{Point, RigidMotion, Vector};

fn mounting() -> Mounting {
    Mounting::average(&MountingInput::in_cast_frame([0.0, 2.0, 1.0])).unwrap()
}

fn articulator() -> Articulator {
    let settings = Settings::preset("generic")
        .unwrap()
        .with_inclination(Sides {
            right: Deg(28.0),
            left: Deg(37.0),
        })
        .with_side_shift(Sides {
            right: Mm(0.3),
            left: Mm(0.7),
        })
        .with_incisal_table(Deg(20.0), Sides::both(Deg(15.0)));
    Articulator::new(mounting(), settings).unwrap()
}

fn paths() -> Vec<JawPath> {
    [
        MotionKind::Opening,
        MotionKind::Protrusion,
        MotionKind::Laterotrusion(Side::Right),
        MotionKind::Laterotrusion(Side::Left),
    ]
    .map(|kind| {
        articulator()
            .path(&MotionRequest::usual(kind).in_steps(20))
            .unwrap()
    })
    .to_vec()
}

fn in_cast() -> Placement {
    Placement {
        cast_from_record: RigidMotion::identity(),
        start: None,
    }
}

fn same(a: &JawPath, b: &JawPath, within: f64) {
    assert_eq!((a.kind, a.steps.len()), (b.kind, b.steps.len()));
    for (a, b) in a.steps.iter().zip(&b.steps) {
        for place in [[0.0, 0.0, 0.0], [30.0, 40.0, -20.0], [-30.0, 40.0, -20.0]] {
            let apart = a.moved_from_closed * Point::from(place) - b.moved_from_closed * Point::from(place);
            assert!(apart.norm() < within, "{apart}");
        }
        assert!((a.opening.0 - b.opening.0).abs() < 1e-3);
    }
}

/// The rows of each matrix, as `number` writes them, in the frame and unit that `change` makes.
fn csv(paths: &[JawPath], separator: &str, number: impl Fn(f64) -> String) -> String {
    let names: Vec<String> = (0..12).map(|i| format!("m{}{}", i / 4, i % 4)).collect();
    let mut text = format!(
        "# unit: mm\nmovement{separator}time_s{separator}{}\n",
        names.join(separator)
    );
    for path in paths {
        for (i, step) in path.steps.iter().enumerate() {
            let m = step.moved_from_closed.to_homogeneous();
            let cells: Vec<String> = (0..12).map(|i| number(m[(i / 4, i % 4)])).collect();
            let time = number(i as f64 * 0.02);
            text += &format!(
                "{}{separator}{time}{separator}{}\n",
                path.kind.name(),
                cells.join(separator)
            );
        }
    }
    text
}

#[test]
fn json_is_read_back_as_it_was_written() {
    let record = JawRecord::read(&encode_json(&paths()), None).unwrap();
    assert_eq!(record.movements.len(), 4);
    for (movement, path) in record.movements.iter().zip(paths()) {
        let (read, notes) = movement.path(&in_cast(), &mounting()).unwrap();
        same(&read, &path, 1e-9);
        assert!(notes.is_empty());
    }
}

#[test]
fn csv_is_read_with_commas_and_with_decimal_commas() {
    let english = csv(&paths(), ",", |v| format!("{v:.12}"));
    let german = csv(&paths(), ";", |v| format!("{v:.12}").replace('.', ","));
    for text in [english, german] {
        let record = JawRecord::read(text.as_bytes(), None).unwrap();
        assert_eq!(record.movements.len(), 4);
        for (movement, path) in record.movements.iter().zip(paths()) {
            same(&movement.path(&in_cast(), &mounting()).unwrap().0, &path, 1e-8);
        }
    }
}

#[test]
fn csv_of_translations_and_quaternions_in_metres_is_read() {
    let path = &paths()[1];
    let mut text = "tx,ty,tz,qw,qx,qy,qz\n".to_owned();
    for step in &path.steps {
        let (t, q) = (
            step.moved_from_closed.translation.vector / 1000.0,
            step.moved_from_closed.rotation,
        );
        text += &format!(
            "{:.12},{:.12},{:.12},{:.12},{:.12},{:.12},{:.12}\n",
            t.x, t.y, t.z, q.w, q.i, q.j, q.k
        );
    }
    assert_eq!(JawRecord::read(text.as_bytes(), None), Err(RecordError::NoUnit));
    let record = JawRecord::read(text.as_bytes(), Some(RecordUnit::Metres)).unwrap();
    let (read, _) = record.movements[0].path(&in_cast(), &mounting()).unwrap();
    assert_eq!(read.kind, MotionKind::Recorded);
    same(
        &JawPath {
            kind: path.kind,
            ..read
        },
        path,
        1e-7,
    );
}

#[test]
fn xml_is_read_whichever_way_round_its_matrices_are_written() {
    let paths = paths();
    let numbers = |step: &stonecast_articulator::JawStep, i: usize, j: usize| {
        step.moved_from_closed.to_homogeneous()[(i, j)]
    };
    let mut as_text =
        "<?xml version=\"1.0\"?><Motion units=\"mm\"><Patient><Name>A B</Name></Patient>".to_owned();
    let mut as_cells = "<Recordings>".to_owned();
    for path in &paths {
        as_text += &format!("<Movement name=\"{}\">", path.kind.name());
        as_cells += &format!("<Recording Name=\"{}\">", path.kind.name());
        for step in &path.steps {
            let row: Vec<String> = (0..16)
                .map(|i| format!("{:.12}", numbers(step, i / 4, i % 4)))
                .collect();
            as_text += &format!("<Frame time=\"0\">{}</Frame>", row.join(" "));
            // Points as rows: the transposed matrix.
            let cells: Vec<String> = (0..16)
                .map(|i| {
                    format!(
                        "<_{0}{1}>{2:.12}</_{0}{1}>",
                        i / 4,
                        i % 4,
                        numbers(step, i % 4, i / 4)
                    )
                })
                .collect();
            as_cells += &format!(
                "<Sample><TimeMs>1</TimeMs><Matrix4>{}</Matrix4></Sample>",
                cells.concat()
            );
        }
        as_text += "</Movement>";
        as_cells += "</Recording>";
    }
    as_text += "</Motion>";
    as_cells += "</Recordings>";
    for (text, unit) in [(as_text, None), (as_cells, Some(RecordUnit::Millimetres))] {
        let record = JawRecord::read(text.as_bytes(), unit).unwrap();
        assert_eq!(record.movements.len(), 4);
        assert!(record.notes[0].contains("points as"));
        for (movement, path) in record.movements.iter().zip(&paths) {
            same(&movement.path(&in_cast(), &mounting()).unwrap().0, path, 1e-8);
        }
    }
}

#[test]
fn settings_are_read_off_a_record_that_settings_made() {
    let record = JawRecord::read(&encode_json(&paths()), None).unwrap();
    let read: Vec<JawPath> = (record.movements.iter())
        .map(|movement| movement.path(&in_cast(), &mounting()).unwrap().0)
        .collect();
    let settings = articulator().recover(&read, Mm(6.0));
    assert!((settings.inclination.left.unwrap().value - 37.0).abs() < 1e-6);
    assert!((settings.side_shift.right.unwrap().value - 0.3).abs() < 1e-6);
}

#[test]
fn a_record_of_places_begins_at_its_first_frame_only_where_that_is_said() {
    let away = RigidMotion::new(Vector::new(100.0, -20.0, 30.0), Vector::new(0.3, 0.2, -1.0));
    let path = &paths()[2];
    let mut tracked = path.clone();
    for step in &mut tracked.steps {
        // The lower jaw's place in a tracker whose frame is that of the cast.
        step.moved_from_closed *= away;
    }
    let record = JawRecord::read(&encode_json(&[tracked]), None).unwrap();
    let refused = record.movements[0].path(&in_cast(), &mounting());
    assert!(matches!(refused, Err(RecordError::NoStart { .. })), "{refused:?}");
    let placed = Placement {
        start: Some(Start::FirstFrame),
        ..in_cast()
    };
    same(
        &record.movements[0].path(&placed, &mounting()).unwrap().0,
        path,
        1e-9,
    );
}

proptest! {
    #[test]
    fn a_record_in_another_frame_comes_out_the_same(
        turn in prop::array::uniform3(-3.0..3.0f64), shift in prop::array::uniform3(-200.0..200.0f64)
    ) {
        let cast_from_record = RigidMotion::from_parts(
            Translation3::from(Vector::from(shift)),
            UnitQuaternion::from_scaled_axis(Vector::from(turn)),
        );
        for path in paths() {
            let mut there = path.clone();
            for step in &mut there.steps {
                step.moved_from_closed = cast_from_record.inverse() * step.moved_from_closed * cast_from_record;
            }
            let record = JawRecord::read(&encode_json(&[there]), None).unwrap();
            let placed = Placement { cast_from_record, start: None };
            same(&record.movements[0].path(&placed, &mounting()).unwrap().0, &path, 1e-8);
        }
    }

    #[test]
    fn a_damaged_file_is_read_or_refused_and_never_panics(
        form in 0..3usize, changes in prop::collection::vec((0.0..1.0f64, 0u8..128), 1..6), cut in 0.5..1.0f64
    ) {
        let path = &paths()[..2];
        let mut bytes = match form {
            0 => encode_json(path),
            1 => csv(path, ";", |v| format!("{v:.6}")).into_bytes(),
            _ => {
                let frames = path[1].steps.iter().map(|step| {
                    let m = step.moved_from_closed.to_homogeneous().transpose();
                    format!("<F>{}</F>", m.iter().map(|v| format!("{v:.6} ")).collect::<String>())
                });
                format!("<R unit=\"mm\"><M name=\"protrusion\">{}</M></R>", frames.collect::<String>()).into_bytes()
            }
        };
        if changes.len() > 3 {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        for (place, byte) in changes {
            let at = (place * bytes.len() as f64) as usize;
            bytes[at] = byte;
        }
        if let Ok(record) = JawRecord::read(&bytes, None) {
            for movement in &record.movements {
                let placed = Placement { start: Some(Start::FirstFrame), ..in_cast() };
                if let Ok((path, _)) = movement.path(&placed, &mounting()) {
                    prop_assert!(path.steps.iter().all(|step| step.travel.0.is_finite() && step.opening.0.is_finite()));
                }
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[<>{}/_0-3a-z=\"', ;.:#\n-]{0,200}") {
        let _ = JawRecord::read(text.as_bytes(), Some(RecordUnit::Millimetres));
    }
}

fn refusal(text: &str) -> String {
    let read = JawRecord::read(text.as_bytes(), Some(RecordUnit::Millimetres));
    let path = read.and_then(|record| record.movements[0].path(&in_cast(), &mounting()));
    path.unwrap_err().to_string()
}

#[test]
fn what_is_wrong_with_a_record_is_said_with_its_place() {
    let header = "m00,m01,m02,m03,m10,m11,m12,m13,m20,m21,m22,m23";
    let still = "1,0,0,0,0,1,0,0,0,0,1,0";
    assert!(refusal("").contains("empty"));
    assert!(refusal("a,b\n1,2").contains("line 1: the header"));
    assert!(refusal(&format!("{header}\n{still}\n1,0,0,0,0,1,0,0,0,0,1")).contains("line 3: 11 values"));
    assert!(refusal(&format!("{header}\n1,0,0,NaN,0,1,0,0,0,0,1,0")).contains("line 2: `NaN` in column 4"));
    assert!(refusal(&format!("{header}\n{still}\n1,0,0,0,0,1,0,0,0,0,-1,0")).contains("frame 1: the matrix"));
    assert!(refusal(&format!("{header}\n{still}\n1.1,0,0,0,0,1,0,0,0,0,1,0")).contains("stretches"));
    assert!(refusal(&format!("{header}\n{still}\n1,0,0,0.4,0,1,0,900,0,0,1,0")).contains("more than 150 mm"));
    assert!(refusal(&format!("time_s,{header}\n0,{still}\n0,{still}")).contains("frame 1: its time"));
    assert!(refusal("{\"format\": \"x\"").contains("line 1"));
    assert!(refusal("<Jaw><Marker x=\"1\" y=\"2\" z=\"3\"/></Jaw>").contains("no 4 × 4 matrix"));
    assert!(refusal("<Jaw>").contains("ends within"));
    assert!(refusal("<!DOCTYPE x [<!ENTITY a \"b\">]><Jaw/>").contains("document type"));
    assert!(refusal(&"<a>".repeat(100)).contains("deep"));
    assert!(
        JawRecord::read(&[0xff, 0xfe, 0], None)
            .unwrap_err()
            .to_string()
            .contains("UTF-8")
    );
    let body = |name: &str| format!("<B name=\"{name}\">1 0 0 5 0 1 0 0 0 0 1 0 0 0 0 1</B>");
    let two = format!(
        "<T><F>{0}{1}</F><F>{0}{1}</F></T>",
        body("UpperJaw"),
        body("LowerJaw")
    );
    assert!(refusal(&two).contains("several bodies"));
    assert!(refusal("<T><F>1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1</F></T>").contains("which way round"));
}
