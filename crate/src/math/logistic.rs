//! The discretized logistic likelihood of 8-bit pixels.

use super::numeric::{log1m_exp, softplus};
use ndarray::{ArrayView1, Zip};

/// log P(x) in nats of an 8-bit image, summed over pixels (Kingma et al. 2016, section 5.2;
/// Salimans et al. 2017, eq. 2).
///
/// `mean` and `log_scale` have one value per pixel, in units where pixels span [-1, 1]. The mass of
/// a level is that of the bin of half-width 1/255 around its value; the bins of levels 0 and 255
/// reach to -∞ and +∞, so the 256 masses sum to one. Finite for all finite parameters whose scale
/// e^log_scale and its inverse are representable.
pub fn discretized_log_likelihood(
    levels: &[u8],
    mean: ArrayView1<f32>,
    log_scale: ArrayView1<f32>,
) -> f64 {
    debug_assert_eq!(levels.len(), mean.len());
    Zip::from(ArrayView1::from(levels)).and(mean).and(log_scale).fold(
        0.0,
        |sum, &level, &mean, &log_scale| {
            sum + log_mass(level, f64::from(mean), f64::from(log_scale))
        },
    )
}

/// log P of one level in nats.
pub(super) fn log_mass(level: u8, mean: f64, log_scale: f64) -> f64 {
    let precision = libm::exp(-log_scale);
    let distance = |edge: f64| (edge / 255.0 - mean) * precision;
    // the edges of the bin, in units of 1/255
    let (lower, upper) = (2.0 * f64::from(level) - 256.0, 2.0 * f64::from(level) - 254.0);
    // σ(b) - σ(a) = σ(b) σ(-a) (1 - e^(a-b)), none of whose factors cancels
    let below_upper = || -softplus(-distance(upper));
    let above_lower = || -softplus(distance(lower));
    match level {
        0 => below_upper(),
        255 => above_lower(),
        _ => below_upper() + above_lower() + log1m_exp(-2.0 / 255.0 * precision),
    }
}
