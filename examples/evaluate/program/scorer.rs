//! What the models say of an image.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use elbo_room::engine::{
    Accumulator, ClassPosteriorOptions, ClassWeighting, Ddpm, DiffusionElboOptions, Hvae,
    LatentBound, LatentBoundOptions, LatentBoundResult, Timesteps, Vae, image_seed,
};
use elbo_room::evaluation::Metric;
use elbo_room::evaluation::strangers::middle_timesteps;
use elbo_room::image::code::code_length;
use elbo_room::math::likelihood::Task;
use elbo_room::math::proposal::ProposalKind;
use elbo_room::model::manifest::{Contract, Manifest, ModelEntry};

use super::arguments::Arguments;
use super::records::{Record, Term};
use super::settings::{Settings, chosen};
use super::test_set::{TestSet, TestSets};
use super::work::{Part, WorkItem};

/// The models, ready to run on any thread.
pub struct Scorers(BTreeMap<String, Model>);

enum Model {
    Vae(Vae),
    Hvae(Hvae),
    Ddpm(Ddpm),
}

impl Scorers {
    /// Loads the models that have something to compute.
    ///
    /// # Errors
    /// Files that are missing or are not what the manifest says.
    pub fn load(arguments: &Arguments, manifest: &Manifest) -> Result<Self> {
        let folder = arguments.manifest.parent().unwrap_or(Path::new("."));
        let load = |entry: &ModelEntry| {
            let files = entry.files();
            let file = |role: &str| {
                let path = folder.join(&files[role].path);
                std::fs::read(&path).map_err(|e| {
                    elbo_room::Error::file(path.display(), "cannot be read").caused_by(e)
                })
            };
            let model = match entry.contract {
                Contract::Vae { .. } => Model::Vae(Vae::load(entry, file)?),
                Contract::Hvae { .. } => Model::Hvae(Hvae::load(entry, file)?),
                Contract::Ddpm { .. } => Model::Ddpm(Ddpm::load(entry, file)?),
            };
            Ok((entry.id.clone(), model))
        };
        chosen(arguments, manifest)?.into_iter().map(load).collect::<Result<_>>().map(Self)
    }

    /// Computes one unit. The result depends on the settings and the image alone.
    ///
    /// # Errors
    /// Settings that the model refuses, and those of its networks.
    pub fn score(&self, settings: &Settings, sets: &TestSets, unit: &WorkItem) -> Result<Record> {
        let model = self
            .0
            .get(&unit.model)
            .with_context(|| format!("model {:?} is not loaded", unit.model))?;
        let test_set =
            sets.get(&unit.set).with_context(|| format!("the set {:?} is missing", unit.set))?;
        let levels = &test_set.images[unit.image][..];
        let seed = image_seed(settings.seed, unit.image);
        let (samples, proposal) = match unit.part {
            Part::Importance => (settings.importance_samples, settings.proposal),
            Part::Reference => (settings.reference_samples, settings.proposal),
            _ => (settings.samples, ProposalKind::Posterior),
        };
        let latent =
            LatentBoundOptions { samples, seed, proposal, ..LatentBoundOptions::default() };
        let reference;
        let (levels, latent) = if unit.part == Part::Reference {
            reference = observed(test_set, settings, unit);
            (&reference[..], LatentBoundOptions { seed: REFERENCE_SEED, ..latent })
        } else {
            (levels, latent)
        };
        let (samples, mut terms) = match model {
            Model::Vae(vae) => latent_terms(vae.bound(levels, &latent)?, unit.part)?,
            Model::Hvae(hvae) => latent_terms(hvae.bound(levels, &latent)?, unit.part)?,
            Model::Ddpm(ddpm) if matches!(unit.part, Part::Classes | Part::SigmoidClasses) => {
                let weighting = if unit.part == Part::Classes {
                    ClassWeighting::Bound
                } else {
                    ClassWeighting::Sigmoid
                };
                class_terms(ddpm, levels, test_set.label(unit.image)?, weighting, settings, seed)?
            }
            Model::Ddpm(ddpm) => {
                let given = unit.part == Part::GivenClass;
                let class = given.then(|| test_set.label(unit.image)).transpose()?;
                diffusion_terms(ddpm, levels, class, settings, seed)?
            }
        };
        if unit.part == Part::Bound && settings.sets.len() > 1 {
            let (task, levels) = (settings.models[&unit.model].task, &test_set.images[unit.image]);
            let seed = image_seed(settings.seed, unit.image);
            let length = code_length(task, levels, test_set.size, seed);
            terms.push(term(Metric::CodeLength, length));
        }
        Ok(Record {
            model: unit.model.clone(),
            set: unit.set.clone(),
            image: unit.image,
            part: unit.part,
            samples,
            terms,
        })
    }
}

/// The seed of the independent runs. The binarization of a black and white image does not depend on
/// it.
const REFERENCE_SEED: u64 = 2026;

/// The image that the other parts score, as levels: black and white for a model of binary images.
fn observed(test_set: &TestSet, settings: &Settings, unit: &WorkItem) -> Vec<u8> {
    let levels = &test_set.images[unit.image];
    let task = settings.models[&unit.model].task;
    let observed = task.observe(levels, image_seed(settings.seed, unit.image));
    match task {
        Task::Binarized => observed.into_iter().map(|bit| 255 * bit).collect(),
        _ => observed,
    }
}

fn term(metric: Metric, value: f64) -> Term {
    Term { metric, layer: None, k: None, value }
}

fn latent_terms(mut bound: Accumulator<LatentBound>, part: Part) -> Result<(u64, Vec<Term>)> {
    while bound.advance(64)? {}
    let result = bound.result().context("a bound has at least one sample")?;
    let LatentBoundResult { reconstruction, kl, layers, elbo, bits_per_dim, .. } = &result;
    let mut terms = Vec::new();
    if part == Part::Reference {
        let terms = log_likelihood_terms(&result);
        return Ok((result.samples as u64, terms));
    }
    if part == Part::Bound {
        terms.extend([
            term(Metric::Elbo, elbo.mean),
            term(Metric::BitsPerDim, bits_per_dim.mean),
            term(Metric::Reconstruction, reconstruction.mean),
            term(Metric::Kl, kl.mean),
        ]);
        if layers.len() > 1 {
            let layer = |l: &elbo_room::engine::LayerKl| Term {
                layer: Some(l.name.clone()),
                ..term(Metric::Kl, l.kl.mean)
            };
            terms.extend(layers.iter().map(layer));
        }
    }
    terms.extend(
        result
            .importance
            .iter()
            .map(|l| Term { k: Some(l.k as u64), ..term(Metric::Importance, l.bound.mean) }),
    );
    terms.push(term(Metric::Gap, result.gap.mean));
    terms.extend(log_likelihood_terms(&result));
    Ok((result.samples as u64, terms))
}

/// log p(x), its standard error, and whether that can be trusted.
fn log_likelihood_terms(result: &LatentBoundResult) -> Vec<Term> {
    let best = &result.estimates[0];
    let error = best.log_likelihood.standard_error;
    let shape = best.pareto.as_ref().map(|pareto| pareto.shape);
    [
        Some(term(Metric::LogLikelihood, best.log_likelihood.mean)),
        error.map(|error| term(Metric::LogLikelihoodError, error)),
        shape.map(|shape| term(Metric::ParetoShape, shape)),
        Some(term(Metric::Reliable, f64::from(u8::from(best.reliable)))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn diffusion_terms(
    ddpm: &Ddpm,
    levels: &[u8],
    class: Option<usize>,
    settings: &Settings,
    seed: u64,
) -> Result<(u64, Vec<Term>)> {
    let timesteps = settings.timesteps.map_or(Timesteps::All, Timesteps::Stratified);
    let Settings { schedule, steps, .. } = *settings;
    let options = DiffusionElboOptions {
        schedule,
        steps,
        timesteps,
        class,
        seed,
        consistency: class.is_none(),
    };
    let mut bound = ddpm.elbo(levels, &options)?;
    while !bound.is_done() {
        bound.advance(64)?;
    }
    let result = bound.result().context("a bound has at least one pass")?;
    let terms = match class {
        Some(_) => vec![
            term(Metric::ElboGivenClass, result.elbo.mean),
            term(Metric::BitsPerDimGivenClass, result.bits_per_dim.mean),
        ],
        None => vec![
            term(Metric::Elbo, result.elbo.mean),
            term(Metric::BitsPerDim, result.bits_per_dim.mean),
            term(Metric::Prior, result.l_t),
            term(Metric::Denoising, result.l_denoising.mean),
            term(Metric::Reconstruction, result.l_0.mean),
            term(Metric::ReconstructionPosteriorVariance, result.l_0_posterior_variance.mean),
            term(
                Metric::MiddleTimesteps,
                middle_timesteps(result.per_timestep.iter().map(|l| (l.t, l.log_snr, l.nats))),
            ),
        ],
    };
    let consistency = result.consistency.map(|form| term(Metric::ElboConsistency, form.elbo.mean));
    Ok((result.evaluations as u64, terms.into_iter().chain(consistency).collect()))
}

fn class_terms(
    ddpm: &Ddpm,
    levels: &[u8],
    label: usize,
    weighting: ClassWeighting,
    settings: &Settings,
    seed: u64,
) -> Result<(u64, Vec<Term>)> {
    let Settings { schedule, steps, evaluations_per_class, .. } = *settings;
    let options = ClassPosteriorOptions { schedule, steps, evaluations_per_class, weighting, seed };
    let mut posterior = ddpm.classify(levels, &options)?;
    while !posterior.is_done() {
        posterior.advance(64)?;
    }
    let result = posterior.result().context("a posterior has at least one pass")?;
    let correct = f64::from(u8::from(result.predicted == label));
    let terms = match weighting {
        ClassWeighting::Bound => {
            vec![term(Metric::Accuracy, correct), term(Metric::ClassEntropy, result.entropy)]
        }
        ClassWeighting::Sigmoid => vec![term(Metric::SigmoidAccuracy, correct)],
    };
    Ok((result.evaluations as u64, terms))
}
