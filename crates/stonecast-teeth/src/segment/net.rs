//! The network: a small U-Net that says of every pixel of a height map which tooth it shows.
//!
//! Units: pixels. Frame: the height map's.
//!
//! The shape is read from the weights: squares of pixels are folded into one pixel of more channels; on each level two convolutions of 3 × 3 (normalisation folded into them) with
//! rectification; between levels the greatest of four pixels on the way down, repetition beside the level's own
//! picture on the way up; last a convolution of one pixel, whose
//! channels unfold into the square's pixels. Layout of the file: [`Net::from_bytes`].
//!
//! Steps: `from_bytes` · `run`: `logits`, then `softmax` and `sigmoid`.
//!
//! Limits: trained on synthetic dentitions only (`weights/occlusal.toml`); what it cannot know is not seen from above.
//!
//! References: Ronneberger, Fischer, Brox, MICCAI 2015 (U-Net).

mod conv;

use std::sync::OnceLock;

use pulp::Arch;
use rayon::prelude::*;
use thiserror::Error;

use conv::{Layer, Tensor, padded};

/// First bytes of a weights file.
const MAGIC: &[u8; 8] = b"STONENET";
/// The layout that is read here.
const VERSION: u32 = 1;
/// More levels or channels than this is no network of ours: it guards against absurd files.
const MOST: u32 = 4096;
/// The weights in the program, made by `training/export.py`.
const EMBEDDED: &[u8] = include_bytes!("../../weights/occlusal.net");

/// Why a network cannot be read or run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NetError {
    /// Not a weights file.
    #[error("byte 0: not a Stonecast weights file; make one with training/export.py")]
    NotWeights,
    /// Another layout.
    #[error("byte 8: layout {0} is not known here, only 1; export the network again")]
    Version(u32),
    /// A number in the head that cannot be.
    #[error("byte {offset}: {what} is {found}; export the network again")]
    Head {
        /// Where.
        offset: usize,
        /// What it tells.
        what: &'static str,
        /// What it says.
        found: u32,
    },
    /// Too short or too long.
    #[error("{found} bytes where the head asks for {expected}; the file is cut off or of another network")]
    Length {
        /// Bytes by the head.
        expected: usize,
        /// Bytes there are.
        found: usize,
    },
    /// The picture does not fit.
    #[error(
        "the network takes {channels} numbers a pixel and sides that divide by {divisor}; it was given {length} \
         numbers for {width} × {height} pixels"
    )]
    Input {
        /// Numbers per pixel.
        channels: usize,
        /// Of width and height.
        divisor: usize,
        /// Pixels along x.
        width: usize,
        /// Pixels along y.
        height: usize,
        /// Numbers there are.
        length: usize,
    },
}

/// A network ready to run.
pub struct Net {
    inputs: usize,
    outputs: usize,
    classes: usize,
    pixels_per_offset: f32,
    /// Side of the square that is folded into one pixel.
    fold: usize,
    down: Vec<[Layer; 2]>,
    /// From the coarsest level but one to the finest.
    up: Vec<[Layer; 2]>,
    last: Layer,
}

/// What the network says of every pixel.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// Classes per pixel: gum, then the patient's right side from position 8 to 1, then the left from 1 to 8.
    pub classes: usize,
    /// Probabilities, `classes` for each pixel, their sum 1.
    pub class: Vec<f32>,
    /// Probability that the pixel's tooth is a primary one.
    pub primary: Vec<f32>,
    /// From the pixel to the centre of its tooth, pixels along x and y.
    pub offset: Vec<[f32; 2]>,
}

impl Prediction {
    /// The probabilities of one pixel.
    pub fn class(&self, pixel: usize) -> &[f32] {
        &self.class[pixel * self.classes..][..self.classes]
    }
}

impl Net {
    /// The network in the program; it is unpacked once.
    ///
    /// # Errors
    /// When the program was built with a file that is no network.
    pub fn embedded() -> Result<&'static Self, NetError> {
        static NET: OnceLock<Result<Net, NetError>> = OnceLock::new();
        NET.get_or_init(|| Self::from_bytes(EMBEDDED))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Reads a weights file, all little-endian: `STONENET`; as 32-bit numbers the layout (1), inputs, outputs,
    /// classes, pixels per unit of offset, side of the square that is folded, levels, and each level's channels, the
    /// finest first; then the layers in the order in which they run, each with its biases as `f32` and its weights
    /// as `f16` by output, input, row, column. Inputs and outputs are counted before folding; folded, they are
    /// stored for one pixel of the square after another. Outputs are the classes, primary, offset along x and y;
    /// further ones are not used.
    ///
    /// # Errors
    /// What is wrong with the file, and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NetError> {
        let head = Head::read(bytes)?;
        let plan = head.plan();
        let weights: usize = plan.iter().map(Shape::byte_count).sum();
        let expected = head.byte_count + weights;
        if bytes.len() != expected {
            return Err(NetError::Length {
                expected,
                found: bytes.len(),
            });
        }
        let mut rest = &bytes[head.byte_count..];
        let mut layers = plan.iter().map(|shape| {
            let (own, behind) = rest.split_at(shape.byte_count());
            rest = behind;
            shape.layer(own)
        });
        let mut pair = || Some([layers.next()?, layers.next()?]);
        let down: Vec<_> = (0..head.widths.len()).map_while(|_| pair()).collect();
        let up: Vec<_> = (1..head.widths.len()).map_while(|_| pair()).collect();
        let last = layers.next().ok_or(NetError::NotWeights)?;
        Ok(Self {
            inputs: head.inputs,
            outputs: head.outputs,
            classes: head.classes,
            pixels_per_offset: head.pixels_per_offset as f32,
            fold: head.fold,
            down,
            up,
            last,
        })
    }

    /// Numbers per pixel that it takes.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Looks at a picture, `inputs` numbers for each pixel, row by row.
    ///
    /// # Errors
    /// When the picture does not fit the network.
    pub fn run(&self, input: &[f32], width: usize, height: usize) -> Result<Prediction, NetError> {
        let logits = self.logits(input, width, height)?;
        let mut prediction = Prediction {
            width,
            height,
            classes: self.classes,
            class: vec![0.0; width * height * self.classes],
            primary: vec![0.0; width * height],
            offset: vec![[0.0; 2]; width * height],
        };
        let rows = prediction
            .class
            .par_chunks_mut(width * self.classes)
            .zip(prediction.primary.par_chunks_mut(width))
            .zip(prediction.offset.par_chunks_mut(width));
        rows.enumerate().for_each(|(y, ((class, primary), offset))| {
            for (x, class) in class.chunks_exact_mut(self.classes).enumerate() {
                let (classes, rest) = self.pixel(&logits, x, y).split_at(self.classes);
                softmax(classes, class);
                primary[x] = sigmoid(rest[0]);
                offset[x] = [rest[1], rest[2]].map(|o| o * self.pixels_per_offset);
            }
        });
        Ok(prediction)
    }

    /// The outputs before any squashing, `outputs` for each pixel.
    ///
    /// # Errors
    /// When the picture does not fit the network.
    pub fn raw(&self, input: &[f32], width: usize, height: usize) -> Result<Vec<f32>, NetError> {
        let logits = self.logits(input, width, height)?;
        Ok((0..width * height)
            .flat_map(|pixel| self.pixel(&logits, pixel % width, pixel / width))
            .copied()
            .collect())
    }

    /// The outputs of one unfolded pixel.
    fn pixel<'a>(&self, logits: &'a Tensor, x: usize, y: usize) -> &'a [f32] {
        let fold = self.fold;
        let sub = y % fold * fold + x % fold;
        &logits.pixel(x / fold, y / fold)[sub * self.outputs..][..self.outputs]
    }

    fn logits(&self, input: &[f32], width: usize, height: usize) -> Result<Tensor, NetError> {
        let divisor = self.fold << self.up.len();
        let fits = width > 0
            && height > 0
            && width.is_multiple_of(divisor)
            && height.is_multiple_of(divisor)
            && Some(input.len()) == width.checked_mul(height).and_then(|n| n.checked_mul(self.inputs));
        if !fits {
            return Err(NetError::Input {
                channels: self.inputs,
                divisor,
                width,
                height,
                length: input.len(),
            });
        }
        let arch = Arch::new();
        let both = |[first, second]: &[Layer; 2], x: &Tensor| second.apply(&first.apply(x, arch), arch);
        let mut skipped: Vec<Tensor> = Vec::with_capacity(self.down.len());
        let mut x = Tensor::folded(input, (width, height), self.inputs, self.fold);
        for (level, layers) in self.down.iter().enumerate() {
            if level > 0 {
                let halved = x.halved();
                skipped.push(x);
                x = halved;
            }
            x = both(layers, &x);
        }
        for (layers, beside) in self.up.iter().zip(skipped.iter().rev()) {
            x = both(layers, &x.doubled_beside(beside));
        }
        Ok(self.last.apply(&x, arch))
    }
}

/// The head of a weights file.
struct Head {
    inputs: usize,
    outputs: usize,
    classes: usize,
    pixels_per_offset: u32,
    fold: usize,
    widths: Vec<usize>,
    byte_count: usize,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, NetError> {
        if bytes.get(..8) != Some(MAGIC) {
            return Err(NetError::NotWeights);
        }
        let word = |offset: usize| {
            let four = bytes.get(offset..).and_then(<[u8]>::first_chunk);
            four.map(|four| u32::from_le_bytes(*four))
                .ok_or(NetError::Length {
                    expected: offset + 4,
                    found: bytes.len(),
                })
        };
        let count = |offset: usize, what: &'static str, least: u32| {
            let found = word(offset)?;
            if (least..=MOST).contains(&found) {
                Ok(found as usize)
            } else {
                Err(NetError::Head { offset, what, found })
            }
        };
        match word(8)? {
            VERSION => {}
            other => return Err(NetError::Version(other)),
        }
        let classes = count(20, "the number of classes", 2)?;
        let levels = count(32, "the number of levels", 1)?;
        if levels > 16 {
            return Err(NetError::Head {
                offset: 32,
                what: "the number of levels",
                found: levels as u32,
            });
        }
        let widths: Result<Vec<_>, _> = (0..levels)
            .map(|level| count(36 + 4 * level, "a level's number of channels", 1))
            .collect();
        Ok(Self {
            inputs: count(12, "the number of inputs", 1)?,
            // Behind the classes come primary and the two offsets.
            outputs: count(16, "the number of outputs", classes as u32 + 3)?,
            classes,
            pixels_per_offset: count(24, "the number of pixels per unit of offset", 1)? as u32,
            fold: count(28, "the side of the folded square", 1)?,
            widths: widths?,
            byte_count: 36 + 4 * levels,
        })
    }

    /// The layers in the order in which they run.
    fn plan(&self) -> Vec<Shape> {
        let mut plan = Vec::new();
        let mut block = |inputs: Vec<Part>, outputs: usize| {
            plan.push(Shape {
                size: 3,
                inputs,
                outputs,
                rectify: true,
            });
            plan.push(Shape {
                size: 3,
                inputs: vec![Part::made(outputs)],
                outputs,
                rectify: true,
            });
        };
        let square = self.fold * self.fold;
        let mut before = Part {
            channels: square * self.inputs,
            stored: square * self.inputs,
        };
        for &width in &self.widths {
            block(vec![before], width);
            before = Part::made(width);
        }
        for &width in self.widths.iter().rev().skip(1) {
            block(vec![before, Part::made(width)], width);
            before = Part::made(width);
        }
        plan.push(Shape {
            size: 1,
            inputs: vec![before],
            outputs: square * self.outputs,
            rectify: false,
        });
        plan
    }
}

/// A picture among those that are beside each other in a layer's input.
#[derive(Clone, Copy)]
struct Part {
    channels: usize,
    /// Channels with those that only fill up.
    stored: usize,
}

impl Part {
    /// What a layer makes.
    fn made(channels: usize) -> Self {
        Self {
            channels,
            stored: padded(channels),
        }
    }
}

/// One layer's shape.
struct Shape {
    size: usize,
    inputs: Vec<Part>,
    outputs: usize,
    rectify: bool,
}

impl Shape {
    fn weight_count(&self) -> usize {
        let inputs: usize = self.inputs.iter().map(|part| part.channels).sum();
        self.outputs * inputs * self.size * self.size
    }

    /// Where each input channel is stored, and how many are stored.
    fn places(&self) -> (Vec<usize>, usize) {
        let mut places = Vec::new();
        let mut stored = 0;
        for part in &self.inputs {
            places.extend(stored..stored + part.channels);
            stored += part.stored;
        }
        (places, stored)
    }

    fn byte_count(&self) -> usize {
        4 * self.outputs + 2 * self.weight_count()
    }

    fn layer(&self, bytes: &[u8]) -> Layer {
        let (bias, weights) = bytes.split_at(4 * self.outputs);
        let bias: Vec<f32> = bias
            .as_chunks()
            .0
            .iter()
            .map(|b| f32::from_le_bytes(*b))
            .collect();
        let weights: Vec<f32> = weights
            .as_chunks()
            .0
            .iter()
            .map(|b| from_half(u16::from_le_bytes(*b)))
            .collect();
        let (places, stored) = self.places();
        Layer::new(self.size, &bias, &weights, (&places, stored), self.rectify)
    }
}

/// The number that 16 bits (IEEE 754 binary16) stand for.
fn from_half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = ((bits >> 10) & 0x1f, f32::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f32.powi(-24),
        0x1f if fraction == 0.0 => f32::INFINITY,
        0x1f => f32::NAN,
        // A normal number with the same fraction has its bits 13 places further up and another bias.
        _ => f32::from_bits(u32::from(bits & 0x7fff) << 13) * 2f32.powi(112),
    }
}

fn softmax(logits: &[f32], out: &mut [f32]) {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for (out, logit) in out.iter_mut().zip(logits) {
        *out = (logit - greatest).exp();
        sum += *out;
    }
    for out in out {
        *out /= sum;
    }
}

fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &[u8] = include_bytes!("../../tests/data/small.net");

    /// What `training/export.py` shows the network: a multiplicative hash of the index.
    fn made_up(count: usize) -> Vec<f32> {
        (0..count as u64)
            .map(|i| ((i * 2_654_435_761) % (1 << 32)) >> 8)
            .map(|hash| (hash as f64 / f64::from(1 << 23) - 1.0) as f32)
            .collect()
    }

    /// Holds a network against what torch says, by its card. Both sum in single precision in different orders:
    /// a hundred thousandth of the greatest output is some hundred units in the last place.
    fn agrees_with_torch(bytes: &[u8], card: &str) {
        let card: toml::Table = card.parse().unwrap();
        let check = card["check"].as_table().unwrap();
        let size = |key: &str| check[key].as_integer().unwrap() as usize;
        let number = |value: &toml::Value| value.as_float().unwrap();
        let (width, height) = (size("width"), size("height"));
        let net = Net::from_bytes(bytes).unwrap();
        let raw = net
            .raw(&made_up(width * height * net.inputs), width, height)
            .unwrap();
        let greatest = number(&check["greatest"]);
        let mean = raw.iter().map(|&v| f64::from(v)).sum::<f64>() / raw.len() as f64;
        let mut worst = (mean - number(&check["mean"])).abs();
        let at = check["at"].as_array().unwrap();
        for (at, value) in at.iter().zip(check["value"].as_array().unwrap()) {
            let ours = f64::from(raw[at.as_integer().unwrap() as usize]);
            worst = worst.max((ours - number(value)).abs());
        }
        assert_eq!(at.len(), 50);
        assert!(
            worst <= 1e-5 * greatest,
            "off by {worst} where the greatest output is {greatest}"
        );
    }

    #[test]
    fn the_network_in_the_program_says_what_torch_says() {
        agrees_with_torch(EMBEDDED, include_str!("../../weights/occlusal.toml"));
    }

    #[test]
    fn a_network_of_odd_widths_without_folding_says_what_torch_says() {
        agrees_with_torch(SMALL, include_str!("../../tests/data/small.toml"));
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let net = Net::embedded().unwrap();
        let input = made_up(64 * 48 * net.inputs());
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| net.run(&input, 64, 48).unwrap())
        };
        let one = run(1);
        for threads in [2, 3, 7] {
            assert_eq!(one, run(threads));
        }
    }

    #[test]
    fn the_width_of_registers_changes_no_bit() {
        let net = Net::from_bytes(SMALL).unwrap();
        let (width, height) = (16, 8);
        let input = Tensor::folded(
            &made_up(width * height * net.inputs),
            (width, height),
            net.inputs,
            net.fold,
        );
        let layer = &net.down[0][0];
        let (best, plain) = (
            layer.apply(&input, Arch::new()),
            layer.apply(&input, Arch::Scalar),
        );
        for y in 0..height / net.fold {
            for x in 0..width / net.fold {
                assert_eq!(best.pixel(x, y), plain.pixel(x, y));
            }
        }
    }

    #[test]
    fn probabilities_sum_to_one() {
        let net = Net::embedded().unwrap();
        let said = net.run(&made_up(32 * 32 * net.inputs()), 32, 32).unwrap();
        assert_eq!(said.classes, 17);
        for pixel in 0..32 * 32 {
            let sum: f32 = said.class(pixel).iter().sum();
            assert!((sum - 1.0).abs() < 1e-5, "{sum}");
            assert!((0.0..=1.0).contains(&said.primary[pixel]));
        }
    }

    #[test]
    fn faults_of_a_file_are_named() {
        let fault = |bytes: &[u8]| Net::from_bytes(bytes).err().unwrap();
        assert_eq!(fault(b"ONNX"), NetError::NotWeights);
        let n = SMALL.len();
        assert_eq!(
            fault(&SMALL[..n - 1]),
            NetError::Length {
                expected: n,
                found: n - 1
            }
        );
        assert_eq!(
            fault(&SMALL[..30]),
            NetError::Length {
                expected: 36,
                found: 30
            }
        );
        let changed = |offset: usize, value: u8| {
            let mut bytes = SMALL.to_vec();
            bytes[offset] = value;
            fault(&bytes)
        };
        assert_eq!(changed(8, 9), NetError::Version(9));
        assert_eq!(
            changed(28, 0),
            NetError::Head {
                offset: 28,
                what: "the side of the folded square",
                found: 0
            }
        );
        assert!(matches!(
            changed(16, 19),
            NetError::Head {
                offset: 16,
                found: 19,
                ..
            }
        ));
    }

    #[test]
    fn a_picture_that_does_not_fit_is_refused() {
        let net = Net::embedded().unwrap();
        let refused = net.run(&[0.0; 6 * 20 * 16], 20, 16);
        assert!(
            matches!(
                refused,
                Err(NetError::Input {
                    divisor: 16,
                    width: 20,
                    ..
                })
            ),
            "{refused:?}"
        );
    }

    #[test]
    fn halves_are_read_as_ieee_754_says() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 2f32.powi(-14)),
            (0x0001, 2f32.powi(-24)),
            (0x3555, 0.333_251_95),
        ] {
            assert_eq!(from_half(bits), value, "{bits:#x}");
        }
        assert!(from_half(0x7e00).is_nan());
        assert_eq!(from_half(0xfc00), f32::NEG_INFINITY);
    }
}
