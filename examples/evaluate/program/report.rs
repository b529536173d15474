//! Scores for people and for the page.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use elbo_room::evaluation::strangers::{Detector, Strangers};
use elbo_room::evaluation::{EvaluatedModel, Evaluation, FORMAT, MeanScore, Metric, MetricUnit};
use elbo_room::math::likelihood::Task;

/// Begins and ends the part of a Markdown file that is written.
const MARK: &str = "<!-- written by evaluate -->";

/// The scores as Markdown, a table for each task: scores of different tasks must not be compared.
pub fn table(models: &[EvaluatedModel]) -> String {
    let mut parts = Vec::new();
    for (task, title) in [
        (Task::Binarized, "Binary images, binarized anew for each"),
        (Task::EightBit, "8-bit images as they are"),
    ] {
        let models: Vec<_> = models.iter().filter(|model| model.task == task).collect();
        if models.is_empty() {
            continue;
        }
        let mut lines = vec![
            format!("**{title}**\n"),
            "| model | set | score | value | unit | images | samples per image |".into(),
            "|---|---|---|---|---|---|---|".into(),
        ];
        lines.extend(
            models.iter().flat_map(|model| model.scores.iter().map(|score| row(model, score))),
        );
        parts.push(lines.join("\n"));
        parts.extend(strangers(&models));
    }
    let commands = models
        .iter()
        .map(|model| format!("- `{}`, {}: `{}`", model.id, model.dataset, model.command));
    parts.push(commands.collect::<Vec<_>>().join("\n"));
    parts.join("\n\n")
}

/// How well each model tells its own images from others.
fn strangers(models: &[&EvaluatedModel]) -> Option<String> {
    let rows: Vec<String> = models
        .iter()
        .filter_map(|model| Some((model, model.strangers.as_ref()?)))
        .flat_map(|(model, strangers)| {
            let Strangers { own, images: [here, there], .. } = strangers;
            strangers.detectors.iter().map(move |found| {
                let error = found.standard_error.map_or(String::new(), |e| format!(" ± {e:.3}"));
                format!(
                    "| {} | {own} | {} | {} | {:.3}{error} | {here} + {there} |",
                    model.id,
                    model.dataset,
                    detector(found.detector),
                    found.auroc
                )
            })
        })
        .collect();
    let head =
        "| model | own images | others | score | AUROC | images |\n|---|---|---|---|---|---|";
    (!rows.is_empty()).then(|| format!("{head}\n{}", rows.join("\n")))
}

fn detector(detector: Detector) -> &'static str {
    match detector {
        Detector::Likelihood => "ELBO",
        Detector::CodeRatio => "ELBO + length in an adaptive code",
        Detector::Typicality => "−\\|ELBO − mean of own images\\|",
        Detector::Kl => "−KL",
        Detector::MiddleTimesteps => "−Σ L_{t−1}, log SNR −3 to 3",
    }
}

fn row(model: &EvaluatedModel, score: &MeanScore) -> String {
    let EvaluatedModel { id, dataset, .. } = model;
    let (unit, decimals) = match score.unit {
        MetricUnit::Nats => ("nats", 2),
        MetricUnit::BitsPerDim => ("bits/dim", 4),
        MetricUnit::Share => ("", 4),
        MetricUnit::None => ("", 3),
    };
    let error =
        score.standard_error.map_or(String::new(), |error| format!(" ± {error:.decimals$}"));
    let value = format!("{:.decimals$}{error}", score.value).replace('-', "−");
    format!(
        "| {id} | {dataset} | {} | {value} | {unit} | {} | {} |",
        name(score),
        score.images,
        score.samples
    )
}

fn name(score: &MeanScore) -> String {
    match score.metric {
        Metric::Elbo => "ELBO".into(),
        Metric::BitsPerDim => "−ELBO".into(),
        Metric::Reconstruction if score.value < 0.0 => "E[log p(x\\|z)]".into(),
        Metric::Reconstruction => "L₀".into(),
        Metric::ReconstructionPosteriorVariance => "L₀ with variance β̃₂".into(),
        Metric::Kl => score.layer.as_ref().map_or("KL".into(), |layer| format!("KL of {layer}")),
        Metric::Prior => "L_T".into(),
        Metric::Denoising => "Σ L_{t−1}".into(),
        Metric::ElboConsistency => "ELBO, consistency form".into(),
        Metric::Importance => format!("L_K, K = {}", score.k.unwrap_or_default()),
        Metric::LogLikelihood => "log p(x)".into(),
        Metric::LogLikelihoodError => "standard error of an image's log p(x)".into(),
        Metric::ParetoShape => "k̂ of an image's weights".into(),
        Metric::Coverage => "share of reliable 95 % intervals that hold".into(),
        Metric::Gap => "log p(x) − ELBO".into(),
        Metric::Reliable => "share of images with a reliable log p(x)".into(),
        Metric::ElboGivenClass => "ELBO given the class".into(),
        Metric::BitsPerDimGivenClass => "−ELBO given the class".into(),
        Metric::Accuracy => "accuracy of the class with the best bound".into(),
        Metric::SigmoidAccuracy => "accuracy with sigmoid weighting".into(),
        Metric::ClassEntropy => "entropy of the class posterior".into(),
        Metric::CodeLength => "length in an adaptive code".into(),
        Metric::MiddleTimesteps => "Σ L_{t−1}, log SNR −3 to 3".into(),
    }
}

/// Replaces the models' entries in the file, or begins it; one model and set a line. What other
/// files of a model scored goes with them. With `keep`, an own entry of the same files stays if it
/// is of more images. Gives the models whose entries stay.
///
/// # Errors
/// A file that is something else or cannot be written.
pub fn update_json(path: &Path, models: &[EvaluatedModel], keep: bool) -> Result<Vec<String>> {
    let old = if path.exists() { read_json(path)?.models } else { Vec::new() };
    let same = |a: &EvaluatedModel, b: &EvaluatedModel| a.id == b.id && a.dataset == b.dataset;
    let stays = |old: &EvaluatedModel| match models.iter().find(|new| new.id == old.id) {
        Some(new) if new.files != old.files => false,
        _ => models
            .iter()
            .find(|new| same(new, old))
            .is_none_or(|new| keep && old.own && new.own && old.bounds.images > new.bounds.images),
    };
    let mut all: Vec<EvaluatedModel> = old.into_iter().filter(stays).collect();
    let (kept, new): (Vec<_>, Vec<_>) =
        models.iter().partition(|new| all.iter().any(|old| same(new, old)));
    let kept = kept.into_iter().map(|model| model.id.clone()).collect();
    all.extend(new.into_iter().cloned());
    all.sort_by(|a, b| (&a.id, !a.own, &a.dataset).cmp(&(&b.id, !b.own, &b.dataset)));
    let lines = all.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    let json = format!("{{\"format\":{FORMAT},\"models\":[\n{}\n]}}\n", lines.join(",\n"));
    write(path, &json)?;
    Ok(kept)
}

/// Writes the table of all models in `json` between the marks of a Markdown file.
///
/// # Errors
/// A file without the marks, or one that cannot be read or written.
pub fn update_readme(path: &Path, json: &Path) -> Result<()> {
    let text =
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let parts: Vec<&str> = text.split(MARK).collect();
    let [before, _, after] = parts[..] else {
        anyhow::bail!(
            "{} must have the line {MARK} twice, where the table begins and ends",
            path.display()
        );
    };
    let table = table(&read_json(json)?.models);
    write(path, &format!("{before}{MARK}\n\n{table}\n\n{MARK}{after}"))
}

fn read_json(path: &Path) -> Result<Evaluation> {
    let json =
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Evaluation::parse(&json).with_context(|| format!("{} is not a file of scores", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}
