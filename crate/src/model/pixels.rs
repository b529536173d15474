//! p(x|z) of the pixels, as a decoder gives it.

use ndarray::{Array1, ArrayView1, Zip};

use crate::math::gaussian::log_density_iid;
use crate::math::laplace::Sensitivity;
use crate::math::likelihood::unit_values;
use crate::math::numeric::sigmoid;
use crate::math::{bernoulli, discretized_logistic, likelihood, logistic_mixture};

/// What is scored of an image.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// One value per pixel and channel: 0 or 1 for the binarized task, the level for others.
    pub x: &'a [u8],
    /// Uniform noise in [0, 1) that is added to the levels where a density is dequantized.
    pub dequantization: Option<&'a [f64]>,
    /// The standard deviation of a Gaussian decoder that was fitted to the image, in the units of
    /// its mean.
    pub std: Option<f64>,
}

impl<'a> Observation<'a> {
    /// The image as it is.
    #[must_use]
    pub fn new(x: &'a [u8]) -> Self {
        Self { x, dequantization: None, std: None }
    }
}

/// The distribution of an image given its latents; pixels are independent.
pub trait PixelLikelihood {
    /// log p(x|z) in nats of the scored image: one value per pixel, 0 or 1 for the binarized task,
    /// the level for the others.
    fn log_likelihood(&self, x: &[u8]) -> f64;
    /// The mean of each pixel, in `[0, 1]`.
    fn means(&self) -> Array1<f32>;
    /// log p(x|z) in nats with what a density needs to know beside the levels.
    fn log_density(&self, observation: &Observation<'_>) -> f64 {
        self.log_likelihood(observation.x)
    }
    /// For a density of pixels, how it is measured; `None` for a probability.
    fn density(&self) -> Option<DensityUnits> {
        None
    }
    /// The standard deviation that fits the image best, for a Gaussian whose is not given.
    fn fitted_std(&self, _observation: &Observation<'_>) -> Option<f64> {
        None
    }
    /// The network's own values of the pixels, before they are read, for a check of its convention;
    /// `None` where the distribution does not keep them.
    fn raw(&self) -> Option<ArrayView1<'_, f32>> {
        None
    }
    /// How log p(x|z) depends on the decoder's numbers, from which a proposal is fitted; none where
    /// that is not known.
    fn sensitivity(&self, _x: &[u8]) -> Option<Sensitivity> {
        None
    }
}

/// The units of a density of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DensityUnits {
    /// The values of a black and of a full pixel.
    pub range: [f64; 2],
}

impl DensityUnits {
    /// The logarithm of the volume of one 8-bit level in all `dimensions`, in nats: a density times
    /// the volume stands for the probability of the level. With dequantization there are 256 bins
    /// in the range, without it 255 steps between levels.
    #[must_use]
    pub fn log_volume(&self, dimensions: usize, dequantized: bool) -> f64 {
        let bins = if dequantized { 256.0 } else { 255.0 };
        dimensions as f64 * libm::log((self.range[1] - self.range[0]) / bins)
    }
}

/// Binary pixels.
#[derive(Debug)]
pub struct BernoulliPixels {
    /// Logit of each pixel being 1.
    pub logits: Array1<f32>,
}

impl PixelLikelihood for BernoulliPixels {
    fn log_likelihood(&self, x: &[u8]) -> f64 {
        bernoulli::log_likelihood(ArrayView1::from(x), self.logits.view())
    }

    fn sensitivity(&self, x: &[u8]) -> Option<Sensitivity> {
        Some(bernoulli::sensitivity(ArrayView1::from(x), self.logits.view()))
    }

    fn means(&self) -> Array1<f32> {
        self.logits.mapv(|l| sigmoid(f64::from(l)) as f32)
    }

    fn raw(&self) -> Option<ArrayView1<'_, f32>> {
        Some(self.logits.view())
    }
}

/// The cross-entropy of grey levels with Bernoulli pixels, which is not a likelihood: its
/// exponential does not integrate to one (Loaiza-Ganem & Cunningham 2019).
#[derive(Debug)]
pub struct GreyPixels {
    /// Logit of each pixel.
    pub logits: Array1<f32>,
}

impl PixelLikelihood for GreyPixels {
    fn log_likelihood(&self, x: &[u8]) -> f64 {
        bernoulli::log_likelihood(unit_values(x).view(), self.logits.view())
    }

    fn means(&self) -> Array1<f32> {
        self.logits.mapv(|l| sigmoid(f64::from(l)) as f32)
    }

    fn raw(&self) -> Option<ArrayView1<'_, f32>> {
        Some(self.logits.view())
    }
}

/// The standard deviation of a Gaussian decoder.
#[derive(Clone, Debug)]
pub enum GaussianStd {
    /// One for all pixels and images.
    Given(f64),
    /// One for all pixels of an image, fitted to it.
    Fitted,
    /// log σ of each pixel.
    PerPixel(Array1<f32>),
}

/// Pixels with the density `N(f(z), σ²)`.
#[derive(Debug)]
pub struct GaussianPixels {
    /// f(z), one value per pixel and channel.
    pub mean: Array1<f32>,
    /// The values of a black and of a full pixel.
    pub range: [f64; 2],
    /// σ in those units.
    pub std: GaussianStd,
}

impl GaussianPixels {
    fn observed(&self, observation: &Observation<'_>) -> Array1<f64> {
        likelihood::in_range(observation.x, observation.dequantization, self.range)
    }
}

impl PixelLikelihood for GaussianPixels {
    fn log_likelihood(&self, x: &[u8]) -> f64 {
        self.log_density(&Observation::new(x))
    }

    fn means(&self) -> Array1<f32> {
        let [low, high] = self.range;
        self.mean.mapv(|m| ((f64::from(m) - low) / (high - low)).clamp(0.0, 1.0) as f32)
    }

    fn log_density(&self, observation: &Observation<'_>) -> f64 {
        let x = self.observed(observation);
        match &self.std {
            GaussianStd::Given(std) => log_density_iid(x.view(), self.mean.view(), *std),
            GaussianStd::Fitted => {
                let std = observation.std.or_else(|| self.fitted_std(observation));
                log_density_iid(x.view(), self.mean.view(), std.unwrap_or(f64::NAN))
            }
            GaussianStd::PerPixel(log_std) => {
                Zip::from(&x).and(&self.mean).and(log_std).fold(0.0, |sum, &x, &mean, &log_std| {
                    sum + crate::math::gaussian::log_density(
                        x,
                        f64::from(mean),
                        2.0 * f64::from(log_std),
                    )
                })
            }
        }
    }

    fn raw(&self) -> Option<ArrayView1<'_, f32>> {
        Some(self.mean.view())
    }

    fn density(&self) -> Option<DensityUnits> {
        Some(DensityUnits { range: self.range })
    }

    fn fitted_std(&self, observation: &Observation<'_>) -> Option<f64> {
        if !matches!(self.std, GaussianStd::Fitted) {
            return None;
        }
        let x = self.observed(observation);
        Some(likelihood::fitted_std(x.view(), self.mean.view(), self.range))
    }
}

/// 8-bit pixels under a discretized logistic distribution, parameters in units where pixels span
/// `[-1, 1]`.
#[derive(Debug)]
pub struct LogisticPixels {
    /// Mean of each pixel's logistic.
    pub mean: Array1<f32>,
    /// Logarithm of its scale.
    pub log_scale: Array1<f32>,
}

impl PixelLikelihood for LogisticPixels {
    fn log_likelihood(&self, x: &[u8]) -> f64 {
        discretized_logistic::discretized_log_likelihood(x, self.mean.view(), self.log_scale.view())
    }

    fn sensitivity(&self, x: &[u8]) -> Option<Sensitivity> {
        Some(discretized_logistic::sensitivity(x, self.mean.view(), self.log_scale.view()))
    }

    /// The logistic's mean, clipped to the range of pixels: where its tails are cut is not
    /// accounted for.
    fn means(&self) -> Array1<f32> {
        self.mean.mapv(|m| (0.5 * (m + 1.0)).clamp(0.0, 1.0))
    }
}

/// 8-bit pixels under a mixture of discretized logistics (Salimans et al. 2017), in units where
/// pixels span `[-1, 1]`; the channels of a pixel depend on each other.
#[derive(Debug)]
pub struct MixturePixels {
    /// Of each pixel the logits of the components; then for each channel the means, log scales and,
    /// in colour, coefficients of all components.
    pub parameters: Array1<f32>,
    /// Number of components.
    pub components: usize,
    /// 1 or 3.
    pub channels: usize,
}

impl MixturePixels {
    /// Values that a network gives for each pixel: 3 for each component in grey, 10 in colour.
    #[must_use]
    pub fn parameters_per_pixel(components: usize, channels: usize) -> usize {
        components * if channels == 1 { 3 } else { 1 + 3 * channels }
    }

    fn pixels(&self) -> impl Iterator<Item = logistic_mixture::Pixel<'_>> {
        let length = Self::parameters_per_pixel(self.components, self.channels);
        let all = self.parameters.as_slice().unwrap_or_default();
        all.chunks_exact(length)
            .map(|values| logistic_mixture::Pixel::new(values, self.components, self.channels))
    }
}

impl PixelLikelihood for MixturePixels {
    fn log_likelihood(&self, x: &[u8]) -> f64 {
        let levels = x.chunks_exact(self.channels);
        self.pixels().zip(levels).map(|(pixel, levels)| pixel.log_likelihood(levels)).sum()
    }

    /// The mixtures' means, clipped to the range of pixels.
    fn means(&self) -> Array1<f32> {
        let signed = self.pixels().flat_map(|pixel| pixel.mean());
        signed.map(|m| (0.5 * (m + 1.0)).clamp(0.0, 1.0) as f32).collect()
    }
}
