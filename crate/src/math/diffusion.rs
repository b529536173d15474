//! The forward chain, its posterior, and the reverse steps. Arrays have one entry per pixel.

use super::parameterization::Prediction;
use super::schedule::NoiseSchedule;
use ndarray::{Array1, ArrayView1, Zip};

/// A draw from q(x_t | x_0) = N(α_t x_0, σ_t² I) (Ho et al. 2020, eq. 4) made of standard normal
/// `noise`.
///
/// # Panics
/// For arrays of different lengths, or `t` beyond T.
#[must_use]
pub fn q_sample(
    x0: ArrayView1<'_, f64>,
    schedule: &NoiseSchedule,
    t: usize,
    noise: ArrayView1<'_, f64>,
) -> Array1<f64> {
    weighted_sum(x0, schedule.alpha(t), noise, schedule.sigma(t))
}

/// Mean, and variance shared by all pixels, of q(x_{t-1} | x_t, x_0) (Ho et al. 2020, eq. 6 and 7),
/// for t in 1..=T.
///
/// With x̂_0 for x_0 it is p_θ(x_{t-1} | x_t), whose variance is fixed to β̃_t here.
///
/// # Panics
/// For arrays of different lengths, or `t` outside 1..=T.
#[must_use]
pub fn q_posterior(
    x0: ArrayView1<'_, f64>,
    x_t: ArrayView1<'_, f64>,
    schedule: &NoiseSchedule,
    t: usize,
) -> (Array1<f64>, f64) {
    let (weight_x0, weight_x_t) = schedule.posterior_mean_coefficients(t);
    (weighted_sum(x0, weight_x0, x_t, weight_x_t), schedule.posterior_variance(t))
}

/// A draw of x_{t-1} from p_θ(x_{t-1} | x_t) made of standard normal `noise` (Ho et al. 2020,
/// algorithm 2, with variance β̃_t). At t = 1, where β̃ is 0, it is x̂_0.
///
/// # Panics
/// As [`q_posterior`].
#[must_use]
pub fn ancestral_step(
    prediction: &Prediction,
    x_t: ArrayView1<'_, f64>,
    schedule: &NoiseSchedule,
    t: usize,
    noise: ArrayView1<'_, f64>,
) -> Array1<f64> {
    let (mean, variance) = q_posterior(prediction.x0.view(), x_t, schedule, t);
    weighted_sum(mean.view(), 1.0, noise, variance.sqrt())
}

/// x_{t-1} by the step of Song et al. 2021 (eq. 12 and 16): α_{t-1} x̂_0 + √(σ_{t-1}² - s²) ε̂ + s
/// noise, s² = η² β̃_t.
///
/// η in [0, 1]: 0 is deterministic, 1 is [`ancestral_step`]. At t = 1 it is x̂_0.
///
/// # Panics
/// For arrays of different lengths, or `t` outside 1..=T.
#[must_use]
pub fn ddim_step(
    prediction: &Prediction,
    schedule: &NoiseSchedule,
    t: usize,
    eta: f64,
    noise: ArrayView1<'_, f64>,
) -> Array1<f64> {
    debug_assert!((0.0..=1.0).contains(&eta));
    // σ_{t-1}² - η² β̃_t with β̃_t = σ_{t-1}² (1 - e^(λ_t - λ_{t-1})), so that η = 1 subtracts
    // nothing nearly equal
    let kept = 1.0 - eta * eta + eta * eta * libm::exp(schedule.log_snr_change(t));
    let direction = schedule.sigma(t - 1) * kept.sqrt();
    let spread = eta * schedule.posterior_variance(t).sqrt();
    let mean = weighted_sum(
        prediction.x0.view(),
        schedule.alpha(t - 1),
        prediction.epsilon.view(),
        direction,
    );
    weighted_sum(mean.view(), 1.0, noise, spread)
}

fn weighted_sum(
    a: ArrayView1<'_, f64>,
    weight_a: f64,
    b: ArrayView1<'_, f64>,
    weight_b: f64,
) -> Array1<f64> {
    Zip::from(a).and(b).map_collect(|a, b| weight_a * a + weight_b * b)
}
