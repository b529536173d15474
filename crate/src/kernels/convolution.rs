//! Two-dimensional convolutions of images whose channels are innermost,
//! `[height, width, channels]`.

use super::packed::{Output, PackedMatrix};
use super::tile::WIDE;

/// How a kernel goes over an image: pairs are (vertical, horizontal).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvGeometry {
    /// Size of the kernel.
    pub kernel: [usize; 2],
    /// Steps between outputs.
    pub strides: [usize; 2],
    /// Steps between the values of the kernel.
    pub dilations: [usize; 2],
    /// Zeros above and to the left of the image.
    pub before: [usize; 2],
    /// Zeros below and to the right of it.
    pub after: [usize; 2],
    /// Number of channel groups, each with its own outputs.
    pub groups: usize,
}

impl ConvGeometry {
    /// Height and width of the output for an image of `size`; `None` where the kernel is larger
    /// than the padded image.
    #[must_use]
    pub fn output(&self, size: [usize; 2]) -> Option<[usize; 2]> {
        let along = |axis: usize| {
            let reach = self.dilations[axis] * (self.kernel[axis] - 1) + 1;
            let room = (self.before[axis] + size[axis] + self.after[axis]).checked_sub(reach)?;
            Some(room / self.strides[axis] + 1)
        };
        Some([along(0)?, along(1)?])
    }

    fn padded(&self, size: [usize; 2]) -> [usize; 2] {
        std::array::from_fn(|axis| self.before[axis] + size[axis] + self.after[axis])
    }

    fn pads(&self) -> bool {
        self.before != [0; 2] || self.after != [0; 2]
    }
}

/// Weights of a convolution as ONNX has them: `[outputs, inputs per group, height, width]`.
#[derive(Debug, Clone, Copy)]
pub struct Weights<'a> {
    /// The values.
    pub values: &'a [f32],
    /// Number of output channels.
    pub outputs: usize,
    /// Number of input channels that one output looks at.
    pub inputs: usize,
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
}

impl Weights<'_> {
    /// The weight of one output for one input at one place.
    #[inline]
    #[must_use]
    pub fn at(&self, output: usize, input: usize, y: usize, x: usize) -> f32 {
        self.values[((output * self.inputs + input) * self.kernel[0] + y) * self.kernel[1] + x]
    }
}

/// Most outputs that are computed together: so few that what they look at stays in the processor's
/// first cache while one panel of weights follows the other.
const BLOCK: usize = 64;

/// A convolution of images of one size as products of matrices whose rows lie in the image itself.
#[derive(Clone, Debug)]
pub struct Direct<const W: usize = WIDE> {
    geometry: ConvGeometry,
    size: [usize; 2],
    channels: usize,
    groups: Vec<PackedMatrix<W>>,
    bias: Vec<f32>,
    /// Where each output's values start in the padded image.
    starts: Vec<usize>,
    /// The stretches of the padded image that one output looks at, after its start.
    parts: Vec<(usize, usize)>,
}

impl<const W: usize> Direct<W> {
    /// The convolution of images of `size` by `weights`. `None` where the kernel is larger than the
    /// image with its zeros.
    #[must_use]
    pub fn new(
        geometry: ConvGeometry,
        size: [usize; 2],
        weights: Weights<'_>,
        bias: Vec<f32>,
    ) -> Option<Self> {
        let Weights { outputs, inputs, kernel: [height, width], .. } = weights;
        let channels = inputs * geometry.groups;
        let [rows, columns] = geometry.output(size)?;
        let line = geometry.padded(size)[1] * channels;
        let start = |y: usize, x: usize| {
            y * geometry.strides[0] * line + x * geometry.strides[1] * channels
        };
        let starts = (0..rows).flat_map(|y| (0..columns).map(move |x| start(y, x))).collect();
        let [down, right] = geometry.dilations;
        let parts = if geometry.groups == 1 && right == 1 {
            (0..height).map(|y| (y * down * line, width * channels)).collect()
        } else {
            let place = |y: usize, x: usize| (y * down * line + x * right * channels, inputs);
            (0..height).flat_map(|y| (0..width).map(move |x| place(y, x))).collect()
        };
        let each = outputs / geometry.groups;
        let panels = |group: usize| {
            PackedMatrix::new(height * width * inputs, each, |k, output| {
                let (place, input) = (k / inputs, k % inputs);
                weights.at(group * each + output, input, place / width, place % width)
            })
        };
        let groups = (0..geometry.groups).map(panels).collect();
        Some(Self { geometry, size, channels, groups, bias, starts, parts })
    }

    /// Multiply-adds for one image as the definition counts them, and how many weights are kept.
    #[must_use]
    pub fn cost(&self) -> (usize, usize) {
        let weights = self.groups.iter().map(|panels| panels.depth() * panels.columns()).sum();
        (self.starts.len() * weights, weights)
    }

    /// `out = convolution(x) + bias (+ residual)` of one or more images, one after the other;
    /// `scratch` is memory to work in.
    pub fn run(
        &self,
        x: &[f32],
        residual: Option<&[f32]>,
        out: &mut [f32],
        scratch: &mut Vec<f32>,
    ) {
        let [height, width] = self.geometry.padded(self.size);
        let x = if self.geometry.pads() {
            pad(x, self.size, self.channels, self.geometry.before, [height, width], scratch);
            scratch.as_slice()
        } else {
            x
        };
        let outputs = self.bias.len();
        let image = height * width * self.channels;
        let rows = x.len() / image * self.starts.len();
        let mut starts = [0; BLOCK];
        for first in (0..rows).step_by(BLOCK) {
            let starts = &mut starts[..BLOCK.min(rows - first)];
            for (at, start) in starts.iter_mut().enumerate() {
                let (image_of, row) =
                    ((first + at) / self.starts.len(), (first + at) % self.starts.len());
                *start = image_of * image + self.starts[row];
            }
            let out = &mut out[first * outputs..][..starts.len() * outputs];
            let residual = residual.map(|r| &r[first * outputs..][..starts.len() * outputs]);
            for (group, panels) in self.groups.iter().enumerate() {
                let offset = group * self.channels / self.groups.len();
                let base = group * panels.columns();
                let mut output =
                    Finished { bias: &self.bias[base..], residual, out: &mut *out, base, outputs };
                panels.multiply(&x[offset..], starts, &self.parts, &mut output);
            }
        }
    }
}

/// Writes the outputs of one group.
struct Finished<'a> {
    bias: &'a [f32],
    residual: Option<&'a [f32]>,
    out: &'a mut [f32],
    /// The first of the group's outputs, and how many a pixel has.
    base: usize,
    outputs: usize,
}

impl Output for Finished<'_> {
    #[inline(always)]
    fn store<const N: usize>(&mut self, row: usize, first: usize, sums: &[f32; N]) {
        let at = row * self.outputs + self.base + first;
        finish(
            sums,
            &self.bias[first..][..N],
            self.residual.map(|r| &r[at..][..N]),
            &mut self.out[at..][..N],
        );
    }

    fn store_part(&mut self, row: usize, first: usize, sums: &[f32]) {
        let (at, count) = (row * self.outputs + self.base + first, sums.len());
        let residual = self.residual.map(|r| &r[at..][..count]);
        finish(sums, &self.bias[first..][..count], residual, &mut self.out[at..][..count]);
    }
}

/// `out = sums + bias (+ residual)`, all of one length. Where the compiler knows it, this is vector
/// code.
#[inline(always)]
pub fn finish(sums: &[f32], bias: &[f32], residual: Option<&[f32]>, out: &mut [f32]) {
    for ((out, sum), bias) in out.iter_mut().zip(sums).zip(bias) {
        *out = sum + bias;
    }
    if let Some(residual) = residual {
        for (out, residual) in out.iter_mut().zip(residual) {
            *out += residual;
        }
    }
}

/// Copies images into the middle of zeros: `padded` is the size with them, `before` how many stand
/// above and to the left.
fn pad(
    x: &[f32],
    [height, width]: [usize; 2],
    channels: usize,
    before: [usize; 2],
    padded: [usize; 2],
    out: &mut Vec<f32>,
) {
    let (line, image) = (width * channels, padded[0] * padded[1] * channels);
    out.clear();
    out.resize(x.len() / (height * line) * image, 0.0);
    for (x, out) in x.chunks_exact(height * line).zip(out.chunks_exact_mut(image)) {
        for (y, x) in x.chunks_exact(line).enumerate() {
            let at = ((y + before[0]) * padded[1] + before[1]) * channels;
            out[at..][..line].copy_from_slice(x);
        }
    }
}
