//! The second way to write a diffusion model's bound: consistency terms in place of denoising
//! matching terms.
//!
//! -ELBO = L_0 + E_q KL(q(x_T | x_{T-1}) || p(x_T)) + Σ_{t=2..T} E_q[log q(x_{t-1} | x_{t-2}) - log
//! p_θ(x_{t-1} | x_t)], all under the joint q(x_{1..T} | x_0), with L_0 as in
//! [`l_0`](super::elbo::l_0). It is the log ratio log p(x_{0..T}) / q(x_{1..T} | x_0) with each
//! forward step beside the reverse step that makes the same variable.
//!
//! The summand is often written as KL(q(x_{t-1} | x_{t-2}) || p_θ(x_{t-1} | x_t)) (Luo 2022, eq.
//! 45). That is another number: given x_{t-2}, x_{t-1} and x_t depend on each other, so the mean
//! over x_{t-1} that is inside such a KL must not be taken with x_t held.

use super::diffusion::q_posterior;
use super::schedule::NoiseSchedule;
use ndarray::{Array1, ArrayView1, Zip};
use std::f64::consts::PI;

/// log N(x; mean, variance I) in nats, summed over the entries of x.
///
/// # Panics
/// For arrays of different lengths.
#[must_use]
pub fn log_normal(x: ArrayView1<'_, f64>, mean: ArrayView1<'_, f64>, variance: f64) -> f64 {
    let squares = Zip::from(x).and(mean).fold(0.0, |sum, x, mean| sum + (x - mean) * (x - mean));
    -0.5 * (squares / variance + x.len() as f64 * libm::log(2.0 * PI * variance))
}

/// The neighbours of x_t in a forward chain from x_0.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// x_{t-1}.
    pub previous: Array1<f64>,
    /// x_{t-2}; x_0 itself at t = 2.
    pub before_previous: Array1<f64>,
}

impl Neighbours {
    /// A draw of (x_{t-2}, x_{t-1}) from q(x_{t-2}, x_{t-1} | x_t, x_0), for t in 2..=T. `noise` is
    /// standard normal, first that of x_{t-1}, then that of x_{t-2}, two per pixel.
    ///
    /// # Panics
    /// For images of different lengths, too little noise, or `t` outside 2..=T.
    #[must_use]
    pub fn draw(
        x0: ArrayView1<'_, f64>,
        x_t: ArrayView1<'_, f64>,
        schedule: &NoiseSchedule,
        t: usize,
        noise: ArrayView1<'_, f64>,
    ) -> Self {
        debug_assert!(t >= 2 && noise.len() == 2 * x0.len());
        let (first, second) = noise.split_at(ndarray::Axis(0), x0.len());
        let step_back = |x: ArrayView1<'_, f64>, t: usize, noise: ArrayView1<'_, f64>| {
            let (mean, variance) = q_posterior(x0, x, schedule, t);
            mean + &noise * variance.sqrt()
        };
        // x_{t-2} depends on x_t through x_{t-1} alone
        let previous = step_back(x_t, t, first);
        let before_previous = step_back(previous.view(), t - 1, second);
        Self { previous, before_previous }
    }
}

/// One draw of E_q[log q(x_{t-1} | x_{t-2}) - log p_θ(x_{t-1} | x_t)] in nats, for t in 2..=T, with
/// x̂_0 predicted from x_t, and x_t and its neighbours drawn jointly from q. p_θ has variance β̃_t.
///
/// # Panics
/// For arrays of different lengths, or `t` outside 2..=T.
#[must_use]
pub fn consistency_term(
    neighbours: &Neighbours,
    x_t: ArrayView1<'_, f64>,
    predicted_x0: ArrayView1<'_, f64>,
    schedule: &NoiseSchedule,
    t: usize,
) -> f64 {
    debug_assert!(t >= 2);
    let x = neighbours.previous.view();
    let (p_mean, p_variance) = q_posterior(predicted_x0, x_t, schedule, t);
    // √(1 - β_{t-1})
    let kept = schedule.alpha(t - 1) / schedule.alpha(t - 2);
    let q_mean = &neighbours.before_previous * kept;
    log_normal(x, q_mean.view(), schedule.beta(t - 1)) - log_normal(x, p_mean.view(), p_variance)
}

/// The part of [`consistency_term`] that needs no draw, D/2 log(β̃_t / β_{t-1}), from the
/// normalisers of the two densities.
///
/// What is left has the same mean as L_{t-1}, at every t. Summed over t in 2..=T and added to
/// [`consistency_prior`] this part gives L_T, so that both ways to write the bound agree.
///
/// # Panics
/// For `t` outside 2..=T.
#[must_use]
pub fn consistency_normalizer(schedule: &NoiseSchedule, t: usize, dimensions: usize) -> f64 {
    debug_assert!(t >= 2);
    0.5 * dimensions as f64 * libm::log(schedule.posterior_variance(t) / schedule.beta(t - 1))
}

/// E_q KL(q(x_T | x_{T-1}) || N(0, I)) in nats with the mean over q(x_{T-1} | x_0), in closed form:
/// ½ Σ (ᾱ_T x_0² + σ_T² - 1 - log β_T). Unlike L_T it is large, as one forward step adds little
/// noise.
#[must_use]
pub fn consistency_prior(x0: ArrayView1<'_, f64>, schedule: &NoiseSchedule) -> f64 {
    let steps = schedule.steps();
    let alpha_bar = schedule.alpha_bar(steps);
    let log_beta = libm::log(schedule.beta(steps));
    // σ_T² - 1 = -ᾱ_T
    x0.iter().map(|x| 0.5 * (alpha_bar * (x * x - 1.0) - log_beta)).sum()
}
