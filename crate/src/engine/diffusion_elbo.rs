//! The bound of one image under a diffusion model, growing one network evaluation at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::random_seed;
use crate::error::{Error, Result};
use crate::math::diffusion::q_sample;
use crate::math::elbo::{Estimate, bits_per_dim, l_0, l_denoising, l_t_prior};
use crate::math::image::levels_to_signed;
use crate::math::rng::{Purpose, standard_normal};
use crate::math::schedule::{NoiseSchedule, ScheduleKind};
use crate::math::strata::{StratifiedPass, timestep_density};
use crate::model::NoisePredictor;

/// Which timesteps of the chain are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timesteps {
    /// About so many in all, stratified, in up to [`DiffusionElbo::PASSES`] independent passes.
    Stratified(usize),
    /// Each of `2..=T` once.
    All,
}

impl<'de> Deserialize<'de> for Timesteps {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Timesteps;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a number of timesteps or \"all\"")
            }

            fn visit_u64<E: serde::de::Error>(self, n: u64) -> std::result::Result<Timesteps, E> {
                usize::try_from(n).map(Timesteps::Stratified).map_err(E::custom)
            }

            fn visit_i64<E: serde::de::Error>(self, n: i64) -> std::result::Result<Timesteps, E> {
                usize::try_from(n).map(Timesteps::Stratified).map_err(E::custom)
            }

            fn visit_f64<E: serde::de::Error>(self, n: f64) -> std::result::Result<Timesteps, E> {
                if n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&n) {
                    return Ok(Timesteps::Stratified(n as usize));
                }
                Err(E::invalid_value(serde::de::Unexpected::Float(n), &self))
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> std::result::Result<Timesteps, E> {
                match name {
                    "all" => Ok(Timesteps::All),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(name), &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// How to score an image with a diffusion model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DiffusionElboOptions {
    /// Noise schedule of the chain whose bound is computed.
    pub schedule: ScheduleKind,
    /// Its number of steps T.
    pub steps: usize,
    /// Which of its timesteps are evaluated.
    pub timesteps: Timesteps,
    /// Class to condition on, `None` for none.
    pub class: Option<usize>,
    /// Seed of timesteps and noise; drawn from the system's generator if absent.
    pub seed: Option<u64>,
}

impl Default for DiffusionElboOptions {
    fn default() -> Self {
        Self {
            schedule: ScheduleKind::Cosine,
            steps: 1000,
            timesteps: Timesteps::Stratified(128),
            class: None,
            seed: None,
        }
    }
}

/// The terms of `-ELBO = L_T + sum of L_{t-1} + L_0` (Ho et al. 2020, eq. 5), in nats but for `bits_per_dim`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiffusionElboResult {
    /// The seed that was used.
    pub seed: u64,
    /// Noise schedule of the chain.
    pub schedule: ScheduleKind,
    /// Steps of the chain.
    pub steps: usize,
    /// Class that was conditioned on.
    pub class: Option<usize>,
    /// Network evaluations so far.
    pub evaluations: usize,
    /// Complete passes over the strata; the estimates are made of these.
    pub passes: usize,
    /// Whether all passes are complete.
    pub done: bool,
    /// Prior matching, `KL(q(x_T|x_0) || N(0, I))`, exact.
    pub l_t: f64,
    /// Denoising matching, the sum over `t = 2..=T`.
    pub l_denoising: Estimate,
    /// Reconstruction, `-E log p(x_0|x_1)`.
    pub l_0: Estimate,
    /// The bound itself, at most 0.
    pub elbo: Estimate,
    /// The bound's negative per dimension, in bits.
    pub bits_per_dim: Estimate,
    /// Mean of `L_{t-1}` at each timestep that was visited, by `t`.
    pub per_timestep: Vec<TimestepTerm>,
}

/// `L_{t-1}` at one timestep.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimestepTerm {
    /// The timestep.
    pub t: usize,
    /// Log signal-to-noise ratio at `t`.
    pub log_snr: f64,
    /// Mean over the evaluations, in nats.
    pub nats: f64,
    /// Evaluations at this timestep.
    pub evaluations: usize,
}

/// The evaluations of one pass: `L_{t-1}` at each of its timesteps, then draws of `L_0`.
struct Pass {
    strata: StratifiedPass,
    denoising: Vec<f64>,
    reconstruction: Vec<f64>,
}

/// An estimate of the bound that grows with every network evaluation.
///
/// Each pass visits one timestep in every stratum of `2..=T` and draws `L_0`, so a complete pass is an unbiased estimate of
/// the whole bound; the spread of passes gives the standard error. Noise is addressed by seed, pass and timestep.
pub struct DiffusionElbo {
    predictor: Arc<dyn NoisePredictor>,
    schedule: NoiseSchedule,
    levels: Vec<u8>,
    x0: Array1<f64>,
    class: Option<usize>,
    seed: u64,
    density: Vec<f64>,
    strata: usize,
    passes: usize,
    l_0_draws: usize,
    evaluations: usize,
    complete: Vec<Pass>,
    current: Pass,
    per_timestep: BTreeMap<usize, (f64, usize)>,
}

impl DiffusionElbo {
    /// Passes into which stratified timesteps are split: enough to see their spread.
    pub const PASSES: usize = 16;
    /// Draws of `L_0` in the one pass over all timesteps, where no other pass shows its spread.
    pub const L_0_DRAWS: usize = 8;
    /// Most timesteps that can be asked for.
    pub const MAX_TIMESTEPS: usize = 10_000_000;

    pub(super) fn new(
        predictor: Arc<dyn NoisePredictor>,
        schedule: NoiseSchedule,
        levels: &[u8],
        options: &DiffusionElboOptions,
    ) -> Result<Self> {
        let terms = schedule.steps() - 1;
        let (strata, passes, l_0_draws) = match options.timesteps {
            Timesteps::All => (terms, 1, Self::L_0_DRAWS),
            Timesteps::Stratified(n) if (1..=Self::MAX_TIMESTEPS).contains(&n) => {
                let strata = (n / Self::PASSES).clamp(1, terms);
                (strata, n.div_ceil(strata), 1)
            }
            Timesteps::Stratified(n) => {
                return Err(Error::value(format!(
                    "timesteps is {n}, it must be \"all\" or 1 to {}",
                    Self::MAX_TIMESTEPS
                )));
            }
        };
        let seed = options.seed.map_or_else(random_seed, Ok)?;
        let density = timestep_density(&schedule);
        let current = match options.timesteps {
            Timesteps::All => StratifiedPass::all(schedule.steps()),
            Timesteps::Stratified(_) => StratifiedPass::draw(&density, strata, seed, [0, 0])?,
        };
        Ok(Self {
            predictor,
            density,
            x0: levels_to_signed(levels),
            levels: levels.to_vec(),
            class: options.class,
            schedule,
            seed,
            strata,
            passes,
            l_0_draws,
            evaluations: 0,
            complete: Vec::new(),
            current: Pass::over(current),
            per_timestep: BTreeMap::new(),
        })
    }

    /// Network evaluations so far.
    pub fn evaluations(&self) -> usize {
        self.evaluations
    }

    /// Network evaluations when it is complete.
    pub fn total_evaluations(&self) -> usize {
        self.passes * (self.strata + self.l_0_draws)
    }

    /// Whether all passes are complete.
    pub fn is_done(&self) -> bool {
        self.complete.len() == self.passes
    }

    /// One network evaluation; true when it completes a pass, so that [`DiffusionElbo::result`] has changed.
    ///
    /// # Errors
    /// Those of the network.
    pub fn step(&mut self) -> Result<bool> {
        if self.is_done() {
            return Ok(false);
        }
        match self.current.strata.timesteps().get(self.current.denoising.len()) {
            Some(&t) => {
                let predicted_x0 = self.predict(t, 0)?;
                let nats = l_denoising(self.x0.view(), predicted_x0.view(), &self.schedule, t);
                self.current.denoising.push(nats);
                let (sum, count) = self.per_timestep.entry(t).or_default();
                *sum += nats;
                *count += 1;
            }
            None => {
                let predicted_x0 = self.predict(1, self.current.reconstruction.len())?;
                self.current.reconstruction.push(l_0(&self.levels, predicted_x0.view(), &self.schedule));
            }
        }
        self.evaluations += 1;
        let pass_complete = self.current.reconstruction.len() == self.l_0_draws;
        if pass_complete {
            let index = [self.complete.len() as u64 + 1, 0];
            let next = StratifiedPass::draw(&self.density, self.strata, self.seed, index)?;
            self.complete.push(std::mem::replace(&mut self.current, Pass::over(next)));
        }
        Ok(pass_complete)
    }

    /// The model's clean image from a draw of `q(x_t|x_0)`.
    fn predict(&self, t: usize, draw: usize) -> Result<Array1<f64>> {
        // A pass has one draw of each t, but several of t = 1: they take the numbers after those of the chain.
        let draw = if draw == 0 { t } else { self.schedule.steps() + draw };
        let index = [self.complete.len() as u64, draw as u64];
        let noise = standard_normal(self.seed, Purpose::ForwardNoise, index, self.x0.len());
        let x_t = q_sample(self.x0.view(), &self.schedule, t, noise.view());
        Ok(self.predictor.predict(x_t.view(), self.schedule.log_snr(t), self.class)?.x0)
    }

    /// The terms from the passes that are complete; `None` before the first one is.
    pub fn result(&self) -> Option<DiffusionElboResult> {
        let first = self.complete.first()?;
        let (l_denoising, l_0, cost) = if self.passes == 1 {
            let denoising = first.strata.estimate(&first.denoising);
            let reconstruction = Estimate::from_samples(&first.reconstruction);
            (denoising, reconstruction, sum(denoising, reconstruction))
        } else {
            let of =
                |term: fn(&Pass) -> f64| Estimate::from_samples(&self.complete.iter().map(term).collect::<Vec<_>>());
            // The terms of one pass share no noise, but their errors add up pass by pass all the same.
            (of(Pass::denoising), of(Pass::reconstruction), of(|p| p.denoising() + p.reconstruction()))
        };
        let l_t = l_t_prior(self.x0.view(), &self.schedule);
        let cost = cost.linear(1.0, l_t);
        let per_timestep = self.per_timestep.iter().map(|(&t, &(sum, evaluations))| TimestepTerm {
            t,
            log_snr: self.schedule.log_snr(t),
            nats: sum / evaluations as f64,
            evaluations,
        });
        Some(DiffusionElboResult {
            seed: self.seed,
            schedule: self.schedule.kind(),
            steps: self.schedule.steps(),
            class: self.class,
            evaluations: self.evaluations,
            passes: self.complete.len(),
            done: self.is_done(),
            l_t,
            l_denoising,
            l_0,
            elbo: cost.linear(-1.0, 0.0),
            bits_per_dim: cost.linear(bits_per_dim(1.0, self.x0.len()), 0.0),
            per_timestep: per_timestep.collect(),
        })
    }
}

impl Pass {
    fn over(strata: StratifiedPass) -> Self {
        Self { strata, denoising: Vec::new(), reconstruction: Vec::new() }
    }

    fn denoising(&self) -> f64 {
        self.strata.estimate(&self.denoising).mean
    }

    fn reconstruction(&self) -> f64 {
        self.reconstruction.iter().sum::<f64>() / self.reconstruction.len() as f64
    }
}

/// The sum of two independent estimates.
fn sum(a: Estimate, b: Estimate) -> Estimate {
    let standard_error = match (a.standard_error, b.standard_error) {
        (Some(a), Some(b)) => Some(a.hypot(b)),
        _ => None,
    };
    Estimate { mean: a.mean + b.mean, standard_error }
}
