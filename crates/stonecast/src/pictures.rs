//! The pictures of a cast: the five views of the record, one free view, and the sheet of them all.

use rayon::prelude::*;
use stonecast_cast::{Cast, bite::BiteKind};
use stonecast_dental::Jaw;
use stonecast_mesh::TriMesh;
use stonecast_picture::{
    Body, Captions, Framing, Paint, Picture, Scene, Size, Tag, View, contact_sheet, draw_view,
    render::common_scale,
};

use crate::files::anatomy_face_count;

/// An arch with or without base, as it is shown.
pub struct Shown<'a> {
    /// Which arch.
    pub jaw: Jaw,
    /// Its surface; with a base, the two joined.
    pub mesh: &'a TriMesh,
    /// How many of its faces, the first ones, show the arch; the rest are base.
    pub anatomy_face_count: usize,
    /// Whether it stands on its base, which closes it.
    pub is_closed: bool,
}

/// A scene of arches: stone for what was scanned, a cooler tint for what was made.
pub fn scene(arches: &[Shown<'_>]) -> Scene {
    let bodies = arches.par_iter().flat_map_iter(|arch| {
        let part = |base: bool, paint| {
            let submesh = arch
                .mesh
                .submesh(|f| (f.index() >= arch.anatomy_face_count) == base);
            (!submesh.mesh.is_empty()).then(|| {
                let body = Body::new(&submesh.mesh, paint).of(arch.jaw);
                if arch.is_closed {
                    body.part_of_solid()
                } else {
                    body
                }
            })
        };
        [part(false, Paint::stone()), part(true, Paint::base())]
            .into_iter()
            .flatten()
    });
    Scene::new(bodies.collect())
}

/// What must be said of every picture of a pair in this bite.
pub fn bite_tag(kind: BiteKind) -> Tag {
    let (text, caution) = match kind {
        BiteKind::AsScanned => ("bite as scanned", false),
        BiteKind::FromBiteScan => ("bite from bite scan", false),
        BiteKind::Estimated => ("bite estimated, not recorded", true),
    };
    Tag {
        text: text.to_owned(),
        caution,
    }
}

/// Every picture of a cast: its path in the case folder, what it is, and itself. All are of one scale.
pub fn draw(cast: &Cast, size: Size) -> Vec<(String, String, Picture)> {
    let shown: Vec<Shown<'_>> = cast
        .arches()
        .map(|arch| match &arch.base {
            Some(base) => Shown {
                jaw: arch.jaw,
                mesh: &base.joined,
                anatomy_face_count: anatomy_face_count(base),
                is_closed: true,
            },
            None => Shown {
                jaw: arch.jaw,
                mesh: &arch.anatomy_in_cast,
                anatomy_face_count: arch.anatomy_in_cast.face_count(),
                is_closed: false,
            },
        })
        .collect();
    let scene = scene(&shown);
    let views: Vec<View> = View::STANDARD
        .into_iter()
        .filter(|view| view.only_jaw().is_none_or(|jaw| cast.arch(jaw).is_some()))
        .chain([View::THREE_QUARTER])
        .collect();
    let framing = common_scale(&scene, &views, size).map_or(Framing::Fit, Framing::Scale);
    let tag = cast.bite.as_ref().map(|bite| bite_tag(bite.kind));
    let pictures: Vec<Picture> = views
        .iter()
        .map(|&view| {
            let captions = Captions {
                // One arch alone shows no bite.
                tag: tag.clone().filter(|_| view.only_jaw().is_none()),
                ..Captions::default()
            };
            draw_view(&scene, view, size, framing, &captions)
        })
        .collect();
    let sheet = contact_sheet(&pictures.iter().collect::<Vec<_>>(), 3, &heading(cast));
    let named = views.into_iter().zip(pictures).map(|(view, picture)| {
        let name = if view == View::THREE_QUARTER {
            "three-quarter"
        } else {
            view.name()
        };
        (format!("pictures/{name}.png"), format!("{name} view"), picture)
    });
    named
        .chain([(
            "pictures/contact-sheet.png".to_owned(),
            "all views on one sheet".to_owned(),
            sheet,
        )])
        .collect()
}

fn heading(cast: &Cast) -> String {
    let arches: Vec<&str> = cast.arches().map(|arch| arch.jaw.name()).collect();
    format!("Diagnostic cast, {}. Not a medical device.", arches.join(" and "))
}
