//! What a result depends on, beside the image: the first line of every file of results.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, ensure};
use elbo_room::math::likelihood::Task;
use elbo_room::math::proposal::ProposalKind;
use elbo_room::math::schedule::ScheduleKind;
use elbo_room::model::manifest::{Contract, Manifest, ModelEntry};
use serde::{Deserialize, Serialize};

use super::arguments::{Arguments, Timesteps};
use super::mnist::TestSet;

/// Results with equal settings belong together. How many images are taken is none of them, so a
/// file can grow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Version of the crate.
    pub version: String,
    /// The data set and split.
    pub dataset: String,
    /// How many images it has.
    pub dataset_images: usize,
    /// Seed of all noise and of the order of the images.
    pub seed: u64,
    /// Samples of the latents for a bound.
    pub samples: usize,
    /// Samples of the latents for an importance-weighted bound.
    pub importance_samples: usize,
    /// What log p(x) is estimated with there, beside q.
    pub proposal: ProposalKind,
    /// Samples of the latents of an independent run.
    pub reference_samples: usize,
    /// Noise schedule of the diffusion model's chain.
    pub schedule: ScheduleKind,
    /// Steps of its chain.
    pub steps: usize,
    /// Timesteps that are evaluated, none for all.
    pub timesteps: Option<usize>,
    /// Network evaluations per class of a classification.
    pub evaluations_per_class: usize,
    /// The models by their ids.
    pub models: BTreeMap<String, ModelSettings>,
}

/// A model and the files it was loaded from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// What kind of model it is.
    pub kind: Kind,
    /// What it explains.
    pub task: Task,
    /// SHA-256 of its files by their role.
    pub files: BTreeMap<String, String>,
}

/// Kinds of model that are evaluated differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A VAE, hierarchical or not: its bound takes samples of the latents.
    Latent,
    /// A diffusion model: its bound takes timesteps.
    Diffusion,
}

impl Settings {
    /// From the command line, the manifest and the test set.
    ///
    /// # Errors
    /// An unknown model, images of another size than the models', or a number out of range.
    pub fn new(arguments: &Arguments, manifest: &Manifest, test_set: &TestSet) -> Result<Self> {
        let mut models = BTreeMap::new();
        for entry in chosen(arguments, manifest)? {
            let size = [entry.image.height, entry.image.width];
            ensure!(
                size == test_set.size,
                "{} takes images of {size:?}, not {:?}",
                entry.id,
                test_set.size
            );
            let kind = if matches!(entry.contract, Contract::Ddpm { .. }) {
                Kind::Diffusion
            } else {
                Kind::Latent
            };
            let files = entry.files().into_iter().map(|(role, file)| {
                let sha256 = file.sha256.clone();
                Ok((role.into(), sha256.with_context(|| format!("{} has no sha256", file.path))?))
            });
            let files = files.collect::<Result<_>>()?;
            let task = entry.likelihood.task();
            models.insert(entry.id.clone(), ModelSettings { kind, task, files });
        }
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").into(),
            dataset: test_set.name.clone(),
            dataset_images: test_set.images.len(),
            seed: arguments.seed,
            samples: arguments.samples,
            importance_samples: arguments.importance_samples,
            proposal: arguments.proposal,
            reference_samples: arguments.reference_samples,
            schedule: arguments.schedule,
            steps: arguments.steps,
            timesteps: match arguments.timesteps {
                Timesteps::All => None,
                Timesteps::Stratified(n) => Some(n),
            },
            evaluations_per_class: arguments.evaluations_per_class,
            models,
        })
    }
}

/// The manifest that the command line names.
///
/// # Errors
/// A file that cannot be read or is not a manifest.
pub fn read_manifest(arguments: &Arguments) -> Result<Manifest> {
    let path = &arguments.manifest;
    let json =
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(Manifest::parse(&json)?)
}

/// The models that the command line chooses.
///
/// # Errors
/// An id that the manifest does not have.
pub fn chosen<'a>(arguments: &Arguments, manifest: &'a Manifest) -> Result<Vec<&'a ModelEntry>> {
    if arguments.models.is_empty() {
        return Ok(manifest.models.iter().collect());
    }
    let find = |id: &String| {
        let ids =
            || manifest.models.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>().join(", ");
        let found = manifest.models.iter().find(|entry| entry.id == *id);
        found.with_context(|| format!("there is no model {id:?}, the manifest has {}", ids()))
    };
    arguments.models.iter().map(find).collect()
}
