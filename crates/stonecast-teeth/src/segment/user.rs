//! A network of the user's own in place of ours: ONNX in, probabilities for each face out.
//!
//! Units: mm. Frame: the arch's own. The contract of both tensors: `docs/methods/user-network.md`.
//!
//! Steps: `load` and check the input; `describe` the faces; run; `read` and check the output; `probabilities`.
//!
//! Limits: the whole arch at once: networks that take a fixed number of faces need a mesh with just so many. Networks
//! with 17 or 33 classes tell no primary teeth.

use rayon::prelude::*;
use rten::{DataType, Dimension, Model, ValueType};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};
use stonecast_dental::Jaw;
use stonecast_mesh::FaceData;
use thiserror::Error;

use crate::ArchInput;

/// Numbers per face that the network is given.
pub const INPUTS: usize = 15;
/// Gum, then the patient's right side from position 8 to 1, then the left from 1 to 8.
pub const CLASSES: usize = 17;
/// Gum, then the permanent teeth of both jaws by FDI number: 11–18, 21–28, 31–38, 41–48.
pub const CLASSES_OF_BOTH_JAWS: usize = 33;

/// Whose each face is, as probabilities.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceProbabilities {
    /// Of each face, gum and the sixteen places of its jaw, from the patient's right to the left; their sum is 1.
    pub class: FaceData<[f32; CLASSES]>,
    /// Of each face, how likely its tooth is a primary one.
    pub primary: FaceData<f32>,
}

/// Why a user's network cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UserModelError {
    /// The bytes are no network that can be read.
    #[error("the network cannot be read: {0}; export it as one ONNX file, weights included")]
    Unreadable(String),
    /// Too many or too few inputs or outputs.
    #[error("the network has {inputs} inputs and {outputs} outputs; it must have one of each")]
    Ends {
        /// Inputs there are.
        inputs: usize,
        /// Outputs there are.
        outputs: usize,
    },
    /// Input of another type.
    #[error("the network's input is not of 32-bit floating-point numbers; export it with a float32 input")]
    InputType,
    /// Input of another shape.
    #[error("the network's input has the shape {found}; it is given [1, {faces}, {INPUTS}]")]
    InputShape {
        /// As the network declares it.
        found: String,
        /// Faces of the mesh.
        faces: usize,
    },
    /// It failed while it ran.
    #[error("the network failed: {0}")]
    Failed(String),
    /// Output of another type.
    #[error("the network's output is not of 32-bit floating-point numbers")]
    OutputType,
    /// Output of another shape.
    #[error(
        "the network's output has the shape {found:?}; it must be [1, {faces}, {CLASSES}] or \
         [1, {faces}, {CLASSES_OF_BOTH_JAWS}]"
    )]
    OutputShape {
        /// What came out.
        found: Vec<usize>,
        /// Faces of the mesh.
        faces: usize,
    },
    /// An answer that is no number.
    #[error(
        "the network's output for face {face} is not finite; check the scale of its input: mm in the arch's frame"
    )]
    NotFinite {
        /// The first such face.
        face: usize,
    },
}

/// Asks a user's network whose each face is.
///
/// # Errors
/// When the network cannot be read, takes or gives other tensors than it should, or fails.
pub fn run_user_model(onnx: &[u8], input: &ArchInput<'_>) -> Result<FaceProbabilities, UserModelError> {
    let faces = input.mesh.face_count();
    let model = load(onnx, faces)?;
    let described = NdTensor::from_data([1, faces, INPUTS], describe(input));
    let value = model
        .run_one(described.into(), None)
        .map_err(|e| UserModelError::Failed(e.to_string()))?;
    let output: Tensor<f32> = value.into_tensor().ok_or(UserModelError::OutputType)?;
    let (logits, classes) = read(&output, faces)?;
    let class: Vec<[f32; CLASSES]> = logits
        .par_chunks_exact(classes)
        .map(|logits| probabilities(logits, input.jaw))
        .collect();
    Ok(FaceProbabilities {
        class: FaceData::from_vec(class),
        primary: FaceData::filled(faces, 0.0),
    })
}

fn load(onnx: &[u8], faces: usize) -> Result<Model, UserModelError> {
    let model = Model::load(onnx.to_vec()).map_err(|e| UserModelError::Unreadable(e.to_string()))?;
    let (&[input], &[_]) = (model.input_ids(), model.output_ids()) else {
        return Err(UserModelError::Ends {
            inputs: model.input_ids().len(),
            outputs: model.output_ids().len(),
        });
    };
    let declared_type = model.node_info(input).and_then(|info| info.dtype());
    if declared_type.is_some_and(|t| t != ValueType::Tensor(DataType::Float)) {
        return Err(UserModelError::InputType);
    }
    if let Some(declared) = model.input_shape(0) {
        let given = [1, faces, INPUTS];
        let fits = declared.len() == given.len()
            && declared
                .iter()
                .zip(given)
                .all(|(dimension, given)| match dimension {
                    Dimension::Fixed(size) => *size == given,
                    Dimension::Symbolic(_) => true,
                });
        if !fits {
            let words: Vec<String> = declared
                .iter()
                .map(|dimension| match dimension {
                    Dimension::Fixed(size) => size.to_string(),
                    Dimension::Symbolic(name) => name.clone(),
                })
                .collect();
            let found = format!("[{}]", words.join(", "));
            return Err(UserModelError::InputShape { found, faces });
        }
    }
    Ok(model)
}

/// Of each face its centroid, its unit normal, and its corners from the centroid, all in the arch's frame.
fn describe(input: &ArchInput<'_>) -> Vec<f32> {
    let mut out = vec![0.0; input.mesh.face_count() * INPUTS];
    out.par_chunks_exact_mut(INPUTS)
        .zip(input.mesh.faces())
        .for_each(|(out, face)| {
            let corners = face.map(|v| input.arch_from_mesh * input.mesh.point(v));
            let centroid = (corners[0].coords + corners[1].coords + corners[2].coords) / 3.0;
            let area = (corners[1] - corners[0]).cross(&(corners[2] - corners[0]));
            // A face without area has no normal: it is given as zero.
            let normal = area.try_normalize(0.0).unwrap_or_default();
            let vectors = [centroid, normal]
                .into_iter()
                .chain(corners.map(|c| c.coords - centroid));
            for (out, vector) in out.chunks_exact_mut(3).zip(vectors) {
                out.copy_from_slice(&[vector.x as f32, vector.y as f32, vector.z as f32]);
            }
        });
    out
}

/// The output's numbers, face by face, and how many there are of each.
fn read(output: &Tensor<f32>, faces: usize) -> Result<(Vec<f32>, usize), UserModelError> {
    let classes = match *output.shape() {
        [1, n, k] if n == faces && (k == CLASSES || k == CLASSES_OF_BOTH_JAWS) => k,
        _ => {
            let found = output.shape().to_vec();
            return Err(UserModelError::OutputShape { found, faces });
        }
    };
    let logits = output.to_vec();
    match logits.iter().position(|logit| !logit.is_finite()) {
        Some(at) => Err(UserModelError::NotFinite { face: at / classes }),
        None => Ok((logits, classes)),
    }
}

/// Probabilities of the jaw's own classes; what the network says of the other jaw is left out.
fn probabilities(logits: &[f32], jaw: Jaw) -> [f32; CLASSES] {
    let own: [f32; CLASSES] = std::array::from_fn(|class| logits[index(class, logits.len(), jaw)]);
    let greatest = own.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights = own.map(|logit| (logit - greatest).exp());
    let sum: f32 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

/// Where the network tells a class of ours.
fn index(class: usize, classes: usize, jaw: Jaw) -> usize {
    if classes == CLASSES || class == 0 {
        return class;
    }
    // Quadrants 1 and 4 are the right side, 2 and 3 the left.
    let (right, position) = if class <= 8 {
        (true, 9 - class)
    } else {
        (false, class - 8)
    };
    let quadrant = match (jaw, right) {
        (Jaw::Upper, true) => 1,
        (Jaw::Upper, false) => 2,
        (Jaw::Lower, false) => 3,
        (Jaw::Lower, true) => 4,
    };
    (quadrant - 1) * 8 + position
}

#[cfg(test)]
mod tests {
    use stonecast_mesh::{FaceId, RigidMotion, TriMesh};
    use stonecast_testkit::{demo_spec, dentition, random_motion};

    use super::*;

    /// One field of a protocol buffer that holds bytes.
    fn bytes_field(number: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2];
        let mut length = content.len();
        while length >= 0x80 {
            out.push(length as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend(content);
        out
    }

    /// One field that holds a small number.
    fn number_field(number: u8, value: u8) -> Vec<u8> {
        assert!(value < 0x80);
        vec![number << 3, value]
    }

    /// Name, element type and shape of an input or output; 0 stands for "any".
    fn end(name: &str, element: u8, shape: &[u8]) -> Vec<u8> {
        let shape: Vec<u8> = shape
            .iter()
            .flat_map(|&size| {
                let dimension = if size == 0 {
                    bytes_field(2, b"n")
                } else {
                    number_field(1, size)
                };
                bytes_field(1, &dimension)
            })
            .collect();
        let tensor = [number_field(1, element), bytes_field(2, &shape)].concat();
        [
            bytes_field(1, name.as_bytes()),
            bytes_field(2, &bytes_field(1, &tensor)),
        ]
        .concat()
    }

    /// A network that multiplies each face's numbers by a matrix: `weight(input, class)`.
    fn network(shape: &[u8], classes: u8, weight: impl Fn(usize, usize) -> f32) -> Vec<u8> {
        let inputs = *shape.last().unwrap();
        let matrix: Vec<u8> = (0..usize::from(inputs))
            .flat_map(|i| (0..usize::from(classes)).map(move |k| (i, k)))
            .flat_map(|(i, k)| weight(i, k).to_le_bytes())
            .collect();
        let node = [
            bytes_field(1, b"x"),
            bytes_field(1, b"w"),
            bytes_field(2, b"y"),
            bytes_field(4, b"MatMul"),
        ];
        let initializer = [
            number_field(1, inputs),
            number_field(1, classes),
            number_field(2, 1),
            bytes_field(8, b"w"),
            bytes_field(9, &matrix),
        ];
        let graph = [
            bytes_field(1, &node.concat()),
            bytes_field(2, b"tiny"),
            bytes_field(5, &initializer.concat()),
            bytes_field(11, &end("x", 1, shape)),
            bytes_field(12, &end("y", 1, &[1, 0, classes])),
        ];
        [
            number_field(1, 8),
            bytes_field(7, &graph.concat()),
            bytes_field(8, &number_field(2, 13)),
        ]
        .concat()
    }

    fn arch(jaw: Jaw) -> TriMesh {
        let mut spec = demo_spec();
        spec.triangles = 4_000;
        dentition(&spec).arch(jaw).mesh.clone()
    }

    fn ask(
        onnx: &[u8],
        mesh: &TriMesh,
        jaw: Jaw,
        arch_from_mesh: RigidMotion,
    ) -> Result<FaceProbabilities, UserModelError> {
        run_user_model(
            onnx,
            &ArchInput {
                jaw,
                mesh,
                arch_from_mesh,
            },
        )
    }

    /// Says "17 or 27" by the side on which the face lies, and gum if it looks up.
    fn by_side(input: usize, class: usize) -> f32 {
        match (input, class) {
            (0, 2) => -1.0,
            (0, 15) => 1.0,
            (5, 0) => 3.0,
            _ => 0.0,
        }
    }

    #[test]
    fn a_network_is_told_of_each_face_and_answers_for_it() {
        let mesh = arch(Jaw::Lower);
        let said = ask(
            &network(&[1, 0, 15], 17, by_side),
            &mesh,
            Jaw::Lower,
            RigidMotion::identity(),
        )
        .unwrap();
        assert_eq!(said.class.len(), mesh.face_count());
        for face in mesh.face_ids() {
            let x = mesh.face_centroid(face).x;
            let up = mesh.face_normals()[face].z;
            let mut weights = [1.0; CLASSES];
            (weights[2], weights[15], weights[0]) = ((-x).exp(), x.exp(), (3.0 * up).exp());
            let sum: f64 = weights.iter().sum();
            for (ours, weight) in said.class[face].iter().zip(weights) {
                // Single precision, exponents up to 40.
                assert!((f64::from(*ours) - weight / sum).abs() < 1e-5, "{face:?}");
            }
        }
    }

    #[test]
    fn rigid_motion_changes_nothing() {
        let (mesh, onnx, motion) = (
            arch(Jaw::Upper),
            network(&[1, 0, 15], 17, by_side),
            random_motion(3),
        );
        let still = ask(&onnx, &mesh, Jaw::Upper, RigidMotion::identity()).unwrap();
        let moved = ask(&onnx, &mesh.transformed(&motion), Jaw::Upper, motion.inverse()).unwrap();
        for ((_, a), (_, b)) in still.class.iter().zip(moved.class.iter()) {
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5));
        }
    }

    #[test]
    fn classes_of_both_jaws_are_read_by_fdi_number() {
        // The centroid's height speaks for class 26 of 33: tooth 42, in place 7 from the right.
        let onnx = network(&[1, 0, 15], 33, |input, class| {
            if input == 2 && class == 26 { 50.0 } else { 0.0 }
        });
        let mesh = arch(Jaw::Lower);
        let high = mesh.face_ids().find(|&face| mesh.face_centroid(face).z > 1.0);
        let high: FaceId = high.expect("cusps stand above the incisal plane");
        let lower = ask(&onnx, &mesh, Jaw::Lower, RigidMotion::identity()).unwrap();
        assert!(lower.class[high][7] > 0.99, "{:?}", lower.class[high]);
        let upper = ask(&onnx, &mesh, Jaw::Upper, RigidMotion::identity()).unwrap();
        assert!(upper.class[high].iter().all(|p| (p - 1.0 / 17.0).abs() < 1e-6));
        assert_eq!(index(1, 33, Jaw::Upper), 8);
        assert_eq!(index(9, 33, Jaw::Upper), 9);
        assert_eq!(index(16, 33, Jaw::Lower), 24);
        assert_eq!(index(8, 33, Jaw::Lower), 25);
    }

    #[test]
    fn faults_are_named() {
        let mesh = arch(Jaw::Lower);
        let fault = |onnx: &[u8]| ask(onnx, &mesh, Jaw::Lower, RigidMotion::identity()).unwrap_err();
        let faces = mesh.face_count();
        assert!(matches!(fault(b"no network"), UserModelError::Unreadable(_)));
        assert_eq!(
            fault(&network(&[1, 0, 24], 17, by_side)),
            UserModelError::InputShape {
                found: "[1, n, 24]".to_owned(),
                faces
            }
        );
        assert_eq!(
            fault(&network(&[1, 100, 15], 17, by_side)),
            UserModelError::InputShape {
                found: "[1, 100, 15]".to_owned(),
                faces
            }
        );
        assert_eq!(
            fault(&network(&[1, 0, 15], 16, by_side)),
            UserModelError::OutputShape {
                found: vec![1, faces, 16],
                faces
            }
        );
        assert_eq!(
            fault(&network(&[1, 0, 15], 17, |_, _| f32::NAN)),
            UserModelError::NotFinite { face: 0 }
        );
    }
}
