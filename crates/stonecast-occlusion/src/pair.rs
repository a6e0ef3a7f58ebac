//! Two labelled arches in their bite, made ready for distances.
//!
//! Units: mm. Frame: the cast frame.

use std::sync::OnceLock;

use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::spatial::OrientedSurface;
use stonecast_mesh::{TriMesh, VertexData};
use stonecast_teeth::{LabelledArch, vertex_labels};

use crate::excursion::crowns::{Crown, crowns};

/// An arch as it is given.
#[derive(Clone, Copy, Debug)]
pub struct OccludingArch<'a> {
    /// Its surface, cleaned, untrimmed, in the cast frame.
    pub mesh: &'a TriMesh,
    /// Its teeth, in the cast frame.
    pub labelled: &'a LabelledArch,
}

/// An arch made ready.
#[derive(Debug)]
pub struct Surface<'a> {
    /// Which.
    pub jaw: Jaw,
    /// As it was given.
    pub arch: OccludingArch<'a>,
    /// Its index and its sides.
    pub oriented: OrientedSurface,
    /// The tooth of every vertex; `None` is gum.
    pub vertex_teeth: VertexData<Option<Fdi>>,
    crowns: OnceLock<Vec<Crown>>,
}

impl<'a> Surface<'a> {
    fn new(jaw: Jaw, arch: OccludingArch<'a>) -> Self {
        let (oriented, vertex_teeth) = rayon::join(
            || OrientedSurface::build(arch.mesh),
            || vertex_labels(arch.mesh, &arch.labelled.face_labels),
        );
        Self {
            jaw,
            arch,
            oriented,
            vertex_teeth,
            crowns: OnceLock::new(),
        }
    }

    /// The surface.
    pub fn mesh(&self) -> &'a TriMesh {
        self.arch.mesh
    }

    /// Its crowns, by number; made ready when first asked for.
    pub(crate) fn crowns(&self) -> &[Crown] {
        self.crowns
            .get_or_init(|| crowns(self.arch.mesh, self.arch.labelled))
    }
}

/// Both arches, made ready once for any number of questions.
#[derive(Debug)]
pub struct Pair<'a> {
    /// The upper arch.
    pub upper: Surface<'a>,
    /// The lower arch, in the closed bite.
    pub lower: Surface<'a>,
}

impl<'a> Pair<'a> {
    /// Builds the indices of both arches, which stand in their bite.
    pub fn new(upper: OccludingArch<'a>, lower: OccludingArch<'a>) -> Self {
        let (upper, lower) = rayon::join(
            || Surface::new(Jaw::Upper, upper),
            || Surface::new(Jaw::Lower, lower),
        );
        Self { upper, lower }
    }

    /// One of the arches.
    pub fn surface(&self, jaw: Jaw) -> &Surface<'a> {
        match jaw {
            Jaw::Upper => &self.upper,
            Jaw::Lower => &self.lower,
        }
    }
}
