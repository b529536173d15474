//! The discretized logistic likelihood of 8-bit pixels.

use super::laplace::Sensitivity;
use super::numeric::{log1m_exp, sigmoid, softplus};
use ndarray::{Array1, ArrayView1, Zip};

/// What log_scale is clamped to where a decoder's output is read: part of the model.
///
/// A decoder states a scale for digits; far from them it may state anything. e^-8 is a twelfth of
/// a bin's half-width, so a narrower logistic would tell no two levels apart better. At e^4 the
/// range of the pixels spans a 27th of a scale: the inner levels are equal, and a wider logistic
/// would only put more of its mass on the two ends.
pub const LOG_SCALE: [f32; 2] = [-8.0, 4.0];

/// log P(x) in nats of an 8-bit image, summed over pixels (Kingma et al. 2016, section 5.2;
/// Salimans et al. 2017, eq. 2).
///
/// `mean` and `log_scale` have one value per pixel, in units where pixels span [-1, 1]. The mass of
/// a level is that of the bin of half-width 1/255 around its value; the bins of levels 0 and 255
/// reach to -∞ and +∞, so the 256 masses sum to one. Finite for every finite mean and every scale
/// by which the distance of a level can be divided without overflow, [`LOG_SCALE`] among them.
///
/// # Panics
/// For arrays of different lengths.
#[must_use]
pub fn discretized_log_likelihood(
    levels: &[u8],
    mean: ArrayView1<'_, f32>,
    log_scale: ArrayView1<'_, f32>,
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
        _ => below_upper() + above_lower() + log_width(log_scale, precision),
    }
}

/// How [`discretized_log_likelihood`] depends on the means and, after them, the log scales.
///
/// With u and l the distances of the two ends of a bin over the scale and w = u - l, log P is the
/// sum of log σ(u), log σ(-l) and log(1 - e^-w). Of the information about a log scale only what is
/// never negative is kept: it serves a proposal, which may be any.
///
/// # Panics
/// For fewer means or log scales than levels.
#[must_use]
pub fn sensitivity(
    levels: &[u8],
    mean: ArrayView1<'_, f32>,
    log_scale: ArrayView1<'_, f32>,
) -> Sensitivity {
    let n = levels.len();
    let mut score = Array1::zeros(2 * n);
    let mut information = Array1::zeros(2 * n);
    for (i, &level) in levels.iter().enumerate() {
        let precision = libm::exp(-f64::from(log_scale[i]));
        let distance = |edge: f64| (edge / 255.0 - f64::from(mean[i])) * precision;
        // the open end of an outermost bin adds nothing
        if level < 255 {
            let upper = distance(2.0 * f64::from(level) - 254.0);
            let (above, slope) = (sigmoid(-upper), sigmoid(upper) * sigmoid(-upper));
            score[i] -= above * precision;
            score[n + i] -= above * upper;
            information[i] += slope * precision * precision;
            information[n + i] += slope * upper * upper;
        }
        if level > 0 {
            let lower = distance(2.0 * f64::from(level) - 256.0);
            let (below, slope) = (sigmoid(lower), sigmoid(lower) * sigmoid(-lower));
            score[i] += below * precision;
            score[n + i] += below * lower;
            information[i] += slope * precision * precision;
            information[n + i] += slope * lower * lower;
        }
        if 0 < level && level < 255 {
            let width = 2.0 / 255.0 * precision;
            // -w / (e^w - 1), -1 where w vanishes
            score[n + i] -= if width > 0.0 { width / libm::expm1(width) } else { 1.0 };
        }
    }
    Sensitivity {
        log_likelihood: discretized_log_likelihood(levels, mean, log_scale),
        parameters: mean.iter().chain(log_scale).map(|v| f64::from(*v)).collect(),
        score,
        information,
    }
}

/// log(1 - e^-w) for w = 2 precision / 255, a bin's width over the scale.
fn log_width(log_scale: f64, precision: f64) -> f64 {
    let width = 2.0 / 255.0 * precision;
    if width > 1e-12 {
        return log1m_exp(-width);
    }
    // 1 - e^-w = w (1 - w/2 + …), and w itself may have underflowed: with the two sigmoids of
    // one half the mass of a level is 2/255 / (4 scale)
    libm::log(2.0 / 255.0) - log_scale
}
