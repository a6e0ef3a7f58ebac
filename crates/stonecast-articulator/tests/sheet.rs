//! What stands on the settings sheet, and where it says that it comes from.

use stonecast_articulator::sheet::{Origin, SheetValue};
use stonecast_articulator::{Articulator, Mounting, MountingInput, MountingRequest, PlaneName, Settings};
use stonecast_dental::{Deg, Mm, RowStatus, Sides};

fn sheet(settings: Settings) -> stonecast_articulator::SettingsSheet {
    let mounting = Mounting::average(&MountingInput::in_cast_frame([0.0, 2.0, 1.0])).unwrap();
    Articulator::new(mounting, settings).unwrap().sheet()
}

#[test]
fn a_presets_value_names_its_source_and_a_given_one_does_not() {
    let began = Settings::preset("artex-cr").unwrap();
    let all = sheet(began.clone());
    let find = |sheet: &stonecast_articulator::SettingsSheet, name: &str| {
        sheet.rows.iter().find(|row| row.name == name).unwrap().clone()
    };
    let inclination = find(&all, "condylar inclination");
    assert_eq!(
        (inclination.origin, inclination.status),
        (Origin::Table, Some(RowStatus::Unverified))
    );
    assert_eq!(
        find(&all, "radius of the condylar guide").status,
        Some(RowStatus::Secondary)
    );
    // One side given: the row is no longer the preset's.
    let one_side = sheet(began.with_inclination(Sides {
        right: Deg(33.0),
        left: Deg(41.0),
    }));
    let inclination = find(&one_side, "condylar inclination");
    assert_eq!(
        inclination.value,
        SheetValue::Sides(Sides {
            right: 33.0,
            left: 41.0
        })
    );
    assert_eq!((inclination.origin, inclination.status), (Origin::Given, None));
    assert_eq!(find(&one_side, "Bennett angle").origin, Origin::Table);
}

#[test]
fn what_the_device_cannot_be_set_to_is_told() {
    let beyond = Settings::preset("artex-cr").unwrap().with_side_shift(Sides {
        right: Mm(0.5),
        left: Mm(2.0),
    });
    let warnings = sheet(beyond).warnings;
    assert!(
        warnings
            .iter()
            .any(|w| w.starts_with("immediate side shift, left of 2 mm")),
        "{warnings:?}"
    );
    assert!(!warnings.iter().any(|w| w.contains("right")));
    // This range was read nowhere; the Bennett angle's was.
    assert!(
        warnings
            .iter()
            .any(|w| w.ends_with("1.5 mm as far as is generally known, not checked"))
    );
    let bennett = Settings::preset("artex-cr")
        .unwrap()
        .with_bennett(Sides::both(Deg(31.0)));
    assert!(
        sheet(bennett)
            .warnings
            .iter()
            .any(|w| w.ends_with("goes from -5 to 30 °"))
    );
    // The balls of the device are not where the average triangle has the condyles.
    assert!(
        warnings
            .iter()
            .any(|w| w.contains("110.0 mm apart") && w.contains("105.0 mm"))
    );
    assert!(sheet(Settings::preset("generic").unwrap()).warnings.is_empty());
}

#[test]
fn a_presets_inclination_against_another_plane_than_it_is_meant_for_is_told() {
    let sam = Settings::preset("sam-3").unwrap();
    let told = |settings: Settings, plane| {
        let input = MountingInput::in_cast_frame([0.0, 2.0, 1.0]);
        let mounting = MountingRequest::average(input)
            .against_average(plane)
            .mount()
            .unwrap();
        let sheet = Articulator::new(mounting, settings).unwrap().sheet();
        sheet
            .warnings
            .iter()
            .any(|w| w.contains("meant against the axis-orbital plane"))
    };
    assert!(told(sam.clone(), PlaneName::Occlusal));
    assert!(!told(sam.clone(), PlaneName::AxisOrbital));
    assert!(!told(
        sam.with_inclination(Sides::both(Deg(38.0))),
        PlaneName::Occlusal
    ));
}

#[test]
fn the_preset_for_a_hanau_follows_hanaus_formula() {
    let hanau = Settings::preset("hanau-wide-vue").unwrap();
    assert_eq!(hanau.clone().with_bennett_by_hanau(), hanau);
}

#[test]
fn every_preset_can_be_set_and_prints_a_sheet() {
    for name in Settings::presets() {
        let settings = Settings::preset(name).unwrap();
        settings.check().unwrap();
        assert!(settings.outside_of_device().is_empty(), "{name}");
        assert!(sheet(settings).rows.len() > 10, "{name}");
        // Panics where a preset names no plane.
        Settings::usual_plane(name).unwrap();
    }
}
