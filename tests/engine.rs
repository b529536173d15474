//! The engine over analytic networks, whose chains and bounds are known in closed form, and over
//! the shipped models.

#[path = "engine/analytic.rs"]
mod analytic;
#[path = "engine/chain.rs"]
mod chain;
#[path = "engine/chain_length.rs"]
mod chain_length;
#[path = "engine/class_density.rs"]
mod class_density;
#[path = "engine/classes.rs"]
mod classes;
#[path = "engine/consistency.rs"]
mod consistency;
#[path = "engine/denoise.rs"]
mod denoise;
#[path = "engine/diffusion_bound.rs"]
mod diffusion_bound;
#[path = "engine/evaluation.rs"]
mod evaluation;
#[path = "engine/examples.rs"]
mod examples;
#[path = "shipped/files.rs"]
mod files;
#[path = "engine/inference.rs"]
mod inference;
#[path = "engine/latent_bound.rs"]
mod latent_bound;
#[path = "engine/latent_plane.rs"]
mod latent_plane;
#[path = "engine/manifest.rs"]
mod manifest;
#[path = "engine/random_access.rs"]
mod random_access;
#[path = "engine/shipped.rs"]
mod shipped;
#[path = "engine/shipped_latent.rs"]
mod shipped_latent;
#[path = "engine/shipped_map.rs"]
mod shipped_map;
#[path = "engine/tiny.rs"]
mod tiny;
#[path = "fixtures/tiny.rs"]
mod tiny_files;
#[path = "engine/vae.rs"]
mod vae;
