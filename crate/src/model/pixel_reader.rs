//! The outputs of a decoder as the distribution of the pixels.

use ndarray::Array1;

use super::manifest::{ImageShape, Likelihood, PixelOutput, PixelSpread, PixelValue, Std};
use super::onnx::TensorSpec;
use super::pixels::{GaussianPixels, GaussianStd, GreyPixels};
use super::wiring::ImageResult;
use super::{BernoulliPixels, LogisticPixels, MixturePixels, PixelLikelihood};
use crate::error::Result;
use crate::math::discretized_logistic::LOG_SCALE;

/// What the outputs of a decoder say of the pixels.
#[derive(Clone, Debug)]
pub(super) struct PixelReader {
    likelihood: Likelihood,
    result: ImageResult,
    value: PixelValue,
    range: [f64; 2],
    spread: Option<PixelSpread>,
    std: Option<Std>,
    components: usize,
    /// The names of the outputs that are read.
    pub(super) names: Vec<String>,
    shape: Option<Vec<usize>>,
}

impl PixelReader {
    pub(super) fn new(output: &PixelOutput, image: ImageShape, likelihood: Likelihood) -> Self {
        let binary = matches!(likelihood, Likelihood::Bernoulli | Likelihood::GreyBernoulli);
        let signed = matches!(likelihood, Likelihood::DiscretizedLogistic);
        let value =
            output.value.unwrap_or(if binary { PixelValue::Logits } else { PixelValue::Mean });
        let name = output.name.clone().unwrap_or_else(|| {
            match (likelihood, value) {
                (Likelihood::LogisticMixture, _) => "parameters",
                (_, PixelValue::Logits) => "logits",
                (_, PixelValue::Mean) => "mean",
            }
            .into()
        });
        let mut names = vec![name];
        let spread = output.spread.as_ref().map(|spread| {
            names.push(spread.name.clone());
            spread.value
        });
        let spread = spread.or_else(|| {
            signed.then(|| {
                names.push("log_scale".into());
                PixelSpread::LogScale
            })
        });
        let components = output.components.unwrap_or(1);
        let channels = match likelihood {
            Likelihood::LogisticMixture => {
                MixturePixels::parameters_per_pixel(components, image.channels)
            }
            _ => image.channels,
        };
        Self {
            likelihood,
            result: ImageResult { image, layout: output.layout, channels },
            value,
            range: output.range.unwrap_or(if signed { [-1.0, 1.0] } else { [0.0, 1.0] }),
            spread,
            std: output.std,
            components,
            names,
            shape: output.shape.clone(),
        }
    }

    /// Fails unless the outputs have the shape of images.
    pub(super) fn check(&self, path: &str, outputs: &[TensorSpec], batch: usize) -> Result<()> {
        let shape = self.shape.as_deref();
        outputs.iter().try_for_each(|found| self.result.check(path, found, shape, batch))
    }

    /// How far the range of the decoder is from one of length `length` that starts at `low`:
    /// factor and summand, none for none.
    fn affine_to_range(&self, low: f64, length: f64) -> Option<(f64, f64)> {
        let [from, to] = self.range;
        let factor = length / (to - from);
        (self.range != [low, low + length]).then_some((factor, low - factor * from))
    }

    /// The distribution that the outputs state, with the log scale of a logistic clamped to
    /// [`LOG_SCALE`].
    pub(super) fn read(&self, outputs: &[Vec<f32>]) -> Box<dyn PixelLikelihood> {
        let first = |at: usize| Array1::from(self.result.first(&outputs[at]));
        match self.likelihood {
            Likelihood::Bernoulli => Box::new(BernoulliPixels { logits: self.logits(first(0)) }),
            Likelihood::GreyBernoulli => Box::new(GreyPixels { logits: self.logits(first(0)) }),
            Likelihood::Gaussian => Box::new(GaussianPixels {
                mean: first(0),
                range: self.range,
                std: match (self.spread, self.std) {
                    (Some(spread), _) => GaussianStd::PerPixel(log_std(first(1), spread)),
                    (None, Some(Std::Given(std))) => GaussianStd::Given(std),
                    _ => GaussianStd::Fitted,
                },
            }),
            Likelihood::LogisticMixture => Box::new(MixturePixels {
                parameters: first(0),
                components: self.components,
                channels: self.result.image.channels,
            }),
            Likelihood::DiscretizedLogistic | Likelihood::DiscretizedGaussian => {
                let (mut mean, mut log_scale) = (first(0), first(1));
                match self.spread {
                    Some(PixelSpread::Std) => log_scale.mapv_inplace(libm::logf),
                    Some(PixelSpread::LogVar) => log_scale.mapv_inplace(|v| 0.5 * v),
                    _ => {}
                }
                if let Some((factor, shift)) = self.affine_to_range(-1.0, 2.0) {
                    mean.mapv_inplace(|v| (factor * f64::from(v) + shift) as f32);
                    let log_factor = libm::log(factor);
                    log_scale.mapv_inplace(|v| (f64::from(v) + log_factor) as f32);
                }
                log_scale.mapv_inplace(|v| v.clamp(LOG_SCALE[0], LOG_SCALE[1]));
                Box::new(LogisticPixels { mean, log_scale })
            }
        }
    }

    /// The logits of the pixels.
    fn logits(&self, values: Array1<f32>) -> Array1<f32> {
        match self.value {
            PixelValue::Logits => values,
            PixelValue::Mean => {
                let (factor, shift) = self.affine_to_range(0.0, 1.0).unwrap_or((1.0, 0.0));
                values.mapv_into(|v| logit(factor * f64::from(v) + shift) as f32)
            }
        }
    }
}

/// log(p / (1 - p)), of a p rounded to 0 or 1 no further out than ±100, where the cross-entropy of
/// PyTorch ends too.
fn logit(p: f64) -> f64 {
    if p.is_nan() {
        return p;
    }
    let p = p.clamp(0.0, 1.0);
    (libm::log(p) - libm::log1p(-p)).clamp(-100.0, 100.0)
}

fn log_std(values: Array1<f32>, spread: PixelSpread) -> Array1<f32> {
    match spread {
        PixelSpread::LogScale | PixelSpread::LogStd => values,
        PixelSpread::LogVar => values.mapv_into(|v| 0.5 * v),
        PixelSpread::Std => values.mapv_into(libm::logf),
    }
}
