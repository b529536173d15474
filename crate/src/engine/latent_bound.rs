//! The bounds of one image under a latent-variable model, growing sample by sample.

use std::collections::BTreeMap;

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::random_seed;
use crate::error::{Error, Result};
use crate::math::elbo::{Estimate, bits_per_dim};
use crate::math::importance::{
    ImportanceBound, RELIABLE_SAMPLE_SIZE, effective_sample_size, gap, importance_curve,
    log_likelihood,
};
use crate::math::likelihood::Task;

/// How to score an image with a latent-variable model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LatentBoundOptions {
    /// Samples of the latents from `q(z|x)`, 1 to [`LatentBound::MAX_SAMPLES`].
    pub samples: usize,
    /// Seed of the binarization and of the samples; drawn from the system's generator if absent.
    pub seed: Option<u64>,
    /// The class, for a VAE that is conditioned on one.
    pub class: Option<usize>,
    /// Whether the 8-bit levels are made continuous for a density; see [`DensityReading`].
    pub dequantize: bool,
}

impl Default for LatentBoundOptions {
    fn default() -> Self {
        Self { samples: 5000, seed: None, class: None, dequantize: false }
    }
}

/// How a density of pixels was read. It is comparable with no probability of 8-bit levels but
/// through `log_volume`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DensityReading {
    /// The values of a black and of a full pixel, in whose units the density is.
    pub range: [f64; 2],
    /// Whether noise u ~ U[0, 1) was added to the levels: then the bound plus `log_volume` bounds
    /// the log-probability of the levels, in expectation over u (Theis et al. 2016).
    pub dequantized: bool,
    /// Logarithm of the volume of one level in all dimensions, in nats: with it `bits_per_dim` is
    /// in the units of 8-bit models.
    pub log_volume: f64,
    /// The σ that was fitted to the image, if it is not given: σ² is the mean square error of the
    /// decoded mean of q(z|x) (Rybkin et al. 2021).
    pub fitted_std: Option<f64>,
}

/// What one draw of all latents from `q(z|x)` says, in nats.
#[derive(Clone, Debug)]
pub struct Draw {
    /// log p(x|z).
    pub log_likelihood: f64,
    /// log p(z) - log q(z|x).
    pub log_ratio: f64,
    /// KL(q(z_l | z_{<l}, x) || p(z_l | z_{<l})) of each layer, given the layers above.
    pub kl: Vec<f64>,
}

/// One image under a model: draws of the latents, each addressed by its number.
pub trait Posterior: Send + Sync {
    /// Draw `index` with the seed's noise: a function of both alone.
    fn draw(&self, seed: u64, index: usize) -> Result<Draw>;
    /// Names of the stochastic layers, the top one first.
    fn layers(&self) -> Vec<String>;
    /// KL of each latent to the prior where it is known exactly: with one layer, not with more.
    fn kl_per_latent(&self) -> Option<Array1<f64>>;
    /// How a density is read; `None` for a probability.
    fn density(&self) -> Option<DensityReading> {
        None
    }
}

/// The bounds of one image, in nats but for `bits_per_dim`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LatentBoundResult {
    /// The seed that was used.
    pub seed: u64,
    /// Samples so far.
    pub samples: usize,
    /// Whether all samples are there.
    pub done: bool,
    /// What was explained.
    pub task: Task,
    /// The binary image that was scored, one 0 or 1 per pixel; none for other tasks.
    #[serde(with = "serde_bytes")]
    pub binarized: Option<Vec<u8>>,
    /// How a density was read; none for other tasks.
    pub density: Option<DensityReading>,
    /// E_q[log p(x|z)].
    pub reconstruction: Estimate,
    /// E_q of the KL between posterior and prior, over all layers.
    pub kl: Estimate,
    /// Its summands.
    pub layers: Vec<LayerKl>,
    /// Exact summands for each latent, where there is one layer only.
    pub kl_per_latent: Option<Vec<f64>>,
    /// reconstruction - kl ≤ log p(x).
    pub elbo: Estimate,
    /// -elbo per dimension, in bits; of a density with the volume of a level, see
    /// [`DensityReading`].
    pub bits_per_dim: Estimate,
    /// L_K over K.
    pub importance: Vec<ImportanceBound>,
    /// L_K with all samples: the best estimate of log p(x).
    pub log_likelihood: Estimate,
    /// log_likelihood - elbo, an estimate of KL(q(z|x) || p(z|x)).
    pub gap: Estimate,
    /// (Σ w)² / Σ w² of the importance weights.
    pub effective_sample_size: f64,
    /// Whether that is at least [`RELIABLE_SAMPLE_SIZE`]. If not, `log_likelihood` is still a lower
    /// bound in expectation, but its standard error is too small.
    pub reliable: bool,
}

/// The KL of one stochastic layer.
#[derive(Clone, Debug, Serialize)]
pub struct LayerKl {
    /// Name of the layer.
    pub name: String,
    /// E_q KL(q(z_l | z_{<l}, x) || p(z_l | z_{<l})) in nats.
    pub kl: Estimate,
}

/// The ELBO and the importance-weighted bounds of one image, growing with every sample.
///
/// Samples are independent and addressed by number, so they can be computed anywhere, in any order,
/// with [`LatentBound::evaluate`], and handed in with [`LatentBound::record`]; results use the
/// samples up to the first that is missing.
pub struct LatentBound {
    posterior: Box<dyn Posterior>,
    layers: Vec<String>,
    task: Task,
    observed: Vec<u8>,
    seed: u64,
    total: usize,
    draws: Vec<Draw>,
    waiting: BTreeMap<usize, Draw>,
}

impl LatentBound {
    /// Most samples of one bound.
    pub const MAX_SAMPLES: usize = 1_000_000;

    /// `posterior` makes q(z|x) for the image that is scored: the observed one, with the seed's
    /// binarization; it is given the seed too.
    pub(super) fn new(
        task: Task,
        levels: &[u8],
        options: &LatentBoundOptions,
        posterior: impl FnOnce(&[u8], u64) -> Result<Box<dyn Posterior>>,
    ) -> Result<Self> {
        let total = options.samples;
        if !(1..=Self::MAX_SAMPLES).contains(&total) {
            return Err(Error::value(format!(
                "samples is {total}, it must be 1 to {}",
                Self::MAX_SAMPLES
            )));
        }
        let seed = options.seed.map_or_else(random_seed, Ok)?;
        let observed = task.observe(levels, seed);
        let posterior = posterior(&observed, seed)?;
        let layers = posterior.layers();
        Ok(Self {
            posterior,
            layers,
            task,
            observed,
            seed,
            total,
            draws: Vec::new(),
            waiting: BTreeMap::new(),
        })
    }

    /// Samples when it is complete.
    pub fn total_evaluations(&self) -> usize {
        self.total
    }

    /// Samples so far, up to the first that is missing.
    pub fn evaluations(&self) -> usize {
        self.draws.len()
    }

    /// Whether all samples are there.
    pub fn is_done(&self) -> bool {
        self.draws.len() == self.total
    }

    /// Sample `index`, one run of the network: log p(x|z), log p(z) - log q(z|x), and the KL of
    /// each layer, in nats.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for an index out of range; those of the
    /// network.
    pub fn evaluate(&self, index: usize) -> Result<Vec<f64>> {
        self.check(index)?;
        let Draw { log_likelihood, log_ratio, kl } = self.posterior.draw(self.seed, index)?;
        Ok([&[log_likelihood, log_ratio], &kl[..]].concat())
    }

    /// Takes the values of sample `index` as [`LatentBound::evaluate`] gives them. True if the
    /// result has changed. A sample that is there already is passed over.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for an index out of range or a value that is
    /// NaN, [`ErrorKind::Shape`](crate::ErrorKind::Shape) for another number of values.
    pub fn record(&mut self, index: usize, values: &[f64]) -> Result<bool> {
        self.check(index)?;
        let [log_likelihood, log_ratio, kl @ ..] = values else {
            return Err(Error::shape(format!(
                "a sample has {} values, at least 2 are needed",
                values.len()
            )));
        };
        if kl.len() != self.layers.len() {
            return Err(Error::shape(format!(
                "sample {index} has a KL for {} layers, the model has {}",
                kl.len(),
                self.layers.len()
            )));
        }
        if values.iter().any(|v| v.is_nan()) {
            return Err(Error::value(format!("sample {index} has a value that is NaN")));
        }
        if index < self.draws.len() {
            return Ok(false);
        }
        let draw = Draw { log_likelihood: *log_likelihood, log_ratio: *log_ratio, kl: kl.to_vec() };
        self.waiting.insert(index, draw);
        let before = self.draws.len();
        while let Some(draw) = self.waiting.remove(&self.draws.len()) {
            self.draws.push(draw);
        }
        Ok(self.draws.len() > before)
    }

    /// Computes and takes the next sample; false if all are there.
    ///
    /// # Errors
    /// Those of the network.
    pub fn step(&mut self) -> Result<bool> {
        if self.is_done() {
            return Ok(false);
        }
        let index = self.draws.len();
        let values = self.evaluate(index)?;
        self.record(index, &values)
    }

    fn check(&self, index: usize) -> Result<()> {
        if index < self.total {
            return Ok(());
        }
        Err(Error::value(format!("sample {index} does not exist, there are {}", self.total)))
    }

    /// The bounds from the samples so far; `None` before the first.
    pub fn result(&self) -> Option<LatentBoundResult> {
        if self.draws.is_empty() {
            return None;
        }
        let estimate = |f: &dyn Fn(&Draw) -> f64| {
            Estimate::from_samples(&self.draws.iter().map(f).collect::<Vec<_>>())
        };
        let kl_per_latent = self.posterior.kl_per_latent();
        let exact = kl_per_latent.as_ref().map(|kl| kl.iter().sum::<f64>());
        let kl_of = |draw: &Draw| exact.unwrap_or_else(|| draw.kl.iter().sum());
        let certain = |mean| Estimate { mean, standard_error: Some(0.0) };
        let layers = self.layers.iter().enumerate().map(|(l, name)| LayerKl {
            name: name.clone(),
            kl: exact.map_or_else(|| estimate(&|draw| draw.kl[l]), certain),
        });
        let elbo_terms: Vec<f64> =
            self.draws.iter().map(|draw| draw.log_likelihood - kl_of(draw)).collect();
        let log_weights: Vec<f64> =
            self.draws.iter().map(|draw| draw.log_likelihood + draw.log_ratio).collect();
        let reconstruction = estimate(&|draw| draw.log_likelihood);
        // as in the ELBO of a VAE, so that both give the same bits
        let elbo = exact.map_or_else(
            || Estimate::from_samples(&elbo_terms),
            |kl| reconstruction.linear(1.0, -kl),
        );
        let density = self.posterior.density();
        let volume = density.map_or(0.0, |density| density.log_volume);
        let dimensions = self.observed.len();
        let sample_size = effective_sample_size(&log_weights);
        Some(LatentBoundResult {
            seed: self.seed,
            samples: self.draws.len(),
            done: self.is_done(),
            task: self.task,
            binarized: (self.task == Task::Binarized).then(|| self.observed.clone()),
            reconstruction,
            kl: exact.map_or_else(|| estimate(&kl_of), certain),
            layers: layers.collect(),
            kl_per_latent: kl_per_latent.map(|kl| kl.to_vec()),
            elbo,
            bits_per_dim: elbo
                .linear(bits_per_dim(-1.0, dimensions), bits_per_dim(-volume, dimensions)),
            density,
            importance: importance_curve(&log_weights),
            log_likelihood: log_likelihood(&log_weights),
            gap: gap(&log_weights, &elbo_terms),
            effective_sample_size: sample_size,
            reliable: sample_size >= RELIABLE_SAMPLE_SIZE,
        })
    }
}
