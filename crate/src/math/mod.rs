//! Pure functions over arrays: no network, no browser, no global random state.
//!
//! Everything is computed in `f64`. Transcendental functions come from the `libm` crate instead of
//! the platform, so that a native build and WebAssembly give the same bits.
//!
//! Notation: x_0 is an image in [-1, 1]; x_t = α_t x_0 + σ_t ε with ε ~ N(0, I) and α_t² + σ_t² =
//! 1; ᾱ_t = α_t²; λ_t = log SNR(t) = log(α_t² / σ_t²). Likelihoods and divergences are in nats.

pub mod bernoulli;
pub mod classes;
pub mod consistency;
pub mod diffusion;
pub mod discretized_logistic;
pub mod elbo;
pub mod gaussian;
pub mod importance;
pub mod inference;
pub mod interpolate;
pub mod laplace;
pub mod likelihood;
pub mod linear;
pub mod logistic_mixture;
pub mod moments;
pub mod numeric;
pub mod parameterization;
pub mod pca;
pub mod plane;
pub mod proposal;
pub mod psis;
pub mod quantiles;
pub mod rng;
pub mod roc;
pub mod schedule;
pub mod strata;
