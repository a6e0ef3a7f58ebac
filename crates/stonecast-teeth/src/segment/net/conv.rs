//! Convolution of small pictures with many channels.
//!
//! Why our own: `docs/decisions/0090`. Why equal bits on every machine and any number of threads: each output is one
//! sum in one fixed order (rows, columns, channels of the window), by separate multiplication and addition; wider
//! registers compute more outputs at once, never parts of one.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Output channels that are computed together: two 8-lane registers.
pub(super) const LANES: usize = 16;
/// Pixels that are computed together: with `LANES` eight accumulators, which with weights and inputs fit the sixteen
/// registers of AVX2.
const PIXELS: usize = 4;

/// Channels as they are stored: whole groups of `LANES`, the rest zero.
pub(super) fn padded(channels: usize) -> usize {
    channels.next_multiple_of(LANES)
}

/// A picture, pixel by pixel, with a border of one zero pixel around it.
pub(super) struct Tensor {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) channels: usize,
    data: Vec<f32>,
}

impl Tensor {
    fn zeros(width: usize, height: usize, channels: usize) -> Self {
        Self {
            width,
            height,
            channels,
            data: vec![0.0; (width + 2) * (height + 2) * channels],
        }
    }

    /// A picture of `channels` numbers a pixel, each square of `fold` × `fold` pixels taken for one of all their
    /// numbers: row by row, in each its pixels one after another.
    pub(super) fn folded(
        pixels: &[f32],
        (width, height): (usize, usize),
        channels: usize,
        fold: usize,
    ) -> Self {
        let side_by_side = fold * channels;
        let mut out = Self::zeros(width / fold, height / fold, fold * side_by_side);
        let n = out.channels;
        let bands = pixels.chunks_exact(fold * width * channels);
        for (row, band) in out.rows_mut().zip(bands) {
            for (sub, from) in band.chunks_exact(width * channels).enumerate() {
                for (x, from) in from.chunks_exact(side_by_side).enumerate() {
                    row[(x + 1) * n + sub * side_by_side..][..side_by_side].copy_from_slice(from);
                }
            }
        }
        out
    }

    fn stride(&self) -> usize {
        (self.width + 2) * self.channels
    }

    /// A row with its border; row 0 is the upper border.
    fn row(&self, row: usize) -> &[f32] {
        &self.data[row * self.stride()..][..self.stride()]
    }

    /// The channels of one pixel.
    pub(super) fn pixel(&self, x: usize, y: usize) -> &[f32] {
        &self.row(y + 1)[(x + 1) * self.channels..][..self.channels]
    }

    fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let (stride, height) = (self.stride(), self.height);
        self.data.chunks_exact_mut(stride).skip(1).take(height)
    }

    fn par_rows_mut(&mut self) -> impl IndexedParallelIterator<Item = &mut [f32]> {
        let (stride, height) = (self.stride(), self.height);
        self.data.par_chunks_exact_mut(stride).skip(1).take(height)
    }

    /// Half the size; each pixel is the greatest of four.
    pub(super) fn halved(&self) -> Self {
        let n = self.channels;
        let mut out = Self::zeros(self.width / 2, self.height / 2, n);
        let width = out.width;
        out.par_rows_mut().enumerate().for_each(|(y, row)| {
            let (upper, lower) = (self.row(2 * y + 1), self.row(2 * y + 2));
            for x in 0..width {
                let from = (2 * x + 1) * n;
                let four = [
                    &upper[from..],
                    &upper[from + n..],
                    &lower[from..],
                    &lower[from + n..],
                ]
                .map(|part| &part[..n]);
                for (c, out) in row[(x + 1) * n..][..n].iter_mut().enumerate() {
                    *out = four[0][c].max(four[1][c]).max(four[2][c].max(four[3][c]));
                }
            }
        });
        out
    }

    /// Twice the size, each pixel repeated, with another picture's channels behind.
    pub(super) fn doubled_beside(&self, other: &Self) -> Self {
        let (n, m) = (self.channels, other.channels);
        let mut out = Self::zeros(other.width, other.height, n + m);
        let width = out.width;
        out.par_rows_mut().enumerate().for_each(|(y, row)| {
            let (own, beside) = (self.row(y / 2 + 1), other.row(y + 1));
            for x in 0..width {
                let (first, second) = row[(x + 1) * (n + m)..][..n + m].split_at_mut(n);
                first.copy_from_slice(&own[(x / 2 + 1) * n..][..n]);
                second.copy_from_slice(&beside[(x + 1) * m..][..m]);
            }
        });
        out
    }
}

/// One convolution with its bias, and what follows it.
pub(super) struct Layer {
    /// Side of the window: 3, or 1.
    size: usize,
    /// Channels of the input as stored.
    inputs: usize,
    /// `padded` number of outputs, in groups of `LANES`.
    bias: Vec<f32>,
    /// By group, row and column of the window, input, lane.
    weights: Vec<f32>,
    /// Outputs are at least this: 0 where the layer rectifies.
    floor: f32,
}

impl Layer {
    /// `weights` by output, input, row, column; `place` tells where an input's channel is stored among `stored`.
    pub(super) fn new(
        size: usize,
        bias: &[f32],
        weights: &[f32],
        (place, stored): (&[usize], usize),
        rectify: bool,
    ) -> Self {
        let outputs = padded(bias.len());
        let mut layer = Self {
            size,
            inputs: stored,
            bias: vec![0.0; outputs],
            weights: vec![0.0; outputs * stored * size * size],
            floor: if rectify { 0.0 } else { f32::NEG_INFINITY },
        };
        layer.bias[..bias.len()].copy_from_slice(bias);
        let taps = size * size;
        for (i, &weight) in weights.iter().enumerate() {
            let (output, input, tap) = (i / (taps * place.len()), i / taps % place.len(), i % taps);
            let at = (output / LANES * taps + tap) * stored + place[input];
            layer.weights[at * LANES + output % LANES] = weight;
        }
        layer
    }

    /// The picture that this layer makes of another.
    pub(super) fn apply(&self, input: &Tensor, arch: Arch) -> Tensor {
        let mut out = Tensor::zeros(input.width, input.height, self.bias.len());
        let n = out.channels;
        out.par_rows_mut().enumerate().for_each(|(y, row)| {
            let end = row.len() - n;
            arch.dispatch(Row {
                layer: self,
                input: std::array::from_fn(|k| input.row(y + k)),
                out: &mut row[n..end],
            });
        });
        out
    }
}

/// One row of one layer, to be compiled for each width of registers.
struct Row<'a> {
    layer: &'a Layer,
    input: [&'a [f32]; 3],
    /// Without its border.
    out: &'a mut [f32],
}

impl WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        if self.layer.size == 1 {
            self.compute::<1>();
        } else {
            self.compute::<3>();
        }
    }
}

impl Row<'_> {
    /// `SIZE` is the layer's: known to the compiler, the window's loops unroll.
    #[inline(always)]
    fn compute<const SIZE: usize>(self) {
        let Self { layer, input, out } = self;
        let (n, outputs) = (layer.inputs, layer.bias.len());
        let width = out.len() / outputs;
        let whole = width / PIXELS * PIXELS;
        let groups = layer.weights.chunks_exact(SIZE * SIZE * n * LANES);
        for (group, (weights, bias)) in groups.zip(layer.bias.as_chunks::<LANES>().0).enumerate() {
            for x in (0..whole).step_by(PIXELS) {
                let sums = window::<SIZE, PIXELS>(input, x, n, weights, bias);
                for (p, sums) in sums.iter().enumerate() {
                    let to = &mut out[(x + p) * outputs + group * LANES..][..LANES];
                    for (to, sum) in to.iter_mut().zip(sums) {
                        *to = sum.max(layer.floor);
                    }
                }
            }
            for x in whole..width {
                let [sums] = window::<SIZE, 1>(input, x, n, weights, bias);
                let to = &mut out[x * outputs + group * LANES..][..LANES];
                for (to, sum) in to.iter_mut().zip(&sums) {
                    *to = sum.max(layer.floor);
                }
            }
        }
    }
}

/// `LANES` outputs of `P` pixels from column `x` on, of `n` inputs.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "in this form the compiler keeps the sums in registers"
)]
fn window<const SIZE: usize, const P: usize>(
    input: [&[f32]; 3],
    x: usize,
    n: usize,
    weights: &[f32],
    bias: &[f32; LANES],
) -> [[f32; LANES]; P] {
    let mut sums = [*bias; P];
    // A window of one pixel starts behind the border.
    let start = (3 - SIZE) / 2;
    for ky in 0..SIZE {
        let row = &input[start + ky][(x + start) * n..][..(P + SIZE - 1) * n];
        for kx in 0..SIZE {
            let values: [&[f32]; P] = std::array::from_fn(|p| &row[(kx + p) * n..][..n]);
            let weights = &weights[(ky * SIZE + kx) * n * LANES..][..n * LANES];
            let weights = &weights.as_chunks::<LANES>().0[..n];
            for c in 0..n {
                let weight = &weights[c];
                for p in 0..P {
                    let value = values[p][c];
                    for l in 0..LANES {
                        sums[p][l] += value * weight[l];
                    }
                }
            }
        }
    }
    sums
}
