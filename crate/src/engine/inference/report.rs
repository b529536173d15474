//! Diagnostics of a fit. All likelihoods and divergences are in nats.

use serde::Serialize;

use super::Component;
use crate::math::elbo::Estimate;

/// Variance of the two gradient estimates that the same number of draws gives, summed over the free
/// parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GradientVariance {
    /// Of the reparameterized gradient.
    pub reparameterized: f64,
    /// Of the score-function gradient.
    pub score_function: f64,
}

/// q after some iterations, and how far it is from p. Nats. "By quadrature" means without noise, to
/// about three decimals.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InferenceState {
    /// The seed that was used.
    pub seed: u64,
    /// Iterations so far.
    pub iteration: u64,
    /// The last step led out of the range of sensible parameters: it was not taken, and no other
    /// will be before a reset.
    pub diverged: bool,
    /// log Z of the target.
    pub log_z: f64,
    /// The ELBO as the draws of the next iteration estimate it.
    pub elbo_estimate: Estimate,
    /// By quadrature.
    pub elbo: f64,
    /// KL(q || p) = log Z - ELBO by quadrature.
    pub gap: f64,
    /// KL(p || q) by quadrature.
    pub forward_kl: f64,
    /// Length of the ELBO's gradient by the family's free parameters (means, logarithms of scales,
    /// L_21, logits of weights).
    pub gradient_norm: f64,
    /// Variance of a gradient estimate with this number of samples, summed over those parameters,
    /// by quadrature.
    #[cfg_attr(test, ts(inline))]
    pub gradient_variance: GradientVariance,
    /// The components of q.
    #[cfg_attr(test, ts(type = "Required<InferenceComponent>[]"))]
    pub q: Vec<Component>,
}

/// The q of the family that minimizes KL(p || q); for a mixture a local minimum.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "InferenceForwardFit"))]
pub struct ForwardFit {
    /// Its ELBO by quadrature.
    pub elbo: f64,
    /// KL(q || p).
    pub gap: f64,
    /// KL(p || q).
    pub forward_kl: f64,
    /// Its components.
    #[cfg_attr(test, ts(type = "Required<InferenceComponent>[]"))]
    pub q: Vec<Component>,
}

/// The course of a fit, as columns: every iteration at first, then every 5th, 20th, 100th and
/// 500th.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InferenceTrace {
    /// Iterations before the row's state.
    pub iteration: Vec<u64>,
    /// As each iteration's own draws estimate it.
    pub elbo_estimate: Vec<f64>,
    /// The ELBO by quadrature.
    pub elbo: Vec<f64>,
    /// KL(q || p) by quadrature.
    pub gap: Vec<f64>,
    /// Variance of the reparameterized gradient estimate.
    pub reparameterized_variance: Vec<f64>,
    /// Variance of the score-function gradient estimate.
    pub score_function_variance: Vec<f64>,
}
