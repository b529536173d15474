//! A foreign model on probes: what it paints, and in words what looks wrong.
//!
//! Every warning rests on numbers that were computed with the model. Where another reading of a
//! file does clearly better, the warning has the changes of the entry that lead there.

mod denoising;
mod hierarchy;
mod latent;
mod probes;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::changes::Changes;
use crate::model::inspect_at;
use crate::model::manifest::{Contract, ImageShape, ModelEntry};
use crate::model::phrase::{Code, Phrase};

pub use probes::probe_images;

/// Draws from the prior that are decoded, and drawings that are encoded.
const DRAWS: usize = 8;

/// How a model is checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CheckOptions {
    /// Seed of all noise, 1 if absent.
    pub seed: u64,
    /// Steps of the chain of a diffusion model, 2 to 1000; 20 if absent.
    pub steps: usize,
    /// Most bytes that a network may take by its estimate: 1 GiB if absent, null for no limit.
    #[cfg_attr(test, ts(optional = nullable))]
    pub memory: Option<u64>,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { seed: 1, steps: 20, memory: Some(1 << 30) }
    }
}

/// Images that a check has painted.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Gallery {
    /// What they are.
    #[cfg_attr(test, ts(inline))]
    pub name: GalleryName,
    /// How many there are.
    pub count: usize,
    /// 8-bit levels, image after image.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub levels: Vec<u8>,
}

/// What images of a check are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum GalleryName {
    /// Draws from the prior, decoded.
    Prior,
    /// Example drawings in the model's size.
    Examples,
    /// Those drawings encoded and decoded.
    Reconstructions,
    /// Those drawings with noise.
    Noised,
    /// The clean images that the network predicts from these.
    Denoised,
    /// The ends of short chains.
    Samples,
}

/// What looks wrong, as a name for code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum WarningCode {
    /// The output called logits comes of a sigmoid.
    SigmoidBeforeLogits,
    /// All logits lie in [0, 1].
    LogitsInUnitRange,
    /// All logits lie in [-1, 1].
    LogitsInSignedRange,
    /// Means lie outside their range.
    OutsideRange,
    /// A value is not finite.
    NotFinite,
    /// The decoder gives the same for every latent vector.
    DecoderIgnoresZ,
    /// The encoder gives the same for every image.
    PosteriorIgnoresX,
    /// q(z|x) is wider than the prior.
    PosteriorWiderThanPrior,
    /// The KL is exactly 0.
    KlZero,
    /// The encoder reconstructs better when it sees the pixels in other units.
    InputScale,
    /// Reconstructions are far from their images.
    PoorReconstruction,
    /// The bound is lower than that of a model that knows nothing.
    BoundTooLow,
    /// The bound of a probability is above 0.
    BoundAboveZero,
    /// The network denoises better under another convention.
    OtherReadingIsBetter,
    /// The network does not denoise.
    PoorDenoising,
    /// The class does not change what the network gives.
    ClassHasNoEffect,
    /// Samples are nearly the same everywhere.
    FlatSamples,
}

/// Something that looks wrong with a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ModelWarning"))]
pub struct Warning {
    /// Short name, for code.
    #[cfg_attr(test, ts(inline))]
    pub code: WarningCode,
    /// The same in words, with the figures that it rests on.
    pub detail: Phrase,
    /// Changes of the entry that seem to be better; null if none are known.
    #[cfg_attr(test, ts(type = "EntryChanges | null"))]
    pub changes: Option<Changes>,
}

/// What a model does with probes.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ModelCheck {
    /// Images as 8-bit levels, one after another, in the entry's size.
    #[cfg_attr(test, ts(inline))]
    pub pictures: Vec<Gallery>,
    /// Empty if all seems well.
    pub warnings: Vec<Warning>,
    /// Mean KL of each latent over the example drawings in nats; empty without q(z|x).
    pub kl_per_latent: Vec<f64>,
    /// Mean ELBO of the example drawings in nats; null where there is none.
    pub elbo: Option<f64>,
}

impl ModelCheck {
    fn warn(&mut self, code: WarningCode, detail: impl Into<Phrase>, changes: Option<Changes>) {
        self.warnings.push(Warning { code, detail: detail.into(), changes });
    }

    fn show(&mut self, name: GalleryName, levels: Vec<u8>, count: usize) {
        self.pictures.push(Gallery { name, count, levels });
    }
}

/// Runs the model of `entry` on probes; `file` gives the bytes of a role.
///
/// # Errors
/// [`ErrorKind::Model`](crate::ErrorKind::Model) if a file cannot be loaded or run, or would take
/// more memory than the options allow; [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) for an
/// invalid entry; [`ErrorKind::Value`](crate::ErrorKind::Value) for options out of range.
pub fn check(
    entry: &ModelEntry,
    file: impl Fn(&str) -> Result<Vec<u8>>,
    options: &CheckOptions,
) -> Result<ModelCheck> {
    entry.validate()?;
    if !(2..=1000).contains(&options.steps) {
        return Err(Error::value("steps", options.steps, "2 to 1000"));
    }
    let mut found = ModelCheck::default();
    check_files(entry, &file, options, &mut found)?;
    match &entry.contract {
        Contract::Vae(vae) => latent::check_vae(entry, vae, &file, options, &mut found)?,
        Contract::Hvae(_) => hierarchy::check_hvae(entry, &file, options, &mut found)?,
        Contract::Ddpm(ddpm) => denoising::check_ddpm(entry, ddpm, &file, options, &mut found)?,
    }
    Ok(found)
}

/// The values of the graph that an entry takes as they are, under a name that says how they are
/// read.
fn logits_of(entry: &ModelEntry) -> Option<String> {
    use crate::model::manifest::{Likelihood, PixelValue};
    let Contract::Vae(vae) = &entry.contract else { return None };
    let binary = matches!(entry.likelihood, Likelihood::Bernoulli | Likelihood::GreyBernoulli);
    let output = &vae.decoder.output;
    let logits = output.value.unwrap_or(PixelValue::Logits) == PixelValue::Logits;
    (binary && logits).then(|| output.name.clone().unwrap_or_else(|| "logits".into()))
}

/// Looks at the graphs before anything is loaded.
fn check_files(
    entry: &ModelEntry,
    file: &dyn Fn(&str) -> Result<Vec<u8>>,
    options: &CheckOptions,
    found: &mut ModelCheck,
) -> Result<()> {
    let files = entry.files();
    let mut estimate = 0_u64;
    for (role, described) in &files {
        if role.ends_with("Data") || *role == "density" {
            continue;
        }
        let data = format!("{role}Data");
        let external = files.get(data.as_str()).map(|_| file(&data)).transpose()?;
        let ImageShape { height, width, .. } = entry.image;
        let info = inspect_at(&file(role)?, external.as_deref(), Some([height, width]))?;
        let others = if estimate > 0 { " with the model's other files" } else { "" };
        estimate = estimate.saturating_add(info.memory.unwrap_or(0));
        if let Some(limit) = options.memory
            && estimate > limit
        {
            return Err(Error::file(
                &described.path,
                format_args!(
                    "would take about {} MB of memory{others} to load and run, more than the {} MB \
                        that are allowed",
                    estimate >> 20,
                    limit >> 20
                ),
            ));
        }
        let Some(name) = logits_of(entry).filter(|_| *role == "decoder") else { continue };
        let value = info.values.iter().find(|value| value.name == name);
        let moves = ["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Identity"];
        let mut value = value;
        while let Some(v) = value
            && moves.contains(&v.operator.as_str())
        {
            value = info.values.iter().find(|before| Some(&before.name) == v.inputs.first());
        }
        let Some(sigmoid) = value.filter(|v| v.operator == "Sigmoid") else { continue };
        let changes = [("decoder.output.value".to_string(), "mean".into())];
        found.warn(
            WarningCode::SigmoidBeforeLogits,
            Phrase::new(
                Code::SigmoidBeforeLogits,
                [
                    ("output", name.into()),
                    ("before", sigmoid.inputs.first().map_or("", String::as_str).into()),
                ],
            ),
            Some(changes.into()),
        );
    }
    Ok(())
}
