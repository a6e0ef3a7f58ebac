//! Pictures of how the arches meet: the occlusogram, and each arch as a PLY with its distances.
//!
//! Units: mm. Frame: the cast frame.
//!
//! A distance is painted where it is exact and the surfaces face each other, and wherever one is within the other. Every picture
//! carries its legend: limits, unit, preset, the scanner's noise and how the bite is known.

use stonecast_cast::bite::BiteKind;
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::formats::{Part, PlyOptions, encode_ply};
use stonecast_mesh::{Point, RigidMotion, Vector, VertexData};
use stonecast_occlusion::{
    Across, BandPreset, Gap, GapField, OcclusionParams, Pair, Section, SectionError, SectionParams,
    SectionPlane, section,
};
use stonecast_picture::{
    BandedArch, Label, Legend, LegendBand, Occlusogram, Paint, Picture, Rgb, Ring, Size,
};

use crate::{pictures::bite_tag, teeth::pictures::Numbers};

/// What is said on an occlusogram beside the distances.
#[derive(Clone, Debug)]
pub struct About {
    /// The bands.
    pub preset: BandPreset,
    /// The notation of tooth numbers.
    pub numbers: Numbers,
    /// How the bite is known; `None` where the arches stand at a step of a motion, which `heading` names.
    pub bite: Option<BiteKind>,
    /// What is shown, above everything.
    pub heading: String,
    /// The scanner's noise, mm, and its row of `tables/scanner_noise.toml`.
    pub noise: Option<(f64, String)>,
    /// Places that are named, each on its arch: contacts.
    pub rings: Vec<(Jaw, Ring)>,
}

impl About {
    /// The bite of a case, without named places.
    pub fn bite(preset: BandPreset, bite: BiteKind) -> Self {
        Self {
            preset,
            numbers: Numbers::default(),
            bite: Some(bite),
            heading: "Occlusogram: distances between the arches. Not a medical device.".to_owned(),
            noise: None,
            rings: Vec::new(),
        }
    }
}

/// Both arches with their distances painted, and the legend. `fields` are the gaps of either arch; `size` is that of an arch on
/// the sheet.
pub fn occlusogram(pair: &Pair<'_>, fields: &[GapField], about: &About, size: Size) -> Picture {
    let values: Vec<VertexData<f32>> = fields.iter().map(|field| painted(field, &about.preset)).collect();
    let arches = fields.iter().zip(&values).map(|(field, distances)| BandedArch {
        jaw: field.on,
        mesh: pair.surface(field.on).mesh(),
        distances,
        numbers: numbers(pair, field.on, about.numbers),
        rings: of_jaw(&about.rings, field.on),
    });
    let sheet = Occlusogram {
        heading: about.heading.clone(),
        arches: arches.collect(),
        legend: legend(about),
        tag: about.bite.map(bite_tag),
    };
    sheet.draw(size)
}

fn of_jaw(rings: &[(Jaw, Ring)], jaw: Jaw) -> Vec<Ring> {
    let own = rings.iter().filter(|(of, _)| *of == jaw);
    own.map(|(_, ring)| ring.clone()).collect()
}

/// The distance that is painted at a place.
fn shown(gap: &Gap) -> Option<f64> {
    (gap.facing || gap.signed < 0.0).then_some(gap.signed)
}

pub(crate) fn painted(field: &GapField, preset: &BandPreset) -> VertexData<f32> {
    let reach = preset.reach_mm();
    let value = |gap: &Option<Gap>| {
        // Just beyond the last band is a number too, so that the band ends smoothly within a triangle.
        let signed = gap
            .as_ref()
            .and_then(shown)
            .filter(|signed| *signed < 2.0 * reach);
        signed.map_or(f32::NAN, |signed| signed as f32)
    };
    VertexData::from_vec(field.gaps.as_slice().iter().map(value).collect())
}

pub(crate) fn legend(about: &About) -> Legend {
    let bands = about.preset.bands.iter().map(|band| LegendBand {
        below: band.below_mm,
        limit: band.limit(),
        colour: Rgb(band.colour[0], band.colour[1], band.colour[2]),
        // Where the name is the range, the limits say it already.
        words: if band.words.starts_with("to ") {
            String::new()
        } else {
            band.words.clone()
        },
    });
    let mut notes = vec![
        "Each colour ends at the limit on its right. Distances are the closest from each vertex to the other arch, exact for the \
         scans; negative: within it."
            .to_owned(),
    ];
    if let Some((mm, name)) = &about.noise {
        notes.push(format!(
            "Scanner noise of one point: {:.0} µm (one standard deviation; scanner: {name}). Bands narrower than that say little. Areas \
             are not force.",
            1000.0 * mm
        ));
    }
    if about.bite == Some(BiteKind::Estimated) {
        notes.push(
            "The bite is estimated, not recorded: colours show how the arches can meet, not how they do."
                .to_owned(),
        );
    }
    Legend {
        title: format!("{} (preset {})", about.preset.title(), about.preset.id),
        bands: bands.collect(),
        rest: "farther: stone".to_owned(),
        notes,
    }
}

/// How far a tooth's number stands from its crown.
const NUMBER_OFF_MM: f64 = 2.6;
const WHITE: Rgb = Rgb(255, 255, 255);

/// The teeth's numbers, outside the arch, where they cover no contact.
pub(crate) fn numbers(pair: &Pair<'_>, jaw: Jaw, notation: Numbers) -> Vec<Label> {
    let surface = pair.surface(jaw);
    let teeth = &surface.arch.labelled.teeth;
    let of_tooth = |fdi: Fdi| {
        let vertices = surface
            .vertex_teeth
            .as_slice()
            .iter()
            .zip(surface.mesh().points());
        vertices
            .filter(move |(label, _)| **label == Some(fdi))
            .map(|(_, p)| *p)
    };
    let label = |tooth: &stonecast_teeth::Tooth| {
        let origin = Point::from(tooth.frame.origin);
        let facial = Vector::from(tooth.frame.facial);
        // In the picture's plane.
        let out = Vector::new(facial.x, facial.y, 0.0).try_normalize(1e-6)?;
        let reach = of_tooth(tooth.fdi)
            .map(|p| (p - origin).dot(&out))
            .reduce(f64::max)?;
        Some(Label {
            at: origin + out * (reach + NUMBER_OFF_MM),
            text: notation.of(tooth.fdi),
            colour: WHITE,
        })
    };
    teeth.iter().filter_map(label).collect()
}

/// An arch with its distances, as a PLY: `distance_mm` at each vertex, NaN where the other arch is out of reach or the side cannot
/// be told, and the colours of the preset.
pub fn distance_ply(pair: &Pair<'_>, field: &GapField, preset: &BandPreset) -> Vec<u8> {
    let mesh = pair.surface(field.on).mesh();
    let gaps = field.gaps.as_slice();
    let signed = |gap: &Option<Gap>| gap.as_ref().map_or(f32::NAN, |gap| gap.signed as f32);
    let Paint::Plain(Rgb(r, g, b)) = Paint::stone() else {
        unreachable!("stone is one colour")
    };
    let colour = |gap: &Option<Gap>| {
        let band = gap
            .as_ref()
            .and_then(shown)
            .and_then(|signed| preset.band_of(signed));
        band.map_or([r, g, b], |band| band.colour)
    };
    let part = Part {
        colours: Some(VertexData::from_vec(gaps.iter().map(colour).collect())),
        scalars: vec![(
            "distance_mm".to_owned(),
            VertexData::from_vec(gaps.iter().map(signed).collect()),
        )],
        ..Part::from_mesh(mesh.clone())
    };
    encode_ply(&part, PlyOptions::default())
}

/// The teeth that are cut where nobody names any: the central incisors, canines and first molars of the upper arch.
pub const USUAL_SECTIONS: [u8; 6] = [16, 13, 11, 21, 23, 26];

/// Upright sections through teeth in the closed bite, each from cheek or lip to tongue; teeth that are not there are left out.
///
/// # Errors
/// If a tooth lies such that no upright plane goes through it.
pub fn sections(
    pair: &Pair<'_>,
    teeth: &[Fdi],
    params: &OcclusionParams,
) -> Result<Vec<Section>, SectionError> {
    let params = SectionParams::of(params);
    let tooth_of = |fdi: &Fdi| {
        let teeth = &pair.surface(fdi.jaw()).arch.labelled.teeth;
        teeth.iter().find(|tooth| tooth.fdi == *fdi)
    };
    let cut = |tooth| {
        let plane = SectionPlane::through(tooth, Across::FacialLingual)?;
        Ok(section(pair, &plane, &RigidMotion::identity(), &params))
    };
    teeth.iter().filter_map(tooth_of).map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_mesh::formats::{Limits, read_ply};
    use stonecast_occlusion::OccludingArch;
    use stonecast_teeth::LabelledArch;
    use stonecast_testkit::{DentitionSpec, demo_spec, dentition};

    fn with_pair<R>(then: impl FnOnce(&Pair<'_>) -> R) -> R {
        let made = dentition(&DentitionSpec {
            triangles: 8_000,
            ..demo_spec()
        });
        let labelled = [Jaw::Upper, Jaw::Lower].map(|jaw| LabelledArch {
            jaw,
            face_labels: made.arch(jaw).truth.face_labels.clone(),
            teeth: Vec::new(),
            doubts: Vec::new(),
        });
        let arch = |jaw: Jaw| OccludingArch {
            mesh: &made.arch(jaw).mesh,
            labelled: &labelled[usize::from(jaw == Jaw::Lower)],
        };
        then(&Pair::new(arch(Jaw::Upper), arch(Jaw::Lower)))
    }

    #[test]
    fn a_ply_gives_back_the_distances_and_the_colour_of_their_band() {
        with_pair(|pair| {
            let preset = BandPreset::by_id("thresholds").unwrap();
            let field = pair.gaps(Jaw::Lower, &RigidMotion::identity(), 2.0);
            let bytes = distance_ply(pair, &field, &preset);
            let read = read_ply(&bytes, &Limits::default()).unwrap();
            let (name, values) = &read.parts[0].scalars[0];
            assert_eq!(name, "distance_mm");
            let colours = read.parts[0].colours.as_ref().unwrap();
            let mut painted = 0;
            for (i, gap) in field.gaps.as_slice().iter().enumerate() {
                let value = values.as_slice()[i];
                match gap {
                    None => assert!(value.is_nan()),
                    Some(gap) => {
                        assert_eq!(value, gap.signed as f32);
                        if let Some(band) = shown(gap).and_then(|s| preset.band_of(s)) {
                            assert_eq!(colours.as_slice()[i], band.colour);
                            painted += 1;
                        }
                    }
                }
            }
            assert!(painted > 50, "{painted} vertices in reach of the other arch");
        });
    }

    #[test]
    fn the_legend_says_preset_unit_noise_and_that_a_bite_is_no_record() {
        let mut about = About::bite(BandPreset::by_id("contact-200").unwrap(), BiteKind::Estimated);
        about.noise = Some((0.013, "not-stated".to_owned()));
        let legend = legend(&about);
        assert!(legend.title.contains("preset contact-200"), "{}", legend.title);
        let limits: Vec<&str> = legend.bands.iter().map(|b| b.limit.as_str()).collect();
        assert_eq!(limits, ["0", "100 µm", "200 µm"]);
        let notes = legend.notes.join(" ");
        assert!(
            notes.contains("13 µm") && notes.contains("not recorded"),
            "{notes}"
        );
    }
}
