//! Particles on the way to noise and back, every frame kept.

use ndarray::{Array1, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::math::diffusion::{ancestral_step, ddim_step};
use crate::math::inference::Point;
use crate::math::inference::variational::Mixture;
use crate::math::parameterization::Prediction;
use crate::math::plane::flow::heun_step;
use crate::math::plane::mixture::sample;
use crate::math::plane::{Denoiser, predicted_epsilon};
use crate::math::rng::{Purpose, standard_normal, uniform};
use crate::math::schedule::NoiseSchedule;

/// Draws of the data on their way to noise; ancestral sampling (Ho et al. 2020); DDIM (Song et al.
/// 2021); the probability-flow ODE by Heun's method, one step for each timestep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum PlaneParticles {
    /// Draws of the data on their way to noise, x_t from q(x_t | x_{t-1}).
    Forward,
    /// Ancestral sampling (Ho et al. 2020).
    Ancestral,
    /// DDIM (Song et al. 2021).
    Ddim,
    /// The probability-flow ODE by Heun's method, one step for each timestep.
    Flow,
}

/// Purposes of noise, the first index of its address; the second is the timestep.
pub(super) mod streams {
    pub(crate) const INITIAL: u64 = 0;
    pub(crate) const STEP: u64 = 1;
    pub(crate) const COMPONENT: u64 = 2;
    pub(crate) const DATA: u64 = 3;
    pub(crate) const FORWARD: u64 = 4;
    /// ε of the x_t that stands for the chosen point.
    pub(crate) const POINT: u64 = 5;
    // 6 and 7 are those of `HeldOut`
    pub(crate) const FRESH_COMPONENT: u64 = 8;
    pub(crate) const FRESH_DATA: u64 = 9;
}

/// `count` standard normal pairs. Those of a particle do not depend on how many there are.
pub(super) fn pairs(seed: u64, stream: u64, t: usize, count: usize) -> Array1<f64> {
    standard_normal(seed, Purpose::PlaneParticles, [stream, t as u64], 2 * count)
}

/// Draws of the data.
pub(super) fn draws(data: &Mixture, seed: u64, streams: [u64; 2], count: usize) -> Vec<Point> {
    let chosen = uniform(seed, Purpose::PlaneParticles, [streams[0], 0], count);
    let noise = pairs(seed, streams[1], 0, count);
    (0..count).map(|i| sample(data, chosen[i], [noise[2 * i], noise[2 * i + 1]])).collect()
}

type Frame = Vec<[f32; 2]>;

fn frame_of(x: ArrayView1<'_, f64>) -> Frame {
    let pair = |i: usize| [x[2 * i] as f32, x[2 * i + 1] as f32];
    (0..x.len() / 2).map(pair).collect()
}

/// Frames of all four kinds.
#[derive(Debug)]
pub(super) struct Particles {
    count: usize,
    seed: u64,
    /// Entry t.
    forward: Vec<Frame>,
    /// Entry T - t, of ancestral sampling, DDIM and the ODE.
    reverse: [Vec<Frame>; 3],
    state: [Array1<f64>; 3],
}

impl Particles {
    /// The whole way to noise, and x_T of the way back.
    pub(super) fn new(data: &Mixture, schedule: &NoiseSchedule, seed: u64, count: usize) -> Self {
        let start = draws(data, seed, [streams::COMPONENT, streams::DATA], count);
        let mut x: Array1<f64> = start.into_flattened().into();
        let mut forward = vec![frame_of(x.view())];
        for t in 1..=schedule.steps() {
            let (kept, sigma) =
                (schedule.alpha(t) / schedule.alpha(t - 1), schedule.beta(t).sqrt());
            x = x * kept + pairs(seed, streams::FORWARD, t, count) * sigma;
            forward.push(frame_of(x.view()));
        }
        let noise = pairs(seed, streams::INITIAL, 0, count);
        let reverse = [(); 3].map(|()| vec![frame_of(noise.view())]);
        let state = [noise.clone(), noise.clone(), noise];
        Self { count, seed, forward, reverse, state }
    }

    /// The smallest t that all samplers have reached.
    pub(super) fn reached(&self, schedule: &NoiseSchedule) -> usize {
        schedule.steps() + 1 - self.reverse[0].len()
    }

    /// One step of each sampler. All begin at the same noise, and ancestral sampling and DDIM add
    /// the same noise.
    pub(super) fn advance(&mut self, model: &dyn Denoiser, schedule: &NoiseSchedule, eta: f64) {
        let t = self.reached(schedule);
        if t == 0 {
            return;
        }
        let level = model.at(schedule.log_snr(t));
        let (alpha, sigma) = (schedule.alpha(t), schedule.sigma(t));
        let predict = |x: &Array1<f64>| {
            let (mut x0, mut epsilon) = (x.clone(), x.clone());
            for i in 0..x.len() / 2 {
                let x_t = [x[2 * i], x[2 * i + 1]];
                let clean = level.predict(x_t);
                let noise = predicted_epsilon(x_t, clean, alpha, sigma);
                for axis in 0..2 {
                    x0[2 * i + axis] = clean[axis];
                    epsilon[2 * i + axis] = noise[axis];
                }
            }
            Prediction { x0, epsilon }
        };
        let noise = pairs(self.seed, streams::STEP, t, self.count);
        let [ancestral, ddim, flow] = &mut self.state;
        *ancestral =
            ancestral_step(&predict(ancestral), ancestral.view(), schedule, t, noise.view());
        *ddim = ddim_step(&predict(ddim), schedule, t, eta, noise.view());
        if t == 1 {
            // the ODE ends at x_1, like the chain; what is left is noise
            *flow = predict(flow).x0;
        } else {
            let mut points: Vec<Point> = flow.to_vec().as_chunks::<2>().0.to_vec();
            heun_step(model, &mut points, schedule.log_snr(t), schedule.log_snr(t - 1));
            *flow = points.into_flattened().into();
        }
        for (frames, state) in self.reverse.iter_mut().zip(&self.state) {
            frames.push(frame_of(state.view()));
        }
    }

    /// Positions at a timestep; none where a sampler has not got there yet.
    pub(super) fn frame(
        &self,
        of: PlaneParticles,
        schedule: &NoiseSchedule,
        t: usize,
    ) -> Option<&Frame> {
        let back =
            |frames: &'_ [Frame]| schedule.steps().checked_sub(t).filter(|&i| i < frames.len());
        match of {
            PlaneParticles::Forward => self.forward.get(t),
            PlaneParticles::Ancestral => back(&self.reverse[0]).map(|i| &self.reverse[0][i]),
            PlaneParticles::Ddim => back(&self.reverse[1]).map(|i| &self.reverse[1][i]),
            PlaneParticles::Flow => back(&self.reverse[2]).map(|i| &self.reverse[2][i]),
        }
    }
}
