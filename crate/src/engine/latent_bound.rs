//! The bounds of one image under a latent-variable model, growing sample by sample.

use std::ops::Range;

use ndarray::Array1;
use serde::Deserialize;

use super::estimator::Estimator;
use super::latent_result::{DensityReading, ImportanceEstimate, LatentBoundResult, LayerKl};
use crate::error::{Error, Result};
use crate::math::elbo::{Estimate, bits_per_dim};
use crate::math::importance::{gap, importance_curve, log_likelihood, stratified};
use crate::math::likelihood::Task;
use crate::math::proposal::{Proposal, ProposalKind, log_mixture};
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

/// What one draw of all latents says, in nats.
#[derive(Clone, Debug)]
pub(super) struct ImportanceSample {
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
    fn draws(&self, noises: &[Array1<f64>]) -> Result<Vec<ImportanceSample>>;
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
    draws: Vec<ImportanceSample>,
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
            let ImportanceSample { log_likelihood, log_ratio, kl } = draw;
            let components = self.proposal.log_ratios(noise.view());
            [&[log_likelihood, log_ratio], &kl[..], &components[..]].concat()
        });
        Ok(values.collect())
    }

    fn record(&mut self, index: usize, values: &[f64]) -> Result<bool> {
        let (kl, components) = values[2..].split_at(self.layers.len());
        let (log_likelihood, log_ratio) = (values[0], values[1]);
        if self.proposal.slot(index).component == 0 {
            self.draws.push(ImportanceSample { log_likelihood, log_ratio, kl: kl.to_vec() });
        }
        self.weights.push([&[log_likelihood + log_ratio], components].concat());
        Ok(true)
    }

    /// The bounds from the draws so far; `None` before the first.
    fn result(&self, evaluations: usize) -> Option<LatentBoundResult> {
        if self.draws.is_empty() {
            return None;
        }
        let estimate = |f: &dyn Fn(&ImportanceSample) -> f64| {
            Estimate::from_samples(&self.draws.iter().map(f).collect::<Vec<_>>())
        };
        let kl_per_latent = self.posterior.kl_per_latent();
        let exact = kl_per_latent.as_ref().map(|kl| kl.iter().sum::<f64>());
        let kl_of = |draw: &ImportanceSample| exact.unwrap_or_else(|| draw.kl.iter().sum());
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
