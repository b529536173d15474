//! What the mathematics needs of a network, and the networks that tract runs.
//!
//! The engine speaks to these traits only. Tests put analytic networks in their place: for Gaussian
//! data the optimal noise predictor is known in closed form, so a whole chain and a whole bound can
//! be checked exactly.

pub mod changes;
mod denoiser;
mod hierarchy;
pub mod load;
pub mod manifest;
mod networks;
pub(crate) mod onnx;
pub mod phrase;
mod pixel_reader;
mod pixels;
pub mod propose;
mod wiring;

use ndarray::{Array1, ArrayView1};

use crate::error::{Error, Result};
use crate::math::parameterization::Prediction;

pub use denoiser::{Convention, OnnxNoisePredictor};
pub use hierarchy::OnnxHierarchy;
pub use networks::{OnnxDecoder, OnnxEncoder, OnnxFile};
pub use onnx::{
    Datum, Dim, GraphInfo, GraphPort, GraphValue, OperatorTime, TensorSpec, inspect, inspect_at,
    probe, profile,
};
pub use pixels::{
    BernoulliPixels, DensityUnits, GaussianPixels, GaussianStd, GreyPixels, LogisticPixels,
    MixturePixels, Observation, PixelLikelihood,
};

/// Fails for a class that a model does not have.
pub(crate) fn check_class(class: Option<usize>, classes: usize) -> Result<()> {
    match class {
        Some(class) if classes == 0 => Err(Error::request(
            format_args!("class {class} is given, the model has no classes"),
            "leave the class out",
        )),
        Some(class) if class >= classes => {
            Err(Error::value("class", class, format_args!("0 to {}", classes - 1)))
        }
        _ => Ok(()),
    }
}

/// A diagonal Gaussian over the latents, `q(z|x) = N(mean, exp(log_var))`.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct DiagonalGaussian {
    /// Mean, shape `[latents]`.
    #[cfg_attr(test, ts(type = "Float32Array"))]
    pub mean: Array1<f64>,
    /// Logarithm of the variance.
    #[cfg_attr(test, ts(type = "Float32Array"))]
    pub log_var: Array1<f64>,
}

/// `Debug` by a name alone: what is behind it holds a network's weights, or is somebody else's.
macro_rules! debug_by_name {
    ($($type:ty),* $(,)?) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($type))
            }
        }
    )*};
}
pub(crate) use debug_by_name;

debug_by_name!(dyn Encoder, dyn Decoder, dyn Hierarchy, dyn NoisePredictor, dyn PixelLikelihood);

/// The approximate posterior of a VAE. The same input gives the same bits.
///
/// # Errors
/// Of all methods: ShapeError for an `x` of another length, ModelError for a network that fails.
pub trait Encoder: Send + Sync {
    /// `q(z|x)` of one image: `x` has one value in `[0, 1]` per pixel and channel, row by row.
    fn encode(&self, x: ArrayView1<'_, f32>) -> Result<DiagonalGaussian>;
    /// `q(z|x, class)`, for an encoder that takes a class; others pass it over.
    fn encode_given(
        &self,
        x: ArrayView1<'_, f32>,
        _class: Option<usize>,
    ) -> Result<DiagonalGaussian> {
        self.encode(x)
    }
}

/// The likelihood network of a VAE. The same input gives the same bits.
///
/// # Errors
/// Of all methods: ShapeError for a `z` of another length, ModelError for a network that fails.
pub trait Decoder: Send + Sync {
    /// p(x|z) for one latent vector.
    fn decode(&self, z: ArrayView1<'_, f32>) -> Result<Box<dyn PixelLikelihood>>;
    /// p(x|z, class), for a decoder that takes a class; others pass it over.
    fn decode_given(
        &self,
        z: ArrayView1<'_, f32>,
        _class: Option<usize>,
    ) -> Result<Box<dyn PixelLikelihood>> {
        self.decode(z)
    }
    /// p(x|z, class) of several latent vectors; each has the same bits as alone.
    fn decode_batch(
        &self,
        z: &[ArrayView1<'_, f32>],
        class: Option<usize>,
    ) -> Result<Vec<Box<dyn PixelLikelihood>>> {
        z.iter().map(|z| self.decode_given(z.view(), class)).collect()
    }
}

/// A hierarchical VAE with top-down inference: p(z_{1:L}) = p(z_1) Π p(z_l | z_{<l}), layer 1 at
/// the top (Sønderby et al. 2016). The same input gives the same bits.
///
/// # Errors
/// Of all methods: ShapeError for an input of another length, ModelError for a network that fails.
pub trait Hierarchy: Send + Sync {
    /// What the posteriors need to know of one image: `x` has one value in `[0, 1]` per pixel, row
    /// by row.
    fn encode(&self, x: ArrayView1<'_, f32>) -> Result<Vec<Array1<f32>>>;
    /// Draws all latents from the top down, z_l = mean_l + σ_l `eps`_l, and decodes them.
    ///
    /// `features` are those of [`Hierarchy::encode`], or `None` where no layer looks at an image.
    /// `eps` holds the noise of all layers end to end, the top one first. `gate` has one value per
    /// layer: 1 draws z_l from q(z_l | z_{<l}, x), 0 from p(z_l | z_{<l}).
    fn decode(
        &self,
        features: Option<&[Array1<f32>]>,
        eps: ArrayView1<'_, f32>,
        gate: &[f32],
    ) -> Result<TopDown>;
    /// As [`Hierarchy::decode`] with several noises; each pass has the same bits as alone.
    fn decode_batch(
        &self,
        features: Option<&[Array1<f32>]>,
        eps: &[Array1<f32>],
        gate: &[f32],
    ) -> Result<Vec<TopDown>> {
        eps.iter().map(|eps| self.decode(features, eps.view(), gate)).collect()
    }
}

/// One pass down a hierarchy.
#[derive(Debug)]
pub struct TopDown {
    /// p(x | z_{1:L}).
    pub pixels: Box<dyn PixelLikelihood>,
    /// What each latent was drawn from, given those above it; all layers end to end.
    pub q: DiagonalGaussian,
    /// The prior of each latent, given those above it.
    pub p: DiagonalGaussian,
}

/// What the network of a diffusion model is asked about.
#[derive(Clone, Copy, Debug)]
pub struct NoisyState<'a> {
    /// One value per pixel, in units where clean images lie in `[-1, 1]`.
    pub x_t: ArrayView1<'a, f64>,
    /// Log signal-to-noise ratio at t.
    pub log_snr: f64,
    /// The class, `None` for none.
    pub class: Option<usize>,
}

/// The network of a diffusion model. The same input gives the same bits.
///
/// # Errors
/// Of all methods: ShapeError for an `x_t` of another length, ValueError for a class that there is
/// not, ModelError for a network that fails.
///
/// # Examples
/// One of your own: if the pixels are independent and N(0, s²), what it predicts is exact.
/// ```
/// use std::sync::Arc;
///
/// use elbo_room::Result;
/// use elbo_room::engine::{Ddpm, SamplerOptions};
/// use elbo_room::math::parameterization::Prediction;
/// use elbo_room::math::schedule::LogSnrRange;
/// use elbo_room::model::NoisePredictor;
/// use elbo_room::model::manifest::ImageShape;
/// use ndarray::ArrayView1;
///
/// struct Independent {
///     variance: f64,
/// }
///
/// impl NoisePredictor for Independent {
///     fn predict(
///         &self,
///         x_t: ArrayView1<'_, f64>,
///         log_snr: f64,
///         _class: Option<usize>,
///     ) -> Result<Prediction> {
///         // α² and σ² of x_t = α x_0 + σ ε.
///         let (signal, noise) = (1.0 / (1.0 + (-log_snr).exp()), 1.0 / (1.0 + log_snr.exp()));
///         let slope = signal.sqrt() * self.variance / (signal * self.variance + noise);
///         Ok(Prediction::clipped(x_t.mapv(|value| slope * value), x_t, log_snr))
///     }
/// }
///
/// # fn main() -> Result<()> {
/// let image = ImageShape { channels: 1, height: 20, width: 20 };
/// let range = LogSnrRange { min: -10.0, max: 10.0 };
/// let ddpm = Ddpm::new(Arc::new(Independent { variance: 0.04 }), image, range, Vec::new());
/// let options = SamplerOptions { steps: 200, seed: 0, ..Default::default() };
/// let mut sampler = ddpm.sampler(&options)?;
/// while !sampler.is_done() {
///     sampler.step()?;
/// }
/// let pixels = &sampler.state()[0];
/// let variance = pixels.mapv(|value| value * value).mean().unwrap();
/// assert!((variance - 0.04).abs() < 0.01);
/// # Ok(())
/// # }
/// ```
pub trait NoisePredictor: Send + Sync {
    /// What the model takes the clean image and the noise in `x_t` to be, at the given log
    /// signal-to-noise ratio.
    ///
    /// `x_t` has one value per pixel, in units where clean images lie in `[-1, 1]`. `class` is
    /// `None` for no class.
    fn predict(
        &self,
        x_t: ArrayView1<'_, f64>,
        log_snr: f64,
        class: Option<usize>,
    ) -> Result<Prediction>;

    /// As [`NoisePredictor::predict`] of several states; each has the same bits as alone.
    fn predict_batch(&self, states: &[NoisyState<'_>]) -> Result<Vec<Prediction>> {
        states.iter().map(|s| self.predict(s.x_t, s.log_snr, s.class)).collect()
    }
}
