//! The bite of a case: analysed when the case is made, and again whenever its teeth or the way of analysing change.
//!
//! Both ways take the meshes and teeth as the case folder holds them, so both give the same bytes.

use std::path::Path;

use serde::{Deserialize, Serialize};
use stonecast_analysis::Noise;
use stonecast_cast::bite::{Bite, BiteKind};
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{Point, RigidMotion, TriMesh};
use stonecast_occlusion::section::{Calliper, Section, SectionError, SectionParams, SectionPlane, section};
use stonecast_occlusion::{
    BandPreset, BiteKnown, GapField, OccludingArch, OcclusionError, OcclusionParams, Pair, ScannerNoise,
    analyse, field_reach,
};
use stonecast_picture::Size;
use stonecast_report::section_drawing;
use stonecast_teeth::{LabelledArch, LabelledCast};
use thiserror::Error;

use super::{
    document::{OcclusionDocument, VerticesWithin},
    pictures::{About, USUAL_SECTIONS, distance_ply, occlusogram, sections},
};
use crate::{
    case::{
        Manifest,
        write::{CaseWriter, Item, WriteError},
    },
    measure::{
        case::{LabelledCase, MeasureError, drawing_items},
        settings::NoiseRecord,
    },
    pipeline::{Observer, watched},
    teeth::pictures::Numbers,
};

/// Why the bite of a case is not analysed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BiteError {
    /// The case or its labelled teeth cannot be read.
    #[error(transparent)]
    Case(#[from] MeasureError),
    /// It has one arch with labelled teeth, or none.
    #[error(
        "the {0} arch of the case has no labelled teeth: an analysis of the bite needs both arches; make the case from both scans, \
         or label the arch with `stonecast teeth CASE`"
    )]
    OneArch(Jaw),
    /// How the arches meet is not known.
    #[error(
        "how the arches of the case meet is not known: make the case again with both scans in their bite, or with bite scans"
    )]
    NoBite,
    /// The analysis refuses.
    #[error(transparent)]
    Occlusion(#[from] OcclusionError),
    /// A section cannot be cut.
    #[error(transparent)]
    Section(#[from] SectionError),
    /// There is no such preset of colour bands.
    #[error("--bands: `{name}` is not known; there are {known}")]
    Bands {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// Files cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// How to analyse a bite and show it.
#[derive(Clone, Debug, PartialEq)]
pub struct BiteParams {
    /// The scanner's noise.
    pub noise: Noise,
    /// The preset of colour bands.
    pub bands: BandPreset,
    /// What is cut.
    pub cuts: Cuts,
}

/// What is cut through both arches.
#[derive(Clone, Debug, PartialEq)]
pub struct Cuts {
    /// Upright through these teeth, from cheek or lip to tongue; those that are not there are left out.
    pub teeth: Vec<Fdi>,
    /// Through any plane.
    pub planes: Vec<SectionPlane>,
    /// Between these points, on each of the planes.
    pub between: Vec<[Point; 2]>,
}

impl Default for Cuts {
    fn default() -> Self {
        let teeth = USUAL_SECTIONS.iter().filter_map(|n| Fdi::new(*n).ok());
        Self {
            teeth: teeth.collect(),
            planes: Vec::new(),
            between: Vec::new(),
        }
    }
}

impl Cuts {
    fn cut(&self, pair: &Pair<'_>, params: &OcclusionParams) -> Result<Vec<Section>, SectionError> {
        let mut cut = sections(pair, &self.teeth, params)?;
        let of = SectionParams::of(params);
        let nearest_arch = |point: &Point| {
            let far = |jaw: Jaw| {
                let found = pair
                    .surface(jaw)
                    .oriented
                    .index()
                    .closest_point(point, f64::INFINITY);
                found.map_or(f64::INFINITY, |c| c.distance)
            };
            if far(Jaw::Upper) <= far(Jaw::Lower) {
                Jaw::Upper
            } else {
                Jaw::Lower
            }
        };
        for plane in &self.planes {
            let mut found = section(pair, plane, &RigidMotion::identity(), &of);
            for (place, points) in self.between.iter().enumerate() {
                let ends = points.map(|p| (nearest_arch(&p), p));
                let name = format!("between the points of --between, {}", place + 1);
                let calliper = Calliper::between(&format!("between-{}", place + 1), &name, plane, ends, &of);
                found.callipers.push(calliper);
            }
            cut.push(found);
        }
        Ok(cut)
    }
}

impl BiteParams {
    /// As a case keeps it.
    ///
    /// # Errors
    /// [`BiteError::Bands`] where `case.toml` names a preset that this program does not have.
    pub fn kept(record: &OcclusionRecord) -> Result<Self, BiteError> {
        Self::new(Noise::from(&record.noise), Some(&record.bands))
    }

    /// With the preset of that name, else the default.
    ///
    /// # Errors
    /// [`BiteError::Bands`].
    pub fn new(noise: Noise, bands: Option<&str>) -> Result<Self, BiteError> {
        let all = BandPreset::all();
        let known = || {
            all.iter()
                .map(|preset| preset.id.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let unknown = |name: &str| BiteError::Bands {
            name: name.to_owned(),
            known: known(),
        };
        let found = match bands {
            None => all.first(),
            Some(name) => all.iter().find(|preset| preset.id == name),
        };
        let bands = found.cloned().ok_or_else(|| unknown(bands.unwrap_or_default()))?;
        Ok(Self {
            noise,
            bands,
            cuts: Cuts::default(),
        })
    }
}

/// How the bite of a case was analysed, in `case.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OcclusionRecord {
    /// The file of the analysis.
    pub path: String,
    /// How many contacts it lists.
    pub contacts: usize,
    /// How many of them stay through small errors of the bite.
    pub stable_contacts: usize,
    /// The preset of colour bands.
    pub bands: String,
    /// The scanner's noise.
    pub noise: NoiseRecord,
}

/// Both arches of a case, ready for distances.
///
/// # Errors
/// [`BiteError::OneArch`] and [`BiteError::NoBite`].
pub fn pair(case: &LabelledCase) -> Result<(Pair<'_>, &Bite), BiteError> {
    let arch = |jaw: Jaw| {
        let found = case.arch(jaw).ok_or(BiteError::OneArch(jaw))?;
        Ok::<_, BiteError>(OccludingArch {
            mesh: found.0,
            labelled: found.1,
        })
    };
    let (upper, lower) = (arch(Jaw::Upper)?, arch(Jaw::Lower)?);
    let bite = case.case.manifest.bite.as_ref().ok_or(BiteError::NoBite)?;
    Ok((Pair::new(upper, lower), bite))
}

/// Both arches of labelled teeth, ready for distances, where both are there; `mesh_of` gives the surface of a jaw.
pub fn pair_of<'a>(
    labelled: &'a LabelledCast,
    mesh_of: &impl Fn(Jaw) -> Option<&'a TriMesh>,
) -> Option<Pair<'a>> {
    let arch = |jaw: Jaw, arch: &'a Option<LabelledArch>| {
        Some(OccludingArch {
            mesh: mesh_of(jaw)?,
            labelled: arch.as_ref()?,
        })
    };
    let upper = arch(Jaw::Upper, &labelled.upper)?;
    let lower = arch(Jaw::Lower, &labelled.lower)?;
    let is_empty = |arch: &OccludingArch<'_>| arch.labelled.teeth.is_empty();
    (!is_empty(&upper) && !is_empty(&lower)).then(|| Pair::new(upper, lower))
}

/// What the occlusion crate is to know of noise and bite.
pub fn params(noise: &Noise, bite: &Bite) -> OcclusionParams {
    OcclusionParams {
        noise: ScannerNoise {
            name: noise.name.clone(),
            local_mm: noise.local.0,
            trueness_mm: noise.trueness.0,
        },
        bite: BiteKnown {
            estimated: bite.kind == BiteKind::Estimated,
            residual_mm: bite.residual.map(|r| r.0),
        },
    }
}

/// The bite of a case, analysed.
#[derive(Debug)]
pub struct AnalysedBite<'p> {
    pair: &'p Pair<'p>,
    params: BiteParams,
    fields: [GapField; 2],
    /// What is written as `occlusion.json`.
    pub document: OcclusionDocument,
}

/// What to write beside the document and its tables.
#[derive(Clone, Copy, Debug)]
pub struct BiteFiles {
    /// The numbers on the pictures, and the size of an arch; `None` for no pictures.
    pub pictures: Option<(Numbers, Size)>,
    /// Both arches as PLY with the distance at each vertex.
    pub ply: bool,
}

/// The size of an arch on the occlusogram.
const ARCH: Size = Size {
    width: 900,
    height: 760,
};

impl BiteFiles {
    /// Pictures with numbers of that notation; no PLY.
    pub fn usual(pictures: Option<Numbers>) -> Self {
        Self {
            pictures: pictures.map(|numbers| (numbers, ARCH)),
            ply: false,
        }
    }
}

impl<'p> AnalysedBite<'p> {
    /// Analyses the bite of a pair.
    ///
    /// # Errors
    /// [`BiteError::Occlusion`].
    pub fn of(pair: &'p Pair<'p>, bite: &Bite, frame: &str, given: BiteParams) -> Result<Self, BiteError> {
        let params = params(&given.noise, bite);
        let occlusion = analyse(pair, &params)?;
        let mut sections = given.cuts.cut(pair, &params)?;
        if bite.kind == BiteKind::Estimated {
            for section in &mut sections {
                section.plane.name.push_str(" (bite ESTIMATED, not recorded)");
            }
        }
        let reach = field_reach().max(2.0 * given.bands.reach_mm());
        let field = |jaw| pair.gaps(jaw, &RigidMotion::identity(), reach);
        let fields = [Jaw::Upper, Jaw::Lower].map(field);
        let vertices = VerticesWithin::of(&fields);
        Ok(Self {
            pair,
            fields,
            document: OcclusionDocument::new(
                occlusion,
                vertices,
                sections,
                frame,
                bite.kind,
                &given.bands.id,
            ),
            params: given,
        })
    }

    /// What `case.toml` says of it.
    pub fn record(&self) -> OcclusionRecord {
        let contacts = &self.document.occlusion.contacts;
        OcclusionRecord {
            path: format!("{FOLDER}occlusion.json"),
            contacts: contacts.len(),
            stable_contacts: contacts.iter().filter(|c| c.stable()).count(),
            bands: self.params.bands.id.clone(),
            noise: NoiseRecord::from(&self.params.noise),
        }
    }

    /// Every file, by its path in a folder of its own.
    pub fn items(&self, files: BiteFiles) -> Vec<Item<'_>> {
        let mut items = vec![
            Item::new(
                "occlusion.json",
                "contacts, areas, teeth and balance in the bite; cast frame, mm",
                || self.document.to_json(),
            ),
            Item::new("contacts.csv", "contacts of the bite, as a table", || {
                self.document.contacts_csv()
            }),
            Item::new("teeth.csv", "contact of each tooth, as a table", || {
                self.document.teeth_csv()
            }),
        ];
        if let Some((numbers, size)) = files.pictures {
            items.push(Item::new(
                "occlusogram.png",
                "occlusogram of both arches",
                move || {
                    let about = About {
                        numbers,
                        noise: Some((self.params.noise.local.0, self.params.noise.name.clone())),
                        ..About::bite(self.params.bands.clone(), self.document.bite)
                    };
                    occlusogram(self.pair, &self.fields, &about, size).to_png()
                },
            ));
        }
        if files.pictures.is_some() {
            let mut planes = 0;
            for section in &self.document.sections {
                let name = match section.plane.tooth {
                    Some(tooth) => format!("section-{tooth}"),
                    None => {
                        planes += 1;
                        format!("section-plane-{planes}")
                    }
                };
                items.extend(drawing_items(&name, section_drawing(section)));
            }
        }
        if files.ply {
            for field in &self.fields {
                let what = format!(
                    "{} arch with the distance of each vertex to the other arch",
                    field.on
                );
                items.push(Item::new(format!("{}-distances.ply", field.on), what, || {
                    distance_ply(self.pair, field, &self.params.bands)
                }));
            }
        }
        items
    }

    /// Writes the files into a case.
    ///
    /// # Errors
    /// If one cannot be written.
    pub fn write(&self, files: BiteFiles, writer: &mut CaseWriter) -> Result<(), WriteError> {
        let items = self.items(files).into_iter();
        writer.write(items.map(|item| item.below(FOLDER)).collect())
    }
}

/// Where the files of the bite lie in a case.
const FOLDER: &str = "occlusion/";

/// Whether a file of a case folder is made by analysing the bite, and made anew by analysing it again.
pub fn is_of_bite(path: &str) -> bool {
    path.starts_with(FOLDER)
}

/// Puts the files of an analysis into the case that stands at `root`.
///
/// # Errors
/// [`BiteError::Write`]; then the case is as it was.
pub fn write_into(
    root: &Path,
    manifest: &Manifest,
    analysed: &AnalysedBite<'_>,
    files: BiteFiles,
    observe: &Observer<'_>,
) -> Result<Manifest, BiteError> {
    let mut manifest = manifest.clone();
    let mut writer = CaseWriter::revise(root, &manifest.files, is_of_bite)?;
    watched(observe, "write the bite", || analysed.write(files, &mut writer))?;
    manifest.occlusion = Some(analysed.record());
    Ok(writer.finish(manifest)?)
}
