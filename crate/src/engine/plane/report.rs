//! What diffusion in the plane tells. Likelihoods, bounds and divergences are in nats; densities, so
//! that log p may be positive.

use serde::Serialize;

use crate::math::elbo::{Estimate, standard_deviation};
use crate::math::inference::Point;
use crate::math::inference::variational::Gaussian;
use crate::math::plane::bound::PlaneBound;
use crate::math::plane::gap::Gap;
use crate::math::schedule::ScheduleKind;

/// A Gaussian as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneKernel {
    /// The mean.
    pub mean: Point,
    /// Standard deviation of each coordinate.
    pub std: Point,
    /// Correlation of the coordinates.
    pub correlation: f64,
}

impl PlaneKernel {
    pub(super) fn isotropic(mean: Point, variance: f64) -> Self {
        Self { mean, std: [variance.sqrt(); 2], correlation: 0.0 }
    }

    pub(super) fn of(gaussian: &Gaussian) -> Self {
        let [a, b, c] = gaussian.covariance();
        let std = [a.sqrt(), c.sqrt()];
        Self { mean: gaussian.mean, std, correlation: b / (std[0] * std[1]) }
    }
}

/// The distributions of x_{t-1} that one term of the bound is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneKernels {
    /// The timestep.
    pub t: usize,
    /// One draw of q(x_t | x_0).
    pub x_t: Point,
    /// The model's x̂_0 for it.
    #[serde(rename = "predictedX0")]
    pub predicted_x0: Point,
    /// q(x_{t-1} | x_t, x_0), isotropic.
    pub posterior: PlaneKernel,
    /// p(x_{t-1} | x_t) of the model, of the same variance.
    pub model: PlaneKernel,
    /// Mean and covariance of the data's own q(x_{t-1} | x_t), a mixture.
    pub data: PlaneKernel,
    /// KL(posterior || model): the draw's share in L_{t-1}.
    pub kl: f64,
}

/// The path of a particle.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanePath {
    /// Timesteps in the order of the path.
    pub t: Vec<usize>,
    /// x_t.
    pub x: Vec<Point>,
    /// The model's x̂_0 from it; x_0 itself at t = 0.
    pub x0: Vec<Point>,
}

/// The bound of one point by quadrature.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneTerms {
    /// L_T, at least 0.
    pub prior: f64,
    /// Σ_{t=2..T} L_{t-1}, at least 0.
    pub denoising: f64,
    /// L_{t-1}, entry t - 2.
    pub per_timestep: Vec<f64>,
    /// L_0, a density's: it may be negative.
    pub reconstruction: f64,
    /// -(prior + denoising + reconstruction).
    pub elbo: f64,
}

impl From<PlaneBound> for PlaneTerms {
    fn from(bound: PlaneBound) -> Self {
        Self {
            prior: bound.prior,
            denoising: bound.denoising.iter().sum(),
            reconstruction: bound.reconstruction,
            elbo: bound.elbo(),
            per_timestep: bound.denoising,
        }
    }
}

/// log p(x_0) - ELBO, part by part; they sum to it. Over the data no part is negative in the mean,
/// at a single point any may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneGap {
    /// log p(x_0) - ELBO.
    pub total: f64,
    /// N(0, I) in the place of p(x_T).
    pub noise: f64,
    /// One Gaussian in the place of each p(x_{t-1} | x_t).
    pub steps: f64,
    /// One Gaussian in the place of p(x_0 | x_1).
    pub data: f64,
    /// The model's x̂_0 in the place of E[x_0 | x_t]: the bound of the exact score minus the
    /// model's.
    pub model: f64,
}

impl PlaneGap {
    pub(super) fn new(exact: Gap, model: f64) -> Self {
        let Gap { noise, steps, data } = exact;
        Self { total: noise + steps + data + model, noise, steps, data, model }
    }
}

/// -ELBO by independent draws of whole chains, in one of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneForm {
    /// Of -ELBO.
    pub cost: Estimate,
    /// Standard deviation of a single draw.
    pub standard_deviation: Option<f64>,
}

impl PlaneForm {
    pub(super) fn of(draws: &[f64]) -> Self {
        Self { cost: Estimate::from_samples(draws), standard_deviation: standard_deviation(draws) }
    }
}

/// ½ E|ε - ε̂|² over log SNR, in nats per unit, from little noise on; equally spaced.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneErrors {
    /// Log SNR, rising from λ_T to λ_1.
    pub log_snr: Vec<f64>,
    /// Of the model.
    pub model: Vec<f64>,
    /// Of E[x_0 | x_t], the least that there can be over the data.
    pub exact: Vec<f64>,
    /// What the model's errors cost up to each log SNR: the integral of the difference.
    pub excess: Vec<f64>,
}

/// A chain of another length.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PlaneSweepPoint {
    /// T.
    pub steps: usize,
    /// The bound.
    pub elbo: f64,
    /// log p(x_0) minus the bound.
    pub gap: f64,
}

/// The bound of chains of a schedule, over T.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlaneSweep {
    /// The schedule.
    pub schedule: ScheduleKind,
    /// Rising in T; as far as they are computed.
    pub points: Vec<PlaneSweepPoint>,
}

/// The likelihoods and bounds of one point, as far as they are computed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanePointResult {
    /// The point.
    pub x0: Point,
    /// log p(x_0) of the data, exactly.
    pub log_p: f64,
    /// log p(x_0) of the density that the model has; none for a network.
    pub model_log_p: Option<f64>,
    /// log p(x_0) of the model's probability-flow ODE.
    pub flow_log_p: Option<f64>,
    /// The bound of the model.
    pub bound: Option<PlaneTerms>,
    /// The bound of the exact score on the same chain.
    pub exact_elbo: Option<f64>,
    /// log p(x_0) - ELBO.
    pub gap: Option<PlaneGap>,
    /// Draws so far.
    pub draws: usize,
    /// -ELBO by denoising matching terms.
    pub denoising: Option<PlaneForm>,
    /// -ELBO by consistency terms, from the same chains.
    pub consistency: Option<PlaneForm>,
    /// The error of x̂_0 over log SNR; none until it is complete.
    pub errors: Option<PlaneErrors>,
    /// The gap over T, for each schedule.
    pub sweep: Vec<PlaneSweep>,
    /// Whether all is computed.
    pub done: bool,
    /// The share of the work that is done, 0 to 1.
    pub progress: f64,
}

/// How well a model scores and samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaneScores {
    /// Mean log p(x_0) over the draws of the data.
    pub log_p: f64,
    /// Mean bound of the model over the same draws.
    pub elbo: Estimate,
    /// Mean bound of the exact score over the same draws.
    pub exact_elbo: Estimate,
    /// exact_elbo - elbo, draw by draw.
    pub loss: Estimate,
    /// Squared energy distance of the samples from as many draws of the data, unbiased: near 0, of
    /// either sign, where they agree; none before the samplers have ended.
    pub ancestral: Option<f64>,
    /// Likewise for DDIM.
    pub ddim: Option<f64>,
    /// Likewise for the ODE.
    pub flow: Option<f64>,
}
