//! The bound of one image under a diffusion model, growing one network evaluation at a time.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use super::Timesteps;
use super::diffusion_result::{ConsistencyForm, DiffusionElboResult, PassCosts, TimestepTerm};
use super::estimator::Estimator;
use super::noised_image::{NoisedImage, Point};
use crate::error::{Error, Result};
use crate::math::consistency::{consistency_normalizer, consistency_prior};
use crate::math::elbo::{Estimate, bits_per_dim, l_t_prior, standard_deviation};
use crate::math::numeric::{mean, sum_of_squares};
use crate::math::schedule::{NoiseSchedule, ScheduleKind};
use crate::math::strata::{StratifiedPass, timestep_density};
use crate::model::NoisePredictor;

/// How to score an image with a diffusion model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct DiffusionElboOptions {
    /// "cosine" if absent.
    pub schedule: ScheduleKind,
    /// Steps T of the chain whose bound is computed, 2 to 100000; 1000 if absent.
    pub steps: usize,
    /// How many timesteps in all, stratified (128 if absent), or "all" for each of 2..T: twice, on
    /// chains of fewer than 9 steps more often.
    #[cfg_attr(test, ts(type = "number | \"all\""))]
    pub timesteps: Timesteps,
    /// Class to condition on; null for none.
    #[cfg_attr(test, ts(optional = nullable))]
    pub class: Option<usize>,
    /// Seed of timesteps and noise; for JavaScript drawn afresh if absent.
    pub seed: u64,
    /// Whether the consistency form is computed beside denoising matching, from the same network
    /// evaluations.
    pub consistency: bool,
}

impl Default for DiffusionElboOptions {
    fn default() -> Self {
        Self {
            schedule: ScheduleKind::Cosine,
            steps: 1000,
            timesteps: Timesteps::Stratified(128),
            class: None,
            seed: 0,
            consistency: false,
        }
    }
}

/// The evaluations of one pass: `L_{t-1}` at each of its timesteps and the consistency terms there,
/// without their normalisers, if they are wanted; then draws of `L_0`.
#[derive(Debug)]
struct Pass {
    strata: StratifiedPass,
    denoising: Vec<f64>,
    consistency: Vec<f64>,
    reconstruction: Vec<f64>,
    reconstruction_posterior_variance: Vec<f64>,
}

/// An estimate of the bound that grows with every network evaluation.
///
/// Each pass visits one timestep in every stratum of `2..=T` and draws `L_0`, so a complete pass is
/// an unbiased estimate of the whole bound; the spread of passes gives the standard error. With all
/// timesteps every pass visits the same ones, so it is the spread of the draws at each `t` that
/// counts, of two passes or, on short chains, more. Noise is addressed by seed, pass and timestep,
/// so the evaluations can be computed anywhere, in any order.
#[derive(Debug)]
pub struct DiffusionElbo {
    image: NoisedImage,
    options: DiffusionElboOptions,
    density: Vec<f64>,
    strata: usize,
    passes: usize,
    l_0_draws: usize,
    complete: Vec<Pass>,
    current: Pass,
    per_timestep: BTreeMap<usize, (f64, usize)>,
}

impl DiffusionElbo {
    /// Passes into which stratified timesteps are split: enough to see their spread.
    pub const PASSES: usize = 16;
    /// Fewest draws of `L_0` where all timesteps are visited, over all passes.
    pub const L_0_DRAWS: usize = 8;
    /// Fewest draws of all `L_{t-1}` together there: each `t` has two or more, and their spread has
    /// half as many degrees of freedom or more.
    pub const ALL_DRAWS: usize = 16;
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
            Timesteps::All => {
                let passes = Self::ALL_DRAWS.div_ceil(terms).max(2);
                (terms, passes, Self::L_0_DRAWS.div_ceil(passes))
            }
            Timesteps::Stratified(n) if (1..=Self::MAX_TIMESTEPS).contains(&n) => {
                let strata = (n / Self::PASSES).clamp(1, terms);
                (strata, n.div_ceil(strata), 1)
            }
            Timesteps::Stratified(n) => {
                return Err(Error::value(
                    "timesteps",
                    n,
                    format_args!("\"all\" or 1 to {}", Self::MAX_TIMESTEPS),
                ));
            }
        };
        let seed = options.seed;
        let density = timestep_density(&schedule);
        let first = strata_of(options.timesteps, &density, strata, seed, 0)?;
        Ok(Self {
            image: NoisedImage::new(predictor, schedule, levels, seed),
            options: options.clone(),
            density,
            strata,
            passes,
            l_0_draws,
            complete: Vec::new(),
            current: Pass::over(first),
            per_timestep: BTreeMap::new(),
        })
    }

    /// The pass of an evaluation and its number there.
    fn place(&self, index: usize) -> (usize, usize) {
        let evaluations = self.strata + self.l_0_draws;
        (index / evaluations, index % evaluations)
    }

    fn draw_strata(&self, pass: usize) -> Result<StratifiedPass> {
        strata_of(self.options.timesteps, &self.density, self.strata, self.image.seed, pass)
    }

    /// The sum over `t = 2..=T` of the terms that `terms` names, `L_0`, and the sum of both.
    fn estimates(&self, terms: fn(&Pass) -> &[f64]) -> Option<[Estimate; 3]> {
        let first = self.complete.first()?;
        if matches!(self.options.timesteps, Timesteps::All) {
            let over_t = match &self.complete[..] {
                // for now, from the differences of neighbours
                [only] => only.strata.estimate(terms(only)),
                passes => sum_over_timesteps(passes, terms),
            };
            let reconstruction: Vec<f64> =
                self.complete.iter().flat_map(|pass| pass.reconstruction.clone()).collect();
            let reconstruction = Estimate::from_samples(&reconstruction);
            return Some([over_t, reconstruction, sum(over_t, reconstruction)]);
        }
        if self.passes == 1 {
            let over_t = first.strata.estimate(terms(first));
            let reconstruction = Estimate::from_samples(&first.reconstruction);
            return Some([over_t, reconstruction, sum(over_t, reconstruction)]);
        }
        let over_t: Vec<f64> = self.complete.iter().map(|pass| pass.over_t(terms)).collect();
        let reconstruction: Vec<f64> = self.complete.iter().map(Pass::reconstruction).collect();
        // The terms of one pass share no noise, but their errors add up pass by pass all the same.
        let both: Vec<f64> = over_t.iter().zip(&reconstruction).map(|(a, b)| a + b).collect();
        Some([over_t, reconstruction, both].map(|samples| Estimate::from_samples(&samples)))
    }

    /// As [`DiffusionElboResult::l_0`]: from all draws, which are independent.
    fn l_0_posterior_variance(&self) -> Estimate {
        let draws = self.complete.iter().flat_map(|p| p.reconstruction_posterior_variance.clone());
        Estimate::from_samples(&draws.collect::<Vec<_>>())
    }

    fn consistency(&self) -> Option<ConsistencyForm> {
        if !self.options.consistency {
            return None;
        }
        let (schedule, dimensions) = (&self.image.schedule, self.image.dimensions());
        let [over_t, _, cost] = self.estimates(|pass| &pass.consistency)?;
        let prior = consistency_prior(self.image.x0.view(), schedule);
        let normalizers: f64 =
            (2..=schedule.steps()).map(|t| consistency_normalizer(schedule, t, dimensions)).sum();
        let cost = cost.linear(1.0, prior + normalizers);
        Some(ConsistencyForm {
            prior,
            l_consistency: over_t.linear(1.0, normalizers),
            elbo: cost.linear(-1.0, 0.0),
            bits_per_dim: cost.linear(bits_per_dim(1.0, dimensions), 0.0),
            matching_sd: self.single_sd(|pass| &pass.denoising),
            consistency_sd: self.single_sd(|pass| &pass.consistency),
        })
    }

    /// Standard deviation of the estimate of the sum over `t` that one evaluation gives.
    fn single_sd(&self, terms: fn(&Pass) -> &[f64]) -> Option<f64> {
        let single = |pass: &'_ Pass| -> Vec<f64> {
            // A weight is that of one draw among `strata`.
            let weights = pass.strata.weights().iter().map(|weight| weight * self.strata as f64);
            weights.zip(terms(pass)).map(|(weight, term)| weight * term).collect()
        };
        standard_deviation(&self.complete.iter().flat_map(single).collect::<Vec<_>>())
    }
}

impl Estimator for DiffusionElbo {
    type Outcome = DiffusionElboResult;

    fn total(&self) -> usize {
        self.passes * (self.strata + self.l_0_draws)
    }

    fn values(&self, index: usize) -> usize {
        if self.options.consistency || self.place(index).1 >= self.strata { 2 } else { 1 }
    }

    /// `L_{t-1}` in nats, and after it the consistency term if it was asked for; at the end of a
    /// pass `L_0` in both conventions.
    fn evaluate(&self, indices: Range<usize>) -> Result<Vec<Vec<f64>>> {
        let mut strata: Option<(usize, StratifiedPass)> = None;
        let points = indices.map(|index| {
            let (pass, slot) = self.place(index);
            let class = self.options.class;
            if slot >= self.strata {
                return Ok(Point { pass, t: 1, repeat: slot - self.strata, class });
            }
            let drawn = match strata.take() {
                Some((known, drawn)) if known == pass => drawn,
                _ => self.draw_strata(pass)?,
            };
            let t = drawn.timesteps()[slot];
            strata = Some((pass, drawn));
            Ok(Point { pass, t, repeat: 0, class })
        });
        let points = points.collect::<Result<Vec<_>>>()?;
        let draws = self.image.draws(&points)?;
        let values = points.iter().zip(&draws).map(|(point, draw)| {
            let mut values = vec![draw.nats];
            if point.t == 1 {
                values.push(self.image.l_0_posterior_variance(draw));
            } else if self.options.consistency {
                values.push(self.image.consistency(draw, point.pass, point.t));
            }
            values
        });
        Ok(values.collect())
    }

    /// True when it completes a pass.
    fn record(&mut self, _: usize, values: &[f64]) -> Result<bool> {
        match self.current.strata.timesteps().get(self.current.denoising.len()) {
            Some(&t) => {
                self.current.denoising.push(values[0]);
                if let Some(term) = values.get(1) {
                    let normalizer =
                        consistency_normalizer(&self.image.schedule, t, self.image.dimensions());
                    self.current.consistency.push(term - normalizer);
                }
                let (sum, count) = self.per_timestep.entry(t).or_default();
                *sum += values[0];
                *count += 1;
            }
            None => {
                self.current.reconstruction.push(values[0]);
                self.current.reconstruction_posterior_variance.push(values[1]);
            }
        }
        let complete = self.current.reconstruction.len() == self.l_0_draws;
        if complete {
            let next = self.draw_strata(self.complete.len() + 1)?;
            self.complete.push(std::mem::replace(&mut self.current, Pass::over(next)));
        }
        Ok(complete)
    }

    /// The terms from the passes that are complete; `None` before the first one is.
    fn result(&self, evaluations: usize) -> Option<DiffusionElboResult> {
        let schedule = &self.image.schedule;
        let [l_denoising, l_0, cost] = self.estimates(|pass| &pass.denoising)?;
        let l_t = l_t_prior(self.image.x0.view(), schedule);
        let cost = cost.linear(1.0, l_t);
        let per_timestep = self.per_timestep.iter().map(|(&t, &(sum, evaluations))| TimestepTerm {
            t,
            log_snr: schedule.log_snr(t),
            nats: sum / evaluations as f64,
            evaluations,
        });
        Some(DiffusionElboResult {
            seed: self.image.seed,
            schedule: schedule.kind(),
            steps: schedule.steps(),
            class: self.options.class,
            evaluations,
            passes: self.complete.len(),
            done: self.complete.len() == self.passes,
            l_t,
            l_denoising,
            l_0,
            l_0_posterior_variance: self.l_0_posterior_variance(),
            elbo: cost.linear(-1.0, 0.0),
            bits_per_dim: cost.linear(bits_per_dim(1.0, self.image.dimensions()), 0.0),
            per_pass: PassCosts {
                l_denoising: self.complete.iter().map(|p| p.over_t(|p| &p.denoising)).collect(),
                l_0: self.complete.iter().map(Pass::reconstruction).collect(),
            },
            per_timestep: per_timestep.collect(),
            consistency: self.consistency(),
        })
    }
}

impl Pass {
    fn over(strata: StratifiedPass) -> Self {
        Self {
            strata,
            denoising: Vec::new(),
            consistency: Vec::new(),
            reconstruction: Vec::new(),
            reconstruction_posterior_variance: Vec::new(),
        }
    }

    /// The sum over t of the terms that `terms` names, from this pass alone.
    fn over_t(&self, terms: fn(&Self) -> &[f64]) -> f64 {
        self.strata.estimate(terms(self)).mean
    }

    fn reconstruction(&self) -> f64 {
        mean(&self.reconstruction)
    }
}

/// The timesteps of a pass.
fn strata_of(
    timesteps: Timesteps,
    density: &[f64],
    strata: usize,
    seed: u64,
    pass: usize,
) -> Result<StratifiedPass> {
    match timesteps {
        Timesteps::All => Ok(StratifiedPass::all(density.len() + 1)),
        Timesteps::Stratified(_) => {
            StratifiedPass::draw(density, 2, strata, seed, [pass as u64, 0])
        }
    }
}

/// The sum over t of the mean of the draws at t, where every pass visits the same timesteps.
///
/// The draws at one t share their mean, so their sample variance is that of the noise alone,
/// however steep the terms are in t; there are as many degrees of freedom as timesteps and passes
/// beyond the first.
fn sum_over_timesteps(passes: &[Pass], terms: fn(&Pass) -> &[f64]) -> Estimate {
    let n = passes.len();
    let slots = terms(&passes[0]).len();
    let at = |slot: usize| passes.iter().map(move |pass| terms(pass)[slot]).collect::<Vec<f64>>();
    let means: Vec<f64> = (0..slots).map(|slot| mean(&at(slot))).collect();
    let variance: f64 =
        (0..slots).map(|slot| sum_of_squares(&at(slot)) / (n * (n - 1)) as f64).sum();
    Estimate { mean: means.iter().sum(), standard_error: Some(variance.sqrt()) }
}

/// The sum of two independent estimates.
fn sum(a: Estimate, b: Estimate) -> Estimate {
    let standard_error = match (a.standard_error, b.standard_error) {
        (Some(a), Some(b)) => Some(a.hypot(b)),
        _ => None,
    };
    Estimate { mean: a.mean + b.mean, standard_error }
}
