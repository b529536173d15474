//! What the bound of one image under a diffusion model says.

use serde::Serialize;

use crate::math::elbo::Estimate;
use crate::math::schedule::ScheduleKind;

/// The terms of `-ELBO = L_T + sum of L_{t-1} + L_0` (Ho et al. 2020, eq. 5), in nats but for
/// `bits_per_dim`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiffusionElboResult {
    /// The seed that was used.
    pub seed: u64,
    /// Noise schedule of the chain.
    pub schedule: ScheduleKind,
    /// Steps of the chain.
    pub steps: usize,
    /// Class that was conditioned on.
    pub class: Option<usize>,
    /// Network evaluations so far, up to the first that is missing.
    pub evaluations: usize,
    /// Complete passes over the strata; the estimates are made of these.
    pub passes: usize,
    /// Whether all passes are complete.
    pub done: bool,
    /// Prior matching, `KL(q(x_T|x_0) || N(0, I))`, exact.
    pub l_t: f64,
    /// Denoising matching, the sum over `t = 2..=T`.
    pub l_denoising: Estimate,
    /// Reconstruction, `-E log p(x_0|x_1)`.
    pub l_0: Estimate,
    /// The same predictions under a Gaussian of variance β̃_2 instead of 1 - ᾱ_1, as in the code of
    /// Ho et al. (2020). Not a part of `elbo`: in place of `l_0` it would make another model's.
    pub l_0_posterior_variance: Estimate,
    /// The bound itself, at most 0.
    pub elbo: Estimate,
    /// The bound's negative per dimension, in bits.
    pub bits_per_dim: Estimate,
    /// What each complete pass says by itself, in their order.
    pub per_pass: PassCosts,
    /// Mean of `L_{t-1}` at each timestep that was visited, by `t`.
    pub per_timestep: Vec<TimestepTerm>,
    /// The same bound in its consistency form, if it was asked for.
    pub consistency: Option<ConsistencyForm>,
}

/// The terms of the bound from each pass alone; with `l_t` each is an unbiased estimate of the whole
/// bound, and the estimates are the means of them.
///
/// Passes share no noise, and pass k of another bound with the same options has the timesteps
/// and the noise of this one's: what two bounds differ by is known as well as the mean of the
/// differences between passes of one number.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PassCosts {
    /// The sum over `t = 2..=T` as each pass estimates it.
    pub l_denoising: Vec<f64>,
    /// Mean of the draws of `L_0` in each.
    pub l_0: Vec<f64>,
}

/// The bound as `-ELBO = prior + sum of consistency terms + L_0`, in nats but for `bits_per_dim`:
/// the same number as from denoising matching, of which a draw is usually noisier
/// ([`math::consistency`](crate::math::consistency)).
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsistencyForm {
    /// `E KL(q(x_T|x_{T-1}) || N(0, I))`, exact.
    pub prior: f64,
    /// The sum over `t = 2..=T` of `E[log q(x_{t-1}|x_{t-2}) - log p(x_{t-1}|x_t)]`. The logarithms
    /// of the densities' normalisers are summed exactly; the rest is estimated as denoising
    /// matching is.
    pub l_consistency: Estimate,
    /// The bound itself, of the same expectation as that of denoising matching.
    pub elbo: Estimate,
    /// Its negative per dimension, in bits.
    pub bits_per_dim: Estimate,
    /// Standard deviation of the estimate of the sum over `t` that one evaluation gives, a draw of
    /// `L_{t-1}` over the probability of its `t`; none from a single evaluation.
    pub matching_sd: Option<f64>,
    /// The same for the consistency term at the same `t` and `x_t`, without its normalisers.
    pub consistency_sd: Option<f64>,
}

/// `L_{t-1}` at one timestep.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
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
