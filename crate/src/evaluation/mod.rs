//! What the models achieve on test sets: `evaluation.json`, written by the program `evaluate` of
//! the examples.

pub mod strangers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::strangers::{Evidence, Place, Strangers};
use crate::error::{Error, Result};
use crate::math::likelihood::Task;
use crate::math::quantiles::{Histogram, quantiles, share_below};
use crate::math::schedule::ScheduleKind;

/// The version of the layout that this crate reads.
pub const FORMAT: u32 = 1;

/// Intervals between the stored quantiles of the bounds: percents.
const PERCENTS: usize = 100;

/// The scores of all evaluated models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// Version of the layout, [`FORMAT`].
    pub format: u32,
    /// The models, ordered by their ids; of one that was evaluated on several sets its own comes
    /// first.
    pub models: Vec<EvaluatedModel>,
}

/// The scores of one model on one test set, and what they were computed from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct EvaluatedModel {
    /// The model's id in the manifest.
    pub id: String,
    /// SHA-256 by role of the files that were evaluated.
    #[cfg_attr(test, ts(type = "Record<string, string>"))]
    pub files: BTreeMap<String, String>,
    /// Data set and split.
    pub dataset: String,
    /// False on a data set that the model was not made for; absent on its own.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    #[cfg_attr(test, ts(type = "false"))]
    pub own: bool,
    /// What was explained: scores of different tasks are never compared.
    #[cfg_attr(test, ts(type = "\"binarized\" | \"8-bit\""))]
    pub task: Task,
    /// The command that computes the scores again.
    pub command: String,
    /// Its seed.
    pub seed: u64,
    /// The chain of a diffusion model whose bound it is; `timesteps` is null if each was evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(inline))]
    pub chain: Option<Chain>,
    /// The scores, means over images.
    pub scores: Vec<MeanScore>,
    /// The ELBO of each test image, in nats: the lowest hundredth of them, the percentiles 0 to
    /// 100, and counts.
    #[cfg_attr(test, ts(inline))]
    pub bounds: BoundDistribution,
    /// How well the model's scores separate these images from those of its own data set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strangers: Option<Strangers>,
}

fn yes() -> bool {
    true
}

fn is_yes(own: &bool) -> bool {
    *own
}

/// The chain of a diffusion model, and how much of it was evaluated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Chain {
    /// Noise schedule.
    pub schedule: ScheduleKind,
    /// Number of steps T.
    pub steps: usize,
    /// How many timesteps of it were evaluated for an image; null for each of them.
    pub timesteps: Option<usize>,
    /// Whether the bounds are conditioned on the class.
    pub given_class: bool,
}

/// The mean of a quantity over test images; binarized and 8-bit scores must not be compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct MeanScore {
    /// "reconstruction" is `E_q[log p(x|z)]` of a VAE and the cost L_0 of a diffusion model.
    #[cfg_attr(test, ts(inline))]
    pub metric: Metric,
    /// The layer whose KL it is; absent for the sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// The K of an importance-weighted bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k: Option<u64>,
    /// Nats, bits/dim, or a share of the images.
    #[cfg_attr(test, ts(inline))]
    pub unit: MetricUnit,
    /// The mean over images.
    pub value: f64,
    /// Its standard error: how far the mean over as many other images, with other noise, would
    /// typically be. None for one image. That of a share is taken from two more images on either
    /// side (Agresti & Coull 1998), so that it is not 0 where all agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Over how many images.
    pub images: u64,
    /// Network evaluations, or samples of the latents, per image.
    pub samples: u64,
}

/// What a score measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Metric {
    /// The evidence lower bound.
    Elbo,
    /// Its negative per pixel, in bits.
    BitsPerDim,
    /// `E_q[log p(x|z)]` of a VAE; `L_0` of a diffusion model, a cost.
    Reconstruction,
    /// `L_0` of a diffusion model whose Gaussian has the variance β̃_2, as in the code of Ho et al.
    /// (2020).
    ReconstructionPosteriorVariance,
    /// `KL(q(z|x) || p(z))`, or one layer of it.
    Kl,
    /// `L_T` of a diffusion model.
    Prior,
    /// The sum of `L_{t-1}` of a diffusion model.
    Denoising,
    /// The bound of a diffusion model in its consistency form: the same expectation, from the same
    /// network evaluations.
    ElboConsistency,
    /// The importance-weighted bound `L_K` (Burda et al. 2015).
    Importance,
    /// `log p(x)`, estimated by `L_K` at the largest K.
    LogLikelihood,
    /// The standard error of that for one image.
    LogLikelihoodError,
    /// k̂ of the importance weights of one image, by which an estimate is called reliable.
    ParetoShape,
    /// The share of images called reliable whose 95 % interval holds an independent estimate from
    /// more samples.
    Coverage,
    /// `log p(x) - ELBO`, which estimates `KL(q(z|x) || p(z|x))`.
    Gap,
    /// Whether the tail of the weights is light enough for `LogLikelihood` and `Gap` to be trusted.
    Reliable,
    /// The evidence lower bound of a diffusion model, conditioned on the class.
    ElboGivenClass,
    /// Its negative per pixel, in bits.
    BitsPerDimGivenClass,
    /// The share of images whose class has the best bound of all.
    Accuracy,
    /// The same with the terms of the bounds weighted by the variance of the noise, which needs
    /// fewer evaluations.
    SigmoidAccuracy,
    /// Entropy of the posterior over classes.
    ClassEntropy,
    /// The length of the image in an adaptive code, in nats: not the model's.
    CodeLength,
    /// The terms of a diffusion model in the middle of its chain.
    MiddleTimesteps,
}

/// The unit of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum MetricUnit {
    /// Natural logarithms.
    #[serde(rename = "nats")]
    Nats,
    /// Bits per pixel.
    #[serde(rename = "bits/dim")]
    BitsPerDim,
    /// A share of the images, 0 to 1.
    #[serde(rename = "share")]
    Share,
    /// A number without a unit.
    #[serde(rename = "none")]
    None,
}

/// The evidence lower bounds of the images of a test set, in nats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BoundDistribution {
    /// How many images.
    pub images: u64,
    /// The lowest bounds, ascending, one in a hundred: how improbable the oddest images are.
    pub lowest: Vec<f64>,
    /// The quantiles 0, 0.01, …, 1.
    pub quantiles: Vec<f64>,
    /// All of them, to be drawn.
    pub histogram: Histogram,
}

impl BoundDistribution {
    /// Bins of the histogram, at least.
    const BINS: usize = 40;

    /// From the bounds of one or more images; values are rounded to thousandths of a nat.
    pub fn new(bounds: &[f64]) -> Self {
        let mut sorted: Vec<f64> = bounds.iter().map(|b| (b * 1e3).round() / 1e3).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let lowest = sorted.len().div_ceil(PERCENTS);
        Self {
            images: sorted.len() as u64,
            quantiles: quantiles(&sorted, PERCENTS)
                .into_iter()
                .map(|q| (q * 1e3).round() / 1e3)
                .collect(),
            histogram: Histogram::new(&sorted, Self::BINS),
            lowest: sorted[..lowest].to_vec(),
        }
    }

    /// The share of the images, 0 to 1, whose bound is lower than `bound`, as far as the stored
    /// values tell: below the first percentile from single images, above it from the percentiles,
    /// by straight lines between them.
    #[must_use]
    pub fn share_below(&self, bound: f64) -> f64 {
        let last = (self.images as f64 - 1.0).max(1.0);
        let singles = self.lowest.iter().enumerate().map(|(rank, &v)| (v, rank as f64 / last));
        let covered = (self.lowest.len() as f64 - 1.0) / last;
        let percents =
            self.quantiles.iter().enumerate().map(|(i, &v)| (v, i as f64 / PERCENTS as f64));
        let (values, shares): (Vec<f64>, Vec<f64>) =
            singles.chain(percents.filter(|(_, s)| *s > covered)).unzip();
        share_below(&values, &shares, bound)
    }

    fn validate(&self) -> std::result::Result<(), &'static str> {
        let ascends = |values: &[f64]| values.is_sorted() && values.iter().all(|v| v.is_finite());
        let Histogram { edges, counts } = &self.histogram;
        if self.quantiles.len() != PERCENTS + 1 || !ascends(&self.quantiles) {
            return Err("bounds.quantiles must be 101 ascending numbers");
        }
        if self.lowest.is_empty() || !ascends(&self.lowest) || self.lowest[0] != self.quantiles[0] {
            return Err("bounds.lowest must ascend from the lowest of all");
        }
        if edges.len() != counts.len() + 1
            || !ascends(edges)
            || counts.iter().sum::<u64>() != self.images
        {
            return Err(
                "bounds.histogram must have an edge more than counts, and count every image",
            );
        }
        Ok(())
    }
}

impl Evaluation {
    /// Parses and validates `evaluation.json`.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest), naming the model and the field at
    /// fault.
    pub fn parse(json: &str) -> Result<Self> {
        let evaluation: Self = serde_json::from_str(json)
            .map_err(|e| Error::manifest("the evaluation cannot be read").caused_by(e))?;
        if evaluation.format != FORMAT {
            return Err(Error::manifest(format_args!(
                "the evaluation has format {}, this version reads format {FORMAT}",
                evaluation.format
            )));
        }
        for (at, model) in evaluation.models.iter().enumerate() {
            let same = |other: &&EvaluatedModel| {
                other.id == model.id && (other.dataset == model.dataset || other.own && model.own)
            };
            if let Some(other) = evaluation.models[..at].iter().find(same) {
                return Err(Error::manifest(format_args!(
                    "the evaluation has two models called {:?}, on {:?} and {:?}",
                    model.id, other.dataset, model.dataset
                )));
            }
            model
                .bounds
                .validate()
                .and_then(|()| model.strangers.as_ref().map_or(Ok(()), Strangers::validate))
                .map_err(|e| Error::entry(&model.id, format_args!("evaluation: {e}")))?;
        }
        Ok(evaluation)
    }

    /// The evaluation of a model on its own test set.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a model that has not been evaluated.
    pub fn model(&self, id: &str) -> Result<&EvaluatedModel> {
        self.models.iter().find(|model| model.id == id && model.own).ok_or_else(|| {
            let own = self.models.iter().filter(|model| model.own);
            let ids: Vec<&str> = own.map(|model| model.id.as_str()).collect();
            Error::request(
                format_args!("model {id:?} has not been evaluated"),
                format_args!("there are {}", ids.join(", ")),
            )
        })
    }

    /// How many of a hundred test images have a lower bound under the model than `bound` nats: near
    /// 0 for an odd image.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a model that has not been evaluated, or a
    /// bound that is NaN.
    pub fn percentile(&self, id: &str, bound: f64) -> Result<f64> {
        if bound.is_nan() {
            return Err(Error::value("the bound", bound, "a number of nats"));
        }
        Ok(100.0 * self.model(id)?.bounds.share_below(bound))
    }

    /// Where an image stands between the model's own test images and those of `dataset`.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a model that has not been evaluated on
    /// that data set beside its own, or evidence that is not finite.
    pub fn place(&self, id: &str, dataset: &str, evidence: &Evidence) -> Result<Vec<Place>> {
        let Evidence { elbo, code_length, kl, middle } = *evidence;
        let numbers = [Some(elbo), Some(code_length), kl, middle];
        if numbers.into_iter().flatten().any(|number| !number.is_finite()) {
            return Err(Error::request(
                "the evidence is not finite",
                "give finite numbers of nats",
            ));
        }
        let entry = self.models.iter().find(|model| model.id == id && model.dataset == dataset);
        let strangers = entry.and_then(|entry| entry.strangers.as_ref()).ok_or_else(|| {
            Error::request(
                format_args!("model {id:?} has not been set against strangers of {dataset:?}"),
                "take another data set, or evaluate the model on this one",
            )
        })?;
        Ok(strangers.place(evidence))
    }
}
