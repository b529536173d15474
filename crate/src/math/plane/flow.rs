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

/// One step of Heun's method from one log SNR to another, in either direction.
pub fn heun_step(model: &dyn Denoiser, x: Point, from: f64, to: f64) -> Point {
    let h = to - from;
    let slope = |log_snr: f64, x: Point| {
        let (alpha_bar, x0) = (sigmoid(log_snr), model.at(log_snr).predict(x));
        let alpha = alpha_bar.sqrt();
        [0.5 * (alpha * x0[0] - alpha_bar * x[0]), 0.5 * (alpha * x0[1] - alpha_bar * x[1])]
    };
    let first = slope(from, x);
    let second = slope(to, [x[0] + h * first[0], x[1] + h * first[1]]);
    [x[0] + 0.5 * h * (first[0] + second[0]), x[1] + 0.5 * h * (first[1] + second[1])]
}

/// log p(x_0) in nats under the model's ODE, whose end point at `log_snr_min` is N(0, I).
///
/// x_0 enters at α x_0 and `log_snr_max`, where the noise is taken to be negligible. `steps` steps
/// of the classical Runge-Kutta method, equal in λ, integrate the path and the divergence.
pub fn log_likelihood(
    model: &dyn Denoiser,
    x0: Point,
    log_snr_min: f64,
    log_snr_max: f64,
    steps: usize,
) -> f64 {
    debug_assert!(steps > 0 && log_snr_min < log_snr_max);
    let h = (log_snr_min - log_snr_max) / steps as f64;
    let alpha = sigmoid(log_snr_max).sqrt();
    let mut x = [alpha * x0[0], alpha * x0[1]];
    // the change of variables x_0 → α x_0
    let mut log_volume = 2.0 * libm::log(alpha);
    let node = |half_steps: usize| log_snr_max + 0.5 * h * half_steps as f64;
    let mut start = model.at(log_snr_max);
    for step in 0..steps {
        let [from, middle, to] = [2 * step, 2 * step + 1, 2 * step + 2].map(node);
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
