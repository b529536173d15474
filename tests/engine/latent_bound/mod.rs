//! The bounds of latent-variable models whose log p(x) is known: linear networks and Gaussian
//! noise.

mod calls;
mod truth;

use std::f64::consts::PI;
use std::sync::Arc;

use elbo_room::Result;
use elbo_room::engine::{
    Accumulator, Hvae, LatentBound, LatentBoundOptions, LatentBoundResult, Vae,
};
use elbo_room::math::elbo::Estimate;
use elbo_room::math::laplace::Sensitivity;
use elbo_room::math::likelihood::Task;
use elbo_room::math::proposal::ProposalKind;
use elbo_room::model::manifest::LatentLayer;
use elbo_room::model::{Decoder, DiagonalGaussian, Hierarchy, PixelLikelihood, TopDown};
use ndarray::{Array1, ArrayView1, array};

use super::analytic::{FixedPosterior, image};

/// x = `SLOPE` z + `OFFSET` + `NOISE` ε for every pixel, in units of the 8-bit range.
const SLOPE: f64 = 0.3;
const OFFSET: f64 = 0.4;
const NOISE: f64 = 0.2;
const LEVELS: [u8; 3] = [200, 120, 170];

fn pixels(levels: &[u8]) -> Vec<f64> {
    levels.iter().map(|&l| f64::from(l) / 255.0).collect()
}

fn log_normal(x: f64, mean: f64, variance: f64) -> f64 {
    -0.5 * ((x - mean).powi(2) / variance + (2.0 * PI * variance).ln())
}

/// Pixels with a Gaussian density around one mean.
struct GaussianPixels(f64);

impl PixelLikelihood for GaussianPixels {
    fn log_likelihood(&self, x: &[u8]) -> f64 {
        pixels(x).iter().map(|&x| log_normal(x, self.0, NOISE * NOISE)).sum()
    }

    fn means(&self) -> Array1<f32> {
        Array1::from_elem(LEVELS.len(), self.0 as f32)
    }

    fn sensitivity(&self, x: &[u8]) -> Option<Sensitivity> {
        let precision = 1.0 / (NOISE * NOISE);
        Some(Sensitivity {
            log_likelihood: self.log_likelihood(x),
            parameters: array![self.0],
            score: array![pixels(x).iter().map(|x| (x - self.0) * precision).sum()],
            information: array![x.len() as f64 * precision],
        })
    }
}

struct GaussianDecoder;

impl Decoder for GaussianDecoder {
    fn decode(&self, z: ArrayView1<'_, f32>) -> Result<Box<dyn PixelLikelihood>> {
        Ok(Box::new(GaussianPixels(SLOPE * f64::from(z[0]) + OFFSET)))
    }
}

/// The exact posterior of z ~ N(mean, variance) after seeing the pixels, and log p(x), by the
/// conjugate update pixel by pixel.
fn condition(mut mean: f64, mut variance: f64) -> (f64, f64, f64) {
    let mut log_evidence = 0.0;
    for x in pixels(&LEVELS) {
        let predicted = SLOPE * SLOPE * variance + NOISE * NOISE;
        log_evidence += log_normal(x, SLOPE * mean + OFFSET, predicted);
        let gain = SLOPE * variance / predicted;
        mean += gain * (x - SLOPE * mean - OFFSET);
        variance *= 1.0 - gain * SLOPE;
    }
    (mean, variance, log_evidence)
}

/// A VAE whose q is the exact posterior moved by `shift` of its standard deviations, with `stretch`
/// times its variance.
fn gaussian_vae(shift: f64, stretch: f64) -> Vae {
    let (mean, variance, _) = condition(0.0, 1.0);
    let q = DiagonalGaussian {
        mean: array![mean + shift * variance.sqrt()],
        log_var: array![(stretch * variance).ln()],
    };
    Vae::new(Box::new(FixedPosterior(q)), Arc::new(GaussianDecoder), image(1, 3), Task::EightBit, 1)
}

/// KL(q || p(z|x)) of that VAE.
fn divergence(shift: f64, stretch: f64) -> f64 {
    0.5 * (shift * shift + stretch - stretch.ln() - 1.0)
}

const COUPLING: f64 = 0.8;
const SPREAD: f64 = 0.5;

/// z_1 ~ N(0, 1), z_2 | z_1 ~ N(`COUPLING` z_1, `SPREAD`²), pixels from z_2. Posteriors are exact,
/// but moved by `shift` of their standard deviations.
struct GaussianHierarchy {
    shift: [f64; 2],
}

impl GaussianHierarchy {
    fn hvae(shift: [f64; 2]) -> Hvae {
        let layer = |name: &str| LatentLayer { name: name.into(), shape: vec![1], kl: 1.0 };
        Hvae::new(
            Arc::new(Self { shift }),
            image(1, 3),
            Task::EightBit,
            vec![layer("top"), layer("bottom")],
        )
    }

    /// log p(x): z_2 alone is N(0, `COUPLING`² + `SPREAD`²).
    fn log_evidence() -> f64 {
        condition(0.0, COUPLING * COUPLING + SPREAD * SPREAD).2
    }

    /// q(z_1|x): that of z_2, pulled back through z_1 | z_2.
    fn top() -> (f64, f64) {
        let total = COUPLING * COUPLING + SPREAD * SPREAD;
        let (mean, variance, _) = condition(0.0, total);
        let back = COUPLING / total;
        (back * mean, back * back * variance + 1.0 - back * COUPLING)
    }

    /// E_q KL(q(z_2|z_1, x) || p(z_2|z_1)): what q's mean differs by from the prior's is linear in
    /// z_1.
    fn bottom_kl(shift: [f64; 2]) -> f64 {
        let difference = |z: f64| {
            let (mean, variance, _) = condition(COUPLING * z, SPREAD * SPREAD);
            mean + shift[1] * variance.sqrt() - COUPLING * z
        };
        let slope = difference(1.0) - difference(0.0);
        let (mean, variance) = Self::top();
        let mean = mean + shift[0] * variance.sqrt();
        let square = difference(mean).powi(2) + slope * slope * variance;
        let ratio = condition(0.0, SPREAD * SPREAD).1 / (SPREAD * SPREAD);
        0.5 * (square / (SPREAD * SPREAD) + ratio - ratio.ln() - 1.0)
    }
}

impl Hierarchy for GaussianHierarchy {
    fn encode(&self, x: ArrayView1<'_, f32>) -> Result<Vec<Array1<f32>>> {
        Ok(vec![x.to_owned()])
    }

    fn decode(
        &self,
        features: Option<&[Array1<f32>]>,
        eps: ArrayView1<'_, f32>,
        gate: &[f32],
    ) -> Result<TopDown> {
        assert!(features.is_some() || gate.iter().all(|&g| g == 0.0));
        let mut q = DiagonalGaussian { mean: Array1::zeros(2), log_var: Array1::zeros(2) };
        let mut p = q.clone();
        let mut z = 0.0;
        for layer in 0..2 {
            let (mean, variance) = [(0.0, 1.0), (COUPLING * z, SPREAD * SPREAD)][layer];
            let exact = if layer == 0 {
                Self::top()
            } else {
                let (m, v, _) = condition(mean, variance);
                (m, v)
            };
            let posterior = (exact.0 + self.shift[layer] * exact.1.sqrt(), exact.1.ln());
            let gate = f64::from(gate[layer]);
            (p.mean[layer], p.log_var[layer]) = (mean, variance.ln());
            q.mean[layer] = mean + gate * (posterior.0 - mean);
            q.log_var[layer] = variance.ln() + gate * (posterior.1 - variance.ln());
            z = q.mean[layer] + (0.5 * q.log_var[layer]).exp() * f64::from(eps[layer]);
        }
        Ok(TopDown { pixels: Box::new(GaussianPixels(SLOPE * z + OFFSET)), q, p })
    }
}

fn run(mut bound: Accumulator<LatentBound>) -> LatentBoundResult {
    while bound.step().unwrap() {}
    bound.result().unwrap()
}

fn options(samples: usize, seed: u64) -> LatentBoundOptions {
    with(ProposalKind::Laplace, samples, seed)
}

fn with(proposal: ProposalKind, samples: usize, seed: u64) -> LatentBoundOptions {
    LatentBoundOptions { samples, proposal, seed, ..LatentBoundOptions::default() }
}

#[track_caller]
fn near(estimate: Estimate, truth: f64) {
    let error = estimate.standard_error.unwrap();
    assert!(
        (estimate.mean - truth).abs() < 4.0 * error + 1e-9,
        "{} ± {error}, not {truth}",
        estimate.mean
    );
}
