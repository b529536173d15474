//! Which class an image is of, from the log-likelihood, or a bound on it, that a model has for each
//! class.

use super::numeric::{softmax, standard_error};

/// The posterior over classes under a uniform prior, p(c | x) = p(x | c) / Σ_k p(x | k), from log
/// p(x | c) in nats up to a shared constant. NaN in one entry makes all NaN.
#[must_use]
pub fn uniform_posterior(log_likelihoods: &[f64]) -> Vec<f64> {
    softmax(log_likelihoods)
}

/// The entropy -Σ p log p of a distribution in nats; an impossible class adds nothing.
#[must_use]
pub fn entropy(probabilities: &[f64]) -> f64 {
    probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * libm::log(*p)).sum()
}

/// The standard error of each entry of [`uniform_posterior`] at the mean of independent draws of
/// the log-likelihoods, one row per draw, of which there must be two or more.
///
/// By the delta method: at the mean, π_c changes by π_c (dℓ_c - Σ_k π_k dℓ_k), so the draws'
/// deviations from the mean are put through that and their sample variance is divided by their
/// number. Whatever a draw shares among the classes cancels. It is a first-order figure: good where
/// differences are known to well under a nat, too small where they are known to several.
///
/// # Panics
/// With debug assertions, for fewer than two draws.
#[must_use]
pub fn posterior_standard_error(draws: &[Vec<f64>], posterior: &[f64]) -> Vec<f64> {
    debug_assert!(draws.len() > 1);
    let changes: Vec<Vec<f64>> = draws
        .iter()
        .map(|draw| {
            let shared: f64 = draw.iter().zip(posterior).map(|(l, p)| l * p).sum();
            draw.iter().zip(posterior).map(|(l, p)| p * (l - shared)).collect()
        })
        .collect();
    let error = |class: usize| {
        let changes: Vec<f64> = changes.iter().map(|change| change[class]).collect();
        standard_error(&changes).unwrap_or(f64::NAN)
    };
    (0..posterior.len()).map(error).collect()
}
