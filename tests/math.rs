//! The `math` layer against closed forms, independent goldens and numerical integration. The same tests run natively
//! (`cargo test`) and in WebAssembly (`wasm-pack test --node`).

#[path = "math/bernoulli.rs"]
mod bernoulli;
#[path = "math/chain.rs"]
mod chain;
#[path = "math/common.rs"]
mod common;
#[path = "math/diffusion.rs"]
mod diffusion;
#[path = "math/elbo.rs"]
mod elbo;
#[path = "math/gaussian.rs"]
mod gaussian;
#[path = "math/image.rs"]
mod image;
#[path = "math/interpolate.rs"]
mod interpolate;
#[path = "math/parameterization.rs"]
mod parameterization;
#[path = "math/rng.rs"]
mod rng;
#[path = "math/schedule.rs"]
mod schedule;
#[path = "math/strata.rs"]
mod strata;
