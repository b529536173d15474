//! Convolutions by kernels of 3 × 3 with fewer multiplications: Winograd's minimal filtering (Lavin
//! & Gray 2016).
//!
//! A patch of the input and the kernel are each taken to a basis in which the convolution is a
//! product value by value; the sum over channels becomes one matrix product for each value of the
//! basis: 36 products for the 144 of a patch of 4 × 4 outputs. (Patches of 2 × 2, which take 16 for
//! 36, were slower for all shapes of the shipped models.)
//!
//! A value that is not finite spreads over all outputs of its patch.

use super::convolution::{Weights, finish, pad};
use super::panels::{Panels, Rows};

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

/// A convolution of images of one size by a kernel of 3 × 3 with stride 1.
#[derive(Clone, Debug)]
pub struct Winograd {
    size: [usize; 2],
    before: [usize; 2],
    output: [usize; 2],
    channels: usize,
    /// For each value of the basis, a matrix from input to output channels.
    products: Vec<Panels>,
    bias: Vec<f32>,
    /// Where each patch's channels start in one value of the basis.
    starts: Vec<usize>,
}

impl Winograd {
    /// Whether these channels can be transformed in groups.
    pub fn takes(inputs: usize, outputs: usize) -> bool {
        inputs.is_multiple_of(LANES) && outputs.is_multiple_of(LANES)
    }

    /// The convolution of images of `size`, with `before` zeros above and to the left, to images of
    /// size `output`.
    pub fn new(
        size: [usize; 2],
        before: [usize; 2],
        output: [usize; 2],
        weights: Weights,
        bias: Vec<f32>,
    ) -> Self {
        let products = products(weights);
        let patches = output.map(|side| side.div_ceil(M)).iter().product();
        let starts = (0..patches).map(|at: usize| at * weights.inputs).collect();
        Self { size, before, output, channels: weights.inputs, products, bias, starts }
    }

    /// `out = convolution(x) + bias (+ residual)`; `scratch` is memory to work in.
    pub fn run(
        &self,
        x: &[f32],
        residual: Option<&[f32]>,
        out: &mut [f32],
        scratch: &mut [Vec<f32>; 3],
    ) {
        let [padded, inputs, sums] = scratch;
        let patches = self.output.map(|side| side.div_ceil(M));
        let room = patches.map(|n| n * M + 2);
        pad(x, self.size, self.channels, self.before, room, padded);
        let (channels, outputs, count) = (self.channels, self.bias.len(), self.starts.len());
        inputs.resize(T * T * count * channels, 0.0);
        transform_inputs(padded, room[1], patches, channels, inputs);
        sums.resize(T * T * count * outputs, 0.0);
        for (at, panels) in self.products.iter().enumerate() {
            let inputs = &inputs[at * count * channels..][..count * channels];
            let sums = &mut sums[at * count * outputs..][..count * outputs];
            panels.multiply(inputs, &self.starts, &[(0, channels)], &mut Rows(sums, outputs));
        }
        self.transform_sums(sums, patches, residual, out);
    }

    // Apart from `run`: functions of moderate size are compiled to better code.
    #[inline(never)]
    fn transform_sums(
        &self,
        sums: &[f32],
        patches: [usize; 2],
        residual: Option<&[f32]>,
        out: &mut [f32],
    ) {
        let (outputs, count) = (self.bias.len(), self.starts.len());
        let [height, width] = self.output;
        let plane = count * outputs;
        // Zero once, and not for each patch: WebAssembly fills memory by a call.
        let mut rows = [[[0.0; LANES]; M]; T];
        for patch in 0..count {
            let (top, left) = (patch / patches[1] * M, patch % patches[1] * M);
            for channel in (0..outputs).step_by(LANES) {
                let sums = &sums[patch * outputs + channel..];
                for (y, row) in rows.iter_mut().enumerate() {
                    let at = |x: usize| lanes(&sums[(y * T + x) * plane..]);
                    *row = transform_sum([at(0), at(1), at(2), at(3), at(4), at(5)]);
                }
                let bias = lanes(&self.bias[channel..]);
                let [a, b, c, d, e, f] = &rows;
                for x in 0..M.min(width - left) {
                    let column = transform_sum([a[x], b[x], c[x], d[x], e[x], f[x]]);
                    for (y, values) in column.iter().enumerate().take(height - top) {
                        let at = ((top + y) * width + left + x) * outputs + channel;
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

#[inline(always)]
fn lanes(values: &[f32]) -> [f32; LANES] {
    std::array::from_fn(|lane| values[..LANES][lane])
}

#[inline(never)]
fn transform_inputs(
    padded: &[f32],
    width: usize,
    patches: [usize; 2],
    channels: usize,
    inputs: &mut [f32],
) {
    let count = patches[0] * patches[1];
    let plane = count * channels;
    let mut rows = [[[0.0; LANES]; T]; T];
    for patch in 0..count {
        let corner = (patch / patches[1] * width + patch % patches[1]) * M * channels;
        for channel in (0..channels).step_by(LANES) {
            for (y, row) in rows.iter_mut().enumerate() {
                let x = &padded[corner + channel + y * width * channels..];
                let at = |column: usize| lanes(&x[column * channels..]);
                *row = transform_input([at(0), at(1), at(2), at(3), at(4), at(5)]);
            }
            let out = &mut inputs[patch * channels + channel..];
            let [a, b, c, d, e, f] = &rows;
            for x in 0..T {
                let column = transform_input([a[x], b[x], c[x], d[x], e[x], f[x]]);
                for (y, values) in column.iter().enumerate() {
                    out[(y * T + x) * plane..][..LANES].copy_from_slice(values);
                }
            }
        }
    }
}

fn products(weights: Weights) -> Vec<Panels> {
    let Weights { values, inputs, outputs, .. } = weights;
    let mut products = vec![Panels::zero(inputs, outputs); T * T];
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
