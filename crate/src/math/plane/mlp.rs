//! A small network that predicts the clean point, with its derivatives written by hand.
//!
//! Two hidden layers of [`WIDTH`] units with SiLU. The network F is preconditioned (Karras et al.
//! 2022): x̂_0 = m + c_skip (x - α m) + c_out F(c_in (x - α m), λ) with data of mean m and standard
//! deviation s, c_in = 1/√(α² s² + σ²), c_skip = α s² c_in², c_out = s σ c_in. F = 0 is the best
//! prediction for Gaussian data.

use std::f64::consts::PI;

use super::{Denoiser, NoiseLevel, Point};
use crate::math::inference::variational::Mixture;
use crate::math::numeric::sigmoid;
use crate::math::plane::mixture::moment_match;

/// Units of a hidden layer.
pub const WIDTH: usize = 64;
/// Features of the log SNR: the position in the trained range, and sine and cosine of multiples.
const FREQUENCIES: [f64; 4] = [0.5, 1.0, 2.0, 4.0];
const INPUTS: usize = 2 + 1 + 2 * FREQUENCIES.len();

type Row = [f64; WIDTH];

/// The weights, or a gradient by them.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    first: [Row; INPUTS],
    first_bias: Row,
    second: Box<[Row; WIDTH]>,
    second_bias: Row,
    last: [Row; 2],
    last_bias: Point,
}

impl Weights {
    /// How many numbers they are.
    pub const COUNT: usize = WIDTH * (INPUTS + 1 + WIDTH + 1 + 2) + 2;

    /// All zero.
    #[must_use]
    pub fn zero() -> Self {
        Self {
            first: [[0.0; WIDTH]; INPUTS],
            first_bias: [0.0; WIDTH],
            second: Box::new([[0.0; WIDTH]; WIDTH]),
            second_bias: [0.0; WIDTH],
            last: [[0.0; WIDTH]; 2],
            last_bias: [0.0; 2],
        }
    }

    /// Random weights of variance 1 / inputs, made of [`Weights::COUNT`] standard normal numbers;
    /// biases and the last layer are 0, so that F is 0.
    ///
    /// # Panics
    /// For fewer numbers than the first layer has weights.
    #[must_use]
    pub fn initial(noise: &[f64]) -> Self {
        debug_assert_eq!(noise.len(), Self::COUNT);
        let mut weights = Self::zero();
        let (first, rest) = noise.split_at(INPUTS * WIDTH);
        let fill = |rows: &mut [Row], noise: &[f64]| {
            let scale = 1.0 / (rows.len() as f64).sqrt();
            for (weight, noise) in rows.iter_mut().flatten().zip(noise) {
                *weight = scale * noise;
            }
        };
        fill(&mut weights.first, first);
        fill(&mut weights.second[..], rest);
        weights
    }

    /// Every number, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = &f64> {
        let hidden = self.first.iter().chain([&self.first_bias]).chain(self.second.iter());
        let rows = hidden.chain([&self.second_bias]).chain(&self.last);
        rows.flatten().chain(&self.last_bias)
    }

    /// Every number to change, in the order of [`Weights::iter`].
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let hidden = self.first.iter_mut().chain([&mut self.first_bias]);
        let rows = hidden.chain(self.second.iter_mut()).chain([&mut self.second_bias]);
        rows.chain(&mut self.last).flatten().chain(&mut self.last_bias)
    }
}

/// The scaling around the network that the data's mean and spread give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preconditioning {
    mean: Point,
    /// s².
    variance: f64,
    /// Ends of the trained range of log SNR.
    log_snr: [f64; 2],
}

/// The preconditioning at one log SNR.
#[derive(Clone, Copy, Debug)]
struct Scales {
    centre: Point,
    c_in: f64,
    c_skip: f64,
    c_out: f64,
    features: [f64; INPUTS - 2],
}

impl Preconditioning {
    /// For data of this mixture's mean and mean variance.
    #[must_use]
    pub fn of(data: &Mixture, log_snr: [f64; 2]) -> Self {
        let gaussian = moment_match(data).components[0];
        let [a, _, c] = gaussian.covariance();
        Self { mean: gaussian.mean, variance: 0.5 * (a + c), log_snr }
    }

    fn at(&self, log_snr: f64) -> Scales {
        let (alpha_bar, noise) = (sigmoid(log_snr), sigmoid(-log_snr));
        let alpha = alpha_bar.sqrt();
        let c_in = 1.0 / (alpha_bar * self.variance + noise).sqrt();
        let [low, high] = self.log_snr;
        let t = ((2.0 * log_snr - low - high) / (high - low)).clamp(-1.0, 1.0);
        let mut features = [t; INPUTS - 2];
        for (pair, frequency) in features[1..].chunks_exact_mut(2).zip(FREQUENCIES) {
            let (sin, cos) = libm::sincos(PI * frequency * t);
            pair.copy_from_slice(&[sin, cos]);
        }
        Scales {
            centre: self.mean.map(|m| alpha * m),
            c_in,
            c_skip: alpha * self.variance * c_in * c_in,
            c_out: (self.variance * noise).sqrt() * c_in,
            features,
        }
    }
}

impl Scales {
    fn inputs(&self, x: Point) -> [f64; INPUTS] {
        let mut inputs = [0.0; INPUTS];
        inputs[0] = self.c_in * (x[0] - self.centre[0]);
        inputs[1] = self.c_in * (x[1] - self.centre[1]);
        inputs[2..].copy_from_slice(&self.features);
        inputs
    }
}

/// A noised point and what it came from, with the weight of its error.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The clean point.
    pub x0: Point,
    /// The noised point.
    pub x_t: Point,
    /// Its log SNR.
    pub log_snr: f64,
}

/// The network as a denoiser.
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp {
    /// Its weights.
    pub weights: Weights,
    /// The scaling around it.
    pub scaling: Preconditioning,
}

/// Values of a forward pass that the backward pass needs.
struct Pass {
    inputs: [f64; INPUTS],
    /// Slopes of SiLU, and its values, of both hidden layers.
    slopes: [Row; 2],
    hidden: [Row; 2],
    output: Point,
}

/// SiLU, x sigmoid(x), and its derivative.
fn silu(x: f64) -> (f64, f64) {
    let s = sigmoid(x);
    (x * s, s * (1.0 + x * (1.0 - s)))
}

/// `out` + `scale` · `row`.
fn add_scaled(out: &mut Row, scale: f64, row: &Row) {
    for (out, value) in out.iter_mut().zip(row) {
        *out += scale * value;
    }
}

/// Eight partial sums, so that LLVM vectorizes them; their order is fixed.
fn dot(a: &Row, b: &Row) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for i in 0..8 {
            sums[i] += a[i] * b[i];
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

fn activate(sums: &Row) -> (Row, Row) {
    let (mut values, mut slopes) = ([0.0; WIDTH], [0.0; WIDTH]);
    for ((sum, value), slope) in sums.iter().zip(&mut values).zip(&mut slopes) {
        (*value, *slope) = silu(*sum);
    }
    (values, slopes)
}

impl Weights {
    fn forward(&self, inputs: [f64; INPUTS]) -> Pass {
        let mut sums = self.first_bias;
        for (input, row) in inputs.iter().zip(&self.first) {
            add_scaled(&mut sums, *input, row);
        }
        let (first, first_slopes) = activate(&sums);
        let mut sums = self.second_bias;
        for (value, row) in first.iter().zip(self.second.iter()) {
            add_scaled(&mut sums, *value, row);
        }
        let (second, second_slopes) = activate(&sums);
        let output = [0, 1].map(|i| dot(&second, &self.last[i]) + self.last_bias[i]);
        Pass { inputs, slopes: [first_slopes, second_slopes], hidden: [first, second], output }
    }

    /// Adds to `gradient` what a gradient by the output gives by the weights.
    fn backward(&self, pass: &Pass, by_output: Point, gradient: &mut Self) {
        let mut delta = [0.0; WIDTH];
        for (i, by_output) in by_output.into_iter().enumerate() {
            add_scaled(&mut delta, by_output, &self.last[i]);
            add_scaled(&mut gradient.last[i], by_output, &pass.hidden[1]);
            gradient.last_bias[i] += by_output;
        }
        for (delta, slope) in delta.iter_mut().zip(&pass.slopes[1]) {
            *delta *= slope;
        }
        let mut below = [0.0; WIDTH];
        for (k, below) in below.iter_mut().enumerate() {
            add_scaled(&mut gradient.second[k], pass.hidden[0][k], &delta);
            *below = dot(&self.second[k], &delta) * pass.slopes[0][k];
        }
        add_scaled(&mut gradient.second_bias, 1.0, &delta);
        for (input, row) in pass.inputs.iter().zip(&mut gradient.first) {
            add_scaled(row, *input, &below);
        }
        add_scaled(&mut gradient.first_bias, 1.0, &below);
    }

    /// The derivative of the output along input `i`.
    fn tangent(&self, pass: &Pass, i: usize) -> Point {
        let mut first = self.first[i];
        for (value, slope) in first.iter_mut().zip(&pass.slopes[0]) {
            *value *= slope;
        }
        let mut second = [0.0; WIDTH];
        for (value, row) in first.iter().zip(self.second.iter()) {
            add_scaled(&mut second, *value, row);
        }
        for (value, slope) in second.iter_mut().zip(&pass.slopes[1]) {
            *value *= slope;
        }
        [0, 1].map(|o| dot(&second, &self.last[o]))
    }
}

impl Mlp {
    /// Mean over the examples of ½ e^λ |x_0 - x̂_0|², which is ½ |ε - ε̂|², and its gradient by the
    /// weights.
    pub fn loss(&self, examples: &[Example], gradient: &mut Weights) -> f64 {
        let share = 1.0 / examples.len() as f64;
        let mut loss = 0.0;
        for example in examples {
            let scales = self.scaling.at(example.log_snr);
            let pass = self.weights.forward(scales.inputs(example.x_t));
            let x0 = scales.clean(self.scaling.mean, example.x_t, pass.output);
            let weight = libm::exp(example.log_snr);
            let error = [x0[0] - example.x0[0], x0[1] - example.x0[1]];
            loss += 0.5 * weight * (error[0] * error[0] + error[1] * error[1]);
            let by_output = error.map(|e| share * weight * scales.c_out * e);
            self.weights.backward(&pass, by_output, gradient);
        }
        share * loss
    }
}

impl Scales {
    fn clean(&self, mean: Point, x: Point, output: Point) -> Point {
        let along =
            |i: usize| mean[i] + self.c_skip * (x[i] - self.centre[i]) + self.c_out * output[i];
        [along(0), along(1)]
    }
}

struct MlpAt<'a> {
    network: &'a Mlp,
    scales: Scales,
}

impl Denoiser for Mlp {
    fn at(&self, log_snr: f64) -> Box<dyn NoiseLevel + '_> {
        Box::new(MlpAt { network: self, scales: self.scaling.at(log_snr) })
    }
}

impl NoiseLevel for MlpAt<'_> {
    fn predict(&self, x_t: Point) -> Point {
        let pass = self.network.weights.forward(self.scales.inputs(x_t));
        self.scales.clean(self.network.scaling.mean, x_t, pass.output)
    }

    fn predict_with_divergence(&self, x_t: Point) -> (Point, f64) {
        let Self { network, scales } = self;
        let pass = network.weights.forward(scales.inputs(x_t));
        let [along, across] = [0, 1].map(|i| network.weights.tangent(&pass, i)[i]);
        let divergence = 2.0 * scales.c_skip + scales.c_out * scales.c_in * (along + across);
        (scales.clean(network.scaling.mean, x_t, pass.output), divergence)
    }
}
