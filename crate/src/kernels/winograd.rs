//! Convolutions by kernels of 3 × 3 with fewer multiplications: Winograd's minimal filtering (Lavin
//! & Gray 2016).
//!
//! A patch of the input and the kernel are each taken to a basis in which the convolution is a
//! product value by value; the sum over channels becomes one matrix product for each value of the
//! basis: 36 products for the 144 of a patch of 4 × 4 outputs. (Patches of 2 × 2, which take 16 for
//! 36, were slower for all shapes of the shipped models.)
//!
//! A value that is not finite spreads over all outputs of its patch.

use std::ops::Range;

use super::convolution::{Weights, finish};
use super::packed::{PackedMatrix, RowMajor};
use super::tile::WIDE;

/// Channels that are transformed together: the number of channels is a multiple.
const LANES: usize = 8;

/// Outputs of a patch along one side, and the inputs that they look at.
const M: usize = 4;
const T: usize = M + 2;

/// `Σ factors[i] · terms[i]`, in order.
#[inline(always)]
fn combine<const N: usize>(factors: [f32; N], terms: [[f32; LANES]; N]) -> [f32; LANES] {
    let mut sum = [0.0; LANES];
    for lane in 0..LANES {
        let mut s = factors[0] * terms[0][lane];
        for i in 1..N {
            s += factors[i] * terms[i][lane];
        }
        sum[lane] = s;
    }
    sum
}

// The one-dimensional transforms, by interpolation at 0, 1, -1, 2, -2 and infinity.

#[inline(always)]
fn transform_input([a, b, c, d, e, f]: [[f32; LANES]; T]) -> [[f32; LANES]; T] {
    // Even and odd parts at the points ±1 and ±2.
    let (even, odd) = (combine([1.0, -4.0], [e, c]), combine([1.0, -4.0], [d, b]));
    let (even_2, odd_2) = (combine([1.0, -1.0], [e, c]), combine([2.0, -2.0], [d, b]));
    [
        combine([4.0, -5.0, 1.0], [a, c, e]),
        combine([1.0, 1.0], [even, odd]),
        combine([1.0, -1.0], [even, odd]),
        combine([1.0, 1.0], [even_2, odd_2]),
        combine([1.0, -1.0], [even_2, odd_2]),
        combine([4.0, -5.0, 1.0], [b, d, f]),
    ]
}

#[inline(always)]
fn transform_sum([a, b, c, d, e, f]: [[f32; LANES]; T]) -> [[f32; LANES]; M] {
    let (sum, difference) = (combine([1.0, 1.0], [b, c]), combine([1.0, -1.0], [b, c]));
    let (sum_2, difference_2) = (combine([1.0, 1.0], [d, e]), combine([1.0, -1.0], [d, e]));
    [
        combine([1.0; 3], [a, sum, sum_2]),
        combine([1.0, 2.0], [difference, difference_2]),
        combine([1.0, 4.0], [sum, sum_2]),
        combine([1.0, 8.0, 1.0], [difference, difference_2, f]),
    ]
}

/// Of the kernels of [`LANES`] outputs at once.
#[inline(always)]
fn transform_kernel([a, b, c]: [[f32; LANES]; 3]) -> [[f32; LANES]; T] {
    let mut transformed = [[0.0; LANES]; T];
    for lane in 0..LANES {
        let (a, b, c) = (a[lane], b[lane], c[lane]);
        let (even, even_2) = ((a + c) / -6.0, a / 24.0 + c / 6.0);
        transformed[0][lane] = a / 4.0;
        transformed[1][lane] = even - b / 6.0;
        transformed[2][lane] = even + b / 6.0;
        transformed[3][lane] = even_2 + b / 12.0;
        transformed[4][lane] = even_2 - b / 12.0;
        transformed[5][lane] = c;
    }
    transformed
}

/// Patches that are transformed and multiplied together: so many that each weight serves several,
/// and so few that what lies between the transforms, 144 bytes for each patch and channel, stays in
/// the processor's second cache.
fn block(inputs: usize, outputs: usize) -> usize {
    (3072 / (inputs + outputs)).next_multiple_of(4).clamp(16, 64)
}

/// A convolution of images of one size by a kernel of 3 × 3 with stride 1.
#[derive(Clone, Debug)]
pub struct Winograd<const W: usize = WIDE> {
    size: [usize; 2],
    before: [usize; 2],
    output: [usize; 2],
    /// Patches of an image, down and across.
    patches: [usize; 2],
    channels: usize,
    /// For each value of the basis, a matrix from input to output channels.
    products: Vec<PackedMatrix<W>>,
    bias: Vec<f32>,
    /// Where each patch's channels start in one value of the basis, of a block of patches.
    starts: Vec<usize>,
}

impl Winograd {
    /// Whether these channels can be transformed in groups.
    #[must_use]
    pub fn takes(inputs: usize, outputs: usize) -> bool {
        inputs.is_multiple_of(LANES) && outputs.is_multiple_of(LANES)
    }
}

impl<const W: usize> Winograd<W> {
    /// The convolution of images of `size`, with `before` zeros above and to the left, to images of
    /// size `output`.
    #[must_use]
    pub fn new(
        size: [usize; 2],
        before: [usize; 2],
        output: [usize; 2],
        weights: Weights<'_>,
        bias: Vec<f32>,
    ) -> Self {
        let products = products(weights);
        let patches = output.map(|side| side.div_ceil(M));
        let block = block(weights.inputs, weights.outputs);
        let starts = (0..block).map(|at| at * weights.inputs).collect();
        Self { size, before, output, patches, channels: weights.inputs, products, bias, starts }
    }

    /// Multiply-adds for one image as the definition counts them, and how many weights are kept.
    #[must_use]
    pub fn cost(&self) -> (usize, usize) {
        let pairs = self.channels * self.bias.len();
        (self.output[0] * self.output[1] * 9 * pairs, T * T * pairs)
    }

    /// `out = convolution(x) + bias (+ residual)` of one or more images, one after the other;
    /// `scratch` is memory to work in.
    pub fn run(
        &self,
        x: &[f32],
        residual: Option<&[f32]>,
        out: &mut [f32],
        scratch: &mut [Vec<f32>; 3],
    ) {
        let [corner, inputs, sums] = scratch;
        let (channels, outputs) = (self.channels, self.bias.len());
        let images = x.len() / (self.size[0] * self.size[1] * channels);
        let all = images * self.patches[0] * self.patches[1];
        corner.resize(T * T * channels, 0.0);
        let block = self.starts.len();
        for first in (0..all).step_by(block) {
            let count = block.min(all - first);
            inputs.resize(T * T * plane(count * channels), 0.0);
            sums.resize(T * T * plane(count * outputs), 0.0);
            self.transform_inputs(x, first..first + count, corner, inputs);
            for (at, panels) in self.products.iter().enumerate() {
                let inputs = &inputs[at * plane(count * channels)..][..count * channels];
                let sums = &mut sums[at * plane(count * outputs)..][..count * outputs];
                let starts = &self.starts[..count];
                panels.multiply(inputs, starts, &[(0, channels)], &mut RowMajor(sums, outputs));
            }
            self.transform_sums(sums, first..first + count, residual, out);
        }
    }

    /// The image of a patch, and where its outputs start there.
    fn place(&self, patch: usize) -> (usize, [usize; 2]) {
        let [down, across] = self.patches;
        let (image, patch) = (patch / (down * across), patch % (down * across));
        (image, [patch / across * M, patch % across * M])
    }

    /// The values of the basis for the inputs of patches.
    #[inline(never)]
    fn transform_inputs(
        &self,
        x: &[f32],
        patches: Range<usize>,
        corner: &mut [f32],
        inputs: &mut [f32],
    ) {
        let channels = self.channels;
        let [height, width] = self.size;
        let plane = plane(patches.len() * channels);
        for (at, patch) in patches.enumerate() {
            let (image, [top, left]) = self.place(patch);
            let x = &x[image * height * width * channels..][..height * width * channels];
            let [above, before] = self.before;
            let out = &mut inputs[at * channels..];
            let inside = top >= above
                && left >= before
                && top + T <= above + height
                && left + T <= before + width;
            if inside {
                let start = ((top - above) * width + left - before) * channels;
                transform_patch(&x[start..], width * channels, channels, plane, out);
            } else {
                self.copy_with_zeros(x, [top, left], corner);
                transform_patch(corner, T * channels, channels, plane, out);
            }
        }
    }

    /// The inputs of a patch that reaches over the edge of its image.
    fn copy_with_zeros(&self, x: &[f32], [top, left]: [usize; 2], out: &mut [f32]) {
        let channels = self.channels;
        let [height, width] = self.size;
        let [above, before] = self.before;
        // Columns of the patch that are in the image.
        let from = before.saturating_sub(left).min(T);
        let to = (before + width).saturating_sub(left).min(T).max(from);
        for (y, line) in out.chunks_exact_mut(T * channels).enumerate() {
            let row = (top + y).checked_sub(above).filter(|&row| row < height && to > from);
            let Some(row) = row else {
                line.fill(0.0);
                continue;
            };
            let start = (row * width + left + from - before) * channels;
            line[..from * channels].fill(0.0);
            line[from * channels..to * channels]
                .copy_from_slice(&x[start..][..(to - from) * channels]);
            line[to * channels..].fill(0.0);
        }
    }

    // Apart from `run`: functions of moderate size are compiled to better code.
    #[inline(never)]
    fn transform_sums(
        &self,
        sums: &[f32],
        patches: Range<usize>,
        residual: Option<&[f32]>,
        out: &mut [f32],
    ) {
        let outputs = self.bias.len();
        let [height, width] = self.output;
        let plane = plane(patches.len() * outputs);
        // Zero once, and not for each patch: WebAssembly fills memory by a call.
        let mut rows = [[[0.0; LANES]; M]; T];
        for (number, patch) in patches.enumerate() {
            let (image, [top, left]) = self.place(patch);
            let image = image * height * width;
            for channel in (0..outputs).step_by(LANES) {
                let sums = &sums[number * outputs + channel..];
                for (y, row) in rows.iter_mut().enumerate() {
                    let at = |x: usize| lanes(&sums[(y * T + x) * plane..]);
                    *row = transform_sum([at(0), at(1), at(2), at(3), at(4), at(5)]);
                }
                let bias = lanes(&self.bias[channel..]);
                let [a, b, c, d, e, f] = &rows;
                for x in 0..M.min(width - left) {
                    let column = transform_sum([a[x], b[x], c[x], d[x], e[x], f[x]]);
                    for (y, values) in column.iter().enumerate().take(height - top) {
                        let at = (image + (top + y) * width + left + x) * outputs + channel;
                        finish(
                            values,
                            &bias,
                            residual.map(|r| &r[at..][..LANES]),
                            &mut out[at..][..LANES],
                        );
                    }
                }
            }
        }
    }
}

/// Length of the memory for one value of the basis. Lines of the cache at the same place of each
/// are written together, and would all fall on the same few places of the processor's first cache
/// if they were a power of two apart.
fn plane(values: usize) -> usize {
    values.next_multiple_of(1024) + 16
}

#[inline(always)]
fn lanes(values: &[f32]) -> [f32; LANES] {
    std::array::from_fn(|lane| values[..LANES][lane])
}

/// All channels of one patch, whose lines are `line` apart, to the values of the basis, `plane`
/// apart.
#[inline(always)]
fn transform_patch(x: &[f32], line: usize, channels: usize, plane: usize, out: &mut [f32]) {
    let mut rows = [[[0.0; LANES]; T]; T];
    for channel in (0..channels).step_by(LANES) {
        for (y, row) in rows.iter_mut().enumerate() {
            let x = &x[y * line + channel..];
            let at = |column: usize| lanes(&x[column * channels..]);
            *row = transform_input([at(0), at(1), at(2), at(3), at(4), at(5)]);
        }
        let out = &mut out[channel..];
        let [a, b, c, d, e, f] = &rows;
        for x in 0..T {
            let column = transform_input([a[x], b[x], c[x], d[x], e[x], f[x]]);
            for (y, values) in column.iter().enumerate() {
                out[(y * T + x) * plane..][..LANES].copy_from_slice(values);
            }
        }
    }
}

fn products<const W: usize>(weights: Weights<'_>) -> Vec<PackedMatrix<W>> {
    let Weights { values, inputs, outputs, .. } = weights;
    let mut products = vec![PackedMatrix::zero(inputs, outputs); T * T];
    let kernels = values.as_chunks::<9>().0;
    for output in (0..outputs).step_by(LANES) {
        for input in 0..inputs {
            // All products have the values for these channels at the same place, side by side.
            let place = products[0].place(input, output);
            let value = |at: usize| {
                std::array::from_fn(|lane| kernels[(output + lane) * inputs + input][at])
            };
            let row = |at: usize| transform_kernel([value(at), value(at + 1), value(at + 2)]);
            let rows = [row(0), row(3), row(6)];
            for x in 0..T {
                let column = transform_kernel([rows[0][x], rows[1][x], rows[2][x]]);
                for (y, values) in column.iter().enumerate() {
                    products[y * T + x].values_mut()[place..][..LANES].copy_from_slice(values);
                }
            }
        }
    }
    products
}
