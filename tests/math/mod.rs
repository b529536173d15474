//! The `math` layer against closed forms, independent goldens and numerical integration.

mod bernoulli;
mod chain;
mod classes;
pub(crate) mod common;
mod consistency;
mod density;
mod diffusion;
mod elbo;
mod gaussian;
mod importance;
mod inference;
mod interpolate;
mod logistic;
mod logistic_mixture;
mod parameterization;
mod pca;
mod plane;
mod proposal;
mod psis;
mod quantiles;
mod rng;
mod roc;
mod schedule;
mod strata;
