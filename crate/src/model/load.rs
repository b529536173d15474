//! Networks of an entry behind the traits that the engine speaks to.

use std::sync::Arc;

use super::denoiser::{Convention, OnnxNoisePredictor};
use super::manifest::{DdpmContract, FileEntry, HvaeContract, ModelEntry, VaeContract};
use super::networks::{OnnxDecoder, OnnxEncoder, OnnxFile};
use super::{Decoder, Encoder, Hierarchy, NoisePredictor, OnnxHierarchy};
use crate::error::Result;

/// The bytes of a file by its role.
pub type Files<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>>;

/// Reads the file of a role and its external data, and loads a network from both.
fn network<T>(
    entry: &FileEntry,
    data: Option<&FileEntry>,
    role: &str,
    files: Files<'_>,
    load: impl FnOnce(OnnxFile<'_>) -> Result<T>,
) -> Result<T> {
    let bytes = files(role)?;
    let external = match data {
        None => None,
        Some(entry) => {
            let bytes = files(&format!("{role}Data"))?;
            entry.verify(&bytes)?;
            Some(bytes)
        }
    };
    load(OnnxFile { entry, bytes: &bytes, external: external.as_deref() })
}

/// The encoder of a VAE; `None` if the model is a decoder alone.
///
/// # Errors
/// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) or
/// [`ErrorKind::Model`](crate::ErrorKind::Model) if the file is not what the entry says.
pub fn encoder(
    entry: &ModelEntry,
    vae: &VaeContract,
    files: Files<'_>,
) -> Result<Option<Box<dyn Encoder>>> {
    let Some(file) = &vae.files.encoder else { return Ok(None) };
    let data = vae.files.encoder_data.as_ref();
    let encoder = network(file, data, "encoder", files, |file| {
        OnnxEncoder::load(file, &vae.encoder, entry.image, vae.latents.count, vae.classes.len())
    })?;
    Ok(Some(Box::new(encoder)))
}

/// The decoder of a VAE.
///
/// # Errors
/// As [`encoder`].
pub fn decoder(
    entry: &ModelEntry,
    vae: &VaeContract,
    files: Files<'_>,
) -> Result<Arc<dyn Decoder>> {
    let data = vae.files.decoder_data.as_ref();
    let decoder = network(&vae.files.decoder, data, "decoder", files, |file| {
        let (latents, classes) = (vae.latents.count, vae.classes.len());
        OnnxDecoder::load(file, &vae.decoder, entry.image, entry.likelihood, latents, classes)
    })?;
    Ok(Arc::new(decoder))
}

/// Both networks of a hierarchical VAE.
///
/// # Errors
/// As [`encoder`].
pub fn hierarchy(
    entry: &ModelEntry,
    hvae: &HvaeContract,
    files: Files<'_>,
) -> Result<Arc<dyn Hierarchy>> {
    Ok(Arc::new(OnnxHierarchy::load(hvae, files, entry.image, entry.likelihood)?))
}

/// The network of a diffusion model, and its units.
///
/// # Errors
/// As [`encoder`].
pub fn noise_predictor(
    entry: &ModelEntry,
    ddpm: &DdpmContract,
    files: Files<'_>,
) -> Result<(Arc<dyn NoisePredictor>, Convention)> {
    let predictor = diffusion_network(entry, ddpm, files)?;
    let convention = predictor.convention().clone();
    Ok((Arc::new(predictor), convention))
}

/// The same as itself, for a check that reads it in several ways.
///
/// # Errors
/// As [`encoder`].
pub fn diffusion_network(
    entry: &ModelEntry,
    ddpm: &DdpmContract,
    files: Files<'_>,
) -> Result<OnnxNoisePredictor> {
    let data = ddpm.files.network_data.as_ref();
    network(&ddpm.files.network, data, "network", files, |file| {
        OnnxNoisePredictor::load(file, ddpm, entry.image)
    })
}
