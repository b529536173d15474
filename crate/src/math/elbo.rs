//! The evidence lower bound of one image, term by term.
//!
//! VAE: log p(x) ≥ E_q[log p(x|z)] - KL(q(z|x) || p(z)). Diffusion (Ho et al. 2020, eq. 5):
//! -log p(x) ≤ L_T + Σ_{t=2..T} L_{t-1} + L_0. Terms are in nats; they become bits/dim once, at the
//! end.

use super::gaussian::discretized_log_likelihood;
use super::numeric::{mean, sigmoid, softplus, standard_error, sum_of_squares};
use super::schedule::NoiseSchedule;
use ndarray::{ArrayView1, Zip};
use std::f64::consts::LN_2;

/// A Monte Carlo mean and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean of the draws.
    pub mean: f64,
    /// The standard error of the mean; none if the draws do not tell, as a single one does not.
    pub standard_error: Option<f64>,
}

impl Estimate {
    /// From one or more independent draws: their mean, and √(sample variance / n).
    ///
    /// # Panics
    /// With debug assertions, for no samples.
    #[must_use]
    pub fn from_samples(samples: &[f64]) -> Self {
        debug_assert!(!samples.is_empty());
        Self { mean: mean(samples), standard_error: standard_error(samples) }
    }

    /// The estimate of `slope` · x + `intercept`.
    #[must_use]
    pub fn linear(self, slope: f64, intercept: f64) -> Self {
        Self {
            mean: slope * self.mean + intercept,
            standard_error: self.standard_error.map(|e| e * slope.abs()),
        }
    }
}

/// The standard deviation of independent draws, from the sample variance; none from fewer than two.
#[must_use]
pub fn standard_deviation(samples: &[f64]) -> Option<f64> {
    (samples.len() > 1).then(|| (sum_of_squares(samples) / (samples.len() as f64 - 1.0)).sqrt())
}

/// Nats of a whole image to bits per dimension: nats / (D ln 2).
#[must_use]
pub fn bits_per_dim(nats: f64, dimensions: usize) -> f64 {
    nats / (dimensions as f64 * LN_2)
}

/// L_T = KL(q(x_T | x_0) || N(0, I)) in nats: ½ Σ (α_T² x_0² + σ_T² - log σ_T² - 1). Exact, and the
/// same for every network.
#[must_use]
pub fn l_t_prior(x0: ArrayView1<'_, f64>, schedule: &NoiseSchedule) -> f64 {
    let log_snr = schedule.log_snr(schedule.steps());
    let alpha_bar = sigmoid(log_snr);
    // σ² - 1 = -α² and -log σ² = softplus(λ): both small, where σ² and 1 are nearly equal
    let per_pixel = softplus(log_snr) - alpha_bar;
    let kl: f64 = x0.iter().map(|x| alpha_bar * x * x + per_pixel).sum();
    0.5 * kl
}

/// One draw of L_{t-1} = E_q KL(q(x_{t-1} | x_t, x_0) || p_θ(x_{t-1} | x_t)) in nats, for t in
/// 2..=T, with x̂_0 predicted from an x_t ~ q(x_t | x_0).
///
/// Both variances are β̃_t, which leaves ½ (SNR(t-1) - SNR(t)) |x_0 - x̂_0|² (Kingma et al. 2021,
/// eq. 13), here as ½ SNR(t) expm1(λ_{t-1} - λ_t) |x_0 - x̂_0|².
///
/// # Panics
/// For images of different lengths, or `t` outside 1..=T.
#[must_use]
pub fn l_denoising(
    x0: ArrayView1<'_, f64>,
    predicted_x0: ArrayView1<'_, f64>,
    schedule: &NoiseSchedule,
    t: usize,
) -> f64 {
    debug_assert!(t >= 2);
    let square_error =
        Zip::from(x0).and(predicted_x0).fold(0.0, |sum, a, b| sum + (a - b) * (a - b));
    let weight = libm::exp(schedule.log_snr(t)) * libm::expm1(-schedule.log_snr_change(t));
    0.5 * weight * square_error
}

/// One draw of L_0 = -E_q log p_θ(x_0 | x_1) in nats, with x̂_0 predicted from an x_1 ~ q(x_1 |
/// x_0).
///
/// p_θ(x_0 | x_1) is a Gaussian around x̂_0, discretized to the 256 levels (Ho et al. 2020, eq.
/// 13). Its variance is β_1 = 1 - ᾱ_1, as β̃_1, used in every other step, is 0 and would make any
/// wrong pixel infinitely unlikely. [`l_0_posterior_variance`] has the other convention in use.
#[must_use]
pub fn l_0(levels: &[u8], predicted_x0: ArrayView1<'_, f64>, schedule: &NoiseSchedule) -> f64 {
    -discretized_log_likelihood(levels, predicted_x0, schedule.sigma(1))
}

/// L_0 as the code of Ho et al. (2020) has it where all variances are β̃_t: β̃_2 stands in for
/// β̃_1.
///
/// Of T = 1000 steps, β̃_2 = β_2 (1 - ᾱ_1) / (1 - ᾱ_2) is 0.55 of 1 - ᾱ_1 on the linear chain and
/// 0.53 of it on the cosine chain: a black pixel that is predicted perfectly costs 0.353 instead of
/// 0.427 nats, and 0.224 instead of 0.316. On the log-SNR-linear chain, whose noise hardly changes
/// from t = 2 to t = 1, it is 0.019 of it, a standard deviation of a 22nd of a bin's half-width:
/// nothing is gained there, and what a prediction gets wrong costs up to 50 times as much. The
/// convention is part of the model, in whose bound it is one; the two are not to be mixed.
#[must_use]
pub fn l_0_posterior_variance(
    levels: &[u8],
    predicted_x0: ArrayView1<'_, f64>,
    schedule: &NoiseSchedule,
) -> f64 {
    -discretized_log_likelihood(levels, predicted_x0, schedule.posterior_variance(2).sqrt())
}
