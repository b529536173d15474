//! Checks of a VAE, an autoencoder and a decoder alone.

mod encoder;
mod range;

use ndarray::Array1;
use serde_json::Value;

use self::encoder::check_encoder;
use self::range::{check_range, raw_outputs};
use super::{CheckOptions, DRAWS, GalleryName, ModelCheck, WarningCode};
use crate::engine::{Vae, to_levels};
use crate::error::Result;
use crate::model::changes::Changes;
use crate::model::load::Files;
use crate::model::manifest::{ModelEntry, VaeContract};
use crate::model::phrase::{Code, Phrase};

fn changes<const N: usize>(fields: [(&str, Value); N]) -> Option<Changes> {
    Some(fields.into_iter().map(|(field, value)| (field.to_string(), value)).collect())
}

pub(super) fn check_vae(
    entry: &ModelEntry,
    contract: &VaeContract,
    file: Files<'_>,
    options: &CheckOptions,
    found: &mut ModelCheck,
) -> Result<()> {
    let vae = Vae::load(entry, file)?;
    // of a conditional model each class in turn
    let class = |at: usize| (!vae.classes().is_empty()).then(|| at % vae.classes().len().max(1));
    let draws: Vec<Array1<f32>> =
        (0..DRAWS).map(|i| vae.sample_prior(options.seed + i as u64)).collect();

    let raw = raw_outputs(entry, contract, file, &draws, &class)?;
    if let Some(at) = raw.iter().position(|v| !v.is_finite()) {
        found.warn(
            WarningCode::NotFinite,
            Phrase::new(Code::DecoderNotFinite, [("value", raw[at].to_string().into())]),
            None,
        );
        return Ok(());
    }
    check_range(entry, contract, &raw, found);

    let mut prior = Vec::new();
    for (i, z) in draws.iter().enumerate() {
        prior.extend(vae.decode_given(&z.to_vec(), class(i))?);
    }
    let dimensions = entry.image.dimensions();
    let first = &raw[..dimensions];
    let change = raw
        .chunks_exact(dimensions)
        .skip(1)
        .flat_map(|image| image.iter().zip(first).map(|(a, b)| f64::from((a - b).abs())));
    if change.fold(0.0, f64::max) < 1e-6 {
        found.warn(WarningCode::DecoderIgnoresZ, Code::DecoderIgnoresZ, None);
    }
    found.show(GalleryName::Prior, to_levels(&prior)?, DRAWS);
    if vae.has_encoder() {
        check_encoder(entry, contract, &vae, file, &class, options, found)?;
    }
    Ok(())
}
