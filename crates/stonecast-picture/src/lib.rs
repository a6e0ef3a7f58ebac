//! Pictures of casts, rendered headless on the CPU: the same bytes on any number of threads.
//!
//! A [`Scene`] of bodies is seen by a [`Camera`], most often that of one of the five [`View`]s of orthodontic
//! records, and becomes a [`Picture`]: orthographic, shaded as matte plaster, with a scale bar, the name of the
//! view and the marks of the patient's sides. The arrow goes one way: pictures show what they are given and
//! measure nothing.
//!
//! Units: millimetres in space, pixels in the picture. Frame: the cast frame
//! ([`stonecast_dental::frame`]) for the named views; a camera of one's own may look at any frame.
//!
//! ```
//! use stonecast_mesh::{Point, TriMesh};
//! use stonecast_picture::{Body, Captions, Framing, Paint, Scene, Size, View, draw_view};
//! let points = [[0., 0., 0.], [9., 0., 0.], [0., 0., 9.]].map(Point::from).to_vec();
//! let mesh = TriMesh::from_indices(points, &[[0, 1, 2]])?;
//! let scene = Scene::new(vec![Body::new(&mesh, Paint::stone())]);
//! let picture = draw_view(&scene, View::Frontal, Size::new(320, 240), Framing::Fit, &Captions::default());
//! assert_eq!(picture.to_png()[1..4], *b"PNG");
//! # Ok::<(), stonecast_mesh::MeshError>(())
//! ```
//!
//! | file | holds |
//! |---|---|
//! | [`scene`] | what is shown: bodies, their paint, where their surface creases |
//! | [`view`] | from where: the camera, the five standard views, the free view |
//! | [`mod@render`] | the order of the work: frame, rasterise, occlude, light |
//! | `raster` | which triangle each sample of the picture shows |
//! | `occlusion` | how much of the sky each pixel sees |
//! | `light` | the lamps and the tone of the plaster |
//! | [`annotate`] | scale bar, caption, side marks, labels |
//! | [`text`] | words as outlines of the one font |
//! | [`sheet`] | the contact sheet of the five views |
//! | [`occlusogram`] | both arches with bands of distance painted on them, and their legend |
//! | [`matrix`] | shares of one list in another, as coloured cells |
//! | [`strip`] | the steps of a motion side by side |
//! | [`picture`] | pixels, and their PNG |

pub mod annotate;
mod light;
pub mod matrix;
mod occlusion;
pub mod occlusogram;
pub mod picture;
mod raster;
pub mod render;
pub mod scene;
pub mod sheet;
pub mod strip;
pub mod text;
pub mod view;

pub use annotate::{Captions, Label, Tag, draw_view};

pub use matrix::Matrix;
pub use occlusogram::{BandedArch, Legend, LegendBand, Occlusogram, Ring};
pub use picture::{Picture, Size};
pub use render::{Framing, render};
pub use scene::{Body, Paint, Rgb, Scene};
pub use sheet::contact_sheet;
pub use strip::{Frame, Strip};

pub use view::{Camera, View};
