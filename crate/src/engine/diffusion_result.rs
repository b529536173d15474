//! The result of a diffusion model's bound of one image.

use serde::Serialize;

use crate::math::elbo::Estimate;
use crate::math::schedule::ScheduleKind;

/// -ELBO = lT + lDenoising + l0 of an 8-bit image; all terms are costs in nats.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DiffusionElboResult {
    /// The seed that was used.
    pub seed: u64,
    /// Noise schedule of the chain.
    pub schedule: ScheduleKind,
    /// Steps of the chain.
    pub steps: usize,
    /// The class that the model was conditioned on.
    pub class: Option<usize>,
    /// Network evaluations so far, up to the first that is missing.
    pub evaluations: usize,
    /// Complete passes over the strata; the estimates are made of these.
    pub passes: usize,
    /// Whether all passes are complete.
    pub done: bool,
    /// KL(q(x_T|x_0) || N(0, I)), exact.
    pub l_t: f64,
    /// Sum over t = 2..T of E KL(q(x_{t-1}|x_t,x_0) || p(x_{t-1}|x_t)).
    pub l_denoising: Estimate,
    /// -E log p(x_0|x_1), a discretized Gaussian over the 256 levels with variance 1 - alphaBar(1)
    /// around the predicted clean image.
    pub l_0: Estimate,
    /// The same predictions with the variance of q(x_1|x_2,x_0) instead, as in the code of Ho et
    /// al. (2020); not a part of `elbo`.
    pub l_0_posterior_variance: Estimate,
    /// The bound, at most 0.
    pub elbo: Estimate,
    /// -ELBO / (pixels * ln 2).
    pub bits_per_dim: Estimate,
    /// The sum over t and the mean of L_0 as each complete pass has them alone. Pass k of another
    /// bound with the same seed, chain and number of timesteps has the same timesteps and noise, so
    /// that the differences between passes tell how well the difference is known.
    #[cfg_attr(test, ts(inline))]
    pub per_pass: PassCosts,
    /// Mean cost of each timestep that was visited, by t.
    #[cfg_attr(test, ts(inline))]
    pub per_timestep: Vec<TimestepTerm>,
    /// The same bound in its consistency form; null unless it was asked for.
    pub consistency: Option<ConsistencyForm>,
}

/// The terms of the bound from each pass alone; with `l_t` each is an unbiased estimate of the
/// whole bound, and the estimates are the means of them.
///
/// Passes share no noise, and pass k of another bound with the same options has the timesteps
/// and the noise of this one's: what two bounds differ by is known as well as the mean of the
/// differences between passes of one number.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PassCosts {
    /// The sum over `t = 2..=T` as each pass estimates it.
    pub l_denoising: Vec<f64>,
    /// Mean of the draws of `L_0` in each.
    pub l_0: Vec<f64>,
}

/// -ELBO = prior + lConsistency + l0: the same number as from denoising matching, of which a draw
/// is usually noisier.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConsistencyForm {
    /// E KL(q(x_T|x_{T-1}) || N(0, I)), exact.
    pub prior: f64,
    /// Sum over t = 2..T of `E[log q(x_{t-1}|x_{t-2}) - log p(x_{t-1}|x_t)]`; its constants are
    /// summed exactly.
    pub l_consistency: Estimate,
    /// The bound itself, of the same expectation as that of denoising matching.
    pub elbo: Estimate,
    /// Its negative per dimension, in bits.
    pub bits_per_dim: Estimate,
    /// Standard deviation, in nats, of the estimate of the sum over t that one evaluation gives
    /// (its L_{t-1} over the probability of its t), and of the same with the consistency term at
    /// this t and x_t. Null from a single evaluation.
    pub matching_sd: Option<f64>,
    /// The same for the consistency term at the same `t` and `x_t`, without its normalisers.
    pub consistency_sd: Option<f64>,
}

/// `L_{t-1}` at one timestep.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TimestepTerm {
    /// The timestep.
    pub t: usize,
    /// Log signal-to-noise ratio at `t`.
    pub log_snr: f64,
    /// Mean over the evaluations, in nats.
    pub nats: f64,
    /// Evaluations at this timestep.
    pub evaluations: usize,
}
