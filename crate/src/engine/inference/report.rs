//! What a fit tells of itself. All likelihoods and divergences are in nats.

use serde::Serialize;

use super::Component;
use crate::math::elbo::Estimate;

/// Variance of the two gradient estimates that the same number of draws gives, summed over the free
/// parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GradientVariance {
    /// Of the reparameterized gradient.
    pub reparameterized: f64,
    /// Of the score-function gradient.
    pub score_function: f64,
}

/// q after some iterations, and how far it is from p; nats.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InferenceState {
    /// The seed that was used.
    pub seed: u64,
    /// Iterations so far.
    pub iteration: u64,
    /// Whether the last step left the range of sensible parameters, so that it was not taken and no
    /// other will be.
    pub diverged: bool,
    /// log Z of the target.
    pub log_z: f64,
    /// The ELBO as the draws of the next iteration estimate it.
    pub elbo_estimate: Estimate,
    /// The ELBO by quadrature.
    pub elbo: f64,
    /// KL(q || p) = log Z - ELBO by quadrature.
    pub gap: f64,
    /// KL(p || q) by quadrature.
    pub forward_kl: f64,
    /// Length of the ELBO's gradient by the free parameters, by quadrature: 0 at an optimum.
    pub gradient_norm: f64,
    /// Variance of a gradient estimate with this number of draws, by quadrature.
    pub gradient_variance: GradientVariance,
    /// The components of q.
    pub q: Vec<Component>,
}

/// The q that minimizes KL(p || q).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForwardFit {
    /// Its ELBO by quadrature.
    pub elbo: f64,
    /// KL(q || p) by quadrature.
    pub gap: f64,
    /// KL(p || q) by quadrature.
    pub forward_kl: f64,
    /// Its components.
    pub q: Vec<Component>,
}

/// The course of a fit, as columns: every iteration at first, then fewer and fewer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InferenceTrace {
    /// Iterations before the row's state.
    pub iteration: Vec<u64>,
    /// The ELBO as that iteration's draws estimate it.
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
