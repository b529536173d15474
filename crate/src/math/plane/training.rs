//! Denoising score matching (Vincent 2011): the small network learns E[x_0 | x_t] from draws of the
//! data.
//!
//! Both losses are the squared error of ε. They differ in where log SNR is drawn: uniformly, which
//! is the bound (Kingma et al. 2021), or as the timesteps of a schedule lie, which is the simple
//! loss of Ho et al. 2020.

use super::bound::noised;
use super::mixture::sample;
use super::mlp::{Example, Mlp, Preconditioning, Weights};
use crate::math::inference::variational::Mixture;
use crate::math::numeric::sigmoid;
use crate::math::rng::{Purpose, standard_normal, uniform};
use crate::math::schedule::NoiseSchedule;

/// How noise levels are weighed against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// As the bound weighs them: log SNR uniform over the trained range.
    Bound,
    /// As Ho et al.'s L_simple does: timesteps uniform.
    Simple,
}

/// Examples of one step.
pub const BATCH: usize = 32;
/// Adam's decay rates (Kingma & Ba 2015).
const DECAY: [f64; 2] = [0.9, 0.99];
const LEARNING_RATE: f64 = 3e-3;
/// Steps after which the learning rate falls with the square root of the step.
const WARM: f64 = 1000.0;
/// Decay of the averaged weights; early on they average over a tenth of the steps.
const AVERAGE: f64 = 0.998;

/// A network in training.
#[derive(Clone, Debug)]
pub struct Training {
    data: Mixture,
    weighting: Weighting,
    log_snr: [f64; 2],
    /// λ_1, ..., λ_T of the schedule that the simple loss follows.
    table: Vec<f64>,
    seed: u64,
    step: u64,
    network: Mlp,
    average: Mlp,
    moments: [Weights; 2],
}

impl Training {
    /// A network that has learnt nothing. Log SNR is trained over the range of `schedule`.
    #[must_use]
    pub fn new(data: Mixture, schedule: &NoiseSchedule, weighting: Weighting, seed: u64) -> Self {
        let table: Vec<f64> = (1..=schedule.steps()).map(|t| schedule.log_snr(t)).collect();
        let log_snr = [table[table.len() - 1], table[0]];
        let noise = standard_normal(seed, Purpose::PlaneTraining, [0, 0], Weights::COUNT);
        let network = Mlp {
            weights: Weights::initial(&noise.to_vec()),
            scaling: Preconditioning::of(&data, log_snr),
        };
        let average = network.clone();
        let moments = [Weights::zero(), Weights::zero()];
        Self { data, weighting, log_snr, table, seed, step: 0, network, average, moments }
    }

    /// Steps made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// The network with its weights averaged over the last steps (Polyak & Juditsky 1992).
    #[expect(clippy::misnamed_getters, reason = "the averaged weights are the result")]
    #[must_use]
    pub fn network(&self) -> &Mlp {
        &self.average
    }

    /// The examples of a step, a function of the seed and the step.
    #[must_use]
    pub fn examples(&self, step: u64) -> Vec<Example> {
        let chosen = uniform(self.seed, Purpose::PlaneTraining, [1, step], 2 * BATCH);
        let noise = standard_normal(self.seed, Purpose::PlaneTraining, [2, step], 4 * BATCH);
        let [low, high] = self.log_snr;
        let example = |i: usize| {
            let at = |k: usize| noise[4 * i + k];
            let x0 = sample(&self.data, chosen[2 * i], [at(0), at(1)]);
            // one draw from each of as many strata as there are examples
            let place = (i as f64 + chosen[2 * i + 1]) / BATCH as f64;
            let log_snr = match self.weighting {
                Weighting::Bound => low + (high - low) * place,
                Weighting::Simple => {
                    let last = self.table.len() - 1;
                    self.table[((self.table.len() as f64 * place) as usize).min(last)]
                }
            };
            let (alpha, sigma) = (sigmoid(log_snr).sqrt(), sigmoid(-log_snr).sqrt());
            Example { x0, x_t: noised(x0, alpha, sigma, [at(2), at(3)]), log_snr }
        };
        (0..BATCH).map(example).collect()
    }

    /// Makes one step of Adam and returns the loss of its examples: the mean of ½ |ε - ε̂|², in
    /// nats per unit of log SNR for [`Weighting::Bound`].
    pub fn advance(&mut self) -> f64 {
        let mut gradient = Weights::zero();
        let loss = self.network.loss(&self.examples(self.step), &mut gradient);
        self.step += 1;
        let step = self.step as f64;
        let rate = LEARNING_RATE * (WARM / step.max(WARM)).sqrt();
        let [bias1, bias2] = DECAY.map(|decay| 1.0 - libm::pow(decay, step));
        let kept = AVERAGE.min(step / (step + 10.0));
        let [first, second] = &mut self.moments;
        let weights = self.network.weights.iter_mut().zip(self.average.weights.iter_mut());
        let moments = first.iter_mut().zip(second.iter_mut());
        for (((weight, average), (m, v)), g) in weights.zip(moments).zip(gradient.iter()) {
            *m = DECAY[0] * *m + (1.0 - DECAY[0]) * g;
            *v = DECAY[1] * *v + (1.0 - DECAY[1]) * g * g;
            *weight -= rate * (*m / bias1) / ((*v / bias2).sqrt() + 1e-8);
            *average = kept * *average + (1.0 - kept) * *weight;
        }
        loss
    }
}
