//! From where a scene is seen: the camera, the five standard views, the free view.
//!
//! Frame: the cast frame. The five views follow the layout of orthodontic photographic records: the patient's
//! right is on the viewer's left in the frontal and both occlusal views; the upper occlusal view has the incisors
//! at the top, the lower at the bottom; nothing is mirrored, as a photograph taken in a mirror must be flipped
//! before it is filed. Each occlusal view shows its own arch alone, looking straight at the occlusal surfaces.
//!
//! References: Institute of Medical Illustrators, National Guidelines: Orthodontic Photography, 2008; American
//! Board of Orthodontics, Ideal Photographs and Radiographs (the lower arch lies with its incisors at the bottom
//! of the frame).

use nalgebra::Matrix3;
use stonecast_dental::{Deg, Jaw, frame};
use stonecast_mesh::Vector;

/// An orthographic camera: three unit axes, mutually square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    right: Vector,
    up: Vector,
    to_viewer: Vector,
}

impl Camera {
    /// The camera that looks against `to_viewer`, with `up` upwards in the picture as far as that is possible;
    /// `None` when the two are parallel or one is no direction.
    ///
    /// ```
    /// use stonecast_mesh::Vector;
    /// use stonecast_picture::Camera;
    /// // The viewer stands before the patient: the patient's left (+x) is on the viewer's right.
    /// let camera = Camera::new(&-Vector::y(), &Vector::z()).expect("not parallel");
    /// assert_eq!(camera.right(), Vector::x());
    /// ```
    pub fn new(to_viewer: &Vector, up: &Vector) -> Option<Self> {
        let to_viewer = to_viewer.try_normalize(1e-12)?;
        let right = up.cross(&to_viewer).try_normalize(1e-9)?;
        Some(Self {
            right,
            up: to_viewer.cross(&right),
            to_viewer,
        })
    }

    /// The direction to the right of the picture.
    pub fn right(&self) -> Vector {
        self.right
    }

    /// The direction to the top of the picture.
    pub fn up(&self) -> Vector {
        self.up
    }

    /// The direction from the scene to the viewer.
    pub fn to_viewer(&self) -> Vector {
        self.to_viewer
    }

    /// Takes a direction of the scene to (right, up, to the viewer).
    pub(crate) fn camera_from_scene(&self) -> Matrix3<f64> {
        Matrix3::from_rows(&[
            self.right.transpose(),
            self.up.transpose(),
            self.to_viewer.transpose(),
        ])
    }
}

/// From which side a cast is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum View {
    /// From the front, both arches in their bite.
    Frontal,
    /// The patient's right side, both arches in their bite; the front of the mouth is on the viewer's right.
    RightBuccal,
    /// The patient's left side, both arches in their bite; the front of the mouth is on the viewer's left.
    LeftBuccal,
    /// The upper arch alone, its occlusal surfaces towards the viewer, incisors at the top.
    UpperOcclusal,
    /// The lower arch alone, its occlusal surfaces towards the viewer, incisors at the bottom.
    LowerOcclusal,
    /// Any other direction.
    Free {
        /// How far round from the front, towards the patient's left: 0 is frontal, 90 the left side, -90 the right.
        azimuth: Deg,
        /// How far up from the occlusal plane: 90 is from above, -90 from below.
        elevation: Deg,
    },
}

impl View {
    /// The view beside the five: from the front, a little from the patient's right and from above.
    pub const THREE_QUARTER: Self = Self::Free {
        azimuth: Deg(-35.0),
        elevation: Deg(18.0),
    };

    /// The five views of the record, in their order.
    pub const STANDARD: [Self; 5] = [
        Self::Frontal,
        Self::RightBuccal,
        Self::LeftBuccal,
        Self::UpperOcclusal,
        Self::LowerOcclusal,
    ];

    /// The view's name on the command line and in files: `frontal`, `right-buccal`, ...
    pub fn name(self) -> &'static str {
        match self {
            Self::Frontal => "frontal",
            Self::RightBuccal => "right-buccal",
            Self::LeftBuccal => "left-buccal",
            Self::UpperOcclusal => "upper-occlusal",
            Self::LowerOcclusal => "lower-occlusal",
            Self::Free { .. } => "free",
        }
    }

    /// The standard view with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::STANDARD.into_iter().find(|view| view.name() == name)
    }

    /// The view's name as a caption.
    pub fn caption(self) -> String {
        match self {
            Self::Frontal => "Frontal".to_owned(),
            Self::RightBuccal => "Right buccal".to_owned(),
            Self::LeftBuccal => "Left buccal".to_owned(),
            Self::UpperOcclusal => "Upper occlusal".to_owned(),
            Self::LowerOcclusal => "Lower occlusal".to_owned(),
            Self::Free { azimuth, elevation } => {
                let angles = format!("zimuth {:.0}°, elevation {:.0}°", azimuth.0, elevation.0);
                if self == Self::THREE_QUARTER {
                    format!("Three-quarter, a{angles}")
                } else {
                    format!("A{angles}")
                }
            }
        }
    }

    /// The camera of the view.
    pub fn camera(self) -> Camera {
        let [left, posterior, superior] = [frame::LEFT, frame::POSTERIOR, frame::SUPERIOR].map(Vector::from);
        let (to_viewer, up) = match self {
            Self::Frontal => (-posterior, superior),
            Self::RightBuccal => (-left, superior),
            Self::LeftBuccal => (left, superior),
            Self::UpperOcclusal => (-superior, -posterior),
            Self::LowerOcclusal => (superior, posterior),
            Self::Free { azimuth, elevation } => {
                let (sa, ca) = azimuth.0.to_radians().sin_cos();
                let (se, ce) = elevation.0.to_radians().sin_cos();
                let out = left * sa - posterior * ca;
                // The derivative of the viewing direction by the elevation: upwards even from the very top.
                (out * ce + superior * se, superior * ce - out * se)
            }
        };
        Camera::new(&to_viewer, &up).expect("the axes above are square to each other")
    }

    /// The one arch that the view looks at; `None` for a view of both.
    pub fn only_jaw(self) -> Option<Jaw> {
        match self {
            Self::UpperOcclusal => Some(Jaw::Upper),
            Self::LowerOcclusal => Some(Jaw::Lower),
            _ => None,
        }
    }

    /// The marks at the left and right edge of the picture: the patient's sides, or front and back.
    pub fn edge_marks(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Frontal | Self::UpperOcclusal | Self::LowerOcclusal => Some(("R", "L")),
            Self::RightBuccal => Some(("P", "A")),
            Self::LeftBuccal => Some(("A", "P")),
            Self::Free { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right, up and to the viewer, each as the letter of the patient's direction that it points to.
    fn axes(view: View) -> String {
        let camera = view.camera();
        [camera.right(), camera.up(), camera.to_viewer()]
            .map(|axis| {
                let i = axis.iamax();
                assert!((axis[i].abs() - 1.0).abs() < 1e-12);
                let letters = [['R', 'L'], ['A', 'P'], ['I', 'S']];
                letters[i][usize::from(axis[i] > 0.0)]
            })
            .iter()
            .collect()
    }

    #[test]
    fn the_views_look_from_where_their_names_say() {
        fn t(view: View, right_up_viewer: &str) {
            assert_eq!(axes(view), right_up_viewer, "{}", view.name());
        }
        t(View::Frontal, "LSA");
        t(View::RightBuccal, "ASR");
        t(View::LeftBuccal, "PSL");
        t(View::UpperOcclusal, "LAI");
        t(View::LowerOcclusal, "LPS");
    }

    #[test]
    fn the_free_view_meets_the_standard_ones() {
        fn t(azimuth: f64, elevation: f64, like: View) {
            let free = View::Free {
                azimuth: Deg(azimuth),
                elevation: Deg(elevation),
            };
            let (a, b) = (free.camera(), like.camera());
            assert!((a.right() - b.right()).norm() < 1e-12 && (a.up() - b.up()).norm() < 1e-12);
        }
        t(0.0, 0.0, View::Frontal);
        t(-90.0, 0.0, View::RightBuccal);
        t(90.0, 0.0, View::LeftBuccal);
        t(0.0, 90.0, View::LowerOcclusal);
        t(0.0, -90.0, View::UpperOcclusal);
    }

    #[test]
    fn every_camera_is_right_handed() {
        for view in View::STANDARD {
            let c = view.camera();
            assert!((c.right().cross(&c.up()) - c.to_viewer()).norm() < 1e-12);
        }
    }
}
