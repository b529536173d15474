//! Results of diffusion in the plane. Likelihoods, bounds and divergences are in nats; densities,
//! so that log p may be positive.

use serde::Serialize;

use crate::math::elbo::{Estimate, standard_deviation};
use crate::math::inference::Point;
use crate::math::inference::variational::Gaussian;
use crate::math::plane::bound::PlaneBound;
use crate::math::plane::gap::Gap;
use crate::math::schedule::ScheduleKind;

/// A Gaussian, for drawing its ellipse.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
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

/// The distributions of x_{t-1} that a term of the bound is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaneKernels {
    /// The timestep.
    pub t: usize,
    /// A draw of q(x_t | x_0), from the same ε at every timestep.
    pub x_t: Point,
    /// The model's x̂_0 for it.
    #[serde(rename = "predictedX0")]
    pub predicted_x0: Point,
    /// q(x_{t-1} | x_t, x_0).
    pub posterior: PlaneKernel,
    /// The model's p(x_{t-1} | x_t), of the same variance.
    pub model: PlaneKernel,
    /// Mean and covariance of the data's own q(x_{t-1} | x_t), a mixture.
    pub data: PlaneKernel,
    /// KL(posterior || model) in nats.
    pub kl: f64,
}

/// The path of a particle.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanePath {
    /// Timesteps in the order of the path.
    pub t: Vec<usize>,
    /// x_t.
    pub x: Vec<Point>,
    /// The model's x̂_0 from each x; x itself at t = 0.
    pub x0: Vec<Point>,
}

/// The bound of a point, by quadrature. Nats of a density: it may be positive, as may be each cost
/// negative but the first two.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaneTerms {
    /// L_T, at least 0.
    pub prior: f64,
    /// Σ_{t≥2} L_{t-1}, at least 0.
    pub denoising: f64,
    /// L_1, ..., L_{T-1}.
    pub per_timestep: Vec<f64>,
    /// L_0.
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

/// log p(x) - ELBO and its parts, which sum to it. No part is negative in the mean over the data;
/// at one point any may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaneGap {
    /// log p(x_0) - ELBO.
    pub total: f64,
    /// N(0, I) in the place of p(x_T).
    pub noise: f64,
    /// One Gaussian in the place of each p(x_{t-1} | x_t).
    pub steps: f64,
    /// One Gaussian in the place of p(x_0 | x_1).
    pub data: f64,
    /// The model's x̂_0 in the place of the best one.
    pub model: f64,
}

impl PlaneGap {
    pub(super) fn new(exact: Gap, model: f64) -> Self {
        let Gap { noise, steps, data } = exact;
        Self { total: noise + steps + data + model, noise, steps, data, model }
    }
}

/// -ELBO by independent draws of whole chains.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaneForm {
    /// Estimate of -ELBO.
    pub cost: Estimate,
    /// Standard deviation of the -ELBO of one draw.
    pub standard_deviation: Option<f64>,
}

impl PlaneForm {
    pub(super) fn of(draws: &[f64]) -> Self {
        Self { cost: Estimate::from_samples(draws), standard_deviation: standard_deviation(draws) }
    }
}

/// ½ E|ε - ε̂|² in nats per unit of log SNR, at 120 places from λ_T to λ_1.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaneErrors {
    /// Log SNR, rising from λ_T to λ_1.
    pub log_snr: Vec<f64>,
    /// Error of the model.
    pub model: Vec<f64>,
    /// Error of the best x̂_0.
    pub exact: Vec<f64>,
    /// The integral of the difference up to each place: what the model's errors cost.
    pub excess: Vec<f64>,
}

/// A chain of another length.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
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
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaneSweep {
    /// The schedule.
    #[cfg_attr(test, ts(type = "\"linear\" | \"cosine\" | \"log-snr-linear\""))]
    pub schedule: ScheduleKind,
    /// Bounds of chains of increasing T, as far as they are computed; `gap` is log p(x) - ELBO.
    #[cfg_attr(test, ts(inline))]
    pub points: Vec<PlaneSweepPoint>,
}

/// Likelihoods and bounds of a point, in nats; null where they are not computed yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanePointResult {
    /// The point.
    pub x0: Point,
    /// log p(x) of the data, exactly.
    pub log_p: f64,
    /// log p(x) of the model's own density; null for a network, which has none in closed form.
    pub model_log_p: Option<f64>,
    /// log p(x) of the model's probability-flow ODE: 200 steps of the classical Runge-Kutta method,
    /// exact divergence. Right to 1e-4 where there are data; far from all, with log p far below
    /// -30, its paths turn too sharply for so few steps.
    pub flow_log_p: Option<f64>,
    /// The bound of the model.
    pub bound: Option<PlaneTerms>,
    /// The bound of the best x̂_0 on the same chain.
    pub exact_elbo: Option<f64>,
    /// log p(x_0) - ELBO.
    pub gap: Option<PlaneGap>,
    /// Whole chains that are drawn, of 64.
    pub draws: usize,
    /// Estimate by denoising matching terms.
    pub denoising: Option<PlaneForm>,
    /// Estimate by consistency terms, from the same chains.
    pub consistency: Option<PlaneForm>,
    /// The error of x̂_0 over log SNR; null until it is complete.
    pub errors: Option<PlaneErrors>,
    /// The bound over T from 2 to 1000, for each schedule.
    pub sweep: Vec<PlaneSweep>,
    /// Whether all is computed.
    pub done: bool,
    /// Share of the work that is done, 0 to 1.
    pub progress: f64,
}

/// How well a model scores and samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaneScores {
    /// Mean log p(x) over 512 draws of the data, in nats.
    pub log_p: f64,
    /// Mean bound of the model over them.
    pub elbo: Estimate,
    /// Mean bound of the best x̂_0 over them.
    pub exact_elbo: Estimate,
    /// exactElbo - elbo, draw by draw.
    pub loss: Estimate,
    /// Squared energy distance (Székely & Rizzo 2013) of the samples from as many fresh draws of
    /// the data, unbiased: near 0, of either sign, where they agree. null before the samplers have
    /// ended.
    pub ancestral: Option<f64>,
    /// The same of samples by DDIM.
    pub ddim: Option<f64>,
    /// The same of samples by the ODE.
    pub flow: Option<f64>,
}
