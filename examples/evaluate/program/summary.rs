//! From the results of single images to scores.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use elbo_room::engine::image_order;
use elbo_room::evaluation::strangers::{Evidence, Strangers};
use elbo_room::evaluation::{
    BoundDistribution, Chain, EvaluatedModel, MeanScore, Metric, MetricUnit,
};
use elbo_room::math::elbo::Estimate;

use super::records::Record;
use super::settings::{Kind, ModelSettings, SetSettings, Settings};
use super::work::{Part, WorkItem};

/// The scores of all models.
pub struct Summary {
    /// The models that have a bound, on each set; the own set of a model comes first.
    pub models: Vec<EvaluatedModel>,
    /// What is not there yet, if the images that are there are not the first ones of the order:
    /// such scores could not be computed again.
    pub missing: Option<String>,
}

/// The results of one model on one set.
type Parts<'a> = BTreeMap<Part, Vec<&'a Record>>;

/// Computes the scores.
///
/// # Errors
/// Results of one kind that differ in what they have.
pub fn summarize(settings: &Settings, records: &BTreeMap<WorkItem, Record>) -> Result<Summary> {
    let mut models = Vec::new();
    let mut missing = Vec::new();
    for (id, about) in &settings.models {
        let (own, others): (Vec<_>, Vec<_>) =
            settings.sets.iter().partition(|(name, _)| about.own.contains(*name));
        let mut own_parts: Option<(&str, Parts<'_>)> = None;
        for (name, set) in own.into_iter().chain(others) {
            let mut parts = Parts::new();
            for record in records.values().filter(|r| r.model == *id && r.set == *name) {
                parts.entry(record.part).or_default().push(record);
            }
            let order = image_order(settings.seed, set.images);
            for (part, records) in &parts {
                let mut expected = order[..records.len()].to_vec();
                expected.sort_unstable();
                // records are ordered by image
                if !records.iter().map(|record| record.image).eq(expected) {
                    let count = records.len();
                    missing.push(format!(
                        "{id}, {}, {part:?}: {count} images, with gaps between them",
                        set.dataset
                    ));
                }
            }
            let is_own = about.own.contains(name);
            let strangers = match &own_parts {
                Some((own, theirs)) if !is_own => strangers(own, theirs, &parts)?,
                _ => None,
            };
            models.extend(entry(id, name, set, about, settings, &parts, strangers)?);
            if is_own {
                own_parts = Some((&set.dataset, parts));
            }
        }
    }
    Ok(Summary { models, missing: (!missing.is_empty()).then(|| missing.join("; ")) })
}

fn entry(
    id: &str,
    name: &str,
    set: &SetSettings,
    about: &ModelSettings,
    settings: &Settings,
    parts: &Parts<'_>,
    strangers: Option<Strangers>,
) -> Result<Option<EvaluatedModel>> {
    // The bound given the class stands in where there is no other.
    let bounds = [(Part::Bound, Metric::Elbo), (Part::GivenClass, Metric::ElboGivenClass)]
        .into_iter()
        .find_map(|(part, metric)| Some((parts.get(&part)?, metric)));
    let Some((bounds, metric)) = bounds else { return Ok(None) };
    let bounds: Vec<f64> = bounds
        .iter()
        .flat_map(|r| &r.terms)
        .filter(|t| t.metric == metric)
        .map(|t| t.value)
        .collect();
    Ok(Some(EvaluatedModel {
        id: id.into(),
        files: about.files.clone(),
        dataset: set.dataset.clone(),
        own: about.own.contains(name),
        task: about.task,
        command: command(id, about, settings, parts),
        seed: settings.seed,
        chain: (about.kind == Kind::Diffusion).then(|| Chain {
            schedule: settings.schedule,
            steps: settings.steps,
            timesteps: settings.timesteps,
            given_class: metric == Metric::ElboGivenClass,
        }),
        scores: scores(parts)?,
        bounds: BoundDistribution::new(&bounds),
        strangers,
    }))
}

/// A model's own images against others, where it has a bound without the class for both.
fn strangers(name: &str, own: &Parts<'_>, other: &Parts<'_>) -> Result<Option<Strangers>> {
    let evidence = |parts: &Parts<'_>| -> Option<Vec<Evidence>> {
        parts.get(&Part::Bound)?.iter().map(|record| evidence(record)).collect()
    };
    let (Some(own), Some(other)) = (evidence(own), evidence(other)) else { return Ok(None) };
    Ok(Some(Strangers::new(name, &own, &other)?))
}

fn evidence(record: &Record) -> Option<Evidence> {
    let value = |metric| {
        record.terms.iter().find(|t| t.metric == metric && t.layer.is_none()).map(|t| t.value)
    };
    Some(Evidence {
        elbo: value(Metric::Elbo)?,
        code_length: value(Metric::CodeLength)?,
        kl: value(Metric::Kl),
        middle: value(Metric::MiddleTimesteps),
    })
}

fn scores(parts: &Parts<'_>) -> Result<Vec<MeanScore>> {
    let mut scores = Vec::new();
    for (part, records) in parts {
        let first = records.first().context("a part has results")?;
        for (at, term) in first.terms.iter().enumerate() {
            // many samples tell more than few
            let of_weights = matches!(
                term.metric,
                Metric::Importance
                    | Metric::LogLikelihood
                    | Metric::LogLikelihoodError
                    | Metric::ParetoShape
                    | Metric::Gap
                    | Metric::Reliable
            );
            if of_weights && *part == Part::Bound && parts.contains_key(&Part::Importance) {
                continue;
            }
            if *part == Part::Reference {
                continue;
            }
            let values = records.iter().map(|record| {
                let same = record.terms.get(at).filter(|t| {
                    (t.metric, &t.layer, t.k) == (term.metric, &term.layer, term.k)
                        && record.samples == first.samples
                });
                same.map(|t| t.value)
                    .with_context(|| format!("image {} has other terms than others", record.image))
            });
            let values = values.collect::<Result<Vec<f64>>>()?;
            let estimate = match unit(term.metric) {
                MetricUnit::Share => share(&values),
                _ => Estimate::from_samples(&values),
            };
            scores.push(MeanScore {
                metric: term.metric,
                layer: term.layer.clone(),
                k: term.k,
                unit: unit(term.metric),
                value: rounded(estimate.mean),
                standard_error: estimate.standard_error.map(rounded),
                images: records.len() as u64,
                samples: first.samples,
            });
        }
    }
    scores.extend(coverage(parts));
    Ok(scores)
}

/// How often the 95 % interval of log p(x) of an image that is called reliable holds what the
/// independent run says.
fn coverage(parts: &Parts<'_>) -> Option<MeanScore> {
    let (runs, references) = (parts.get(&Part::Importance)?, parts.get(&Part::Reference)?);
    let value =
        |record: &Record, metric| record.terms.iter().find(|t| t.metric == metric).map(|t| t.value);
    let pairs = references.iter().filter_map(|reference| {
        let run = runs.iter().find(|run| run.image == reference.image)?;
        let truth = value(reference, Metric::LogLikelihood)?;
        let (found, error) =
            (value(run, Metric::LogLikelihood)?, value(run, Metric::LogLikelihoodError)?);
        let reliable = value(run, Metric::Reliable)? == 1.0;
        reliable.then(|| f64::from(u8::from((found - truth).abs() <= 1.96 * error)))
    });
    let held: Vec<f64> = pairs.collect();
    if held.is_empty() {
        return None;
    }
    let estimate = share(&held);
    Some(MeanScore {
        metric: Metric::Coverage,
        layer: None,
        k: None,
        unit: unit(Metric::Coverage),
        value: rounded(estimate.mean),
        standard_error: estimate.standard_error.map(rounded),
        images: held.len() as u64,
        samples: references.first()?.samples,
    })
}

fn unit(metric: Metric) -> MetricUnit {
    match metric {
        Metric::BitsPerDim | Metric::BitsPerDimGivenClass => MetricUnit::BitsPerDim,
        Metric::Accuracy | Metric::SigmoidAccuracy | Metric::Reliable | Metric::Coverage => {
            MetricUnit::Share
        }
        Metric::ParetoShape => MetricUnit::None,
        _ => MetricUnit::Nats,
    }
}

/// The share of ones among zeros and ones. Its standard error counts two more of each (Agresti &
/// Coull 1998): that of the values themselves is 0 where all are equal, however few they are.
fn share(values: &[f64]) -> Estimate {
    let (n, ones): (f64, f64) = (values.len() as f64, values.iter().sum());
    let p = (ones + 2.0) / (n + 4.0);
    Estimate { mean: ones / n, standard_error: Some((p * (1.0 - p) / (n + 4.0)).sqrt()) }
}

/// To a millionth, far below any standard error.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The command that computes the scores of one model again.
fn command(id: &str, about: &ModelSettings, settings: &Settings, parts: &Parts<'_>) -> String {
    let count = |part: Part| parts.get(&part).map_or(0, Vec::len);
    let sets = settings.sets.keys().map(|name| match &name[..] {
        "" => "--data DIR".into(),
        name => format!("--set {name}=DIR/{name}"),
    });
    let mut words = vec![
        "cargo run --release --example evaluate --".to_string(),
        sets.collect::<Vec<String>>().join(" "),
        format!("--models {id}"),
        format!("--images {}", count(Part::Bound).max(count(Part::GivenClass))),
    ];
    match about.kind {
        Kind::Latent => {
            words.push(format!("--samples {}", settings.samples));
            if count(Part::Importance) > 0 {
                words.push(format!("--importance-images {}", count(Part::Importance)));
                words.push(format!("--importance-samples {}", settings.importance_samples));
                words.push(format!("--proposal {}", settings.proposal.name()));
            }
            if count(Part::Reference) > 0 {
                words.push(format!("--reference-images {}", count(Part::Reference)));
                words.push(format!("--reference-samples {}", settings.reference_samples));
            }
        }
        Kind::Diffusion => {
            words.push(format!(
                "--schedule {} --steps {}",
                settings.schedule.name(),
                settings.steps
            ));
            words.push(format!(
                "--timesteps {}",
                settings.timesteps.map_or("all".into(), |n| n.to_string())
            ));
            words.push(match (count(Part::Bound), count(Part::GivenClass)) {
                (_, 0) => "--class none".into(),
                (0, _) => "--class label".into(),
                _ => "--class both".into(),
            });
            let (bound, sigmoid) = (count(Part::Classes), count(Part::SigmoidClasses));
            if bound + sigmoid > 0 {
                let weighting = if sigmoid == 0 { "bound" } else { "sigmoid" };
                words.push(format!("--classify {}", bound.max(sigmoid)));
                words.push(format!("--evaluations-per-class {}", settings.evaluations_per_class));
                words.push(format!(
                    "--class-weighting {}",
                    if bound * sigmoid > 0 { "both" } else { weighting }
                ));
            }
        }
    }
    words.push(format!("--seed {}", settings.seed));
    words.join(" ")
}
