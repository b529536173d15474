//! Which class an image is of: the posterior from the bounds of a class-conditional diffusion
//! model.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::estimator::Estimator;
use super::noised_image::{NoisedImage, Point};
use crate::error::{Error, Result};
use crate::math::classes::{entropy, posterior_standard_error, uniform_posterior};
use crate::math::elbo::{Estimate, l_0, l_t_prior};
use crate::math::schedule::{NoiseSchedule, ScheduleKind};
use crate::math::strata::{StratifiedPass, class_timestep_density};
use crate::model::NoisePredictor;

/// What the terms of the bound count for when classes are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ClassWeighting {
    /// The same: the model's own posterior.
    Bound,
    /// sigmoid(-λ_t), the variance of the noise at t. As it only grows with t, what is compared is
    /// the mean ELBO of images with some noise added (Kingma & Gao 2023). That is not a posterior
    /// of the model's, but it leaves out most of what does not tell classes apart and makes the
    /// rest noisy, and so needs fewer evaluations to find the right one.
    Sigmoid,
}

impl ClassWeighting {
    fn weight(self, schedule: &NoiseSchedule, t: usize) -> f64 {
        match self {
            Self::Bound => 1.0,
            Self::Sigmoid => schedule.variance(t),
        }
    }
}

/// How to classify an image with a diffusion model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ClassPosteriorOptions {
    /// "cosine" if absent.
    pub schedule: ScheduleKind,
    /// Steps T of the chain whose bounds are compared, 2 to 100000; 1000 if absent.
    pub steps: usize,
    /// Network evaluations for each class, 1 to 100000, in ten passes or few more; 50 if absent.
    pub evaluations_per_class: usize,
    /// What the terms of the bound count for. "bound" (if absent): the same, the model's own
    /// posterior. "sigmoid": sigmoid(-log SNR), the mean ELBO of images with some noise added
    /// (Kingma & Gao 2023): no posterior of the model's, but less of what does not tell classes
    /// apart, so that fewer evaluations find the right one.
    #[cfg_attr(test, ts(inline))]
    pub weighting: ClassWeighting,
    /// Seed of timesteps and noise; for JavaScript drawn afresh if absent.
    pub seed: u64,
}

impl Default for ClassPosteriorOptions {
    fn default() -> Self {
        Self {
            schedule: ScheduleKind::Cosine,
            steps: 1000,
            evaluations_per_class: 50,
            weighting: ClassWeighting::Bound,
            seed: 0,
        }
    }
}

/// The posterior over classes under a uniform prior, with each class's ELBO for its log-likelihood.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClassPosteriorResult {
    /// The seed that was used.
    pub seed: u64,
    /// Noise schedule of the chain.
    pub schedule: ScheduleKind,
    /// Steps of the chain.
    pub steps: usize,
    /// What each term counts for.
    #[cfg_attr(test, ts(inline))]
    pub weighting: ClassWeighting,
    /// Network evaluations so far, over all classes.
    pub evaluations: usize,
    /// Complete passes; the estimates are made of these.
    pub passes: usize,
    /// Network evaluations of each class in the complete passes, of which the rest is made.
    pub per_class: usize,
    /// Whether all passes are complete.
    pub done: bool,
    /// ELBO in nats under each class, its terms weighted if that was asked for. They share
    /// timesteps and noise: their differences are known far better than each of them.
    pub bounds: Vec<Estimate>,
    /// Probability of each class.
    pub posterior: Vec<f64>,
    /// Of each probability, from the spread of the passes by the delta method; null from a single
    /// pass.
    pub standard_error: Option<Vec<f64>>,
    /// Of the posterior, in nats: 0 to the logarithm of the number of classes.
    pub entropy: f64,
    /// The most probable class.
    pub predicted: usize,
}

/// The bounds of one image under every class, growing one network evaluation at a time (a diffusion
/// classifier: Li et al. 2023, Clark & Jaini 2023).
///
/// A pass draws one timestep from every stratum of `1..=T`, more of them where classes differ, and
/// evaluates each class at it with the same noise. A complete pass is an unbiased estimate of all
/// bounds, and the spread of the passes' differences shows how well the posterior is known.
/// Evaluations are ordered by pass, timestep and class, and can be computed anywhere, in any order.
#[derive(Debug)]
pub struct ClassPosterior {
    image: NoisedImage,
    classes: usize,
    weighting: ClassWeighting,
    density: Vec<f64>,
    strata: usize,
    passes: usize,
    /// L_0 of a perfect prediction, which every class has at least.
    perfect_l_0: f64,
    /// The bounds of each complete pass, by class.
    complete: Vec<Vec<f64>>,
    current: StratifiedPass,
    terms: Vec<f64>,
}

impl ClassPosterior {
    /// Passes into which the evaluations of a class are split: enough to see their spread.
    pub const PASSES: usize = 10;
    /// Most evaluations per class that can be asked for.
    pub const MAX_EVALUATIONS_PER_CLASS: usize = 100_000;

    pub(super) fn new(
        predictor: Arc<dyn NoisePredictor>,
        schedule: NoiseSchedule,
        levels: &[u8],
        classes: usize,
        options: &ClassPosteriorOptions,
    ) -> Result<Self> {
        let n = options.evaluations_per_class;
        if !(1..=Self::MAX_EVALUATIONS_PER_CLASS).contains(&n) {
            return Err(Error::value(
                "evaluationsPerClass",
                n,
                format_args!("1 to {}", Self::MAX_EVALUATIONS_PER_CLASS),
            ));
        }
        let strata = (n / Self::PASSES).clamp(1, schedule.steps());
        let passes = n.div_ceil(strata);
        let seed = options.seed;
        // What counts for less deserves fewer evaluations.
        let weighting = options.weighting;
        let density: Vec<f64> = class_timestep_density(&schedule)
            .into_iter()
            .zip(1..)
            .map(|(density, t)| density * weighting.weight(&schedule, t))
            .collect();
        let current = draw_pass(&density, strata, seed, 0)?;
        let image = NoisedImage::new(predictor, schedule, levels, seed);
        let perfect_l_0 = l_0(levels, image.x0.view(), &image.schedule);
        Ok(Self {
            image,
            classes,
            weighting,
            density,
            strata,
            passes,
            perfect_l_0,
            complete: Vec::new(),
            current,
            terms: Vec::new(),
        })
    }

    fn complete_pass(&mut self) -> Result<()> {
        let terms = std::mem::take(&mut self.terms);
        let schedule = &self.image.schedule;
        let weight = |t| self.weighting.weight(schedule, t);
        let prior = weight(schedule.steps()) * l_t_prior(self.image.x0.view(), schedule);
        let mut bounds = vec![-prior - weight(1) * self.perfect_l_0; self.classes];
        let points = self.current.timesteps().iter().zip(self.current.weights());
        for ((&t, rarity), terms) in points.zip(terms.chunks(self.classes)) {
            // Most of L_0 is the cost of the noise at t = 1 even if x_0 is known, which need not be
            // estimated.
            let known = if t == 1 { self.perfect_l_0 } else { 0.0 };
            let counts = rarity * weight(t);
            bounds
                .iter_mut()
                .zip(terms)
                .for_each(|(bound, term)| *bound -= counts * (term - known));
        }
        self.complete.push(bounds);
        self.current = draw_pass(&self.density, self.strata, self.image.seed, self.complete.len())?;
        Ok(())
    }
}

impl Estimator for ClassPosterior {
    type Outcome = ClassPosteriorResult;

    fn total(&self) -> usize {
        self.passes * self.strata * self.classes
    }

    fn values(&self, _: usize) -> usize {
        1
    }

    /// `L_{t-1}`, or `L_0` at t = 1, of one class each, in nats.
    fn evaluate(&self, indices: Range<usize>) -> Result<Vec<Vec<f64>>> {
        let mut strata: Option<(usize, StratifiedPass)> = None;
        let points = indices.map(|index| {
            let (point, class) = (index / self.classes, index % self.classes);
            let (pass, slot) = (point / self.strata, point % self.strata);
            let drawn = match strata.take() {
                Some((known, drawn)) if known == pass => drawn,
                _ => draw_pass(&self.density, self.strata, self.image.seed, pass)?,
            };
            let t = drawn.timesteps()[slot];
            strata = Some((pass, drawn));
            Ok(Point { pass, t, repeat: 0, class: Some(class) })
        });
        let points = points.collect::<Result<Vec<_>>>()?;
        Ok(self.image.draws(&points)?.iter().map(|draw| vec![draw.nats]).collect())
    }

    /// True when it completes a pass.
    fn record(&mut self, _: usize, values: &[f64]) -> Result<bool> {
        self.terms.extend(values);
        let complete = self.terms.len() == self.strata * self.classes;
        if complete {
            self.complete_pass()?;
        }
        Ok(complete)
    }

    /// The posterior from the passes that are complete; `None` before the first one is.
    fn result(&self, evaluations: usize) -> Option<ClassPosteriorResult> {
        let passes = self.complete.len();
        if passes == 0 {
            return None;
        }
        let of_class = |class| {
            Estimate::from_samples(&self.complete.iter().map(|b| b[class]).collect::<Vec<_>>())
        };
        let bounds: Vec<Estimate> = (0..self.classes).map(of_class).collect();
        let means: Vec<f64> = bounds.iter().map(|bound| bound.mean).collect();
        let posterior = uniform_posterior(&means);
        let predicted = (0..self.classes).max_by(|&a, &b| means[a].total_cmp(&means[b]))?;
        Some(ClassPosteriorResult {
            seed: self.image.seed,
            schedule: self.image.schedule.kind(),
            steps: self.image.schedule.steps(),
            weighting: self.weighting,
            evaluations,
            passes,
            per_class: passes * self.strata,
            done: passes == self.passes,
            bounds,
            standard_error: (passes > 1)
                .then(|| posterior_standard_error(&self.complete, &posterior)),
            entropy: entropy(&posterior),
            posterior,
            predicted,
        })
    }
}

fn draw_pass(density: &[f64], strata: usize, seed: u64, pass: usize) -> Result<StratifiedPass> {
    StratifiedPass::draw(density, 1, strata, seed, [pass as u64, 0])
}
