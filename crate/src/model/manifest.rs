//! The contract of a model: `manifest.json` says which files a model has, what they compute, and
//! where they come from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::math::likelihood::Task;
use crate::math::parameterization::Parameterization;
use crate::math::schedule::LogSnrRange;

/// The version of the manifest's layout that this crate reads.
pub const FORMAT: u32 = 1;

/// All the models of a site.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the layout, [`FORMAT`].
    pub format: u32,
    /// The models, in the order in which a page shows them.
    pub models: Vec<ModelEntry>,
}

/// One model: its files, its contract, and its provenance.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelEntry {
    /// Short name, unique in the manifest.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// Shape of the images.
    pub image: ImageShape,
    /// The units in which the networks see clean pixels: `[0, 1]` for a VAE, `[-1, 1]` for a
    /// diffusion model.
    pub data_range: [f64; 2],
    /// Name of the likelihood `p(x|z)` or `p(x_0|x_1)`.
    pub likelihood: Likelihood,
    /// What the model was trained on.
    pub dataset: String,
    /// How the weights were made.
    pub provenance: Provenance,
    /// Measured results, written by the evaluation.
    pub scores: Vec<Score>,
    /// What differs between kinds of model.
    #[serde(flatten)]
    pub contract: Contract,
}

/// The networks of a model and what they compute.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Contract {
    /// A variational autoencoder with a standard normal prior.
    Vae {
        /// Encoder and decoder.
        files: VaeFiles,
        /// The latents and how much each says.
        latents: Latents,
    },
    /// A hierarchical VAE with top-down inference.
    Hvae {
        /// Bottom-up and top-down network.
        files: HvaeFiles,
        /// The stochastic layers, the top one first.
        layers: Vec<LatentLayer>,
        /// Shapes of the encoder's outputs without the batch.
        features: Vec<Vec<usize>>,
    },
    /// A denoising diffusion model conditioned on the log signal-to-noise ratio.
    Ddpm {
        /// The network.
        files: DdpmFiles,
        /// How the network's output gives the clean image and the noise.
        parameterization: Parameterization,
        /// Log signal-to-noise ratios that the network was trained for; what it is told is clamped
        /// to them.
        log_snr: LogSnrRange,
        /// Names of the classes it can be conditioned on.
        classes: Vec<String>,
    },
}

/// Files of a VAE.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaeFiles {
    /// `x[B,1,H,W]` in `[0,1]` to `mean[B,d]`, `log_var[B,d]`.
    pub encoder: FileEntry,
    /// `z[B,d]` to `logits[B,1,H,W]`, or to `mean` and `log_scale` of that shape for a discretized
    /// logistic likelihood.
    pub decoder: FileEntry,
    /// Where the training images of each class lie, for a VAE with two latents: a
    /// [`ClassDensity`](super::ClassDensity).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<FileEntry>,
}

/// Files of a hierarchical VAE with L layers of N latents in all.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HvaeFiles {
    /// `x[B,1,H,W]` in `[0,1]` to `feature_0[B,…]`, `feature_1[B,…]`, …
    pub encoder: FileEntry,
    /// The features, `eps[B,N]` and `gate[B,L]` to the outputs of a VAE's decoder and `q_mean`,
    /// `q_log_var`, `p_mean`, `p_log_var`,
    /// `[B,N]` each: what the latents were drawn from, and their priors given the latents above.
    pub decoder: FileEntry,
}

/// A stochastic layer of a hierarchical VAE.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatentLayer {
    /// Name for people.
    pub name: String,
    /// Shape of its latents.
    pub shape: Vec<usize>,
    /// Mean KL to the prior given the layers above, in nats, over the training set.
    pub kl: f64,
}

impl LatentLayer {
    /// Number of latents.
    pub fn latents(&self) -> usize {
        self.shape.iter().product()
    }
}

/// Files of a diffusion model.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DdpmFiles {
    /// `x_t[B,1,H,W]`, `log_snr[B]`, `class[B]` (64-bit integers) to `output[B,1,H,W]`.
    pub network: FileEntry,
}

/// The latents of a VAE.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Latents {
    /// How many there are.
    pub count: usize,
    /// Mean KL to the prior of each, in nats, over the training set.
    pub kl_per_latent: Vec<f64>,
    /// Indices, most informative first.
    pub order: Vec<usize>,
}

/// A file and the bytes it must have.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Path beside the manifest.
    pub path: String,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal digits.
    pub sha256: String,
}

/// Channels, height and width in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageShape {
    /// Channels; 1 is supported.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl ImageShape {
    /// Number of values in one image.
    pub fn dimensions(&self) -> usize {
        self.channels * self.height * self.width
    }
}

/// Likelihood of the data given what the network says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likelihood {
    /// Binary pixels, the network gives logits.
    Bernoulli,
    /// 8-bit levels, the mass that a logistic distribution puts on each level; the network gives
    /// mean and log scale.
    DiscretizedLogistic,
    /// 8-bit levels, the mass that a Gaussian puts on each level.
    DiscretizedGaussian,
}

impl Likelihood {
    /// What it is a probability of.
    pub fn task(self) -> Task {
        match self {
            Likelihood::Bernoulli => Task::Binarized,
            Likelihood::DiscretizedLogistic | Likelihood::DiscretizedGaussian => Task::EightBit,
        }
    }
}

/// How the weights were made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Provenance {
    /// The training script.
    pub script: String,
    /// The revision of the script.
    pub commit: String,
    /// The seed it ran with.
    pub seed: u64,
    /// How long it ran.
    pub minutes: f64,
    /// On what.
    pub machine: String,
}

/// One measured result.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Score {
    /// Data set and split.
    pub dataset: String,
    /// `binarized` or `8-bit`: scores of different tasks are never compared.
    pub task: String,
    /// What was measured.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// The mean over images.
    pub value: f64,
    /// Its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Over how many images.
    pub images: u64,
    /// With how many Monte Carlo samples per image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
}

impl Manifest {
    /// Parses and validates `manifest.json`.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest), naming the model and the field at
    /// fault.
    pub fn parse(json: &str) -> Result<Self> {
        let manifest: Self = serde_json::from_str(json)
            .map_err(|e| Error::manifest(format!("the manifest cannot be read: {e}")))?;
        if manifest.format != FORMAT {
            return Err(Error::manifest(format!(
                "the manifest has format {}, this version reads format {FORMAT}",
                manifest.format
            )));
        }
        let mut ids = std::collections::BTreeSet::new();
        for entry in &manifest.models {
            entry.validate()?;
            if !ids.insert(&entry.id) {
                return Err(Error::manifest(format!("two models are called {:?}", entry.id)));
            }
        }
        Ok(manifest)
    }
}

impl ModelEntry {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest), naming the model and the field at
    /// fault.
    pub fn validate(&self) -> Result<()> {
        let fail = |what: String| Err(Error::manifest(format!("model {:?}: {what}", self.id)));
        if self.id.is_empty() {
            return Err(Error::manifest("a model has an empty id"));
        }
        if self.image.channels != 1 || self.image.height == 0 || self.image.width == 0 {
            return fail(format!(
                "image {:?} must have one channel and at least one pixel",
                self.image
            ));
        }
        for (name, file) in self.files() {
            if file.bytes == 0 {
                return fail(format!("files.{name}.bytes must be positive"));
            }
            let hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
            if file.sha256.len() != 64 || !file.sha256.bytes().all(hex) {
                return fail(format!(
                    "files.{name}.sha256 must be 64 lower-case hexadecimal digits"
                ));
            }
        }
        let (range, likelihoods) = match &self.contract {
            Contract::Vae { .. } | Contract::Hvae { .. } => {
                ([0.0, 1.0], &[Likelihood::Bernoulli, Likelihood::DiscretizedLogistic][..])
            }
            Contract::Ddpm { .. } => ([-1.0, 1.0], &[Likelihood::DiscretizedGaussian][..]),
        };
        if self.data_range != range {
            return fail(format!(
                "dataRange is {:?}, this kind of model has {range:?}",
                self.data_range
            ));
        }
        if !likelihoods.contains(&self.likelihood) {
            return fail(format!(
                "likelihood is {:?}, this kind of model has one of {likelihoods:?}",
                self.likelihood
            ));
        }
        match &self.contract {
            Contract::Vae { latents, files } => {
                if files.density.is_some() && latents.count != 2 {
                    return fail(format!(
                        "files.density is for two latents, latents.count is {}",
                        latents.count
                    ));
                }
                let mut order = latents.order.clone();
                order.sort_unstable();
                if latents.count == 0 || latents.kl_per_latent.len() != latents.count {
                    return fail(format!(
                        "latents.klPerLatent has {} values for latents.count = {}",
                        latents.kl_per_latent.len(),
                        latents.count
                    ));
                }
                if !order.into_iter().eq(0..latents.count) {
                    return fail("latents.order must name every latent once".into());
                }
            }
            Contract::Hvae { layers, features, .. } => {
                if layers.is_empty() || layers.iter().any(|l| l.latents() == 0) {
                    return fail(
                        "layers must name at least one layer, each with a shape of positive sizes"
                            .into(),
                    );
                }
                let names: std::collections::BTreeSet<_> = layers.iter().map(|l| &l.name).collect();
                if names.len() < layers.len() {
                    return fail("layers must have different names".into());
                }
                if features.is_empty()
                    || features.iter().any(|shape| shape.iter().product::<usize>() == 0)
                {
                    return fail(
                        "features must give the shape of each output of the encoder".into(),
                    );
                }
            }
            Contract::Ddpm { log_snr, classes, .. } => {
                if !(log_snr.min.is_finite()
                    && log_snr.max.is_finite()
                    && log_snr.min < log_snr.max)
                {
                    return fail("logSnr.min must be less than logSnr.max".into());
                }
                if classes.is_empty() {
                    return fail("classes must name at least one class".into());
                }
            }
        }
        Ok(())
    }

    /// The model's files by their role.
    pub fn files(&self) -> BTreeMap<&'static str, &FileEntry> {
        match &self.contract {
            Contract::Vae { files, .. } => {
                let density = files.density.iter().map(|density| ("density", density));
                [("encoder", &files.encoder), ("decoder", &files.decoder)]
                    .into_iter()
                    .chain(density)
                    .collect()
            }
            Contract::Hvae { files, .. } => {
                [("encoder", &files.encoder), ("decoder", &files.decoder)].into()
            }
            Contract::Ddpm { files, .. } => [("network", &files.network)].into(),
        }
    }
}

impl FileEntry {
    /// Checks that `bytes` are what the manifest says.
    ///
    /// # Errors
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) for another length or another SHA-256.
    pub fn verify(&self, bytes: &[u8]) -> Result<()> {
        if bytes.len() as u64 != self.bytes {
            return Err(Error::checksum(format!(
                "{} has {} bytes, the manifest says {}: load it again, or update the manifest",
                self.path,
                bytes.len(),
                self.bytes
            )));
        }
        let digest: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        if digest != self.sha256 {
            return Err(Error::checksum(format!(
                "{} is damaged: its SHA-256 is {digest}, the manifest says {}: load it again, or update the manifest",
                self.path, self.sha256
            )));
        }
        Ok(())
    }
}
