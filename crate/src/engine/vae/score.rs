//! The bound of one image by a VAE, and what the encoder says over many.

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::super::vae_posterior::VaePosterior;
use super::super::{Accumulator, DensityReading, LatentBound, LatentBoundOptions, check_image};
use super::Vae;
use crate::error::{Error, Result};
use crate::math::elbo::Estimate;
use crate::math::gaussian;
use crate::math::likelihood::{Task, dequantization};
use crate::math::proposal::ProposalKind;
use crate::model::check_class;

/// Samples of the ELBO that are decoded together.
const SAMPLES_AT_ONCE: usize = 64;

/// How to score an image with a VAE.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct VaeElboOptions {
    /// Samples of the latents, 1 to 100000; 64 if absent.
    pub samples: usize,
    /// Seed of the binarization and of the samples; for JavaScript drawn afresh if absent.
    pub seed: u64,
    /// The class, for a model that is conditioned on one.
    #[cfg_attr(test, ts(optional = nullable))]
    pub class: Option<usize>,
    /// Whether the levels are made continuous, for a density.
    pub dequantize: bool,
}

impl Default for VaeElboOptions {
    fn default() -> Self {
        Self { samples: 64, seed: 0, class: None, dequantize: false }
    }
}

/// ELBO = reconstruction - KL of an image, in nats.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "VaeElbo"))]
pub struct ScoredVae {
    /// The seed that was used.
    pub seed: u64,
    /// Samples of the latents.
    pub samples: usize,
    /// What was explained.
    pub task: Task,
    /// The binary image that was scored, one 0 or 1 per pixel; null for other tasks.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array | null"))]
    pub binarized: Option<Vec<u8>>,
    /// How a density was read; null for other tasks.
    pub density: Option<DensityReading>,
    /// The terms.
    #[serde(flatten)]
    pub terms: VaeElbo,
}

/// ELBO = reconstruction - KL of an image, in nats.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VaeElbo {
    /// `E_q[log p(x|z)]`, at most 0 but for a density.
    pub reconstruction: Estimate,
    /// KL(q(z|x) || p(z)), exact.
    pub kl: f64,
    /// The summands of `kl`, one per latent.
    pub kl_per_latent: Vec<f64>,
    /// reconstruction - kl ≤ log p(x).
    pub elbo: Estimate,
    /// -ELBO / (pixels * ln 2); of a density -(ELBO + logVolume) / (pixels * ln 2).
    pub bits_per_dim: Estimate,
}

impl Vae {
    /// Most samples that [`Vae::elbo`] takes in one call.
    pub const MAX_SAMPLES: usize = 100_000;

    /// Mean KL to the prior of each latent, in nats, over images of 8-bit levels laid end to end:
    /// how informative each is, for a model whose entry does not know. Binary images are drawn
    /// with the seed.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) unless there is at least one whole image;
    /// those of [`Vae::encode_given`] and of the network.
    pub fn estimate_kl(
        &self,
        images: &[u8],
        class: Option<usize>,
        seed: u64,
    ) -> Result<Array1<f64>> {
        let dimensions = self.image.dimensions();
        if images.is_empty() || !images.len().is_multiple_of(dimensions) {
            return Err(Error::shape(
                "the set of images",
                format_args!("{} levels", images.len()),
                format_args!("{dimensions} for each image"),
            ));
        }
        check_class(class, self.classes.len())?;
        self.require_posterior()?;
        let mut sum = Array1::zeros(self.latents);
        for levels in images.chunks_exact(dimensions) {
            let x = self.task.encoder_input(&self.task.observe(levels, seed));
            let q = self.encoder()?.encode_given(x.view(), class)?;
            sum += &gaussian::kl_standard(q.mean.view(), q.log_var.view());
        }
        Ok(sum / (images.len() / dimensions) as f64)
    }

    fn require_posterior(&self) -> Result<()> {
        if self.autoencoder {
            return Err(Error::model(
                "is an autoencoder: its encoder gives one code and no q(z|x), so there is no bound",
            ));
        }
        Ok(())
    }

    /// The evidence lower bound `E_q[log p(x|z)] - KL(q(z|x) || p(z))` of one image, in nats
    /// (Kingma & Welling 2014).
    ///
    /// `levels` are 8-bit. A model of binary images explains a binarized one, each pixel being 1
    /// with probability
    /// `level / 255` (as in training); it is part of the result. The KL is exact, the
    /// reconstruction is a mean over samples of the latents.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a number of samples outside
    /// `1..=MAX_SAMPLES`.
    pub fn elbo(&self, levels: &[u8], options: &VaeElboOptions) -> Result<ScoredVae> {
        let VaeElboOptions { samples, seed, class, dequantize } = *options;
        check_image(levels, self.image.dimensions())?;
        if !(1..=Self::MAX_SAMPLES).contains(&samples) {
            return Err(Error::value(
                "samples",
                samples,
                format_args!("1 to {}", Self::MAX_SAMPLES),
            ));
        }
        let q = ProposalKind::Posterior;
        let options = LatentBoundOptions { samples, proposal: q, seed, class, dequantize };
        let mut bound = self.bound(levels, &options)?;
        while !bound.is_done() {
            bound.advance(SAMPLES_AT_ONCE)?;
        }
        let found = bound.result().ok_or_else(|| Error::model("gave no sample of its latents"))?;
        Ok(ScoredVae {
            seed,
            samples,
            task: found.task,
            binarized: found.binarized,
            density: found.density,
            terms: VaeElbo {
                reconstruction: found.reconstruction,
                kl: found.kl.mean,
                kl_per_latent: found.kl_per_latent.unwrap_or_default(),
                elbo: found.elbo,
                bits_per_dim: found.bits_per_dim,
            },
        })
    }

    /// Starts the ELBO and the importance-weighted bounds of one image of 8-bit levels.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for an image of another size,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for options out of range; those of the
    /// network.
    pub fn bound(
        &self,
        levels: &[u8],
        options: &LatentBoundOptions,
    ) -> Result<Accumulator<LatentBound>> {
        check_image(levels, self.image.dimensions())?;
        let &LatentBoundOptions { class, dequantize, .. } = options;
        let bound = LatentBound::new(self.task, levels, options, |x, seed| {
            Ok(Box::new(self.posterior(x, class, dequantize.then_some(seed))?))
        });
        bound.map(Accumulator::new)
    }

    /// q(z|x) of an observed image; with a seed the levels of a density are made continuous.
    fn posterior(
        &self,
        x: &[u8],
        class: Option<usize>,
        dequantize: Option<u64>,
    ) -> Result<VaePosterior> {
        check_class(class, self.classes.len())?;
        if dequantize.is_some() && self.task != Task::Density {
            return Err(Error::request(
                "dequantize is for a density",
                "leave it out, as the model has a probability of the levels already",
            ));
        }
        let encoder = self.encoder()?;
        self.require_posterior()?;
        let q = encoder.encode_given(self.task.encoder_input(x).view(), class)?;
        let noise = dequantize.map(|seed| dequantization(x.len(), seed));
        VaePosterior::new(self.decoder.clone(), q, class, x, noise, self.task == Task::Density)
    }
}
