//! The bounds of one image under a latent-variable model, growing sample by sample.

use std::ops::Range;

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::estimator::Estimator;
use crate::error::{Error, Result};
use crate::math::elbo::{Estimate, bits_per_dim};
use crate::math::importance::{
    ImportanceBound, effective_sample_size, gap, importance_curve, log_likelihood, stratified,
};
use crate::math::likelihood::Task;
use crate::math::proposal::{Proposal, ProposalKind, log_mixture};
use crate::math::psis::{ParetoTail, draws_needed, shape_threshold};
use crate::model::debug_by_name;

/// How to score an image with a latent-variable model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct LatentBoundOptions {
    /// Samples of q(z|x), of which the ELBO is made, 1 to 1000000; 5000 if absent. The proposal's
    /// own draws come on top.
    pub samples: usize,
    /// "fitted" if absent.
    pub proposal: ProposalKind,
    /// Seed of the binarization and of the samples; for JavaScript drawn afresh if absent.
    pub seed: u64,
    /// The class, for a VAE that is conditioned on one.
    #[cfg_attr(test, ts(optional = nullable))]
    pub class: Option<usize>,
    /// Whether the levels are made continuous, for a density.
    pub dequantize: bool,
}

impl Default for LatentBoundOptions {
    fn default() -> Self {
        Self {
            samples: 5000,
            proposal: ProposalKind::Fitted,
            seed: 0,
            class: None,
            dequantize: false,
        }
    }
}

/// How a density of pixels was read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DensityReading {
    /// The values of a black and of a full pixel, in whose units the density is.
    pub range: [f64; 2],
    /// Whether noise u ~ U[0, 1) was added to the levels (Theis et al. 2016): then elbo + logVolume
    /// bounds log P of the levels.
    pub dequantized: bool,
    /// Logarithm of the volume of one level in all dimensions, in nats, with which bitsPerDim is in
    /// the units of 8-bit models.
    pub log_volume: f64,
    /// The standard deviation that was fitted to the image (Rybkin et al. 2021); null if it is
    /// given.
    pub fitted_std: Option<f64>,
}

/// With fewer draws nothing is called reliable.
const FEWEST_DRAWS: usize = 25;

/// What one draw of all latents says, in nats.
#[derive(Clone, Debug)]
pub(super) struct Draw {
    /// log p(x|z).
    pub log_likelihood: f64,
    /// log p(z) - log q(z|x).
    pub log_ratio: f64,
    /// KL(q(z_l | z_{<l}, x) || p(z_l | z_{<l})) of each layer, given the layers above.
    pub kl: Vec<f64>,
}

debug_by_name!(dyn Posterior);

/// One image under a model: draws of the latents z = μ + σ e, layer by layer, as functions of the
/// noise e.
pub(super) trait Posterior: Send + Sync {
    /// How many latents there are in all layers.
    fn latents(&self) -> usize;
    /// What the model says at noises, each with one entry per latent; standard normal noise gives a
    /// draw from `q(z|x)`. Their states go through the network together.
    fn draws(&self, noises: &[Array1<f64>]) -> Result<Vec<Draw>>;
    /// The proposal of a kind, or what stands in for it: a function of the image alone.
    fn proposal(&self, kind: ProposalKind) -> Result<Proposal>;
    /// Names of the stochastic layers, the top one first.
    fn layers(&self) -> Vec<String>;
    /// KL of each latent to the prior where it is known exactly: with one layer, not with more.
    fn kl_per_latent(&self) -> Option<Array1<f64>>;
    /// How a density is read; `None` for a probability.
    fn density(&self) -> Option<DensityReading> {
        None
    }
}

/// Bounds on log p(x) of one image under a VAE or a hierarchical VAE, in nats.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LatentBoundResult {
    /// The seed that was used.
    pub seed: u64,
    /// Samples of q(z|x) so far.
    pub samples: usize,
    /// All draws so far, those of the proposal's other components among them.
    pub draws: usize,
    /// Whether all are there.
    pub done: bool,
    /// What was explained.
    pub task: Task,
    /// The binary image that was scored, one 0 or 1 per pixel; null for other tasks.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array | null"))]
    pub binarized: Option<Vec<u8>>,
    /// How a density was read; null for other tasks.
    pub density: Option<DensityReading>,
    /// `E_q[log p(x|z)]`.
    pub reconstruction: Estimate,
    /// KL(q(z|x) || p(z)); exact for a VAE, whose standard error is 0.
    pub kl: Estimate,
    /// Its summands: one per stochastic layer, the top one first; a VAE has one.
    #[cfg_attr(test, ts(inline))]
    pub layers: Vec<LayerKl>,
    /// The exact summands of a VAE, one per latent; null for a hierarchical VAE.
    pub kl_per_latent: Option<Vec<f64>>,
    /// reconstruction - kl ≤ log p(x).
    pub elbo: Estimate,
    /// -ELBO / (pixels * ln 2).
    pub bits_per_dim: Estimate,
    /// The importance-weighted bound L_K (Burda et al. 2015) for K = 1, 2, 5, 10, ... and for all
    /// samples so far: the mean over disjoint batches of K. The standard error comes from the
    /// spread of the batches, of their weights where the batches are few.
    #[cfg_attr(test, ts(inline))]
    pub importance: Vec<ImportanceBound>,
    /// log p(x) by the proposal, from below in expectation.
    pub log_likelihood: Estimate,
    /// logLikelihood - elbo, an estimate of KL(q(z|x) || p(z|x)).
    pub gap: Estimate,
    /// False if the standard errors of these two are too small to trust: that of the first of
    /// `estimates`.
    pub reliable: bool,
    /// log p(x) by the proposal, then by q alone if that is another.
    pub estimates: Vec<ImportanceEstimate>,
}

/// log p(x) by importance sampling, in nats.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImportanceEstimate {
    /// What the draws come from.
    pub proposal: ProposalKind,
    /// How many they are.
    pub draws: usize,
    /// The logarithm of the mean weight, in nats.
    pub log_likelihood: Estimate,
    /// (sum of w)^2 / sum of w^2 of the importance weights w.
    pub effective_sample_size: f64,
    /// Null where there are too few draws for it, or the largest weights are equal.
    pub pareto: Option<ParetoDiagnostic>,
    /// Whether the shape of the tail is below its threshold.
    pub reliable: bool,
}

/// The Pareto distribution fitted to the largest importance weights (Vehtari et al. 2024).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ParetoDiagnostic {
    /// The weights have about 1 / shape moments: from 1/2 on no variance, from 1 on no mean.
    pub shape: f64,
    /// min(1 - 1/log10(draws), 0.7).
    pub threshold: f64,
    /// How many draws would do; null if no number does.
    pub draws_needed: Option<f64>,
    /// Weights in the tail.
    pub size: usize,
    /// Some of them, the largest first: its rank, and the logarithm of the weight over the mean
    /// weight, as it came and as the fit expects it.
    #[cfg_attr(test, ts(inline))]
    pub tail: Vec<TailWeight>,
}

/// One of the largest weights.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TailWeight {
    /// 1 for the largest.
    pub rank: usize,
    /// Its logarithm, less that of the mean weight.
    pub observed: f64,
    /// What the fit expects at this rank, likewise.
    pub fitted: f64,
}

/// The KL of one stochastic layer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LayerKl {
    /// Name of the layer.
    pub name: String,
    /// E_q KL(q(z_l | z_{<l}, x) || p(z_l | z_{<l})) in nats.
    pub kl: Estimate,
}

/// The ELBO and the importance-weighted bounds of one image, growing with every draw.
///
/// Draws are independent and addressed by number. `log p(x)` and the ELBO use those that are there.
#[derive(Debug)]
pub struct LatentBound {
    posterior: Box<dyn Posterior>,
    proposal: Proposal,
    layers: Vec<String>,
    task: Task,
    observed: Vec<u8>,
    seed: u64,
    samples: usize,
    /// Of every draw: log p(x|z) + log p(z) - log q(z|x), then the log ratios of the proposal's
    /// other components to q.
    weights: Vec<Vec<f64>>,
    /// The draws of q.
    draws: Vec<Draw>,
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
        let samples = options.samples;
        if !(1..=Self::MAX_SAMPLES).contains(&samples) {
            return Err(Error::value(
                "samples",
                samples,
                format_args!("1 to {}", Self::MAX_SAMPLES),
            ));
        }
        let seed = options.seed;
        let observed = task.observe(levels, seed);
        let posterior = posterior(&observed, seed)?;
        let proposal = posterior.proposal(options.proposal)?;
        Ok(Self {
            layers: posterior.layers(),
            posterior,
            samples,
            proposal,
            task,
            observed,
            seed,
            weights: Vec::new(),
            draws: Vec::new(),
        })
    }

    /// log p(x, z) less the log density of the mixture of all draws that are there.
    fn mixture_log_weights(&self) -> Vec<f64> {
        let log_shares = self.proposal.log_shares(self.weights.len());
        let log_weight = |w: &Vec<f64>| w[0] - log_mixture(&log_shares, &w[1..]);
        self.weights.iter().map(log_weight).collect()
    }
}

impl Estimator for LatentBound {
    type Outcome = LatentBoundResult;

    /// The samples of q and the draws of the proposal's other components.
    fn total(&self) -> usize {
        self.proposal.draws(self.samples)
    }

    fn values(&self, _: usize) -> usize {
        1 + self.layers.len() + self.proposal.components()
    }

    /// Of each draw: log p(x|z), log p(z) - log q(z|x), the KL of each layer, and the log ratio of
    /// each of the proposal's other components to q, in nats.
    fn evaluate(&self, indices: Range<usize>) -> Result<Vec<Vec<f64>>> {
        let latents = self.posterior.latents();
        let noises: Vec<Array1<f64>> =
            indices.map(|index| self.proposal.noise(self.seed, index, latents)).collect();
        let draws = self.posterior.draws(&noises)?;
        let values = noises.iter().zip(draws).map(|(noise, draw)| {
            let Draw { log_likelihood, log_ratio, kl } = draw;
            let components = self.proposal.log_ratios(noise.view());
            [&[log_likelihood, log_ratio], &kl[..], &components[..]].concat()
        });
        Ok(values.collect())
    }

    fn record(&mut self, index: usize, values: &[f64]) -> Result<bool> {
        let (kl, components) = values[2..].split_at(self.layers.len());
        let (log_likelihood, log_ratio) = (values[0], values[1]);
        if self.proposal.slot(index).component == 0 {
            self.draws.push(Draw { log_likelihood, log_ratio, kl: kl.to_vec() });
        }
        self.weights.push([&[log_likelihood + log_ratio], components].concat());
        Ok(true)
    }

    /// The bounds from the draws so far; `None` before the first.
    fn result(&self, evaluations: usize) -> Option<LatentBoundResult> {
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
        let plain = ImportanceEstimate::new(
            ProposalKind::Posterior,
            &log_weights,
            log_likelihood(&log_weights),
        );
        let (gap, estimates) = if self.proposal.components() == 1 {
            (gap(&log_weights, &elbo_terms), vec![plain])
        } else {
            let mixture = self.mixture_log_weights();
            let component = |at| self.proposal.slot(at).component;
            let [log_likelihood, gap] = stratified(&mixture, component, &elbo_terms);
            let kind = self.proposal.kind();
            (gap, vec![ImportanceEstimate::new(kind, &mixture, log_likelihood), plain])
        };
        Some(LatentBoundResult {
            seed: self.seed,
            samples: self.draws.len(),
            draws: self.weights.len(),
            done: evaluations == self.total(),
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
            log_likelihood: estimates[0].log_likelihood,
            gap,
            reliable: estimates[0].reliable,
            estimates,
        })
    }
}

impl ImportanceEstimate {
    fn new(proposal: ProposalKind, log_weights: &[f64], log_likelihood: Estimate) -> Self {
        let draws = log_weights.len();
        let effective_sample_size = effective_sample_size(log_weights);
        let threshold = shape_threshold(draws);
        let tail = ParetoTail::fit(log_weights);
        let reliable = match &tail {
            Some(tail) => tail.shape < threshold,
            // Weights that are all alike have no tail to fit.
            None => draws >= FEWEST_DRAWS && effective_sample_size > 0.99 * draws as f64,
        };
        let pareto = tail.map(|tail| ParetoDiagnostic {
            shape: tail.shape,
            threshold,
            draws_needed: draws_needed(tail.shape),
            size: tail.size(),
            tail: tail
                .quantiles(log_weights)
                .into_iter()
                .map(|(rank, observed, fitted)| TailWeight {
                    rank,
                    observed: observed - log_likelihood.mean,
                    fitted: fitted - log_likelihood.mean,
                })
                .collect(),
        });
        Self { proposal, draws, log_likelihood, effective_sample_size, pareto, reliable }
    }
}
