//! Normal distributions: densities, divergences, and the probability of an 8-bit level.

use super::numeric::log1m_exp;
use ndarray::{Array1, ArrayView1, Zip};
use std::f64::consts::{FRAC_1_SQRT_2, LN_2, PI};

/// log N(x; mean, e^log_var) in nats, the normaliser included. A density: it may be positive.
#[must_use]
pub fn log_density(x: f64, mean: f64, log_var: f64) -> f64 {
    let d = x - mean;
    -0.5 * (d * d * libm::exp(-log_var) + log_var + libm::log(2.0 * PI))
}

/// log N(x; mean, std² I) in nats: -½ Σ (x - mean)²/std² - D (log std + ½ log 2π). A density: it
/// may be positive. `mean` has one value for each of `x`, `std` > 0 is shared.
///
/// # Panics
/// For arrays of different lengths.
#[must_use]
pub fn log_density_iid(x: ArrayView1<'_, f64>, mean: ArrayView1<'_, f32>, std: f64) -> f64 {
    debug_assert_eq!(x.len(), mean.len());
    let squares = Zip::from(x).and(mean).fold(0.0, |sum, &x, &mean| {
        let d = (x - f64::from(mean)) / std;
        sum + d * d
    });
    let normalizer = libm::log(std) + 0.5 * libm::log(2.0 * PI);
    -0.5 * squares - x.len() as f64 * normalizer
}

/// KL(N(μ, σ²) || N(0, 1)) of each latent in nats: ½ (μ² + σ² - log σ² - 1) (Kingma & Welling 2014,
/// appendix B).
///
/// # Panics
/// For arrays of different lengths.
#[must_use]
pub fn kl_standard(mean: ArrayView1<'_, f64>, log_var: ArrayView1<'_, f64>) -> Array1<f64> {
    Zip::from(mean)
        .and(log_var)
        // σ² - 1 as expm1, or a σ near 1 loses its digits
        .map_collect(|&m, &v| 0.5 * (m * m + (libm::expm1(v) - v)))
}

/// KL(N(μ_q, σ_q²) || N(μ_p, σ_p²)) of each latent in nats: ½ ((μ_q - μ_p)²/σ_p² + r - log r - 1),
/// r = σ_q²/σ_p².
///
/// # Panics
/// For arrays of different lengths.
#[must_use]
pub fn kl(
    q_mean: ArrayView1<'_, f64>,
    q_log_var: ArrayView1<'_, f64>,
    p_mean: ArrayView1<'_, f64>,
    p_log_var: ArrayView1<'_, f64>,
) -> Array1<f64> {
    Zip::from(q_mean).and(q_log_var).and(p_mean).and(p_log_var).map_collect(
        |&q, &log_q, &p, &log_p| {
            let (d, log_ratio) = (q - p, log_q - log_p);
            0.5 * (d * d * libm::exp(-log_p) + (libm::expm1(log_ratio) - log_ratio))
        },
    )
}

/// log p(x) in nats of an 8-bit image under a discretized Gaussian, summed over pixels (Ho et al.
/// 2020, eq. 13).
///
/// `mean` is in [-1, 1] units, one per pixel, and `std` > 0 is shared. The mass of a level is that
/// of the bin of half-width 1/255 around its value; the bins of levels 0 and 255 reach to -∞ and
/// +∞, so the 256 masses sum to one. Finite however far a mean lies in the tail, as long as
/// (distance / std)² is representable.
///
/// # Panics
/// With debug assertions, for arrays of different lengths, or a `std` that is not positive.
#[must_use]
pub fn discretized_log_likelihood(levels: &[u8], mean: ArrayView1<'_, f64>, std: f64) -> f64 {
    debug_assert_eq!(levels.len(), mean.len());
    debug_assert!(std > 0.0);
    let width = 2.0 / 255.0 / std;
    let terms = levels.iter().zip(mean).map(|(&level, mean)| {
        let lower = (lower_edge(u16::from(level)) - mean) / std;
        let upper = (lower_edge(u16::from(level) + 1) - mean) / std;
        match level {
            0 => log_cdf(upper),
            255 => log_cdf(-lower),
            _ => log_interval(lower, upper, width),
        }
    });
    terms.sum()
}

/// Where the bin of a level begins and that of the level below ends: level / 127.5 - 1 - 1/255, in
/// a form that gives both the same bits.
fn lower_edge(level: u16) -> f64 {
    (2.0 * f64::from(level) - 256.0) / 255.0
}

/// log Φ(x) of the standard normal.
fn log_cdf(x: f64) -> f64 {
    if x > -30.0 {
        libm::log(0.5 * libm::erfc(-x * FRAC_1_SQRT_2))
    } else {
        // erfc underflows from -37 on; Φ(x) ~ φ(x)/|x| (1 - 1/x² + 3/x⁴ - ...), whose eighth term
        // is below 1e-15 here
        let r = 1.0 / (x * x);
        let mut term = 1.0;
        let mut series = 1.0;
        for k in 1..8 {
            term *= -f64::from(2 * k - 1) * r;
            series += term;
        }
        log_pdf(x) - libm::log(-x) + libm::log(series)
    }
}

/// log φ(x) of the standard normal.
fn log_pdf(x: f64) -> f64 {
    -0.5 * (x * x + libm::log(2.0 * PI))
}

/// log(Φ(b) - Φ(a)) for a < b, with `width` = b - a given, since far from 0 the difference of the
/// two has no digits left.
fn log_interval(a: f64, b: f64, width: f64) -> f64 {
    if a < 0.0 && b > 0.0 {
        // erf has opposite signs at the ends: nothing cancels
        let mass = libm::erf(b * FRAC_1_SQRT_2) - libm::erf(a * FRAC_1_SQRT_2);
        return libm::log(mass) - LN_2;
    }
    // by symmetry the interval lies right of 0 and `near` is its end of higher density
    let near = if a >= 0.0 { a } else { -b };
    if width < 0.5 && near * width < 1.0 {
        // the cdf at the two ends agree in most digits: integrate the density instead
        return log_pdf(near) + libm::log(density_ratio_integral(near, width));
    }
    let upper = log_cdf(-near);
    let lower = log_cdf(-near - width);
    upper + log1m_exp(lower - upper)
}

/// ∫_0^w φ(x + u) / φ(x) du by Gauss-Legendre quadrature with six nodes, for w < 0.5 and x w < 1,
/// where it is exact to rounding.
fn density_ratio_integral(x: f64, w: f64) -> f64 {
    const NODES: [(f64, f64); 3] = [
        (0.238_619_186_083_196_9, 0.467_913_934_572_691_04),
        (0.661_209_386_466_264_5, 0.360_761_573_048_138_6),
        (0.932_469_514_203_152, 0.171_324_492_379_170_36),
    ];
    let half = 0.5 * w;
    let ratio = |u: f64| libm::exp(-u * (x + 0.5 * u));
    let sum: f64 = NODES
        .iter()
        .map(|(node, weight)| weight * (ratio(half * (1.0 - node)) + ratio(half * (1.0 + node))))
        .sum();
    half * sum
}
