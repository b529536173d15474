//! The `math` layer against closed forms, independent goldens and numerical integration.

mod bernoulli;
mod chain;
mod classes;
mod common;
mod consistency;
mod density;
mod diffusion;
mod drawing;
mod elbo;
mod gaussian;
mod image;
mod importance;
mod inference;
mod interpolate;
mod logistic;
mod logistic_mixture;
mod parameterization;
mod pixels;
mod plane;
mod proposal;
mod psis;
mod quantiles;
mod resample;
mod rng;
mod schedule;
mod strata;
