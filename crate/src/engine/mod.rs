//! One type for each thing a user does. The engine holds models and calls the mathematics.

mod ddpm;
mod diffusion_elbo;
mod latent;
mod sampler;
mod vae;

pub use ddpm::{Ddpm, ScheduleTable};
pub use diffusion_elbo::{DiffusionElbo, DiffusionElboOptions, DiffusionElboResult, TimestepTerm, Timesteps};
pub use latent::{Interpolation, interpolate, to_levels};
pub use sampler::{Frame, Method, Sampler, SamplerOptions};
pub use vae::{ScoredVae, Vae, VaeElboOptions};

use crate::error::{Error, Result};

/// A fresh seed from the system's generator, in `0..2^32`.
///
/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) if the system has no generator.
pub fn random_seed() -> Result<u64> {
    getrandom::u32().map(u64::from).map_err(|e| Error::value(format!("no random seed: {e}; pass one as `seed`")))
}

fn check_image(levels: &[u8], dimensions: usize) -> Result<()> {
    if levels.len() == dimensions {
        return Ok(());
    }
    Err(Error::shape(format!("the image has {} levels, the model takes {dimensions}", levels.len())))
}
