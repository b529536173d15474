//! The engine over analytic networks, whose chains and bounds are known in closed form, and over
//! the shipped models.

mod analytic;
mod chain;
mod chain_length;
mod checks;
mod class_density;
mod classes;
mod consistency;
mod conventions;
mod denoise;
mod diffusion_bound;
mod evaluation;
mod examples;
mod far;
mod foreign;
mod inference;
mod latent_bound;
mod latent_plane;
mod manifest;
mod plane;
mod proposals;
mod random_access;
mod shipped;
mod shipped_latent;
mod shipped_map;
mod strangers;
mod tiny;
mod vae;
