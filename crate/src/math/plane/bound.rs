//! The bound of a diffusion model on log p(x_0) of a point, exactly by quadrature and by draws.
//!
//! -ELBO = L_T + Σ_{t=2..T} L_{t-1} + L_0 as for images (see [`elbo`](crate::math::elbo)), but for
//! L_0: the data are not discrete, so p_θ(x_0 | x_1) is the density N(x̂_0, σ_1²/α_1² I). Its
//! variance is that of x_0 given x_1 in the limit of little noise.

use ndarray::{Array1, ArrayView1, aview1};
use std::f64::consts::TAU;

use super::{Denoiser, NoiseLevel, Point, square_distance};
use crate::math::consistency::{Neighbours, consistency_prior, consistency_term};
use crate::math::elbo::{l_denoising, l_t_prior};
use crate::math::inference::quadrature::Node;
use crate::math::rng::{Purpose, standard_normal};
use crate::math::schedule::NoiseSchedule;

/// The three terms of -ELBO in nats.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneBound {
    /// L_T = KL(q(x_T | x_0) || N(0, I)).
    pub prior: f64,
    /// L_{t-1}, entry t - 2 for t in 2..=T.
    pub denoising: Vec<f64>,
    /// L_0 = -E log p_θ(x_0 | x_1).
    pub reconstruction: f64,
}

impl PlaneBound {
    /// From E|x_0 - x̂_0(x_t)|² over x_t ~ q(x_t | x_0) at every t in 1..=T.
    pub fn from_errors(
        x0: Point,
        schedule: &NoiseSchedule,
        square_error: impl Fn(usize) -> f64,
    ) -> Self {
        let denoising = |t| denoising_weight(schedule, t) * square_error(t);
        Self {
            prior: l_t_prior(aview1(&x0), schedule),
            denoising: (2..=schedule.steps()).map(denoising).collect(),
            reconstruction: l_0(square_error(1), schedule.log_snr(1)),
        }
    }

    /// ELBO ≤ log p(x_0).
    #[must_use]
    pub fn elbo(&self) -> f64 {
        -(self.prior + self.denoising.iter().sum::<f64>() + self.reconstruction)
    }
}

/// α x_0 + σ ε.
#[must_use]
pub fn noised(x0: Point, alpha: f64, sigma: f64, noise: Point) -> Point {
    [alpha * x0[0] + sigma * noise[0], alpha * x0[1] + sigma * noise[1]]
}

/// E|x_0 - x̂_0(x_t)|² over x_t ~ q(x_t | x_0) by quadrature; `nodes` are for N(0, I).
pub fn square_error(
    level: &dyn NoiseLevel,
    x0: Point,
    alpha: f64,
    sigma: f64,
    nodes: &[Node],
) -> f64 {
    let at = |node: &Node| {
        node.mass * square_distance(x0, level.predict(noised(x0, alpha, sigma, node.z)))
    };
    nodes.iter().map(at).sum()
}

/// The factor of |x_0 - x̂_0|² in L_{t-1}, ½ (SNR(t-1) - SNR(t)), for t in 2..=T.
#[must_use]
pub fn denoising_weight(schedule: &NoiseSchedule, t: usize) -> f64 {
    0.5 * libm::exp(schedule.log_snr(t)) * libm::expm1(-schedule.log_snr_change(t))
}

/// L_0 = -E log N(x_0; x̂_0, σ_1²/α_1² I) from E|x_0 - x̂_0|² and λ_1.
#[must_use]
pub fn l_0(square_error: f64, log_snr: f64) -> f64 {
    0.5 * libm::exp(log_snr) * square_error + libm::log(TAU) - log_snr
}

/// The bound without noise: expectations by quadrature over `nodes`, those of N(0, I).
pub fn exact_bound(
    model: &dyn Denoiser,
    x0: Point,
    schedule: &NoiseSchedule,
    nodes: &[Node],
) -> PlaneBound {
    let error = |t: usize| {
        let level = model.at(schedule.log_snr(t));
        square_error(&*level, x0, schedule.alpha(t), schedule.sigma(t), nodes)
    };
    PlaneBound::from_errors(x0, schedule, error)
}

/// One draw of every term from one chain of noise levels, each with noise of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneDraw {
    /// A draw of -ELBO by denoising matching terms.
    pub denoising_form: f64,
    /// A draw of -ELBO by consistency terms, from the same x_t.
    pub consistency_form: f64,
    /// Draws of L_{t-1}, entry t - 2 for t in 2..=T.
    pub denoising: Vec<f64>,
    /// A draw of L_0.
    pub reconstruction: f64,
}

/// Draw `index` of the bound: independent of every other index, and unbiased for [`exact_bound`] in
/// both forms.
pub fn draw_bound(
    model: &dyn Denoiser,
    x0: Point,
    schedule: &NoiseSchedule,
    seed: u64,
    index: u64,
) -> PlaneDraw {
    let clean = aview1(&x0);
    let predicted = |t: usize| {
        let noise = standard_normal(seed, Purpose::ForwardNoise, [t as u64, index], 2);
        let x_t = noised(x0, schedule.alpha(t), schedule.sigma(t), [noise[0], noise[1]]);
        (x_t, model.at(schedule.log_snr(t)).predict(x_t))
    };
    let (_, x0_hat) = predicted(1);
    let reconstruction = l_0(square_distance(x0, x0_hat), schedule.log_snr(1));
    let mut consistency = 0.0;
    let denoising: Vec<f64> = (2..=schedule.steps())
        .map(|t| {
            let (x_t, x0_hat) = predicted(t);
            let (x_t, x0_hat) = (aview1(&x_t), aview1(&x0_hat));
            consistency += consistency_draw(clean, x_t, x0_hat, schedule, t, seed, index);
            l_denoising(clean, x0_hat, schedule, t)
        })
        .collect();
    PlaneDraw {
        denoising_form: l_t_prior(clean, schedule) + denoising.iter().sum::<f64>() + reconstruction,
        consistency_form: consistency_prior(clean, schedule) + consistency + reconstruction,
        denoising,
        reconstruction,
    }
}

fn consistency_draw(
    x0: ArrayView1<'_, f64>,
    x_t: ArrayView1<'_, f64>,
    x0_hat: ArrayView1<'_, f64>,
    schedule: &NoiseSchedule,
    t: usize,
    seed: u64,
    index: u64,
) -> f64 {
    let noise: Array1<f64> = standard_normal(seed, Purpose::PosteriorNoise, [t as u64, index], 4);
    let neighbours = Neighbours::draw(x0, x_t, schedule, t, noise.view());
    consistency_term(&neighbours, x_t, x0_hat, schedule, t)
}

/// What a model's errors cost in continuous time, per unit of log SNR: ½ e^λ (E|x_0 - x̂_0|² -
/// E|x_0 - E[x_0|x_t]|²) in nats. Its integral over λ is log p(x_0) minus the model's bound, but
/// for the end points (Kingma et al. 2021, eq. 11; Kong, Brekelmans & Ver Steeg 2023). Over the
/// data its mean is never negative; at a single point it may be, where the model is the denser.
pub fn excess_cost(
    model: &dyn Denoiser,
    truth: &dyn Denoiser,
    x0: Point,
    log_snr: f64,
    nodes: &[Node],
) -> f64 {
    let alpha = crate::math::numeric::sigmoid(log_snr).sqrt();
    let sigma = crate::math::numeric::sigmoid(-log_snr).sqrt();
    let error =
        |denoiser: &dyn Denoiser| square_error(&*denoiser.at(log_snr), x0, alpha, sigma, nodes);
    0.5 * libm::exp(log_snr) * (error(model) - error(truth))
}
