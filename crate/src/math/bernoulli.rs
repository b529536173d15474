//! Binary images and the Bernoulli decoder.

use super::laplace::Sensitivity;
use super::numeric::{sigmoid, softplus};
use super::rng::{self, Purpose};
use ndarray::ArrayView1;

/// log p(x | logits) in nats, summed over pixels: Σ x l - softplus(l), for pixels x that are 0 or
/// 1.
///
/// Finite for every finite logit; a probability would round to 0 or 1 and make it infinite.
///
/// # Panics
/// With debug assertions, for arrays of different lengths.
#[must_use]
pub fn log_likelihood<T: Copy + Into<f64>>(
    x: ArrayView1<'_, T>,
    logits: ArrayView1<'_, f32>,
) -> f64 {
    debug_assert_eq!(x.len(), logits.len());
    x.iter()
        .zip(logits)
        .map(|(&x, &logit)| {
            let logit = f64::from(logit);
            x.into() * logit - softplus(logit)
        })
        .sum()
}

/// How log p(x | logits) depends on the logits: x - p, and p (1 - p) for p = sigmoid(logit).
pub fn sensitivity<T: Copy + Into<f64>>(
    x: ArrayView1<'_, T>,
    logits: ArrayView1<'_, f32>,
) -> Sensitivity {
    let parameters = logits.mapv(f64::from);
    let p = parameters.mapv(sigmoid);
    Sensitivity {
        log_likelihood: log_likelihood(x, logits),
        score: x.iter().zip(&p).map(|(&x, p)| x.into() - p).collect(),
        information: p.mapv(|p| p * (1.0 - p)),
        parameters,
    }
}

/// Dynamic binarization (Burda et al. 2015, section 5): each pixel is 1 with a probability of its
/// intensity in [0, 1].
///
/// The result is random, so a test-set score needs the seed beside it.
#[must_use]
pub fn sample(means: &[f64], seed: u64, index: [u64; 2]) -> Vec<u8> {
    rng::uniform(seed, Purpose::Binarize, index, means.len())
        .iter()
        .zip(means)
        .map(|(u, mean)| u8::from(u < mean))
        .collect()
}
