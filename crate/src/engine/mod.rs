//! One type for each thing a user does. The engine holds models and calls the mathematics.

mod chain_grid;
mod check;
mod class_density;
mod class_posterior;
mod ddpm;
mod diffusion_elbo;
mod diffusion_result;
mod estimate;
mod estimator;
mod hvae;
mod image_set;
mod inference;
mod latent;
mod latent_bound;
mod latent_plane;
mod latent_result;
mod noised_image;
mod plane;
mod sampler;
mod sampler_options;
mod timesteps;
mod vae;
mod vae_posterior;

pub use chain_grid::{ChainGrid, SharedFrame};
pub use check::{
    CheckOptions, Gallery, GalleryName, ModelCheck, Warning, WarningCode, check, probe_images,
};
pub use class_density::{ClassDensity, ClassRegion};
pub use class_posterior::{
    ClassPosterior, ClassPosteriorOptions, ClassPosteriorResult, ClassWeighting,
};
pub use ddpm::{Ddpm, DiffuseOptions, Diffused, ScheduleTable};
pub use diffusion_elbo::{DiffusionElbo, DiffusionElboOptions};
pub use diffusion_result::{ConsistencyForm, DiffusionElboResult, PassCosts, TimestepTerm};
pub use estimator::{Accumulator, Estimator};
pub use hvae::{Hvae, ReconstructOptions};
pub use image_set::{image_order, image_seed};
pub use inference::{
    Component, Density, ForwardFit, GradientVariance, InferenceOptions, InferenceState,
    InferenceTrace, VariationalInference,
};
pub use latent::{Interpolation, along_path, interpolate, to_levels};
pub use latent_bound::{LatentBound, LatentBoundOptions};
pub use latent_plane::{LatentPlane, LatentPlaneOptions};
pub use latent_result::{
    DensityReading, ImportanceEstimate, LatentBoundResult, LayerKl, ParetoDiagnostic, TailWeight,
};
pub use plane::{
    PlaneComponent, PlaneDiffusion, PlaneDiffusionOptions, PlaneErrors, PlaneField, PlaneForm,
    PlaneGap, PlaneKernel, PlaneKernels, PlaneModel, PlaneNetwork, PlaneNetworkOptions,
    PlaneParticles, PlanePath, PlanePoint, PlanePointResult, PlanePreset, PlaneScores, PlaneSweep,
    PlaneSweepPoint, PlaneTerms, PlaneTrainingTrace,
};
pub use sampler::{Frame, Method, Sampler, SamplerOptions};
pub use timesteps::Timesteps;
pub use vae::{ScoredVae, Vae, VaeElbo, VaeElboOptions};

use crate::error::{Error, Result};

fn check_image(levels: &[u8], dimensions: usize) -> Result<()> {
    if levels.len() == dimensions {
        return Ok(());
    }
    Err(Error::shape(
        "the image",
        format_args!("{} levels", levels.len()),
        format_args!("{dimensions}, one for each pixel and channel"),
    ))
}
