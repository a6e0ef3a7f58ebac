use super::*;
use crate::{ArchInput, Doubt, NoWidth, ToldBy, Tooth, ToothFrame, Width, segment::Segmentation};
use stonecast_mesh::{FaceData, FaceId, TriMesh};
use stonecast_testkit::{ArchTruth, SyntheticArch, demo, random_motion};

fn fdi(n: u8) -> Fdi {
    Fdi::new(n).unwrap()
}

fn input(arch: &SyntheticArch) -> ArchInput<'_> {
    ArchInput {
        jaw: arch.jaw,
        mesh: &arch.mesh,
        arch_from_mesh: RigidMotion::identity(),
    }
}

/// The truth of an arch as if the program had found it, with a doubt about every tooth.
fn found(truth: &ArchTruth) -> Segmentation {
    Segmentation {
        face_labels: truth.face_labels.clone(),
        teeth: (truth.teeth.iter())
            .map(|t| (t.tooth, ToldBy::Auto(0.5)))
            .collect(),
        doubts: (truth.teeth.iter())
            .map(|t| Doubt {
                tooth: Some(t.tooth),
                confidence: 0.5,
                reason: "a test's".to_owned(),
            })
            .collect(),
    }
}

/// A point on a crown: the centroid of its face closest to the middle of its faces.
fn on(arch: &SyntheticArch, tooth: u8) -> [f64; 3] {
    let faces: Vec<FaceId> = arch
        .mesh
        .face_ids()
        .filter(|f| arch.truth.face_labels[*f] == Some(fdi(tooth)))
        .collect();
    let centroids = faces.iter().map(|&f| arch.mesh.face_centroid(f));
    let middle = centroids
        .clone()
        .map(|p| p.coords)
        .sum::<stonecast_mesh::Vector>()
        / faces.len() as f64;
    let apart = |p: &Point| (p.coords - middle).norm();
    let best = centroids.min_by(|a, b| apart(a).total_cmp(&apart(b)));
    best.unwrap().into()
}

fn edits(text: &str) -> ArchEdits {
    TeethEdits::parse(text).unwrap().upper
}

fn point(p: [f64; 3]) -> String {
    format!("[{:.9}, {:.9}, {:.9}]", p[0], p[1], p[2])
}

fn count(labels: &FaceData<Option<Fdi>>, tooth: u8) -> usize {
    labels
        .as_slice()
        .iter()
        .filter(|l| **l == Some(fdi(tooth)))
        .count()
}

fn faults(arch: &SyntheticArch, text: &str) -> Vec<String> {
    let misfits = correct_faces(&input(arch), found(&arch.truth), &edits(text)).unwrap_err();
    misfits.iter().map(ToString::to_string).collect()
}

#[test]
fn teeth_exchange_their_numbers_by_number_or_by_a_point() {
    let arch = demo().upper;
    let text = format!(
        "[[teeth.upper.renumber]]\ntooth = 14\nto = 15\n[[teeth.upper.renumber]]\nat = {}\nto = 14\n",
        point(on(&arch, 15))
    );
    let before = found(&arch.truth);
    let after = correct_faces(&input(&arch), before.clone(), &edits(&text)).unwrap();
    for (old, new) in before
        .face_labels
        .as_slice()
        .iter()
        .zip(after.face_labels.as_slice())
    {
        let exchanged = match old.map(Fdi::number) {
            Some(14) => Some(fdi(15)),
            Some(15) => Some(fdi(14)),
            _ => *old,
        };
        assert_eq!(*new, exchanged);
    }
    assert_eq!(after.teeth[&fdi(14)], ToldBy::Human);
    assert_eq!(after.teeth[&fdi(13)], ToldBy::Auto(0.5));
    assert!(
        after
            .doubts
            .iter()
            .all(|d| d.tooth != Some(fdi(14)) && d.tooth != Some(fdi(15)))
    );
    assert_eq!(after.doubts.len(), before.doubts.len() - 2);
}

#[test]
fn merged_teeth_are_one_and_what_is_extra_is_no_tooth() {
    let arch = demo().upper;
    let before = found(&arch.truth);
    let text = "[[teeth.upper.merge]]\nteeth = [24, 25]\nto = 25\n[[teeth.upper.extra]]\ntooth = 17\n";
    let after = correct_faces(&input(&arch), before.clone(), &edits(text)).unwrap();
    let both = count(&before.face_labels, 24) + count(&before.face_labels, 25);
    assert_eq!(count(&after.face_labels, 25), both);
    assert_eq!(count(&after.face_labels, 24), 0);
    assert_eq!(count(&after.face_labels, 17), 0);
    assert!(!after.teeth.contains_key(&fdi(24)) && !after.teeth.contains_key(&fdi(17)));
}

#[test]
fn a_missing_number_is_skipped_up_to_the_next_gap() {
    let arch = demo().upper;
    let mut before = found(&arch.truth);
    // Only 14, 15 and 17 stand in the quadrant behind the canine.
    let gone = [16, 18].map(fdi);
    for label in before.face_labels.as_mut_slice() {
        *label = label.filter(|t| !gone.contains(t));
    }
    before.teeth.retain(|t, _| !gone.contains(t));
    let after = correct_faces(
        &input(&arch),
        before.clone(),
        &edits("[teeth.upper]\nmissing = [14]\n"),
    )
    .unwrap();
    assert_eq!(count(&after.face_labels, 14), 0);
    assert_eq!(count(&after.face_labels, 15), count(&before.face_labels, 14));
    assert_eq!(count(&after.face_labels, 16), count(&before.face_labels, 15));
    assert_eq!(count(&after.face_labels, 17), count(&before.face_labels, 17));
    assert_eq!(after.teeth[&fdi(15)], ToldBy::Human);
    assert_eq!(after.teeth[&fdi(17)], ToldBy::Auto(0.5));
}

/// 24 and 25 as one tooth, the stroke that parts them again, and points on both.
fn fused() -> (SyntheticArch, Segmentation, Vec<[f64; 3]>, [[f64; 3]; 2]) {
    let arch = demo().upper;
    let fuse = "[[teeth.upper.merge]]\nteeth = [24, 25]\n";
    let fused = correct_faces(&input(&arch), found(&arch.truth), &edits(fuse)).unwrap();
    // Along the border: the vertices that 24 and 25 share, from the cheek to the palate.
    let mut border: Vec<Point> = (arch.mesh.vertex_ids())
        .filter(|&v| {
            let labels: Vec<_> = (arch.mesh.topology().faces_of(v).iter())
                .map(|f| arch.truth.face_labels[*f])
                .collect();
            labels.contains(&Some(fdi(24))) && labels.contains(&Some(fdi(25)))
        })
        .map(|v| arch.mesh.point(v))
        .collect();
    let facial = stonecast_mesh::Vector::from(arch.truth.tooth(fdi(24)).unwrap().facial_in_cast);
    border.sort_by(|a, b| (b.coords.dot(&facial)).total_cmp(&a.coords.dot(&facial)));
    let ends = [border[0], border[border.len() - 1]].map(Into::into);
    let parts = [on(&arch, 24), on(&arch, 25)];
    (arch, fused, ends.into(), parts)
}

fn split_text(stroke: &[[f64; 3]], parts: [[f64; 3]; 2]) -> String {
    let stroke: Vec<String> = stroke.iter().map(|p| point(*p)).collect();
    format!(
        "[[teeth.upper.split]]\ntooth = 24\nstroke = [{}]\nparts = [{{ at = {}, to = 24 }}, {{ at = {}, to = 25 }}]\n",
        stroke.join(", "),
        point(parts[0]),
        point(parts[1])
    )
}

fn agreement(truth: &ArchTruth, labels: &FaceData<Option<Fdi>>, mesh: &TriMesh) -> f64 {
    let mut area = [0.0; 2];
    for f in mesh
        .face_ids()
        .filter(|f| truth.face_labels[*f].is_some_and(|t| [24, 25].contains(&t.number())))
    {
        area[usize::from(labels[f] == truth.face_labels[f])] += mesh.face_area(f);
    }
    area[1] / (area[0] + area[1])
}

#[test]
fn a_stroke_along_the_contact_parts_two_teeth_again() {
    let (arch, fused, stroke, parts) = fused();
    let after = correct_faces(&input(&arch), fused, &edits(&split_text(&stroke, parts))).unwrap();
    // The border is curved and the stroke's two ends are joined straight, so faces along it change sides: 0.941 of the
    // area was measured to be right.
    let share = agreement(&arch.truth, &after.face_labels, &arch.mesh);
    assert!(share > 0.93, "{share}");
    assert_eq!(after.teeth[&fdi(25)], ToldBy::Human);
}

#[test]
fn a_rigid_motion_of_scan_and_corrections_changes_nothing() {
    let (arch, fused, stroke, parts) = fused();
    let here = edits(&split_text(&stroke, parts));
    let motion = random_motion(5);
    let moved = arch.mesh.transformed(&motion);
    let there = ArchInput {
        jaw: arch.jaw,
        mesh: &moved,
        arch_from_mesh: motion.inverse(),
    };
    let still = correct_faces(&input(&arch), fused.clone(), &here).unwrap();
    let carried = correct_faces(&there, fused, &here.moved(&motion)).unwrap();
    assert_eq!(still, carried);
}

#[test]
fn every_correction_that_does_not_fit_is_named_at_once() {
    let arch = demo().upper;
    let found = faults(
        &arch,
        "[teeth.upper]\nmissing = [36]\n\
         [[teeth.upper.renumber]]\ntooth = 14\nto = 16\n\
         [[teeth.upper.renumber]]\ntooth = 55\nto = 15\n\
         [[teeth.upper.renumber]]\nto = 15\n\
         [[teeth.upper.merge]]\nteeth = [21]\n\
         [[teeth.upper.extra]]\nat = [0.0, 0.0, 90.0]\n\
         [[teeth.upper.extra]]\ntooth = 14\n",
    );
    let all = found.join("\n");
    for words in [
        "missing 36: 36 is a tooth of the other arch",
        "renumber 1: `extra 2` corrects the same",
        "renumber 2: no tooth was numbered 55; there are ",
        "renumber 3: name the tooth either by `tooth`",
        "merge 1: name two or more",
        "extra 1: the point (0.00, 0.00, 90.00) lies more than 1 mm from the surface",
    ] {
        assert!(all.contains(words), "{words}\nis not in\n{all}");
    }
    let taken = faults(&arch, "[[teeth.upper.renumber]]\ntooth = 14\nto = 16\n");
    assert_eq!(taken.len(), 1);
    assert!(
        taken[0].contains("16 would be the number of two teeth"),
        "{taken:?}"
    );
    let (_, _, stroke, parts) = fused();
    let beside = faults(
        &arch,
        &split_text(&[parts[0], parts[1]], parts).replace("tooth = 24", "tooth = 26"),
    );
    assert!(beside[0].contains("does not lie on 26"), "{beside:?}");
    let one_side = faults(&arch, &split_text(&stroke, [parts[0], parts[0]]));
    assert!(one_side[0].contains("stroke"), "{one_side:?}");
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let error = TeethEdits::parse("[bite]\nkind = \"estimated\"\n[[teeth.lower.merge]]\ntooths = [1]\n");
    let words = error.unwrap_err().to_string();
    assert!(words.contains("line 4") && words.contains("tooths"), "{words}");
}

#[test]
fn a_landmark_is_set_on_the_surface_of_its_tooth_and_its_width_follows() {
    let arch = demo().upper;
    let truth = arch.truth.tooth(fdi(16)).unwrap();
    let tooth = Tooth {
        fdi: fdi(16),
        told_by: ToldBy::Auto(0.9),
        frame: ToothFrame {
            origin: truth.origin_in_cast,
            mesial: truth.mesial_in_cast,
            facial: truth.facial_in_cast,
            occlusal: truth.occlusal_in_cast,
        },
        margin: Vec::new(),
        landmarks: Vec::new(),
        facial_axis: Vec::new(),
        mesiodistal: Width::NotMeasured(NoWidth::NoSide),
        buccolingual: Width::NotMeasured(NoWidth::NoSide),
    };
    let place = |kind| arch.truth.landmark(fdi(16), kind).unwrap();
    let [mesial, distal] = [LandmarkKind::MesialContact, LandmarkKind::DistalContact].map(place);
    let mark = |tooth: u8, kind: &str, at: [f64; 3]| {
        format!(
            "[[teeth.upper.landmark]]\ntooth = {tooth}\nkind = \"{kind}\"\nat = {}\n",
            point(at)
        )
    };
    let text = mark(16, "distal_contact", distal) + &mark(16, "mesial_contact", mesial);
    let labels = &arch.truth.face_labels;
    let set = correct_landmarks(&input(&arch), labels, vec![tooth.clone()], &edits(&text)).unwrap();
    let marks = &set[0].landmarks;
    assert_eq!(marks.len(), 2);
    assert_eq!(marks[0].kind, LandmarkKind::MesialContact);
    assert_eq!(marks[0].told_by, ToldBy::Human);
    let between = (Point::from(marks[0].position) - Point::from(marks[1].position)).norm();
    assert_eq!(set[0].mesiodistal.value(), Some(stonecast_dental::Mm(between)));

    let far = mark(16, "cusp_tip", [0.0, 0.0, 40.0]) + &mark(11, "cusp_tip", mesial);
    let misfits = correct_landmarks(&input(&arch), labels, vec![tooth], &edits(&far)).unwrap_err();
    let words: Vec<String> = misfits.iter().map(ToString::to_string).collect();
    assert!(
        words[0].contains("landmark 1") && words[0].contains("does not lie on 16"),
        "{words:?}"
    );
    assert!(
        words[1].contains("landmark 2") && words[1].contains("no tooth was numbered 11"),
        "{words:?}"
    );
}
