//! What the bound of the true score loses: log p(x_0) - ELBO, and how much of it at either end.

use std::f64::consts::TAU;

use ndarray::aview1;

use super::Point;
use super::bound::{PlaneBound, noised};
use super::mixture::NoisedMixture;
use crate::math::elbo::l_t_prior;
use crate::math::inference::quadrature::Node;
use crate::math::inference::variational::Mixture;
use crate::math::schedule::NoiseSchedule;

/// The gap of the optimal x̂_0 in nats, part by part. Each is a mean over q(x_1, ..., x_T | x_0) of
/// log p - log p_θ of one factor of the chain; over the data none is negative, at a single point
/// one may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// N(0, I) in the place of p(x_T).
    pub noise: f64,
    /// One Gaussian in the place of each p(x_{t-1} | x_t), t in 2..=T.
    pub steps: f64,
    /// One Gaussian in the place of p(x_0 | x_1).
    pub data: f64,
}

impl Gap {
    /// Of the bound that `data`'s own x̂_0 gives; `nodes` are those of N(0, I).
    #[must_use]
    pub fn of(
        data: &Mixture,
        x0: Point,
        bound: &PlaneBound,
        schedule: &NoiseSchedule,
        nodes: &[Node],
    ) -> Self {
        let log_p = data.log_density(x0);
        // E log p_t(x_t) over q(x_t | x_0), and E log q(x_t | x_0)
        let mean_at = |t: usize| {
            let noised_data = NoisedMixture::new(data, schedule.log_snr(t));
            let (alpha, sigma) = (schedule.alpha(t), schedule.sigma(t));
            let at =
                |node: &Node| node.mass * noised_data.log_density(noised(x0, alpha, sigma, node.z));
            let log_q = -1.0 - libm::log(TAU * schedule.variance(t));
            (nodes.iter().map(at).sum::<f64>(), log_q)
        };
        let (last, last_q) = mean_at(schedule.steps());
        let (first, first_q) = mean_at(1);
        // E log p(x_T) - E log N(x_T) = KL(q || N) - KL(q || p_T)
        let noise = l_t_prior(aview1(&x0), schedule) - (last_q - last);
        // log p(x_0 | x_1) = log p(x_0) + log q(x_1 | x_0) - log p_1(x_1)
        let end = log_p + first_q - first + bound.reconstruction;
        Self { noise, steps: log_p - bound.elbo() - noise - end, data: end }
    }
}
