//! `occlusion.json` and the tables beside it. Frame: the cast frame, mm.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use stonecast_cast::bite::BiteKind;
use stonecast_dental::{Fdi, Finding};
use stonecast_occlusion::{GapField, Occlusion, section::Section};

use crate::measure::document::NOTICE;

/// The name of the format.
pub const FORMAT: &str = "stonecast-occlusion";
/// Its version.
pub const VERSION: u32 = 1;

/// `occlusion.json`: how the arches meet in the bite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OcclusionDocument {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The program and its version.
    pub program: String,
    /// What every document says.
    pub notice: String,
    /// The frame of all places, in words.
    pub frame: String,
    /// How the bite is known.
    pub bite: BiteKind,
    /// The preset of `tables/occlusion_bands.toml` in whose colours the pictures are.
    pub bands: String,
    /// Contacts, areas, teeth, balance, and what small errors of the bite do.
    #[serde(flatten)]
    pub occlusion: Occlusion,
    /// What the scans' own vertices show of penetration, beside the areas, which are of round surfaces laid through them.
    pub vertices_within: VerticesWithin,
    /// Cuts through both arches, with callipers.
    pub sections: Vec<Section>,
    /// The same as findings, each with uncertainty and evidence.
    pub findings: Vec<Finding>,
}

/// The scans' vertices that lie within the other arch, by the exact distance to its triangles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VerticesWithin {
    /// How many.
    pub count: usize,
    /// How deep the deepest lies, mm; nothing where none does.
    pub deepest_mm: f64,
}

impl VerticesWithin {
    /// Counts them in the fields of both arches.
    pub fn of(fields: &[GapField; 2]) -> Self {
        let within = || {
            let gaps = fields.iter().flat_map(|field| field.gaps.as_slice());
            gaps.flatten().map(|gap| -gap.signed).filter(|depth| *depth > 0.0)
        };
        Self {
            count: within().count(),
            deepest_mm: within().fold(0.0, f64::max),
        }
    }
}

impl OcclusionDocument {
    /// The document of an analysis.
    pub fn new(
        occlusion: Occlusion,
        vertices_within: VerticesWithin,
        sections: Vec<Section>,
        frame: &str,
        bite: BiteKind,
        bands: &str,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            program: concat!("stonecast ", env!("CARGO_PKG_VERSION")).to_owned(),
            notice: NOTICE.to_owned(),
            frame: frame.to_owned(),
            bite,
            bands: bands.to_owned(),
            findings: occlusion.findings(),
            vertices_within,
            sections,
            occlusion,
        }
    }

    /// The document's text, without spaces.
    ///
    /// # Panics
    /// Never: plain structs with string keys serialise.
    pub fn to_json(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec(self).expect("plain structs with string keys serialise");
        text.push(b'\n');
        text
    }

    fn bite_word(&self) -> &'static str {
        match self.bite {
            BiteKind::AsScanned => "as scanned",
            BiteKind::FromBiteScan => "from bite scan",
            BiteKind::Estimated => "ESTIMATED",
        }
    }

    /// A row for each contact.
    pub fn contacts_csv(&self) -> Vec<u8> {
        let mut text = "bite,upper,lower,kind,stop,x_mm,y_mm,z_mm,area_on_upper_mm2,area_on_lower_mm2,penetrating_on_upper_mm2,\
                        penetrating_on_lower_mm2,least_gap_mm,both_arches,stays_in_nudges,nudges\n"
            .to_owned();
        for c in &self.occlusion.contacts {
            let stop = c.stop.map_or(String::new(), |s| format!("{s:?}"));
            let [x, y, z] = c.at;
            writeln!(
                text,
                "{},{},{},{},{stop},{x:.3},{y:.3},{z:.3},{:.4},{:.4},{:.4},{:.4},{:.4},{},{},{}",
                self.bite_word(),
                c.upper,
                c.lower,
                c.kind.words(),
                c.area.upper_mm2,
                c.area.lower_mm2,
                c.penetrating.upper_mm2,
                c.penetrating.lower_mm2,
                c.least_gap_mm,
                c.both_arches,
                c.stays_in,
                c.nudges
            )
            .expect("a string takes every word");
        }
        text.into_bytes()
    }

    /// A row for each tooth.
    pub fn teeth_csv(&self) -> Vec<u8> {
        let mut text =
            "bite,tooth,contacts,contacts_through_all_nudges,antagonists,least_gap_mm,penetrating_mm2"
                .to_owned();
        for level in &self.occlusion.levels {
            let um = 1000.0 * level.gap_mm;
            write!(text, ",area_{um:.0}um_mm2,area_{um:.0}um_uncertainty_mm2")
                .expect("a string takes every word");
        }
        text.push('\n');
        for row in &self.occlusion.teeth {
            let antagonists: Vec<String> = row.antagonists.iter().map(Fdi::to_string).collect();
            let gap = row.least_gap_mm.map_or(String::new(), |g| format!("{g:.4}"));
            write!(
                text,
                "{},{},{},{},{},{gap},{:.4}",
                self.bite_word(),
                row.tooth,
                row.contacts,
                row.stable_contacts,
                antagonists.join(" "),
                row.penetrating.value
            )
            .expect("a string takes every word");
            for area in &row.areas {
                write!(text, ",{:.4},{:.4}", area.value, area.uncertainty)
                    .expect("a string takes every word");
            }
            text.push('\n');
        }
        text.into_bytes()
    }
}
