//! What a result depends on, beside the image: the first line of every file of results.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, ensure};
use elbo_room::image::resample::Size;
use elbo_room::math::likelihood::Task;
use elbo_room::math::proposal::ProposalKind;
use elbo_room::math::schedule::ScheduleKind;
use elbo_room::model::manifest::{Contract, Manifest, ModelEntry};
use serde::{Deserialize, Serialize};

use super::arguments::{Arguments, Timesteps};
use super::test_set::{TestSet, TestSets};

/// Results with equal settings belong together. How many images are taken is none of them, so a
/// file can grow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Version of the crate.
    pub version: String,
    /// The data sets by their names; that of `--data` has none.
    pub sets: BTreeMap<String, SetSettings>,
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

/// A data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetSettings {
    /// What it is, with its split.
    pub dataset: String,
    /// How many images it has.
    pub images: usize,
}

/// A model and the files it was loaded from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// What kind of model it is.
    pub kind: Kind,
    /// What it explains.
    pub task: Task,
    /// The sets, by name, that are of the kind that the model was made for.
    pub own: BTreeSet<String>,
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
    /// From the command line, the manifest and the test sets.
    ///
    /// # Errors
    /// An unknown model, images of another size than the models', or a number out of range.
    pub fn new(arguments: &Arguments, manifest: &Manifest, sets: &TestSets) -> Result<Self> {
        let mut models = BTreeMap::new();
        for entry in chosen(arguments, manifest)? {
            let size = size_of(entry);
            for set in sets.values() {
                let (found, title) = (set.size, &set.title);
                ensure!(found == size, "{} takes images of {size}, {title} has {found}", entry.id);
            }
            let own = sets.iter().filter(|(name, set)| is_own(entry, name, set));
            let own: BTreeSet<String> = own.map(|(name, _)| name.clone()).collect();
            ensure!(own.len() < 2, "{} can have one set of its own, not {own:?}", entry.id);
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
            models.insert(entry.id.clone(), ModelSettings { kind, task, own, files });
        }
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").into(),
            sets: sets
                .iter()
                .map(|(name, set)| {
                    let (dataset, images) = (set.title.clone(), set.images.len());
                    (name.clone(), SetSettings { dataset, images })
                })
                .collect(),
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

fn size_of(entry: &ModelEntry) -> Size {
    let image = &entry.image;
    Size { channels: image.channels, height: image.height, width: image.width }
}

/// A published set is known by its title. Another is a model's own if it is called as the model's
/// data set is, or has no name.
fn is_own(entry: &ModelEntry, name: &str, set: &TestSet) -> bool {
    // a comma comes before how the images were prepared
    let dataset = entry.dataset.split(',').next().unwrap_or_default().trim();
    if set.published {
        return set.title.strip_suffix(" test") == Some(dataset);
    }
    name.is_empty() || name.eq_ignore_ascii_case(dataset)
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
        found.with_context(|| format!("unknown model {id:?}: the manifest has {}", ids()))
    };
    arguments.models.iter().map(find).collect()
}
