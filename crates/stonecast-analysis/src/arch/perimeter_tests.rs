//! The perimeter of arches whose teeth, gaps and form are known because they were made so.

use stonecast_dental::{Jaw, Outcome};
use stonecast_testkit::spec::Dentition;
use stonecast_testkit::{DentitionSpec, PerJaw};

use crate::truth::{self, TrueCast, without};
use crate::{Params, measure};

const KINDS: [&str; 3] = ["contact", "segmental", "wire"];

fn spec() -> DentitionSpec {
    DentitionSpec {
        triangles: 12_000,
        ..DentitionSpec::default()
    }
}

fn number(cast: &TrueCast, id: &str) -> f64 {
    truth::number(&truth::findings(cast), id)
}

/// The sum of the widths that the teeth before the first molars were made with.
fn required(cast: &TrueCast, jaw: Jaw) -> f64 {
    let truth = match jaw {
        Jaw::Upper => &cast.pair.upper.truth,
        Jaw::Lower => &cast.pair.lower.truth,
    };
    let before_molars = truth.teeth.iter().filter(|t| t.tooth.position() <= 5);
    before_molars.map(|t| t.mesiodistal_mm).sum()
}

#[test]
fn teeth_in_line_need_the_room_that_there_is() {
    // The trap: room from first molar to first molar against widths that include the molars would miss by 20 mm.
    // What is left, up to 2 mm, is that contacts of real crowns lie off the line of greatest width.
    let cast = TrueCast::new(&spec());
    for kind in ["contact", "segmental"] {
        let room = number(&cast, &format!("arch.perimeter.{kind}.upper"));
        let need = required(&cast, Jaw::Upper);
        assert!((room - need).abs() < 2.0, "{kind}: {room} {need}");
    }
}

#[test]
fn gaps_lengthen_the_perimeter_by_their_sum() {
    let spaced = DentitionSpec {
        spacing_mm: PerJaw::both(0.5),
        ..spec()
    };
    let (close, spaced) = (TrueCast::new(&spec()), TrueCast::new(&spaced));
    // Eleven contacts lie between the mesial sides of the first molars.
    for kind in ["contact", "segmental"] {
        let id = format!("arch.perimeter.{kind}.upper");
        let more = number(&spaced, &id) - number(&close, &id);
        assert!((more - 5.5).abs() < 0.4, "{kind}: {more}");
    }
}

#[test]
fn pieces_make_up_the_perimeter_and_are_no_longer_than_the_curve() {
    let cast = TrueCast::new(&spec());
    for jaw in ["upper", "lower"] {
        let pieces: f64 = ["buccal.right", "incisal.right", "incisal.left", "buccal.left"]
            .iter()
            .map(|part| number(&cast, &format!("arch.segment.{part}.{jaw}")))
            .sum();
        let six = number(&cast, &format!("arch.perimeter.segmental.{jaw}"));
        let curve = number(&cast, &format!("arch.perimeter.contact.{jaw}"));
        assert!(pieces <= six && six <= curve, "{jaw}: {pieces} {six} {curve}");
        assert!(curve < 1.1 * six, "{jaw}");
    }
}

#[test]
fn the_wire_of_a_smooth_arch_is_about_as_long_as_the_line_of_contacts() {
    // Edges and buccal cusps lie outside the contacts, by up to 2 mm on a curve that turns by less than half a circle.
    let cast = TrueCast::new(&spec());
    for jaw in ["upper", "lower"] {
        let wire = number(&cast, &format!("arch.perimeter.wire.{jaw}"));
        let contact = number(&cast, &format!("arch.perimeter.contact.{jaw}"));
        assert!((wire - contact).abs() < 6.0, "{jaw}: {wire} {contact}");
    }
}

#[test]
fn a_missing_tooth_leaves_its_room_and_two_neighbours_take_the_curve_away() {
    let cast = TrueCast::new(&spec());
    let id = "arch.perimeter.contact.upper";
    let whole = number(&cast, id);
    assert!((number(&without(&cast, &[12]), id) - whole).abs() < 0.5);
    assert!((number(&without(&cast, &[11]), id) - whole).abs() < 0.5);
    for kind in KINDS {
        let id = format!("arch.perimeter.{kind}.upper");
        for gone in [&[16u8][..], &[12, 13, 14]] {
            let findings = measure(&without(&cast, gone).measured(), &Params::default());
            let outcome = &findings.get(&id).unwrap().outcome;
            assert!(
                matches!(outcome, Outcome::NotMeasured(_)),
                "{id} without {gone:?}"
            );
        }
    }
}

#[test]
fn a_primary_dentition_ends_behind_its_second_molars() {
    let cast = TrueCast::new(&DentitionSpec {
        dentition: Dentition::Primary,
        arch_width_mm: 42.0,
        arch_depth_mm: 23.0,
        ..spec()
    });
    let room = number(&cast, "arch.perimeter.contact.upper");
    let need = required(&cast, Jaw::Upper);
    assert!((room - need).abs() < 3.0, "{room} {need}");
}
