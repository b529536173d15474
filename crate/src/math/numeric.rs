//! Scalar functions that must not overflow or cancel.

/// Logistic function 1 / (1 + e^-x). Never NaN for a number, and exact at ±∞.
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
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// log(1 - e^x) for x < 0 (Mächler 2012): of the two forms each is used where it does not cancel.
pub fn log1m_exp(x: f64) -> f64 {
    if x > -std::f64::consts::LN_2 {
        libm::log(-libm::expm1(x))
    } else {
        libm::log1p(-libm::exp(x))
    }
}

/// log Σ e^x, with the largest taken out so that nothing overflows; -∞ for none.
pub fn log_sum_exp(x: &[f64]) -> f64 {
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return largest;
    }
    largest + libm::log(x.iter().map(|v| libm::exp(v - largest)).sum())
}
