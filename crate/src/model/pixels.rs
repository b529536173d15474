//! p(x|z) of the pixels, as a decoder gives it.

use ndarray::{Array1, ArrayView1};

use crate::math::numeric::sigmoid;
use crate::math::{bernoulli, logistic};

/// The distribution of an image given its latents; pixels are independent.
pub trait PixelLikelihood {
    /// log p(x|z) in nats of the scored image: one value per pixel, 0 or 1 for the binarized task,
    /// the level for the 8-bit task.
    fn log_likelihood(&self, x: &[u8]) -> f64;
    /// The mean of each pixel, in `[0, 1]`.
    fn means(&self) -> Array1<f32>;
}

/// Binary pixels.
pub struct BernoulliPixels {
    /// Logit of each pixel being 1.
    pub logits: Array1<f32>,
}

impl PixelLikelihood for BernoulliPixels {
    fn log_likelihood(&self, x: &[u8]) -> f64 {
        bernoulli::log_likelihood(ArrayView1::from(x), self.logits.view())
    }

    fn means(&self) -> Array1<f32> {
        self.logits.mapv(|l| sigmoid(f64::from(l)) as f32)
    }
}

/// 8-bit pixels under a discretized logistic distribution, parameters in units where pixels span
/// `[-1, 1]`.
pub struct LogisticPixels {
    /// Mean of each pixel's logistic.
    pub mean: Array1<f32>,
    /// Logarithm of its scale.
    pub log_scale: Array1<f32>,
}

impl PixelLikelihood for LogisticPixels {
    fn log_likelihood(&self, x: &[u8]) -> f64 {
        logistic::discretized_log_likelihood(x, self.mean.view(), self.log_scale.view())
    }

    /// The logistic's mean, clipped to the range of pixels: where its tails are cut is not
    /// accounted for.
    fn means(&self) -> Array1<f32> {
        self.mean.mapv(|m| (0.5 * (m + 1.0)).clamp(0.0, 1.0))
    }
}
