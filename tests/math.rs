//! The `math` layer against closed forms, independent goldens and numerical integration. The same
//! tests run natively (`cargo test`) and in WebAssembly (`wasm-pack test --node`).

#[path = "math/bernoulli.rs"]
mod bernoulli;
#[path = "math/chain.rs"]
mod chain;
#[path = "math/classes.rs"]
mod classes;
#[path = "math/common.rs"]
mod common;
#[path = "math/consistency.rs"]
mod consistency;
#[path = "math/diffusion.rs"]
mod diffusion;
#[path = "math/drawing.rs"]
mod drawing;
#[path = "math/elbo.rs"]
mod elbo;
#[path = "math/gaussian.rs"]
mod gaussian;
#[path = "math/image.rs"]
mod image;
#[path = "math/importance.rs"]
mod importance;
#[path = "math/inference.rs"]
mod inference;
#[path = "math/interpolate.rs"]
mod interpolate;
#[path = "math/logistic.rs"]
mod logistic;
#[path = "math/parameterization.rs"]
mod parameterization;
#[path = "math/pixels.rs"]
mod pixels;
#[path = "math/quantiles.rs"]
mod quantiles;
#[path = "math/rng.rs"]
mod rng;
#[path = "math/schedule.rs"]
mod schedule;
#[path = "math/strata.rs"]
mod strata;
