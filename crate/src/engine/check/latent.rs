//! Checks of a VAE, an autoencoder and a decoder alone.

use std::f64::consts::LN_2;

use ndarray::{Array1, ArrayView1};
use serde_json::{Value, json};

use super::probes::probe_images;
use super::{CheckOptions, DRAWS, GalleryName, ModelCheck, logits_of};
use crate::engine::{Vae, VaeElboOptions, to_levels};
use crate::error::Result;
use crate::math::likelihood::Task;
use crate::model::changes::Changes;
use crate::model::load::Files;
use crate::model::manifest::{Contract, Likelihood, ModelEntry, PixelValue, Spread, VaeContract};
use crate::model::phrase::{Code, Phrase};
use crate::model::{DiagonalGaussian, load};

/// A reconstruction is better by a wide margin if its error is below this share of another's.
const CLEARLY: f64 = 0.6;

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
            "not-finite",
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
        found.warn("decoder-ignores-z", Code::DecoderIgnoresZ, None);
    }
    found.show(GalleryName::Prior, to_levels(&prior)?, DRAWS);
    if vae.has_encoder() {
        check_encoder(entry, contract, &vae, file, &class, options, found)?;
    }
    Ok(())
}

/// The decoder's own values of the pixels for the draws, whatever they stand for.
fn raw_outputs(
    entry: &ModelEntry,
    contract: &VaeContract,
    file: Files<'_>,
    draws: &[Array1<f32>],
    class: &dyn Fn(usize) -> Option<usize>,
) -> Result<Vec<f32>> {
    let output = &contract.decoder.output;
    let name = output.name.clone().or_else(|| logits_of(entry)).unwrap_or_else(|| "mean".into());
    let mut as_it_is = Changes::new();
    if one_value_per_pixel(entry.likelihood) {
        as_it_is.insert("likelihood".into(), json!("gaussian"));
        as_it_is.insert("decoder.output.name".into(), json!(name));
        as_it_is.insert("decoder.output.value".into(), json!("mean"));
        as_it_is.insert("decoder.output.spread".into(), Value::Null);
        as_it_is.insert("decoder.output.std".into(), json!("fitted"));
    }
    let entry = entry.changed(&as_it_is)?;
    let Contract::Vae(contract) = &entry.contract else { return Ok(Vec::new()) };
    let decoder = load::decoder(&entry, contract, file)?;
    let mut values = Vec::new();
    for (i, z) in draws.iter().enumerate() {
        let pixels = decoder.decode_given(z.view(), class(i))?;
        match pixels.raw() {
            Some(raw) => values.extend(raw),
            None => values.extend(pixels.means()),
        }
    }
    Ok(values)
}

fn one_value_per_pixel(likelihood: Likelihood) -> bool {
    matches!(likelihood, Likelihood::Bernoulli | Likelihood::GreyBernoulli | Likelihood::Gaussian)
}

/// How far pixels in [-1, 1] reach in any set of pictures, which have black or white somewhere. Logits that stay within are small.
const NEARLY: f32 = 0.8;

/// Whether the values are what the entry takes them for.
fn check_range(entry: &ModelEntry, contract: &VaeContract, raw: &[f32], found: &mut ModelCheck) {
    let low = raw.iter().copied().fold(f32::INFINITY, f32::min);
    let high = raw.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let between = || [("low", format!("{low:.3}").into()), ("high", format!("{high:.3}").into())];
    if let Some(name) = logits_of(entry) {
        if low >= 0.0 && high <= 1.0 {
            found.warn(
                "logits-in-unit-range",
                Phrase::new(
                    Code::LogitsInUnitRange,
                    between().into_iter().chain([("output", name.into())]),
                ),
                changes([
                    ("decoder.output.value", json!("mean")),
                    ("decoder.output.range", json!([0, 1])),
                ]),
            );
        } else if low >= -1.0 && high <= 1.0 && (low < -NEARLY || high > NEARLY) {
            found.warn(
                "logits-in-signed-range",
                Phrase::new(Code::LogitsInSignedRange, between()),
                changes([
                    ("decoder.output.value", json!("mean")),
                    ("decoder.output.range", json!([-1, 1])),
                ]),
            );
        }
        return;
    }
    let output = &contract.decoder.output;
    if !one_value_per_pixel(entry.likelihood) || output.value == Some(PixelValue::Logits) {
        return;
    }
    let range = output.range.unwrap_or([0.0, 1.0]);
    let slack = 0.25 * (range[1] - range[0]);
    let (low, high) = (f64::from(low), f64::from(high));
    if low >= range[0] - slack && high <= range[1] + slack {
        return;
    }
    let better = if low >= -1.3 && high <= 1.3 {
        changes([("decoder.output.range", json!([-1, 1]))])
    } else {
        let mut all = changes([
            ("likelihood", json!("bernoulli")),
            ("decoder.output.value", json!("logits")),
            ("decoder.output.range", Value::Null),
            ("decoder.output.std", Value::Null),
            ("decoder.output.spread", Value::Null),
        ]);
        if entry.likelihood == Likelihood::GreyBernoulli
            && let Some(all) = &mut all
        {
            all.insert("likelihood".into(), json!("grey-bernoulli"));
        }
        all
    };
    found.warn(
        "outside-range",
        Phrase::new(
            Code::OutsideRange,
            between().into_iter().chain([
                ("least", range[0].to_string().into()),
                ("most", range[1].to_string().into()),
            ]),
        ),
        better,
    );
}

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

fn check_encoder(
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
        found.warn("not-finite", Code::EncoderNotFinite, None);
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
        found.warn("posterior-ignores-x", Code::PosteriorIgnoresX, None);
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
        found.warn("not-finite", Code::KlNotFinite, None);
        return Ok(());
    }
    if kl.iter().all(|&v| v == 0.0) {
        found.warn("kl-zero", Code::KlZero, None);
    }
    found.kl_per_latent = kl.to_vec();
    let mut elbo = 0.0;
    for (i, image) in levels.chunks_exact(dimensions).enumerate() {
        let options = VaeElboOptions {
            samples: 2,
            seed: Some(options.seed),
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
            "input-scale",
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

/// Whether the reconstructions are better than one picture for all.
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
            "poor-reconstruction",
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
            "posterior-wider-than-prior",
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
            "bound-too-low",
            Phrase::new(code, [bound, ("least", format!("{trivial:.0}").into())]),
            None,
        );
    } else if elbo > 0.0 {
        found.warn("bound-above-zero", Phrase::new(Code::BoundAboveZero, [bound]), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::manifest::Manifest;

    #[test]
    fn values_that_fill_the_range_of_pixels_are_hardly_logits() {
        let manifest = Manifest::parse(include_str!("../../../../models/manifest.json")).unwrap();
        let entry = manifest.model("mnist-vae").unwrap();
        let Contract::Vae(contract) = &entry.contract else { panic!() };
        let codes = |raw: &[f32]| {
            let mut found = ModelCheck::default();
            check_range(entry, contract, raw, &mut found);
            for warning in &found.warnings {
                let mended = entry.changed(warning.changes.as_ref().unwrap()).unwrap();
                let Contract::Vae(contract) = &mended.contract else { panic!() };
                let mut left = ModelCheck::default();
                check_range(&mended, contract, raw, &mut left);
                assert!(left.warnings.is_empty());
            }
            found.warnings.iter().map(|w| w.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(&[-1.0, -0.95, 0.4]), ["logits-in-signed-range"]);
        assert_eq!(codes(&[0.0, 0.7, 1.0]), ["logits-in-unit-range"]);
        assert_eq!(codes(&[-0.5, 0.1, 0.6]), [""; 0], "small logits");
        assert_eq!(codes(&[-9.0, 0.9]), [""; 0]);
    }
}
