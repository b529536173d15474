//! How well a model's scores separate the images of its own test set from those of another one.
//!
//! A likelihood alone is a poor detector: simple images are likely under models of richer ones
//! (Nalisnick et al. 2019).

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::math::quantiles::{quantiles, share_below};
use crate::math::roc::roc;

/// Intervals between the stored quantiles of a score.
const INTERVALS: usize = 50;

/// The log SNRs between which the terms of a diffusion model are about shapes: above are the last
/// bits of single pixels, below hardly anything is seen.
pub const MIDDLE: [f64; 2] = [-3.0, 3.0];

/// A model's scores of one image, in nats.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
    /// The evidence lower bound.
    pub elbo: f64,
    /// The length of the same image in an adaptive code ([`crate::image::code`]).
    pub code_length: f64,
    /// `KL(q(z|x) || p(z))`, of a VAE.
    #[serde(default)]
    pub kl: Option<f64>,
    /// The terms of a diffusion model within [`MIDDLE`].
    #[serde(default)]
    pub middle: Option<f64>,
}

/// A score by which images of a model's own data set should stand higher than others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "StrangerDetector"))]
pub enum Detector {
    /// The bound on log p(x) itself.
    Likelihood,
    /// The bound less log p(x) of an adaptive code: the likelihood ratio to a compressor (Serrà et
    /// al. 2020).
    CodeRatio,
    /// How near the bound is to the mean of own images, from either side (Nalisnick et al. 2019b).
    Typicality,
    /// The negative KL of the latents.
    Kl,
    /// The negative sum of a diffusion model's terms in the middle of its chain.
    MiddleTimesteps,
}

impl Detector {
    const ALL: [Self; 5] =
        [Self::Likelihood, Self::CodeRatio, Self::Typicality, Self::Kl, Self::MiddleTimesteps];

    /// The score of an image in nats; none where the model has no such term. `typical` is the mean
    /// bound of own images.
    #[must_use]
    pub fn score(self, evidence: &Evidence, typical: f64) -> Option<f64> {
        let Evidence { elbo, code_length, kl, middle } = *evidence;
        match self {
            Self::Likelihood => Some(elbo),
            Self::CodeRatio => Some(elbo + code_length),
            Self::Typicality => Some(-(elbo - typical).abs()),
            Self::Kl => kl.map(|kl| -kl),
            Self::MiddleTimesteps => middle.map(|middle| -middle),
        }
    }
}

/// One detector, and how the scores of both sets are distributed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Detection {
    /// What is compared.
    pub detector: Detector,
    /// The probability that an own image has the higher score.
    pub auroc: f64,
    /// Its standard error (DeLong et al. 1988); absent for a single image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Quantiles of the model's own test set, from 0 to 1 in steps of 0.02.
    pub own: Vec<f64>,
    /// The same of the strangers.
    pub other: Vec<f64>,
}

/// Images of another data set under a model, set against its own. Scores are in nats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Strangers {
    /// The model's own data set and split.
    pub own: String,
    /// How many images of its own, and how many others.
    pub images: [u64; 2],
    /// The mean ELBO of its own.
    pub typical: f64,
    /// The detectors that the model has.
    #[cfg_attr(test, ts(inline))]
    pub detectors: Vec<Detection>,
}

/// Where an image stands by one score: how many of a hundred own images, and of a hundred others,
/// score lower.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "StrangerPlace"))]
pub struct Place {
    /// Which.
    pub detector: Detector,
    /// The image's score in nats.
    pub score: f64,
    /// How many of a hundred own images score lower.
    pub own: f64,
    /// How many of a hundred strangers do.
    pub other: f64,
}

impl Strangers {
    /// From a model's scores of its own images and of others.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a set without images, or a value that is
    /// NaN.
    pub fn new(name: &str, own: &[Evidence], other: &[Evidence]) -> Result<Self> {
        let typical = own.iter().map(|e| e.elbo).sum::<f64>() / own.len() as f64;
        let mut detectors = Vec::new();
        for detector in Detector::ALL {
            let scores = |all: &[Evidence]| -> Option<Vec<f64>> {
                all.iter().map(|evidence| detector.score(evidence, typical)).collect()
            };
            let (Some(own), Some(other)) = (scores(own), scores(other)) else { continue };
            let curve = roc(&own, &other)?;
            detectors.push(Detection {
                detector,
                auroc: rounded(curve.auroc, 1e5),
                standard_error: curve.standard_error.map(|error| rounded(error, 1e5)),
                own: spread(own),
                other: spread(other),
            });
        }
        let images = [own.len() as u64, other.len() as u64];
        Ok(Self { own: name.into(), images, typical: rounded(typical, 1e3), detectors })
    }

    /// Where an image stands by each detector that its evidence allows.
    #[must_use]
    pub fn place(&self, evidence: &Evidence) -> Vec<Place> {
        let shares: Vec<f64> = (0..=INTERVALS).map(|i| i as f64 / INTERVALS as f64).collect();
        let place = |detection: &Detection| {
            let score = detection.detector.score(evidence, self.typical)?;
            let percent = |values: &[f64]| 100.0 * share_below(values, &shares, score);
            let (own, other) = (percent(&detection.own), percent(&detection.other));
            Some(Place { detector: detection.detector, score, own, other })
        };
        self.detectors.iter().filter_map(place).collect()
    }

    /// Whether what was read can be used.
    pub(super) fn validate(&self) -> std::result::Result<(), &'static str> {
        let ascends = |values: &[f64]| {
            values.len() == INTERVALS + 1
                && values.is_sorted()
                && values.iter().all(|v| v.is_finite())
        };
        if self.detectors.iter().all(|d| ascends(&d.own) && ascends(&d.other)) {
            Ok(())
        } else {
            Err("strangers.detectors must have 51 ascending quantiles of either set")
        }
    }
}

/// The sum of a diffusion model's terms within [`MIDDLE`], from the timesteps that were visited:
/// `terms` are t, the log SNR there and L_{t-1}, by t. Between two of them both run straight.
pub fn middle_timesteps(terms: impl IntoIterator<Item = (usize, f64, f64)>) -> f64 {
    let terms: Vec<_> = terms.into_iter().collect();
    terms
        .windows(2)
        .map(|pair| {
            let ((t, snr, nats), (next, next_snr, next_nats)) = (pair[0], pair[1]);
            let position = |at: f64| ((at - snr) / (next_snr - snr)).clamp(0.0, 1.0);
            // the log SNR falls with t
            let (from, to) = (position(MIDDLE[1]), position(MIDDLE[0]));
            let middle = 0.5 * (from + to);
            (next - t) as f64 * (to - from) * (nats + middle * (next_nats - nats))
        })
        .sum()
}

fn spread(mut scores: Vec<f64>) -> Vec<f64> {
    scores.sort_unstable_by(f64::total_cmp);
    quantiles(&scores, INTERVALS).into_iter().map(|value| rounded(value, 1e2)).collect()
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
