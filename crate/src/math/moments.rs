//! Mean and covariance of weighted draws, for a proposal that is fitted to them (moment matching,
//! as in Paananen, Piironen, Bürkner & Vehtari, Statistics and Computing 31, 2021).

use super::importance::effective_sample_size;
use super::linear::Factor;
use super::numeric::log_sum_exp;
use super::psis::ParetoTail;
use ndarray::{Array1, Array2};

/// A mean, and the Cholesky factor of a covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// The mean.
    pub mean: Array1<f64>,
    /// L of the covariance L Lᵀ.
    pub factor: Factor,
}

impl Moments {
    /// The moments of draws with these log weights, in nats, whose largest weights are replaced by
    /// Pareto quantiles first, so that no single draw decides.
    ///
    /// They are shrunk towards `others`, with the share 2 d / (ESS + 2 d) in d dimensions: a
    /// covariance of d entries from few draws is far too narrow in some direction. None if the
    /// weights are not finite or the covariance is not positive definite.
    #[must_use]
    pub fn matched(draws: &[Array1<f64>], log_weights: &[f64], others: &Self) -> Option<Self> {
        if log_weights.iter().any(|weight| !weight.is_finite()) {
            return None;
        }
        let smoothed = ParetoTail::fit(log_weights)
            .map_or_else(|| log_weights.to_vec(), |tail| tail.smoothed(log_weights));
        let total = log_sum_exp(&smoothed);
        let weights: Vec<f64> = smoothed.iter().map(|w| libm::exp(w - total)).collect();
        let dimensions = others.mean.len();
        let mut mean = Array1::<f64>::zeros(dimensions);
        for (draw, weight) in draws.iter().zip(&weights) {
            mean.scaled_add(*weight, draw);
        }
        let mut covariance = Array2::<f64>::zeros((dimensions, dimensions));
        for (draw, weight) in draws.iter().zip(&weights) {
            let centred = draw - &mean;
            for (i, mut row) in covariance.rows_mut().into_iter().enumerate() {
                row.scaled_add(weight * centred[i], &centred);
            }
        }
        let effective = effective_sample_size(&smoothed);
        let own = effective / (effective + 2.0 * dimensions as f64);
        let covariance = covariance * own + others.factor.product() * (1.0 - own);
        let mean = mean * own + &others.mean * (1.0 - own);
        Factor::cholesky(covariance.view()).map(|factor| Self { mean, factor })
    }
}
