//! Transposed convolutions of images whose channels are innermost, `[height, width, channels]`:
//! the products of each pixel with all weights, added up where they overlap.

use super::convolution::{ConvGeometry, Weights};
use super::packed::{PackedMatrix, RowMajor};
use super::tile::WIDE;

/// A transposed convolution of images of one size.
#[derive(Clone, Debug)]
pub struct Deconvolution<const W: usize = WIDE> {
    geometry: ConvGeometry,
    size: [usize; 2],
    output: [usize; 2],
    channels: usize,
    /// For each group, a matrix from input channels to (row, column, output channel).
    groups: Vec<PackedMatrix<W>>,
    bias: Vec<f32>,
}

impl<const W: usize> Deconvolution<W> {
    /// The transposed convolution of images of `size` to images of size `output`. `window` is that
    /// of the convolution whose gradient this is: its zeros are taken off the output. Weights are
    /// `[outputs, inputs per group, height, width]`.
    #[must_use]
    pub fn new(
        geometry: ConvGeometry,
        size: [usize; 2],
        output: [usize; 2],
        weights: Weights<'_>,
        bias: Vec<f32>,
    ) -> Self {
        let Weights { outputs, inputs, kernel: [height, width], .. } = weights;
        let each = outputs / geometry.groups;
        let panels = |group: usize| {
            PackedMatrix::new(inputs, height * width * each, |input, column| {
                let (place, output) = (column / each, column % each);
                weights.at(group * each + output, input, place / width, place % width)
            })
        };
        let groups = (0..geometry.groups).map(panels).collect();
        let channels = inputs * geometry.groups;
        Self { geometry, size, output, channels, groups, bias }
    }

    /// Multiply-adds for one image as the definition counts them, and how many weights are kept.
    #[must_use]
    pub fn cost(&self) -> (usize, usize) {
        let weights = self.groups.iter().map(|panels| panels.depth() * panels.columns()).sum();
        (self.size[0] * self.size[1] * weights, weights)
    }

    /// `out = transposed convolution(x) + bias` of one or more images, one after the other;
    /// `products` is memory to work in. Each output adds up its products in the order of the pixels
    /// of x.
    pub fn run(&self, x: &[f32], out: &mut [f32], products: &mut Vec<f32>) {
        let from = self.size[0] * self.size[1] * self.channels;
        let to = self.output[0] * self.output[1] * self.bias.len();
        for (x, out) in x.chunks_exact(from).zip(out.chunks_exact_mut(to)) {
            self.run_image(x, out, products);
        }
    }

    fn run_image(&self, x: &[f32], out: &mut [f32], products: &mut Vec<f32>) {
        let outputs = self.bias.len();
        for pixel in out.chunks_exact_mut(outputs) {
            pixel.copy_from_slice(&self.bias);
        }
        let pixels = self.size[0] * self.size[1];
        let each = outputs / self.groups.len();
        for (group, panels) in self.groups.iter().enumerate() {
            let columns = panels.columns();
            let first = group * self.channels / self.groups.len();
            let starts: Vec<usize> =
                (0..pixels).map(|pixel| pixel * self.channels + first).collect();
            let parts = [(0, self.channels / self.groups.len())];
            products.resize(pixels * columns, 0.0);
            panels.multiply(x, &starts, &parts, &mut RowMajor(products, columns));
            for (pixel, products) in products.chunks_exact(columns).enumerate() {
                self.scatter(pixel, products, each, group * each, out);
            }
        }
    }

    /// Adds the products of one pixel of the input to the outputs that it reaches.
    fn scatter(&self, pixel: usize, products: &[f32], each: usize, offset: usize, out: &mut [f32]) {
        let [height, width] = self.geometry.kernel;
        let corner = [pixel / self.size[1], pixel % self.size[1]];
        let place = |axis: usize, at: usize| {
            let shifted =
                corner[axis] * self.geometry.strides[axis] + at * self.geometry.dilations[axis];
            shifted.checked_sub(self.geometry.before[axis]).filter(|&at| at < self.output[axis])
        };
        for row in 0..height {
            let Some(y) = place(0, row) else { continue };
            for column in 0..width {
                let Some(x) = place(1, column) else { continue };
                let to = (y * self.output[1] + x) * self.bias.len() + offset;
                let products = &products[(row * width + column) * each..][..each];
                for (out, product) in out[to..][..each].iter_mut().zip(products) {
                    *out += product;
                }
            }
        }
    }
}
