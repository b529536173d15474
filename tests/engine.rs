//! The engine over analytic networks, whose chains and bounds are known in closed form, and over the shipped models.

#[path = "engine/analytic.rs"]
mod analytic;
#[path = "engine/chain.rs"]
mod chain;
#[path = "engine/diffusion_bound.rs"]
mod diffusion_bound;
#[path = "shipped/files.rs"]
mod files;
#[path = "engine/manifest.rs"]
mod manifest;
#[path = "engine/shipped.rs"]
mod shipped;
#[path = "engine/vae.rs"]
mod vae;
