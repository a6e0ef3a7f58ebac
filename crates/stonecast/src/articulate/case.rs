//! A case on an articulator: motions, what the teeth do along them, and the files of both.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use stonecast_analysis::Noise;
use stonecast_articulator::record::encode_json;
use stonecast_articulator::{
    Articulator, ArticulatorError, JawPath, MotionKind, MotionRequest, Mounting, SettingsSheet,
};
use stonecast_cast::bite::{Bite, BiteKind};
use stonecast_dental::{Fdi, Finding, Findings, Jaw, Warning};
use stonecast_occlusion::excursion::{self, AnglePlane, Excursion, ExcursionError, ExcursionParams};
use stonecast_occlusion::{BandPreset, Pair};
use stonecast_picture::{Picture, Size};
use stonecast_report::{excursion_drawing, paths_drawing, settings_drawing};
use thiserror::Error;

use super::{
    document::{ExcursionDocument, Head, MountingDocument, to_json},
    mount::MountError,
    pictures::{animated_glb, heading, strip},
    record::RecordedError,
};
use crate::{
    case::{
        Manifest,
        write::{CaseWriter, Item, WriteError},
    },
    measure::case::{LabelledCase, drawing_items},
    occlusion::{case::BiteError, pictures::About},
    pipeline::{Observer, watched},
    teeth::pictures::Numbers,
};

/// Why a case is not articulated.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ArticulateError {
    /// Its arches are not there, or do not stand in a bite.
    #[error(transparent)]
    Bite(#[from] BiteError),
    /// A record of jaw motion cannot be used.
    #[error(transparent)]
    Record(#[from] RecordedError),
    /// It cannot be mounted.
    #[error(transparent)]
    Mount(#[from] MountError),
    /// The articulator cannot be set or moved so.
    #[error(transparent)]
    Articulator(#[from] ArticulatorError),
    /// A path cannot be measured.
    #[error("{motion}: {why}")]
    Excursion {
        /// Which motion.
        motion: String,
        /// Why not.
        why: ExcursionError,
    },
    /// Files cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// How a case was articulated, in `case.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ArticulatorRecord {
    /// The file of mounting and settings.
    pub mounting: String,
    /// The preset that the settings began with.
    pub preset: String,
    /// The motions that were measured, by the names of their files.
    pub motions: Vec<String>,
}

/// What the measuring of a path is told beside path and surfaces.
pub fn excursion_params(mounting: &Mounting, noise: &Noise, bite: &Bite) -> ExcursionParams {
    ExcursionParams {
        plane: AnglePlane::from(&mounting.plane),
        incisal_point: Some(mounting.incisal_point),
        noise: noise.local,
        noise_name: noise.name.clone(),
        bite_estimated: bite.kind == BiteKind::Estimated,
        bite_residual: bite.residual,
    }
}

/// A motion and what the teeth do along it.
#[derive(Clone, Debug, PartialEq)]
pub struct Motion {
    /// By which its files and findings are called.
    pub name: String,
    /// Where the jaw stands at each step.
    pub path: JawPath,
    /// What the teeth do.
    pub excursion: Excursion,
}

impl Motion {
    /// Measures a path.
    ///
    /// # Errors
    /// [`ArticulateError::Excursion`].
    pub fn of(
        name: String,
        path: JawPath,
        pair: &Pair<'_>,
        params: &ExcursionParams,
    ) -> Result<Self, ArticulateError> {
        let excursion =
            excursion::measure(pair, &path, params).map_err(|why| ArticulateError::Excursion {
                motion: name.clone(),
                why,
            })?;
        Ok(Self {
            name,
            path,
            excursion,
        })
    }
}

impl Motion {
    /// Whether teeth can lead the jaw in it, as they do not in opening and around the border.
    pub fn teeth_can_lead(&self) -> bool {
        !matches!(self.path.kind, MotionKind::Opening | MotionKind::Border)
    }

    /// What was measured, under ids with the motion's own name: a record may hold a motion twice.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.excursion.findings();
        let kind = self.path.kind.name();
        if kind == self.name {
            return findings;
        }
        let renamed = |id: &str| {
            let parts = id
                .split('.')
                .map(|part| if part == kind { self.name.as_str() } else { part });
            parts.collect::<Vec<_>>().join(".")
        };
        for finding in &mut findings {
            finding.id = renamed(&finding.id);
            for id in &mut finding.evidence.findings {
                *id = renamed(id);
            }
        }
        findings
    }
}

/// A case on an articulator, with the motions that were asked for.
#[derive(Debug)]
pub struct Articulated<'p> {
    /// Both arches.
    pub pair: &'p Pair<'p>,
    /// Mounting and settings.
    pub articulator: Articulator,
    /// How the bite is known, and the frame in words.
    pub head: Head,
    /// The motions.
    pub motions: Vec<Motion>,
    /// What was read off a record: the hinge axis, settings.
    pub read: Vec<Finding>,
    /// Teeth whose numbers are in doubt: what is said of them may belong to another tooth.
    pub doubts: Vec<Fdi>,
}

/// The teeth of a case whose numbers the program doubts.
pub fn doubts(case: &LabelledCase) -> Vec<Fdi> {
    let arches = [Jaw::Upper, Jaw::Lower]
        .into_iter()
        .filter_map(|jaw| case.arch(jaw));
    let mut teeth: Vec<Fdi> = arches
        .flat_map(|(_, arch)| arch.doubts.iter().filter_map(|doubt| doubt.tooth))
        .collect();
    teeth.sort_unstable();
    teeth.dedup();
    teeth
}

/// The paths of motions by an articulator's settings, each with its name.
///
/// # Errors
/// [`ArticulateError::Articulator`].
pub fn paths(
    articulator: &Articulator,
    requests: &[MotionRequest],
) -> Result<Vec<(String, JawPath)>, ArticulateError> {
    let path = |request: &MotionRequest| Ok((request.kind.name(), articulator.path(request)?));
    requests.iter().map(path).collect()
}

impl<'p> Articulated<'p> {
    /// Measures what the teeth of a mounted case do along paths, each under its name.
    ///
    /// # Errors
    /// [`ArticulateError`].
    pub fn of(
        pair: &'p Pair<'p>,
        articulator: Articulator,
        paths: Vec<(String, JawPath)>,
        params: &ExcursionParams,
        head: Head,
    ) -> Result<Self, ArticulateError> {
        let motions = paths
            .into_par_iter()
            .map(|(name, path)| Motion::of(name, path, pair, params));
        Ok(Self {
            motions: motions.collect::<Result<_, _>>()?,
            pair,
            articulator,
            head,
            read: Vec::new(),
            doubts: Vec::new(),
        })
    }

    /// All findings of all motions, sorted by id.
    pub fn findings(&self) -> Findings {
        let of_motions = self.motions.iter().flat_map(Motion::findings);
        let mut findings: Vec<Finding> = of_motions.chain(self.read.iter().cloned()).collect();
        findings.sort_by(|a, b| a.id.cmp(&b.id));
        Findings {
            findings,
            outlines: Vec::new(),
        }
    }

    /// What a person should know, each once.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings: Vec<Warning> = self
            .articulator
            .sheet()
            .warnings
            .into_iter()
            .map(|what| {
                Warning::new(
                    "articulator.settings",
                    what,
                    "set another value, mount otherwise, or use another articulator",
                )
            })
            .collect();
        if !self.doubts.is_empty() {
            let teeth: Vec<String> = self.doubts.iter().map(ToString::to_string).collect();
            warnings.push(Warning::new(
                "articulator.teeth-in-doubt",
                format!(
                    "the numbers of teeth {} are in doubt: guidance and interferences that name them may belong to other teeth",
                    teeth.join(", ")
                ),
                "look at pictures/teeth.png and correct the numbers in edits.toml before relying on them",
            ));
        }
        for warning in self.motions.iter().flat_map(|m| &m.excursion.warnings) {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        warnings
    }

    /// What a lab sets; that the bite is no record is said on it too.
    fn sheet(&self) -> SettingsSheet {
        let mut sheet = self.articulator.sheet();
        if self.head.bite == BiteKind::Estimated {
            let said = "the bite is ESTIMATED, not recorded: mount by a bite record of the patient instead";
            sheet.warnings.insert(0, said.to_owned());
        }
        sheet
    }

    /// `mounting.json`.
    pub fn mounting(&self) -> MountingDocument {
        MountingDocument {
            head: Head {
                format: "stonecast-mounting".to_owned(),
                ..self.head.clone()
            },
            articulator: self.articulator.clone(),
            sheet: self.sheet(),
        }
    }

    /// What `case.toml` says of it.
    pub fn record(&self) -> ArticulatorRecord {
        ArticulatorRecord {
            mounting: format!("{FOLDER}mounting.json"),
            preset: self.articulator.settings.preset.clone(),
            motions: self.motions.iter().map(|m| m.name.clone()).collect(),
        }
    }

    fn document(&self, motion: &Motion) -> ExcursionDocument {
        ExcursionDocument {
            head: Head {
                format: "stonecast-excursion".to_owned(),
                ..self.head.clone()
            },
            path: motion.path.clone(),
            excursion: motion.excursion.clone(),
            findings: motion.findings(),
        }
    }

    /// Every file, by its path in a folder of its own; with pictures and animation where the numbers on them are given.
    pub fn items(&self, pictures: Option<Numbers>) -> Vec<Item<'_>> {
        let mut items = vec![
            Item::new(
                "mounting.json",
                "mounting and settings of the articulator; cast frame, mm",
                || to_json(&self.mounting()),
            ),
            Item::new(
                "jaw-motion.json",
                "the paths alone, as a record of jaw motion; cast frame, mm",
                || encode_json(&self.motions.iter().map(|m| m.path.clone()).collect::<Vec<_>>()),
            ),
        ];
        for motion in &self.motions {
            items.push(Item::new(
                format!("{}.json", motion.name),
                format!(
                    "{}: path of the lower jaw, and what the teeth do along it",
                    motion.name
                ),
                || to_json(&self.document(motion)),
            ));
        }
        if let Some(numbers) = pictures {
            self.add_pictures(&mut items, numbers);
        }
        items
    }

    fn add_pictures<'s>(&'s self, items: &mut Vec<Item<'s>>, numbers: Numbers) {
        items.extend(drawing_items("settings-sheet", settings_drawing(&self.sheet())));
        let paths: Vec<JawPath> = self.motions.iter().map(|m| m.path.clone()).collect();
        items.push(Item::new(
            "motions.glb",
            "both arches with every motion as an animation; opens in any glTF viewer",
            move || {
                animated_glb(self.pair, &paths, self.head.bite)
                    .expect("a measured path is finite, and its steps follow each other")
            },
        ));
        let named: Vec<(&str, &JawPath)> = self.motions.iter().map(|m| (m.name.as_str(), &m.path)).collect();
        let mounting = &self.articulator.mounting;
        let ways = paths_drawing(&named, mounting.incisal_point, &mounting.plane);
        items.extend(drawing_items("incisal-paths", ways));
        for motion in &self.motions {
            let strip_of = move || self.strip(motion, numbers).to_png();
            items.push(Item::new(
                format!("{}-strip.png", motion.name),
                format!("{}: steps of the motion with distances", motion.name),
                strip_of,
            ));
            if motion.teeth_can_lead() {
                let drawing = excursion_drawing(&motion.excursion, numbers.into());
                items.extend(drawing_items(&format!("{}-guidance", motion.name), drawing));
            }
        }
    }

    fn strip(&self, motion: &Motion, numbers: Numbers) -> Picture {
        let preset = BandPreset::all()
            .into_iter()
            .next()
            .expect("the table has a preset");
        let params = &motion.excursion.params;
        let about = About {
            numbers,
            bite: None,
            heading: match self.head.bite {
                BiteKind::Estimated => format!(
                    "BITE ESTIMATED, NOT RECORDED. {}",
                    heading(&motion.path, motion.excursion.working_side)
                ),
                _ => heading(&motion.path, motion.excursion.working_side),
            },
            noise: Some((params.noise.0, params.noise_name.clone())),
            ..About::bite(preset, self.head.bite)
        };
        strip(self.pair, &motion.path, &motion.excursion, &about, CELL)
    }
}

/// The size of a picture on a strip.
const CELL: Size = Size {
    width: 520,
    height: 420,
};

/// Where the files of the articulator lie in a case.
const FOLDER: &str = "articulator/";

/// Whether a file of a case folder is made by articulating.
pub fn is_of_articulator(path: &str) -> bool {
    path.starts_with(FOLDER)
}

/// Puts the files into the case that stands at `root`.
///
/// # Errors
/// [`ArticulateError::Write`]; then the case is as it was.
pub fn write_into(
    root: &Path,
    manifest: &Manifest,
    articulated: &Articulated<'_>,
    pictures: Option<Numbers>,
    observe: &Observer<'_>,
) -> Result<Manifest, ArticulateError> {
    let mut manifest = manifest.clone();
    let mut writer = CaseWriter::revise(root, &manifest.files, is_of_articulator)?;
    watched(observe, "write the motions", || {
        let items = articulated.items(pictures).into_iter();
        writer.write(items.map(|item| item.below(FOLDER)).collect())
    })?;
    manifest.articulator = Some(articulated.record());
    Ok(writer.finish(manifest)?)
}
