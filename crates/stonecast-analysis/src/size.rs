//! Tooth sizes: mesiodistal and buccolingual width, height of the clinical crown, and how twins differ.
//!
//! Units: mm. Frame: the cast frame. Definitions and limits: `docs/methods/tooth-size.md`.
//!
//! Steps
//! 1. `width`: the widths that the teeth stage measured, callipers along the tooth's own axes.
//! 2. `contact_distance`: between the mesial and the distal contact point, as software measures it in which people place
//!    points.
//! 3. `crown_height`: from the facial gingival zenith to the incisal edge or facial cusp along the tooth's long axis.
//! 4. `differences`: the right tooth's size less the left twin's.

use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, ToothClass};

use crate::book::{Book, Spec};
use crate::view::View;

const METHOD: &str = "tooth-size";

type Size = fn(&View<'_>, Fdi) -> Result<f64, NotMeasured>;

const SIZES: [(&str, &str, Size); 4] = [
    ("mesiodistal", "mesiodistal width", |v, t| v.mesiodistal(t)),
    (
        "contact_distance",
        "distance of the contact points",
        contact_distance,
    ),
    (
        "buccolingual",
        "buccolingual width of the visible crown",
        |v, t| v.buccolingual(t),
    ),
    ("crown_height", "height of the clinical crown", crown_height),
];

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in [Jaw::Upper, Jaw::Lower] {
        let row = book.subject().row(jaw);
        for &tooth in &row {
            for (key, words, size) in SIZES {
                let spec = Spec::mm(
                    format!("size.{key}.{tooth}"),
                    format!("{words} of {tooth}"),
                    METHOD,
                );
                book.number(spec, move |view| size(view, tooth));
            }
        }
        // A tooth and its twin make one difference, asked for when either is there.
        let mut rights: Vec<Fdi> = row
            .iter()
            .map(|t| if t.side().sign() < 0.0 { *t } else { t.mirrored() })
            .collect();
        rights.sort_unstable();
        rights.dedup();
        for right in rights {
            for (key, words, size) in SIZES {
                differences(book, right, key, words, size);
            }
        }
    }
}

fn differences(book: &mut Book<'_>, right: Fdi, key: &str, words: &str, size: Size) {
    let left = right.mirrored();
    let spec = Spec::mm(
        format!("size.difference.{key}.{right}.{left}"),
        format!("{words} of {right} less that of {left}"),
        METHOD,
    );
    book.number(spec, move |view| {
        view.need(&[right, left])?;
        Ok(size(view, right)? - size(view, left)?)
    });
}

fn contact_distance(view: &View<'_>, tooth: Fdi) -> Result<f64, NotMeasured> {
    let contacts = view.point(tooth, K::MesialContact)? - view.point(tooth, K::DistalContact)?;
    Ok(contacts.norm())
}

fn crown_height(view: &View<'_>, tooth: Fdi) -> Result<f64, NotMeasured> {
    let zenith = view.point(tooth, K::GingivalZenith)?;
    let top = view.first_point(tooth, facial_tips(tooth))?;
    Ok((top - zenith).dot(&view.axes(tooth)?.occlusal))
}

/// The facial tip or edge of a tooth, in the order in which they are taken.
pub(crate) fn facial_tips(tooth: Fdi) -> &'static [K] {
    match tooth.class() {
        ToothClass::Incisor => &[K::IncisalMidpoint],
        ToothClass::Canine => &[K::CuspTip],
        ToothClass::Premolar => &[K::BuccalCusp],
        ToothClass::Molar => &[K::MesiobuccalCusp, K::BuccalCusp],
    }
}
