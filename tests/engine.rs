//! The engine over analytic networks, whose chains and bounds are known in closed form, and over the shipped models.

#[path = "engine/analytic.rs"]
mod analytic;
#[path = "engine/chain.rs"]
mod chain;
#[path = "engine/diffusion_bound.rs"]
mod diffusion_bound;
#[path = "engine/manifest.rs"]
mod manifest;
#[path = "engine/vae.rs"]
mod vae;
