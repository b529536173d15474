//! The probability-flow ODE: deterministic paths with the marginals of the diffusion, and the exact
//! likelihood of the model that they define (Song et al. 2021).
//!
//! With α² = sigmoid(λ) and σ² = sigmoid(-λ), dx/dλ = α'(λ) x̂_0 + σ'(λ) ε̂ = ½ α (x̂_0 - α x), and
//! d log p/dλ = -∇ · dx/dλ along a path. λ, the log SNR, is the time of the ODE.

use std::f64::consts::TAU;

use super::{Denoiser, NoiseLevel, Point};
use crate::math::numeric::sigmoid;

/// dx/dλ and its divergence.
fn velocity(level: &dyn NoiseLevel, alpha_bar: f64, x: Point) -> (Point, f64) {
    let alpha = alpha_bar.sqrt();
    let (x0, divergence) = level.predict_with_divergence(x);
    let along = |i: usize| 0.5 * (alpha * x0[i] - alpha_bar * x[i]);
    ([along(0), along(1)], 0.5 * alpha * divergence - alpha_bar)
}

/// One step of Heun's method from one log SNR to another, in either direction, for every point.
pub fn heun_step(model: &dyn Denoiser, points: &mut [Point], from: f64, to: f64) {
    let h = to - from;
    let slope_at = |log_snr: f64| {
        let (level, alpha_bar) = (model.at(log_snr), sigmoid(log_snr));
        move |x: Point| {
            let (alpha, x0) = (alpha_bar.sqrt(), level.predict(x));
            [0.5 * (alpha * x0[0] - alpha_bar * x[0]), 0.5 * (alpha * x0[1] - alpha_bar * x[1])]
        }
    };
    let (start, end) = (slope_at(from), slope_at(to));
    for x in points {
        let first = start(*x);
        let second = end([x[0] + h * first[0], x[1] + h * first[1]]);
        for i in 0..2 {
            x[i] += 0.5 * h * (first[i] + second[i]);
        }
    }
}

/// log p(x_0) in nats under the model's ODE, whose end point at `log_snr_min` is N(0, I).
///
/// x_0 enters at α x_0 and `log_snr_max`, where the noise is taken to be negligible. `steps` steps
/// of the classical Runge-Kutta method integrate the path and the divergence. They are equal in
/// asinh((λ - 2) / 2), narrow where data of a width near 0.1 to 1 are told apart. Points that
/// nothing is near, with log p far below -30, have paths that turn too sharply for a few hundred.
///
/// # Panics
/// With debug assertions, for no steps, or a range of log SNR that does not rise.
pub fn log_likelihood(
    model: &dyn Denoiser,
    x0: Point,
    log_snr_min: f64,
    log_snr_max: f64,
    steps: usize,
) -> f64 {
    debug_assert!(steps > 0 && log_snr_min < log_snr_max);
    let alpha = sigmoid(log_snr_max).sqrt();
    let mut x = [alpha * x0[0], alpha * x0[1]];
    // the change of variables x_0 → α x_0
    let mut log_volume = 2.0 * libm::log(alpha);
    let [first, last] = [log_snr_max, log_snr_min].map(|end| libm::asinh(0.5 * (end - 2.0)));
    let node =
        |step: usize| 2.0 + 2.0 * libm::sinh(first + (last - first) * step as f64 / steps as f64);
    let mut start = model.at(log_snr_max);
    for step in 0..steps {
        let (from, to) = (node(step), node(step + 1));
        let (h, middle) = (to - from, 0.5 * (from + to));
        let (half, end) = (model.at(middle), model.at(to));
        let [a, b, c] = [from, middle, to].map(sigmoid);
        let moved = |x: Point, v: Point, h: f64| [x[0] + h * v[0], x[1] + h * v[1]];
        let (k1, d1) = velocity(&*start, a, x);
        let (k2, d2) = velocity(&*half, b, moved(x, k1, 0.5 * h));
        let (k3, d3) = velocity(&*half, b, moved(x, k2, 0.5 * h));
        let (k4, d4) = velocity(&*end, c, moved(x, k3, h));
        for i in 0..2 {
            x[i] += h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]);
        }
        log_volume += h / 6.0 * (d1 + 2.0 * (d2 + d3) + d4);
        start = end;
    }
    log_volume - 0.5 * (x[0] * x[0] + x[1] * x[1]) - libm::log(TAU)
}
