//! Draws of q(x_t|x_0) of one image, for bounds and for display.

use std::sync::Arc;

use ndarray::Array1;

use crate::error::{Error, Result};
use crate::image::levels::levels_to_signed;
use crate::math::consistency::{Neighbours, consistency_term};
use crate::math::diffusion::q_sample;
use crate::math::elbo::{l_0, l_0_posterior_variance, l_denoising};
use crate::math::parameterization::Prediction;
use crate::math::rng::{Purpose, standard_normal};
use crate::math::schedule::NoiseSchedule;
use crate::model::{NoisePredictor, NoisyState};

/// An image, a chain and a seed: every draw of `q(x_t|x_0)` follows from the pass and the timestep.
#[derive(Debug)]
pub(super) struct NoisedImage {
    predictor: Arc<dyn NoisePredictor>,
    pub(super) schedule: NoiseSchedule,
    pub(super) seed: u64,
    pub(super) x0: Array1<f64>,
    levels: Vec<u8>,
}

/// Where a draw is made. A pass has one draw of each timestep in `1..=T`, but may have further ones
/// of t = 1, numbered by `repeat`.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) pass: usize,
    pub(super) t: usize,
    pub(super) repeat: usize,
    pub(super) class: Option<usize>,
}

impl Point {
    fn has_noise_of(&self, other: &Self) -> bool {
        (self.pass, self.t, self.repeat) == (other.pass, other.t, other.repeat)
    }
}

/// One network evaluation.
pub(super) struct NoisedDraw {
    /// The draw of `q(x_t|x_0)`.
    pub(super) x_t: Array1<f64>,
    /// The model's clean image from it.
    pub(super) predicted_x0: Array1<f64>,
    /// Its contribution to the bound: a draw of `L_{t-1}`, or of `L_0` at t = 1, in nats.
    pub(super) nats: f64,
}

impl NoisedImage {
    pub(super) fn new(
        predictor: Arc<dyn NoisePredictor>,
        schedule: NoiseSchedule,
        levels: &[u8],
        seed: u64,
    ) -> Self {
        Self { predictor, schedule, seed, x0: levels_to_signed(levels), levels: levels.to_vec() }
    }

    /// Number of pixels.
    pub(super) fn dimensions(&self) -> usize {
        self.levels.len()
    }

    /// The draw at one point.
    pub(super) fn draw(&self, point: Point) -> Result<NoisedDraw> {
        let mut draws = self.draws(&[point])?;
        draws.pop().ok_or_else(|| Error::model("gave no prediction of a state"))
    }

    /// The draws at several points, whose states go through the network together.
    pub(super) fn draws(&self, points: &[Point]) -> Result<Vec<NoisedDraw>> {
        let mut noised: Vec<Array1<f64>> = Vec::with_capacity(points.len());
        for (at, point) in points.iter().enumerate() {
            let same = at.checked_sub(1).filter(|&last| points[last].has_noise_of(point));
            noised.push(match same {
                Some(last) => noised[last].clone(),
                None => self.q_sample(point.pass, point.t, self.number(point)),
            });
        }
        let states: Vec<NoisyState<'_>> = points
            .iter()
            .zip(&noised)
            .map(|(point, x_t)| NoisyState {
                x_t: x_t.view(),
                log_snr: self.schedule.log_snr(point.t),
                class: point.class,
            })
            .collect();
        let predictions = self.predictor.predict_batch(&states)?;
        let draws = points.iter().zip(noised).zip(predictions);
        Ok(draws
            .map(|((point, x_t), Prediction { x0: predicted_x0, .. })| {
                let nats = match point.t {
                    1 => l_0(&self.levels, predicted_x0.view(), &self.schedule),
                    t => l_denoising(self.x0.view(), predicted_x0.view(), &self.schedule, t),
                };
                NoisedDraw { x_t, predicted_x0, nats }
            })
            .collect())
    }

    /// The number that addresses the noise of a point: the further draws take those after the
    /// chain's.
    fn number(&self, point: &Point) -> usize {
        if point.repeat == 0 { point.t } else { self.schedule.steps() + point.repeat }
    }

    /// `L_0` of a draw at t = 1 with the variance that Ho et al. (2020) give its Gaussian in code.
    pub(super) fn l_0_posterior_variance(&self, draw: &NoisedDraw) -> f64 {
        l_0_posterior_variance(&self.levels, draw.predicted_x0.view(), &self.schedule)
    }

    /// The `x_t` of a pass, as the first draw at t has it, without asking the network.
    pub(super) fn noised(&self, pass: usize, t: usize) -> Array1<f64> {
        self.q_sample(pass, t, t)
    }

    fn q_sample(&self, pass: usize, t: usize, number: usize) -> Array1<f64> {
        let noise = self.noise(Purpose::ForwardNoise, pass, number, self.dimensions());
        q_sample(self.x0.view(), &self.schedule, t, noise.view())
    }

    /// The consistency term of a draw at a timestep in `2..=T`, with `x_{t-1}` and `x_{t-2}` drawn
    /// beside its `x_t`.
    pub(super) fn consistency(&self, draw: &NoisedDraw, pass: usize, t: usize) -> f64 {
        let noise = self.noise(Purpose::PosteriorNoise, pass, t, 2 * self.dimensions());
        let neighbours =
            Neighbours::draw(self.x0.view(), draw.x_t.view(), &self.schedule, t, noise.view());
        consistency_term(&neighbours, draw.x_t.view(), draw.predicted_x0.view(), &self.schedule, t)
    }

    fn noise(&self, purpose: Purpose, pass: usize, number: usize, n: usize) -> Array1<f64> {
        standard_normal(self.seed, purpose, [pass as u64, number as u64], n)
    }
}
