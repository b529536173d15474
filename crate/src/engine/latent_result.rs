//! What the bounds of one image under a latent-variable model are.

use serde::Serialize;

use crate::math::elbo::Estimate;
use crate::math::importance::{ImportanceBound, effective_sample_size};
use crate::math::likelihood::Task;
use crate::math::proposal::ProposalKind;
use crate::math::psis::{ParetoTail, draws_needed, shape_threshold};

/// With fewer draws nothing is called reliable.
const FEWEST_DRAWS: usize = 25;

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

impl ImportanceEstimate {
    pub(super) fn new(
        proposal: ProposalKind,
        log_weights: &[f64],
        log_likelihood: Estimate,
    ) -> Self {
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
