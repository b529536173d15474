//! Checks of the encoder: posteriors of drawings, and their reconstructions.

use std::f64::consts::LN_2;

use ndarray::{Array1, ArrayView1};
use serde_json::json;

use super::super::probes::probe_images;
use super::super::{CheckOptions, DRAWS, GalleryName, ModelCheck, WarningCode};
use super::changes;
use crate::engine::{Vae, VaeElboOptions, to_levels};
use crate::error::Result;
use crate::math::likelihood::Task;
use crate::model::DiagonalGaussian;
use crate::model::changes::Changes;
use crate::model::load::Files;
use crate::model::manifest::{ModelEntry, Spread, VaeContract};
use crate::model::phrase::{Code, Phrase};

/// A reconstruction is better by a wide margin if its error is below this share of another's.
const CLEARLY: f64 = 0.6;

/// The reconstruction error of the drawings, in [0, 1] units: mean square.
fn reconstruct(
    vae: &Vae,
    x: &[f32],
    dimensions: usize,
    class: &dyn Fn(usize) -> Option<usize>,
) -> Result<(f64, Vec<f32>, Vec<DiagonalGaussian>)> {
    let (mut error, mut images, mut posteriors) = (0.0, Vec::new(), Vec::new());
    for (i, image) in x.chunks_exact(dimensions).enumerate() {
        let q = vae.encode_given(image, class(i))?;
        let code: Vec<f32> = q.mean.iter().map(|&v| v as f32).collect();
        if code.iter().all(|v| v.is_finite()) {
            let decoded = vae.decode_given(&code, class(i))?;
            let squares = decoded.iter().zip(image).map(|(a, b)| f64::from((a - b) * (a - b)));
            error += squares.sum::<f64>();
            images.extend(decoded);
        } else {
            error = f64::NAN;
            images.extend(std::iter::repeat_n(0.0, dimensions));
        }
        posteriors.push(q);
    }
    Ok((error / x.len() as f64, images, posteriors))
}

pub(super) fn check_encoder(
    entry: &ModelEntry,
    contract: &VaeContract,
    vae: &Vae,
    file: Files<'_>,
    class: &dyn Fn(usize) -> Option<usize>,
    options: &CheckOptions,
    found: &mut ModelCheck,
) -> Result<()> {
    let dimensions = entry.image.dimensions();
    let levels = probe_images(entry.image, DRAWS)?;
    let count = levels.len() / dimensions;
    let x: Vec<f32> = levels.iter().map(|&l| f32::from(l) / 255.0).collect();
    let (error, images, posteriors) = reconstruct(vae, &x, dimensions, class)?;
    found.show(GalleryName::Examples, levels.clone(), count);
    found.show(GalleryName::Reconstructions, to_levels(&images)?, count);
    let means_finite = posteriors.iter().all(|q| q.mean.iter().all(|v| v.is_finite()));
    let spread_is_number =
        posteriors.iter().all(|q| q.log_var.iter().all(|v| !v.is_nan() && *v < f64::INFINITY));
    if !means_finite || !spread_is_number {
        found.warn(WarningCode::NotFinite, Code::EncoderNotFinite, None);
        return Ok(());
    }
    check_input_scale(entry, contract, file, &x, error, class, found)?;

    // between drawings against within one
    let latents = vae.latents();
    let moves: Vec<f64> =
        (0..latents).map(|i| spread_of(posteriors.iter().map(|q| q.mean[i]))).collect();
    let width = |i: usize| {
        posteriors.iter().map(|q| libm::exp(0.5 * q.log_var[i])).sum::<f64>() / count as f64
    };
    let ignores = (0..latents).all(|i| moves[i] <= 0.05 * width(i).max(1e-3));
    if ignores {
        found.warn(WarningCode::PosteriorIgnoresX, Code::PosteriorIgnoresX, None);
    }
    check_against_mean(&x, dimensions, error, found);
    if !vae.has_posterior() {
        return Ok(());
    }
    check_spread(contract, &posteriors, found);
    let mut kl = Array1::<f64>::zeros(latents);
    for (i, image) in levels.chunks_exact(dimensions).enumerate() {
        kl += &vae.estimate_kl(image, class(i), options.seed)?;
    }
    kl /= count as f64;
    if kl.iter().any(|v| !v.is_finite()) {
        found.warn(WarningCode::NotFinite, Code::KlNotFinite, None);
        return Ok(());
    }
    if kl.iter().all(|&v| v == 0.0) {
        found.warn(WarningCode::KlZero, Code::KlZero, None);
    }
    found.kl_per_latent = kl.to_vec();
    let mut elbo = 0.0;
    for (i, image) in levels.chunks_exact(dimensions).enumerate() {
        let options = VaeElboOptions {
            samples: 2,
            seed: options.seed,
            class: class(i),
            ..VaeElboOptions::default()
        };
        elbo += vae.elbo(image, &options)?.terms.elbo.mean / count as f64;
    }
    found.elbo = Some(elbo);
    check_bound(elbo, dimensions, vae.task(), found);
    Ok(())
}

/// Standard deviation of some numbers.
fn spread_of(values: impl Iterator<Item = f64>) -> f64 {
    let values: Array1<f64> = values.collect();
    values.std(0.0)
}

/// Whether the encoder reconstructs clearly better when it sees the pixels in other units.
fn check_input_scale(
    entry: &ModelEntry,
    contract: &VaeContract,
    file: Files<'_>,
    x: &[f32],
    error: f64,
    class: &dyn Fn(usize) -> Option<usize>,
    found: &mut ModelCheck,
) -> Result<()> {
    let candidates = [
        (Code::PixelsUnit, 1.0, 0.0),
        (Code::PixelsSigned, 2.0, -1.0),
        (Code::PixelsMnist, 1.0 / 0.3081, -0.1307 / 0.3081),
        (Code::PixelsBytes, 255.0, 0.0),
    ];
    let present = &contract.encoder.image;
    let is_present = |scale: f64, shift: f64| {
        let first = |values: &[f64], otherwise: f64| values.first().copied().unwrap_or(otherwise);
        (first(&present.scale, 1.0) - scale).abs() < 1e-9
            && (first(&present.shift, 0.0) - shift).abs() < 1e-9
    };
    let mut best: Option<(f64, Code, Changes)> = None;
    for (pixels, scale, shift) in candidates {
        if is_present(scale, shift) {
            continue;
        }
        let fields =
            [("encoder.image.scale", json!([scale])), ("encoder.image.shift", json!([shift]))];
        let Some(fields) = changes(fields) else { continue };
        let other = Vae::load(&entry.changed(&fields)?, file)?;
        let (other, ..) = reconstruct(&other, x, entry.image.dimensions(), class)?;
        if other < best.as_ref().map_or(f64::INFINITY, |(least, ..)| *least) {
            best = Some((other, pixels, fields));
        }
    }
    if let Some((least, pixels, fields)) = best
        && least < CLEARLY * error
    {
        found.warn(
            WarningCode::InputScale,
            Phrase::new(
                Code::BetterPixels,
                [
                    ("better", format!("{least:.4}").into()),
                    ("present", format!("{error:.4}").into()),
                    ("pixels", pixels.into()),
                ],
            ),
            Some(fields),
        );
    }
    Ok(())
}

/// Whether the reconstructions are better than one image for all.
fn check_against_mean(x: &[f32], dimensions: usize, error: f64, found: &mut ModelCheck) {
    let count = (x.len() / dimensions) as f64;
    let mut mean = Array1::<f64>::zeros(dimensions);
    for image in x.chunks_exact(dimensions) {
        mean += &ArrayView1::from(image).mapv(f64::from);
    }
    mean /= count;
    let squares = x.chunks_exact(dimensions).flat_map(|image| {
        image.iter().zip(&mean).map(|(&a, b)| (f64::from(a) - b) * (f64::from(a) - b))
    });
    let trivial = squares.sum::<f64>() / x.len() as f64;
    if error > trivial {
        found.warn(
            WarningCode::PoorReconstruction,
            Phrase::new(
                Code::PoorReconstruction,
                [
                    ("present", format!("{error:.4}").into()),
                    ("mean", format!("{trivial:.4}").into()),
                ],
            ),
            None,
        );
    }
}

/// Whether what is taken for a log variance can be one.
fn check_spread(contract: &VaeContract, posteriors: &[DiagonalGaussian], found: &mut ModelCheck) {
    let logarithmic = matches!(contract.encoder.posterior.spread, Spread::LogVar | Spread::LogStd);
    let wide = posteriors.iter().all(|q| q.log_var.iter().all(|&v| v > 0.0));
    if logarithmic && wide {
        found.warn(
            WarningCode::PosteriorWiderThanPrior,
            Code::PosteriorWide,
            changes([("encoder.posterior.spread", json!("std"))]),
        );
    }
}

fn check_bound(elbo: f64, dimensions: usize, task: Task, found: &mut ModelCheck) {
    let (nats, code) = match task {
        Task::Binarized | Task::Grey => (LN_2, Code::BoundBelowCoins),
        Task::EightBit => (libm::log(256.0), Code::BoundBelowLevels),
        Task::Density => return,
    };
    let bound = ("bound", format!("{elbo:.0}").into());
    let trivial = -nats * dimensions as f64;
    if elbo < trivial {
        found.warn(
            WarningCode::BoundTooLow,
            Phrase::new(code, [bound, ("least", format!("{trivial:.0}").into())]),
            None,
        );
    } else if elbo > 0.0 {
        found.warn(WarningCode::BoundAboveZero, Phrase::new(Code::BoundAboveZero, [bound]), None);
    }
}
