//! What the mathematics needs of a network, and the networks that tract runs.
//!
//! The engine speaks to these traits only. Tests put analytic networks in their place: for Gaussian data the optimal
//! noise predictor is known in closed form, so a whole chain and a whole bound can be checked exactly.

pub mod manifest;
mod networks;
mod onnx;

use ndarray::{Array1, ArrayView1};

use crate::error::Result;
use crate::math::parameterization::Prediction;

pub use networks::{OnnxDecoder, OnnxEncoder, OnnxNoisePredictor};

/// A diagonal Gaussian over the latents, `q(z|x) = N(mean, exp(log_var))`.
#[derive(Clone, Debug)]
pub struct DiagonalGaussian {
    /// Mean, shape `[latents]`.
    pub mean: Array1<f64>,
    /// Logarithm of the variance, shape `[latents]`.
    pub log_var: Array1<f64>,
}

/// The approximate posterior of a VAE.
pub trait Encoder: Send + Sync {
    /// `q(z|x)` of one image: `x` has one value in `[0, 1]` per pixel, row by row.
    fn encode(&self, x: ArrayView1<f32>) -> Result<DiagonalGaussian>;
}

/// The likelihood network of a VAE with a Bernoulli decoder.
pub trait Decoder: Send + Sync {
    /// Logits of the pixels being 1, one per pixel, for one latent vector.
    fn decode(&self, z: ArrayView1<f32>) -> Result<Array1<f32>>;
}

/// The network of a diffusion model.
pub trait NoisePredictor: Send + Sync {
    /// What the model takes the clean image and the noise in `x_t` to be, at the given log signal-to-noise ratio.
    ///
    /// `x_t` has one value per pixel, in units where clean images lie in `[-1, 1]`. `class` is `None` for no class.
    fn predict(&self, x_t: ArrayView1<f64>, log_snr: f64, class: Option<usize>) -> Result<Prediction>;
}
