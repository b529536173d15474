//! Checks of a hierarchical VAE.

use super::probes::probe_images;
use super::{CheckOptions, DRAWS, GalleryName, ModelCheck, WarningCode};
use crate::engine::{Hvae, ReconstructOptions, to_levels};
use crate::error::Result;
use crate::model::load::Files;
use crate::model::manifest::ModelEntry;
use crate::model::phrase::Code;

pub(super) fn check_hvae(
    entry: &ModelEntry,
    file: Files<'_>,
    options: &CheckOptions,
    found: &mut ModelCheck,
) -> Result<()> {
    let model = Hvae::load(entry, file)?;
    let mut images = Vec::new();
    for i in 0..DRAWS as u64 {
        let seeds = vec![options.seed + i; model.layers().len()];
        images.extend(model.generate(&seeds)?);
    }
    if images.iter().any(|v| !v.is_finite()) {
        found.warn(WarningCode::NotFinite, Code::DrawNotFinite, None);
        return Ok(());
    }
    found.show(GalleryName::Prior, to_levels(&images)?, DRAWS);
    let levels = probe_images(entry.image, DRAWS)?;
    let dimensions = entry.image.dimensions();
    let mut reconstructed = Vec::new();
    for image in levels.chunks_exact(dimensions) {
        let options = ReconstructOptions { seed: options.seed, ..ReconstructOptions::default() };
        reconstructed.extend(model.reconstruct(image, &options)?);
    }
    let count = levels.len() / dimensions;
    found.show(GalleryName::Examples, levels, count);
    found.show(GalleryName::Reconstructions, to_levels(&reconstructed)?, count);
    Ok(())
}
