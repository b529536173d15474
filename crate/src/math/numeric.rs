//! Functions that must not overflow or cancel, and sums that are taken in one order everywhere.

/// Logistic function 1 / (1 + e^-x). Never NaN for a number, and exact at ±∞.
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        // e^-x would overflow
        let e = libm::exp(x);
        e / (1.0 + e)
    }
}

/// log(1 + e^x) = -log sigmoid(-x).
#[must_use]
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// log(1 - e^x) for x < 0 (Mächler 2012): of the two forms each is used where it does not cancel.
#[must_use]
pub fn log1m_exp(x: f64) -> f64 {
    if x > -std::f64::consts::LN_2 {
        libm::log(-libm::expm1(x))
    } else {
        libm::log1p(-libm::exp(x))
    }
}

/// log Σ e^x, exact for terms that differ by hundreds of nats. -∞ for no terms.
#[must_use]
pub fn log_sum_exp(terms: &[f64]) -> f64 {
    let max = maximum(terms);
    if !max.is_finite() {
        return max;
    }
    max + libm::log(terms.iter().map(|t| libm::exp(t - max)).sum())
}

/// log of the mean of e^x.
#[must_use]
pub fn log_mean_exp(terms: &[f64]) -> f64 {
    log_sum_exp(terms) - libm::log(terms.len() as f64)
}

/// e^x / Σ e^x of each term. NaN in one makes all NaN.
#[must_use]
pub fn softmax(terms: &[f64]) -> Vec<f64> {
    let max = maximum(terms);
    let weights: Vec<f64> = terms.iter().map(|t| libm::exp(t - max)).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / total).collect()
}

/// The mean; NaN of nothing.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Σ (x - mean)².
#[must_use]
pub fn sum_of_squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|x| (x - mean) * (x - mean)).sum()
}

/// √(sample variance / n) of independent draws; none from fewer than two.
#[must_use]
pub fn standard_error(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    (values.len() > 1).then(|| (sum_of_squares(values) / (n * (n - 1.0))).sqrt())
}

fn maximum(terms: &[f64]) -> f64 {
    terms.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
