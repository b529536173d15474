//! Diffusion in the plane, where log p(x) is known.
//!
//! The data are a mixture of Gaussians. Noised to x_t = α x_0 + σ ε they stay a mixture of
//! Gaussians, so log p_t, the score ∇ log p_t, the optimal prediction x̂_0 = E[x_0 | x_t] and the
//! reverse kernel p(x_{t-1} | x_t) are closed forms at every noise level. Everything that a
//! diffusion model of images only estimates can be compared with the truth here: its bound, the
//! likelihood of its probability-flow ODE, and its samples.
//!
//! All quantities are in nats. They are densities: log p may be positive.

pub mod bound;
pub mod distance;
pub mod flow;
pub mod gap;
pub mod held_out;
pub mod mixture;
pub mod mlp;
pub mod training;

pub use super::inference::Point;

/// A model of the clean point behind a noised one.
///
/// Implementations must be deterministic: the bound and the samples are functions of the seed.
pub trait Denoiser {
    /// The denoiser at one noise level, for use at many points.
    fn at(&self, log_snr: f64) -> Box<dyn NoiseLevel + '_>;
}

/// A [`Denoiser`] at a fixed log SNR.
pub trait NoiseLevel {
    /// x̂_0 for x_t.
    fn predict(&self, x_t: Point) -> Point;
    /// x̂_0 for x_t, and its divergence by x_t: the trace of the Jacobian ∂x̂_0/∂x_t.
    fn predict_with_divergence(&self, x_t: Point) -> (Point, f64);
}

/// ε̂ = (x_t - α x̂_0) / σ.
#[must_use]
pub fn predicted_epsilon(x_t: Point, x0: Point, alpha: f64, sigma: f64) -> Point {
    [(x_t[0] - alpha * x0[0]) / sigma, (x_t[1] - alpha * x0[1]) / sigma]
}

/// The score of the model, ∇ log p_t(x_t) = (α x̂_0 - x_t) / σ² (Tweedie's formula; Efron 2011).
#[must_use]
pub fn score(x_t: Point, x0: Point, alpha: f64, variance: f64) -> Point {
    [(alpha * x0[0] - x_t[0]) / variance, (alpha * x0[1] - x_t[1]) / variance]
}

fn square_distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
}
