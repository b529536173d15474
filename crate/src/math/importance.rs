//! Importance-weighted bounds on log p(x) (Burda et al. 2015).
//!
//! With z_k ~ q(z|x) and log weights log w_k = log p(x, z_k) - log q(z_k|x), in nats,
//! L_K = E[log (1/K) Σ_k w_k]: L_1 is the ELBO, L_K never falls as K grows, and it tends to log
//! p(x).

use super::elbo::Estimate;
use super::numeric::{log_mean_exp, log_sum_exp, mean, sum_of_squares};
use serde::Serialize;

/// With fewer batches than this, their spread says too little about the error of their mean: of 95
/// % intervals from two batches 70 % cover, from ten 92 %.
const FEW_BATCHES: usize = 20;

/// L_K for one K.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImportanceBound {
    /// K, how many samples one bound averages over.
    pub k: usize,
    /// L_K in nats.
    pub bound: Estimate,
}

/// L_K for K = 1, 2, 5, 10, 20, … up to the number of weights n, and for n itself.
///
/// Each is the mean over the ⌊n/K⌋ disjoint batches of K neighbours, so its expectation is L_K
/// exactly. The standard error comes from the spread of the batches; where they are few, which
/// means that K is large and the logarithm of a batch's mean nearly linear in its weights, from the
/// spread of all their weights by the delta method, as that of [`log_likelihood`].
#[must_use]
pub fn importance_curve(log_weights: &[f64]) -> Vec<ImportanceBound> {
    let n = log_weights.len();
    let decades = (0..).map(|d| 10_usize.pow(d)).take_while(|&d| d < n);
    let sizes = decades.flat_map(|d| [d, 2 * d, 5 * d]).filter(|&k| k < n);
    let mut curve: Vec<_> = sizes
        .map(|k| {
            let batches: Vec<f64> = log_weights.chunks_exact(k).map(log_mean_exp).collect();
            let mut bound = Estimate::from_samples(&batches);
            if k > 1 && batches.len() < FEW_BATCHES {
                bound.standard_error =
                    log_likelihood(&log_weights[..k * batches.len()]).standard_error;
            }
            ImportanceBound { k, bound }
        })
        .collect();
    if n > 0 {
        curve.push(ImportanceBound { k: n, bound: log_likelihood(log_weights) });
    }
    curve
}

/// L_K with K all of the weights: the best estimate of log p(x) that they give, from below in
/// expectation.
///
/// The standard error is that of the logarithm of a mean by the delta method, sd(w) / (mean(w) √n).
#[must_use]
pub fn log_likelihood(log_weights: &[f64]) -> Estimate {
    let mean = log_mean_exp(log_weights);
    Estimate { mean, standard_error: standard_error(&influences(log_weights, mean)) }
}

/// log p(x) - ELBO = KL(q(z|x) || p(z|x)), from the same samples: `elbo_terms` are the summands
/// whose mean is the ELBO.
///
/// The two estimates share their samples, so the standard error comes from the difference sample by
/// sample.
#[must_use]
pub fn gap(log_weights: &[f64], elbo_terms: &[f64]) -> Estimate {
    let log_likelihood = log_mean_exp(log_weights);
    let elbo = mean(elbo_terms);
    let differences: Vec<f64> = influences(log_weights, log_likelihood)
        .iter()
        .zip(elbo_terms)
        .map(|(w, e)| w - (e - elbo))
        .collect();
    Estimate { mean: log_likelihood - elbo, standard_error: standard_error(&differences) }
}

/// [`log_likelihood`] and [`gap`] from draws of several components: log w_k has the density of
/// their mixture in its denominator, `component` says where each draw comes from, and the summands
/// of the ELBO belong to the draws of component 0 in turn.
///
/// The number of draws of each component is fixed, so only the spread within the components
/// counts; none of the errors is there before each has two.
pub fn stratified(
    log_weights: &[f64],
    component: impl Fn(usize) -> usize,
    elbo_terms: &[f64],
) -> [Estimate; 2] {
    let log_mean = log_mean_exp(log_weights);
    let elbo = mean(elbo_terms);
    let n = log_weights.len() as f64;
    let of_weights: Vec<f64> =
        influences(log_weights, log_mean).into_iter().map(|w| w / n).collect();
    let mut terms = elbo_terms.iter();
    let of_gap: Vec<f64> = of_weights
        .iter()
        .enumerate()
        .map(|(at, w)| match component(at) {
            0 => w - terms.next().map_or(0.0, |e| (e - elbo) / elbo_terms.len() as f64),
            _ => *w,
        })
        .collect();
    let error = |terms: &[f64]| sum_error(terms, &component);
    [
        Estimate { mean: log_mean, standard_error: error(&of_weights) },
        Estimate { mean: log_mean - elbo, standard_error: error(&of_gap) },
    ]
}

/// The standard error of a sum of independent terms that are alike within each component.
fn sum_error(terms: &[f64], component: impl Fn(usize) -> usize) -> Option<f64> {
    let mut groups: Vec<Vec<f64>> = Vec::new();
    for (at, term) in terms.iter().enumerate() {
        let group = component(at);
        groups.resize_with(groups.len().max(group + 1), Vec::new);
        groups[group].push(*term);
    }
    let variances = groups.iter().filter(|group| !group.is_empty()).map(|group| {
        (group.len() > 1).then(|| {
            let n = group.len() as f64;
            sum_of_squares(group) * n / (n - 1.0)
        })
    });
    variances.sum::<Option<f64>>().map(f64::sqrt)
}

/// (Σ w)² / Σ w² (Kong 1992): how many equally weighted samples would tell as much. Between 1 and
/// the number of weights.
#[must_use]
pub fn effective_sample_size(log_weights: &[f64]) -> f64 {
    let squares: Vec<f64> = log_weights.iter().map(|w| 2.0 * w).collect();
    libm::exp(2.0 * log_sum_exp(log_weights) - log_sum_exp(&squares))
}

/// What each sample moves the logarithm of the mean weight by, times n: w_k / mean(w) - 1.
fn influences(log_weights: &[f64], log_mean: f64) -> Vec<f64> {
    log_weights.iter().map(|w| libm::expm1(w - log_mean)).collect()
}

/// The standard error of the mean of terms that sum to zero.
fn standard_error(centred: &[f64]) -> Option<f64> {
    let n = centred.len() as f64;
    let squares: f64 = centred.iter().map(|x| x * x).sum();
    (centred.len() > 1).then(|| (squares / (n * (n - 1.0))).sqrt())
}
