//! Corrections of whole teeth: which faces are which tooth.
//!
//! Steps of [`correct_faces`]: `Found::tooth` finds the tooth that an entry names, on the program's own labels; `merge`,
//! `split`, `extra` and `renumber` change the groups of faces and their numbers; `skip_missing` moves numbers on;
//! `check_numbers` finds numbers borne twice.

use std::collections::BTreeMap;

use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{FaceId, Point, TriMesh, mesh::Submesh, spatial::SpatialIndex};

use super::{ArchEdits, EditFault, Misfit, REACH, Split, stroke};
use crate::{ArchInput, ToldBy, segment::Segmentation};

/// Applies the corrections of whole teeth. Points are in the frame of the mesh.
///
/// # Errors
/// Every correction that does not fit.
pub fn correct_faces(
    input: &ArchInput<'_>,
    segmentation: Segmentation,
    edits: &ArchEdits,
) -> Result<Segmentation, Vec<EditFault>> {
    let without_landmarks = ArchEdits {
        landmarks: Vec::new(),
        ..edits.clone()
    };
    if without_landmarks == ArchEdits::default() {
        return Ok(segmentation);
    }
    let mut work = Work::new(input, &segmentation);
    work.merge(edits);
    work.split(edits);
    work.extra(edits);
    work.renumber(edits);
    work.skip_missing(edits);
    work.check_numbers();
    work.finish(segmentation)
}

/// A part of the surface that is searched by points.
pub(super) struct Patch {
    part: Submesh,
    index: SpatialIndex,
}

impl Patch {
    pub(super) fn new(mesh: &TriMesh, keep: impl Fn(FaceId) -> bool) -> Self {
        let part = mesh.submesh(keep);
        let index = SpatialIndex::build(&part.mesh);
        Self { part, index }
    }

    /// The face of the whole within [`REACH`] of a point, and the place on it.
    pub(super) fn closest(&self, point: [f64; 3]) -> Option<(FaceId, Point)> {
        let closest = self.index.closest_point(&Point::from(point), REACH)?;
        Some((self.part.face_of[closest.face.index()], closest.point))
    }
}

/// Faces that are one tooth, and its number on the way.
struct Group {
    number: Fdi,
    told_by: ToldBy,
    /// The entry that made or changed it.
    place: Option<String>,
}

struct Work<'a> {
    jaw: Jaw,
    mesh: &'a TriMesh,
    /// For each face its group; `None` for gum.
    group_of: Vec<Option<usize>>,
    groups: Vec<Option<Group>>,
    /// Where each of the program's teeth is, and which entry has corrected it.
    by_number: BTreeMap<Fdi, usize>,
    corrected: BTreeMap<Fdi, String>,
    whole: Option<Patch>,
    faults: Vec<EditFault>,
}

impl<'a> Work<'a> {
    fn new(input: &ArchInput<'a>, segmentation: &Segmentation) -> Self {
        let by_number: BTreeMap<Fdi, usize> = segmentation.teeth.keys().copied().zip(0..).collect();
        let groups = segmentation.teeth.iter().map(|(&number, &told_by)| {
            Some(Group {
                number,
                told_by,
                place: None,
            })
        });
        let labels = segmentation.face_labels.as_slice();
        Self {
            jaw: input.jaw,
            mesh: input.mesh,
            group_of: labels
                .iter()
                .map(|label| label.and_then(|tooth| by_number.get(&tooth).copied()))
                .collect(),
            groups: groups.collect(),
            by_number,
            corrected: BTreeMap::new(),
            whole: None,
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, place: &str, fault: Misfit) {
        self.faults.push(EditFault {
            jaw: self.jaw,
            place: place.to_owned(),
            fault,
        });
    }

    /// The program's tooth that an entry names, if no other entry has corrected it.
    fn tooth(&mut self, place: &str, tooth: Option<Fdi>, at: Option<[f64; 3]>) -> Option<Fdi> {
        let named = match (tooth, at) {
            (Some(number), None) => self.numbered(number),
            (None, Some(point)) => self.standing_at(point),
            _ => Err(Misfit::Unnamed),
        };
        let claimed = named.and_then(|tooth| match self.corrected.get(&tooth) {
            Some(other) => Err(Misfit::Twice { other: other.clone() }),
            None => Ok(tooth),
        });
        match claimed {
            Ok(tooth) => {
                self.corrected.insert(tooth, place.to_owned());
                Some(tooth)
            }
            Err(fault) => {
                self.fault(place, fault);
                None
            }
        }
    }

    fn numbered(&self, number: Fdi) -> Result<Fdi, Misfit> {
        if number.jaw() != self.jaw {
            Err(Misfit::OtherArch(number))
        } else if self.by_number.contains_key(&number) {
            Ok(number)
        } else {
            Err(Misfit::NotFound {
                number,
                found: self.by_number.keys().copied().collect(),
            })
        }
    }

    fn standing_at(&mut self, point: [f64; 3]) -> Result<Fdi, Misfit> {
        let mesh = self.mesh;
        let whole = self.whole.get_or_insert_with(|| Patch::new(mesh, |_| true));
        let (face, _) = whole.closest(point).ok_or(Misfit::OffSurface(point))?;
        // A face that an earlier entry has split off still is of the program's tooth: that is marked as corrected.
        let group = self.group_of[face.index()].ok_or(Misfit::OnGum(point))?;
        let found = self.by_number.iter().find(|(_, g)| **g == group);
        found.map(|(tooth, _)| *tooth).ok_or(Misfit::OnGum(point))
    }

    fn checked_number(&mut self, place: &str, number: Fdi) -> bool {
        let fits = number.jaw() == self.jaw;
        if !fits {
            self.fault(place, Misfit::OtherArch(number));
        }
        fits
    }

    /// Gives the group of a program's tooth a number that a person said.
    fn tell(&mut self, tooth: Fdi, number: Fdi, place: &str) {
        self.groups[self.by_number[&tooth]] = Some(human(number, place));
    }

    fn merge(&mut self, edits: &ArchEdits) {
        for (i, edit) in edits.merge.iter().enumerate() {
            let place = format!("merge {}", i + 1);
            let names: Vec<(Option<Fdi>, Option<[f64; 3]>)> = (edit.teeth.iter().map(|t| (Some(*t), None)))
                .chain(edit.at.iter().map(|p| (None, Some(*p))))
                .collect();
            if names.len() < 2 || (!edit.teeth.is_empty() && !edit.at.is_empty()) {
                self.fault(&place, Misfit::TooFew);
                continue;
            }
            let teeth: Vec<Fdi> = names
                .iter()
                .filter_map(|&(tooth, at)| self.tooth(&place, tooth, at))
                .collect();
            let Some((&first, others)) = teeth.split_first().filter(|_| teeth.len() == names.len()) else {
                continue;
            };
            let number = edit.to.unwrap_or(first);
            if !self.checked_number(&place, number) {
                continue;
            }
            self.tell(first, number, &place);
            let into = self.by_number[&first];
            for other in others {
                let from = self.by_number[other];
                self.groups[from] = None;
                for group in self.group_of.iter_mut().filter(|g| **g == Some(from)) {
                    *group = Some(into);
                }
            }
        }
    }

    fn split(&mut self, edits: &ArchEdits) {
        for (i, edit) in edits.split.iter().enumerate() {
            let place = format!("split {}", i + 1);
            let Some(tooth) = self.tooth(&place, edit.tooth, edit.at) else {
                continue;
            };
            match self.divided(tooth, edit) {
                Ok(second) => {
                    let fits = edit.parts.iter().all(|p| self.checked_number(&place, p.to));
                    if fits {
                        self.tell(tooth, edit.parts[0].to, &place);
                        self.groups.push(Some(human(edit.parts[1].to, &place)));
                        for face in second {
                            self.group_of[face.index()] = Some(self.groups.len() - 1);
                        }
                    }
                }
                Err(fault) => self.fault(&place, fault),
            }
        }
    }

    /// The faces of the second part of a tooth.
    fn divided(&self, tooth: Fdi, edit: &Split) -> Result<Vec<FaceId>, Misfit> {
        let group = Some(self.by_number[&tooth]);
        let crown = Patch::new(self.mesh, |f| self.group_of[f.index()] == group);
        let on_crown = |point: [f64; 3]| {
            let off = Misfit::OffTooth { tooth, point };
            crown.closest(point).ok_or(off)
        };
        let stroke = edit.stroke.iter().map(|p| on_crown(*p));
        let curtain = stroke::Curtain::new(self.mesh, &stroke.collect::<Result<Vec<_>, _>>()?)
            .ok_or(Misfit::NoStroke)?;
        let [first, second] = &edit.parts[..] else {
            return Err(Misfit::Parts);
        };
        let side_of = |f: FaceId| curtain.is_left(&self.mesh.face_centroid(f));
        let [first, second] = [side_of(on_crown(first.at)?.0), side_of(on_crown(second.at)?.0)];
        let faces = &crown.part.face_of;
        let of_second: Vec<FaceId> = faces.iter().copied().filter(|&f| side_of(f) == second).collect();
        if of_second.is_empty() || of_second.len() == faces.len() {
            Err(Misfit::DoesNotDivide)
        } else if first == second {
            Err(Misfit::Parts)
        } else {
            Ok(of_second)
        }
    }

    fn extra(&mut self, edits: &ArchEdits) {
        for (i, edit) in edits.extra.iter().enumerate() {
            let place = format!("extra {}", i + 1);
            if let Some(tooth) = self.tooth(&place, edit.tooth, edit.at) {
                self.groups[self.by_number[&tooth]] = None;
            }
        }
    }

    fn renumber(&mut self, edits: &ArchEdits) {
        for (i, edit) in edits.renumber.iter().enumerate() {
            let place = format!("renumber {}", i + 1);
            if let Some(tooth) = self.tooth(&place, edit.tooth, edit.at)
                && self.checked_number(&place, edit.to)
            {
                self.tell(tooth, edit.to, &place);
            }
        }
    }

    /// Moves what bears a missing number, and what follows without a gap, one place on.
    fn skip_missing(&mut self, edits: &ArchEdits) {
        let mut missing: Vec<Fdi> = edits.missing.clone();
        missing.sort();
        for number in missing {
            let place = format!("missing {number}");
            if !self.checked_number(&place, number) {
                continue;
            }
            let mut chain: Vec<usize> = Vec::new();
            let mut at = Some(number);
            while let Some(group) = at.and_then(|n| self.bearing(n)) {
                chain.push(group);
                at = at.and_then(next);
            }
            let told = chain.iter().find_map(|&g| self.groups[g].as_ref()?.place.clone());
            if let Some(told) = told.filter(|told| !told.starts_with("missing")) {
                self.fault(&told, Misfit::DeclaredMissing(number));
            } else if at.is_none() {
                self.fault(&place, Misfit::QuadrantEnds(number));
            } else {
                for group in chain {
                    let moved = self.groups[group].as_ref().and_then(|g| next(g.number));
                    self.groups[group] = moved.map(|number| human(number, &place));
                }
            }
        }
    }

    fn bearing(&self, number: Fdi) -> Option<usize> {
        let bears = |group: &Option<Group>| group.as_ref().is_some_and(|g| g.number == number);
        self.groups.iter().position(bears)
    }

    fn check_numbers(&mut self) {
        let mut borne: BTreeMap<Fdi, Vec<Option<String>>> = BTreeMap::new();
        for group in self.groups.iter().flatten() {
            borne.entry(group.number).or_default().push(group.place.clone());
        }
        for (number, places) in borne.into_iter().filter(|(_, places)| places.len() > 1) {
            // The program gives no number twice, so an entry is to blame.
            let place = places.into_iter().flatten().next_back().unwrap_or_default();
            self.fault(&place, Misfit::NumberTaken(number));
        }
    }

    fn finish(self, mut segmentation: Segmentation) -> Result<Segmentation, Vec<EditFault>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let number_of = |g: &usize| self.groups[*g].as_ref().map(|group| group.number);
        let labels = segmentation.face_labels.as_mut_slice();
        for (label, group) in labels.iter_mut().zip(&self.group_of) {
            *label = group.as_ref().and_then(number_of);
        }
        segmentation.teeth = (self.groups.iter().flatten())
            .map(|group| (group.number, group.told_by))
            .collect();
        // A person has looked at what was corrected; the rest keeps its doubts.
        let untouched = |tooth: Fdi| {
            let group = self.groups[self.by_number[&tooth]].as_ref();
            group.is_some_and(|g| g.place.is_none())
        };
        segmentation.doubts.retain(|doubt| {
            doubt
                .tooth
                .is_none_or(|t| self.by_number.contains_key(&t) && untouched(t))
        });
        Ok(segmentation)
    }
}

fn human(number: Fdi, place: &str) -> Group {
    Group {
        number,
        told_by: ToldBy::Human,
        place: Some(place.to_owned()),
    }
}

/// The next number of the quadrant; `None` past its end.
fn next(number: Fdi) -> Option<Fdi> {
    Fdi::new(number.number() + 1).ok()
}
