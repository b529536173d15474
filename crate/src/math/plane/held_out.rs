//! The mean bound of a model over the data, from draws that stay the same for every model.

use ndarray::aview1;

use super::bound::{denoising_weight, l_0, noised};
use super::mixture::sample;
use super::{Denoiser, Point, square_distance};
use crate::math::elbo::l_t_prior;
use crate::math::inference::variational::Mixture;
use crate::math::rng::{Purpose, standard_normal, uniform};
use crate::math::schedule::NoiseSchedule;

/// Draws of the data, each with a timestep and noise. Differences between models are known far
/// better than their bounds, as all models see the same draws.
#[derive(Clone, Debug)]
pub struct HeldOut {
    draws: Vec<HeldOutDraw>,
    first_log_snr: f64,
}

#[derive(Clone, Debug)]
struct HeldOutDraw {
    x0: Point,
    /// log p(x_0).
    log_density: f64,
    /// L_T.
    prior: f64,
    /// x_t, its log SNR, and the factor of |x_0 - x̂_0|² in the estimate of Σ L_{t-1}.
    denoising: (Point, f64, f64),
    /// x_1.
    last: Point,
}

impl HeldOut {
    /// `count` draws. Timesteps are stratified, in proportion to the log SNR that they pass.
    #[must_use]
    pub fn new(data: &Mixture, schedule: &NoiseSchedule, seed: u64, count: usize) -> Self {
        let chosen = uniform(seed, Purpose::PlaneParticles, [6, 0], 2 * count);
        let noise = standard_normal(seed, Purpose::PlaneParticles, [7, 0], 6 * count);
        let (first, last) = (schedule.log_snr(1), schedule.log_snr(schedule.steps()));
        let draw = |i: usize| {
            let pair = |k: usize| [noise[6 * i + 2 * k], noise[6 * i + 2 * k + 1]];
            let x0 = sample(data, chosen[2 * i], pair(0));
            // the stratum's place on the way from λ_1 to λ_T, and the step that passes it
            let place = (i as f64 + chosen[2 * i + 1]) / count as f64;
            let passed = first + (last - first) * place;
            let step = (2..schedule.steps()).find(|&t| schedule.log_snr(t) <= passed);
            let t = step.unwrap_or(schedule.steps());
            let share = schedule.log_snr_change(t) / (last - first);
            let at = |t: usize, noise| noised(x0, schedule.alpha(t), schedule.sigma(t), noise);
            HeldOutDraw {
                x0,
                log_density: data.log_density(x0),
                prior: l_t_prior(aview1(&x0), schedule),
                denoising: (
                    at(t, pair(1)),
                    schedule.log_snr(t),
                    denoising_weight(schedule, t) / share,
                ),
                last: at(1, pair(2)),
            }
        };
        Self { draws: (0..count).map(draw).collect(), first_log_snr: first }
    }

    /// An unbiased draw of the model's bound at every x_0.
    pub fn bounds(&self, model: &dyn Denoiser) -> Vec<f64> {
        let first = model.at(self.first_log_snr);
        let of = |draw: &HeldOutDraw| {
            let (x_t, log_snr, weight) = draw.denoising;
            let denoising = weight * square_distance(draw.x0, model.at(log_snr).predict(x_t));
            let error = square_distance(draw.x0, first.predict(draw.last));
            -(draw.prior + denoising + l_0(error, self.first_log_snr))
        };
        self.draws.iter().map(of).collect()
    }

    /// log p(x_0) of every draw.
    #[must_use]
    pub fn log_densities(&self) -> Vec<f64> {
        self.draws.iter().map(|draw| draw.log_density).collect()
    }
}
