//! Networks that are known in closed form.

use std::sync::Arc;

use elbo_room::Result;
use elbo_room::engine::{Ddpm, Vae};
use elbo_room::math::numeric::sigmoid;
use elbo_room::math::parameterization::Prediction;
use elbo_room::math::schedule::LogSnrRange;
use elbo_room::model::manifest::ImageShape;
use elbo_room::model::{Decoder, DiagonalGaussian, Encoder, NoisePredictor};
use ndarray::{Array1, Array2, ArrayView1};

pub const RANGE: LogSnrRange = LogSnrRange { min: -6.0, max: 13.3 };

pub fn image(height: usize, width: usize) -> ImageShape {
    ImageShape { channels: 1, height, width }
}

/// The optimal noise predictor for pixels that are independently `N(mean, std^2)`: the posterior mean of `x_0` is linear in
/// `x_t`. Class `c` shifts the mean by `c / 10`.
#[derive(Clone, Copy)]
pub struct GaussianData {
    pub mean: f64,
    pub std: f64,
}

impl GaussianData {
    /// `(intercept, slope)` of the posterior mean of `x_0` given `x_t`.
    pub fn posterior_mean(&self, log_snr: f64) -> (f64, f64) {
        let (alpha_bar, variance) = (sigmoid(log_snr), sigmoid(-log_snr));
        let slope = alpha_bar.sqrt() * self.std.powi(2) / (alpha_bar * self.std.powi(2) + variance);
        (self.mean * (1.0 - slope * alpha_bar.sqrt()), slope)
    }

    pub fn ddpm(self, image: ImageShape) -> Ddpm {
        let classes = (0..3).map(|c| c.to_string()).collect();
        Ddpm::new(Arc::new(self), image, RANGE, classes)
    }
}

impl NoisePredictor for GaussianData {
    fn predict(&self, x_t: ArrayView1<f64>, log_snr: f64, class: Option<usize>) -> Result<Prediction> {
        let shifted = Self { mean: self.mean + class.map_or(0.0, |c| c as f64 / 10.0), ..*self };
        let (intercept, slope) = shifted.posterior_mean(log_snr);
        let x0 = x_t.mapv(|v| intercept + slope * v);
        let epsilon = (&x_t - &(sigmoid(log_snr).sqrt() * &x0)) / sigmoid(-log_snr).sqrt();
        Ok(Prediction { x0, epsilon })
    }
}

/// A decoder with logits `weights z + bias` and an encoder with a fixed posterior.
pub struct Linear {
    pub weights: Array2<f64>,
    pub bias: Array1<f64>,
}

impl Decoder for Linear {
    fn decode(&self, z: ArrayView1<f32>) -> Result<Array1<f32>> {
        Ok((self.weights.dot(&z.mapv(f64::from)) + &self.bias).mapv(|v| v as f32))
    }
}

pub struct FixedPosterior(pub DiagonalGaussian);

impl Encoder for FixedPosterior {
    fn encode(&self, _: ArrayView1<f32>) -> Result<DiagonalGaussian> {
        Ok(self.0.clone())
    }
}

pub fn vae(posterior: DiagonalGaussian, decoder: Linear, image: ImageShape) -> Vae {
    let latents = posterior.mean.len();
    Vae::new(Box::new(FixedPosterior(posterior)), Box::new(decoder), image, latents)
}

/// The mean of `f(z)` under `N(mean, std^2)`, by the trapezoidal rule, which converges exponentially for such integrands.
pub fn gaussian_mean(mean: f64, std: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (points, reach) = (4001, 12.0);
    let step = 2.0 * reach / f64::from(points - 1);
    let sum: f64 = (0..points)
        .map(|i| {
            let u = -reach + f64::from(i) * step;
            (-0.5 * u * u).exp() * f(mean + std * u)
        })
        .sum();
    sum * step / (2.0 * std::f64::consts::PI).sqrt()
}
