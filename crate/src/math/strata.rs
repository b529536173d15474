//! Σ_{t=2..T} L_{t-1} from fewer than T - 1 evaluations of the network: stratified sampling of
//! timesteps.

use super::elbo::Estimate;
use super::numeric::{sigmoid, sum_of_squares};
use super::rng::{self, Purpose};
use super::schedule::NoiseSchedule;
use crate::error::{Error, Result};

/// One timestep from each of m strata, which are contiguous and of equal probability under some
/// density over 2..=T.
///
/// L_{t-1} is smooth in t, so one draw per stratum varies far less than m draws from everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct StratifiedPass {
    timesteps: Vec<usize>,
    weights: Vec<f64>,
}

/// How many timesteps each of 2..=T deserves, up to a factor: entry t - 2 belongs to t.
///
/// Three quarters follow the cost that L_{t-1} would have if pixels were standard normal, ᾱ_t
/// expm1(λ_{t-1} - λ_t) / 2 each: a schedule that rushes through some noise levels pays for them in
/// few timesteps. A quarter is uniform, so that no timestep weighs more than four times what it
/// would without.
#[must_use]
pub fn timestep_density(schedule: &NoiseSchedule) -> Vec<f64> {
    let timesteps = 2..=schedule.steps();
    let costs: Vec<f64> = timesteps
        .map(|t| schedule.alpha_bar(t) * libm::expm1(-schedule.log_snr_change(t)))
        .collect();
    let mean = costs.iter().sum::<f64>() / costs.len() as f64;
    costs.into_iter().map(|cost| 0.75 * cost / mean + 0.25).collect()
}

/// How many timesteps each of 1..=T deserves, up to a factor, where it is the difference of
/// L_{t-1}, and of L_0 for t = 1, between classes that matters, with the same noise for each; entry
/// t - 1 belongs to t.
///
/// What tells digits apart is where strokes are, which shows at a log SNR of about -1.5; in little
/// noise every class predicts nearly the same. For the model `mnist-ddpm` and images of the
/// training set the root mean square of the difference between the true class and its nearest
/// rival, per unit of log SNR, falls off from there like a logistic density of scale 1 down to
/// about a tenth of its peak, at which it stays up to the image. 70 % follow that density, 5 % are
/// L_0, and the rest follows [`timestep_density`]. The difference then has 1.03 to 1.07 times, by
/// schedule, the standard deviation that the best density would leave; with [`timestep_density`]
/// alone it has 1.7 to 2.1 times that.
#[must_use]
pub fn class_timestep_density(schedule: &NoiseSchedule) -> Vec<f64> {
    const CENTRE: f64 = -1.5;
    const BELL: f64 = 0.7;
    const L_0: f64 = 0.05;
    let cdf = |t: usize| sigmoid(schedule.log_snr(t) - CENTRE);
    let bell: Vec<f64> = (2..=schedule.steps()).map(|t| BELL * (cdf(t - 1) - cdf(t))).collect();
    // a chain that does not reach down to the bell spends its share on the rest
    let rest = (1.0 - L_0 - bell.iter().sum::<f64>()) / bell.len() as f64;
    let denoising =
        bell.iter().zip(timestep_density(schedule)).map(|(bell, density)| bell + rest * density);
    std::iter::once(L_0).chain(denoising).collect()
}

impl StratifiedPass {
    /// Draws `strata` timesteps, each from a stratum of equal probability, in proportion to
    /// `density`, whose entries are positive and belong to t = `first`, `first` + 1, ..., T. Passes
    /// of different `index` are independent.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) unless `strata` is 1 to the number of entries.
    pub fn draw(
        density: &[f64],
        first: usize,
        strata: usize,
        seed: u64,
        index: [u64; 2],
    ) -> Result<Self> {
        let terms = density.len();
        if !(1..=terms).contains(&strata) {
            return Err(Error::value(
                "the number of timesteps",
                strata,
                format_args!("1 to {terms}, which the chain has"),
            ));
        }
        let total: f64 = density.iter().sum();
        let draws = rng::uniform(seed, Purpose::Timestep, index, strata);
        let mut pass =
            Self { timesteps: Vec::with_capacity(strata), weights: Vec::with_capacity(strata) };
        let (mut at, mut below) = (0, 0.0);
        for (k, u) in draws.iter().enumerate() {
            let target = (k as f64 + u) / strata as f64 * total;
            // rounding may leave the last target at the very end, which belongs to the last
            // timestep
            while at + 1 < terms && below + density[at] <= target {
                below += density[at];
                at += 1;
            }
            pass.timesteps.push(first + at);
            pass.weights.push(total / (strata as f64 * density[at]));
        }
        Ok(pass)
    }

    /// Each of 2..=T once, with weight 1.
    #[must_use]
    pub fn all(steps: usize) -> Self {
        let timesteps: Vec<usize> = (2..=steps).collect();
        Self { weights: vec![1.0; timesteps.len()], timesteps }
    }

    /// The t to evaluate, ascending.
    #[must_use]
    pub fn timesteps(&self) -> &[usize] {
        &self.timesteps
    }

    /// The weight of each timestep's term: how many times rarer it is drawn than once a pass.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// From L_{t-1} at each of the timesteps: Σ_k w_k L_{t_k - 1}, unbiased for Σ_{t=2..T} L_{t-1},
    /// with the standard error by collapsed strata.
    ///
    /// A stratum with one draw has no variance of its own to show, so neighbours are paired and
    /// (y_1 - y_2)² stands for the sum of their variances (Cochran 1977, section 5A.12), three at
    /// the end of an odd number. What the means of neighbours differ by is counted as noise, so the
    /// error is on average too large: where the terms are steep in t by a factor of several, even
    /// with every t drawn. From few strata it is a rough figure: it has about as many degrees of
    /// freedom as there are pairs of like size. With several passes, [`Estimate::from_samples`] of
    /// their totals is free of that.
    ///
    /// # Panics
    /// With debug assertions, for another number of terms than timesteps.
    pub fn estimate(&self, terms: &[f64]) -> Estimate {
        debug_assert_eq!(terms.len(), self.timesteps.len());
        let weighted: Vec<f64> =
            terms.iter().zip(&self.weights).map(|(term, weight)| term * weight).collect();
        Estimate {
            mean: weighted.iter().sum(),
            standard_error: collapsed_variance(&weighted).map(f64::sqrt),
        }
    }
}

/// The variance of a sum of independent draws, from groups of two (the last of three if need be);
/// none from a single draw.
fn collapsed_variance(draws: &[f64]) -> Option<f64> {
    if draws.len() < 2 {
        return None;
    }
    let tail = if draws.len() % 2 == 1 { 3 } else { 0 };
    let (pairs, triple) = draws.split_at(draws.len() - tail);
    let group_variance = |group: &[f64]| {
        let n = group.len() as f64;
        sum_of_squares(group) * n / (n - 1.0)
    };
    let groups = pairs.chunks(2).chain(triple.chunks(3));
    Some(groups.map(group_variance).sum())
}
