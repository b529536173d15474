//! Pareto-smoothed importance sampling (Vehtari, Simpson, Gelman, Yao & Gabry, JMLR 25(72), 2024):
//! whether a mean of importance weights can be trusted.
//!
//! Above a threshold any distribution of weights looks like a generalized Pareto distribution with
//! some shape k: the weights have moments of order below 1/k. For k ≥ ½ their variance is infinite,
//! for k ≥ 1 their mean. The shape k̂ that is fitted to the largest weights says how slowly their
//! mean settles, which no sample variance can see: that rests on the weights that have come, not
//! on the larger ones that are still to come.

use super::numeric::log_sum_exp;
use std::cmp::Ordering;

/// k̂ above which the paper never trusts an estimate, however many draws there are.
const WORST_SHAPE: f64 = 0.7;

/// Fewest weights above the threshold that a fit is made to.
const FEWEST: usize = 5;

/// Most pairs of [`ParetoTail::quantiles`].
const MOST_QUANTILES: usize = 60;

/// The generalized Pareto distribution of the largest weights, P(w - u > y | w > u) = (1 + k y /
/// σ)^(-1/k).
#[derive(Clone, Debug, PartialEq)]
pub struct ParetoTail {
    /// k̂, drawn towards ½ by a prior worth ten weights.
    pub shape: f64,
    /// σ in units of the largest weight.
    pub scale: f64,
    /// log u, the largest log weight below the tail, in nats.
    pub log_threshold: f64,
    /// Where the weights of the tail lie in the order in which they were given, from the smallest
    /// to the largest.
    indices: Vec<usize>,
    log_largest: f64,
}

/// How many of the largest of `draws` weights are the tail: ⌈min(draws / 5, 3 √draws)⌉.
fn tail_size(draws: usize) -> usize {
    let n = draws as f64;
    (0.2 * n).min(3.0 * n.sqrt()).ceil() as usize
}

impl ParetoTail {
    /// Fits the tail of weights given by their logarithms. None where fewer than five weights lie
    /// above the threshold: there are too few of them, or their largest ones are equal.
    #[must_use]
    pub fn fit(log_weights: &[f64]) -> Option<Self> {
        let tail = tail_size(log_weights.len());
        if tail >= log_weights.len() || log_weights.iter().any(|w| w.is_nan()) {
            return None;
        }
        let mut order: Vec<usize> = (0..log_weights.len()).collect();
        let by_weight = |a: &usize, b: &usize| -> Ordering {
            log_weights[*a].total_cmp(&log_weights[*b]).then(a.cmp(b))
        };
        order.sort_unstable_by(by_weight);
        let log_largest = log_weights[*order.last()?];
        let threshold = log_weights[order[order.len() - tail - 1]];
        // weights that underflow beside the largest are not part of a tail
        let threshold = threshold.max(log_largest + libm::log(f64::MIN_POSITIVE));
        let above = order.partition_point(|&i| log_weights[i] <= threshold);
        let indices = order.split_off(above);
        if indices.len() < FEWEST || !log_largest.is_finite() {
            return None;
        }
        let base = libm::exp(threshold - log_largest);
        let excesses: Vec<f64> =
            indices.iter().map(|&i| libm::exp(log_weights[i] - log_largest) - base).collect();
        let (shape, scale) = fit_generalized_pareto(&excesses)?;
        Some(Self { shape, scale, log_threshold: threshold, indices, log_largest })
    }

    /// How many weights the tail has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.indices.len()
    }

    /// The log weights with those of the tail replaced by the expected order statistics of the fit,
    /// cut at the largest weight that was there.
    #[must_use]
    pub fn smoothed(&self, log_weights: &[f64]) -> Vec<f64> {
        let mut smoothed = log_weights.to_vec();
        for (rank, &i) in self.indices.iter().enumerate() {
            smoothed[i] = self.log_quantile(rank).min(self.log_largest);
        }
        smoothed
    }

    /// log weights of the tail, as they came and as the fit has them, the largest first with its
    /// rank 1: up to 60 pairs, denser among the largest. For a plot.
    #[must_use]
    pub fn quantiles(&self, log_weights: &[f64]) -> Vec<(usize, f64, f64)> {
        let size = self.indices.len();
        let step = (size as f64).powf(1.0 / (MOST_QUANTILES - 1) as f64);
        let mut ranks: Vec<usize> =
            (0..MOST_QUANTILES).map(|i| libm::round(step.powi(i as i32)) as usize).collect();
        ranks.dedup();
        ranks.retain(|rank| *rank <= size);
        let pair = |rank: usize| {
            let at = size - rank;
            (rank, log_weights[self.indices[at]], self.log_quantile(at))
        };
        ranks.into_iter().map(pair).collect()
    }

    /// The logarithm of the fit's quantile at (rank + ½) / size.
    fn log_quantile(&self, rank: usize) -> f64 {
        let p = (rank as f64 + 0.5) / self.indices.len() as f64;
        let log_survival = libm::log1p(-p);
        let excess = if self.shape.abs() < f64::EPSILON {
            -log_survival
        } else {
            libm::expm1(-self.shape * log_survival) / self.shape
        };
        let base = libm::exp(self.log_threshold - self.log_largest);
        libm::log(self.scale * excess + base) + self.log_largest
    }
}

/// k̂ below which a mean of `draws` weights is to be trusted: min(1 - 1/log10(draws), 0.7), at
/// which the error of a Pareto-smoothed mean is still moderate (section 3.2.4 of the paper).
#[must_use]
pub fn shape_threshold(draws: usize) -> f64 {
    (1.0 - 1.0 / libm::log10(draws as f64)).min(WORST_SHAPE)
}

/// How many draws a mean of weights with this shape needs to be trusted: 10^(1 / (1 - max(0, k̂))).
/// None from k̂ = 1 on, where the weights have no mean and no number of draws suffices.
#[must_use]
pub fn draws_needed(shape: f64) -> Option<f64> {
    (shape < 1.0).then(|| libm::ceil(libm::pow(10.0, 1.0 / (1.0 - shape.max(0.0)))))
}

/// Shape and scale of the generalized Pareto distribution of ascending positive `excesses`, by the
/// empirical Bayes estimate of Zhang & Stephens (2009) and the weak prior k ← (n k + 10 · ½) / (n +
/// 10). None if the excesses leave the fit without a value.
fn fit_generalized_pareto(excesses: &[f64]) -> Option<(f64, f64)> {
    const PRIOR_B: f64 = 3.0;
    const PRIOR_K: f64 = 10.0;
    let n = excesses.len() as f64;
    let largest = *excesses.last()?;
    let quartile = excesses[(n / 4.0 + 0.5) as usize - 1];
    let count = 30 + libm::sqrt(n) as usize;
    // θ of the paper with its sign turned: the profile likelihood on a grid of b = -k/σ
    let grid = (1..=count).map(|i| {
        let spread = 1.0 - libm::sqrt(count as f64 / (i as f64 - 0.5));
        spread / (PRIOR_B * quartile) + 1.0 / largest
    });
    let shape_at = |b: f64| excesses.iter().map(|x| libm::log1p(-b * x)).sum::<f64>() / n;
    let candidates: Vec<(f64, f64)> = grid
        .map(|b| {
            let k = shape_at(b);
            (b, n * (libm::log(-b / k) - k - 1.0))
        })
        .collect();
    let logs: Vec<f64> = candidates.iter().map(|(_, l)| *l).collect();
    let total = log_sum_exp(&logs);
    let weighted: Vec<(f64, f64)> = candidates
        .iter()
        .map(|(b, l)| (*b, libm::exp(l - total)))
        .filter(|(_, weight)| *weight >= 10.0 * f64::EPSILON)
        .collect();
    let mass: f64 = weighted.iter().map(|(_, weight)| weight).sum();
    let b = weighted.iter().map(|(b, weight)| b * weight).sum::<f64>() / mass;
    let k = shape_at(b);
    let scale = -k / b;
    let shape = (n * k + PRIOR_K * 0.5) / (n + PRIOR_K);
    (shape.is_finite() && scale.is_finite() && scale > 0.0).then_some((shape, scale))
}
