//! Options of diffusion in the plane: data, chain and model.

use std::f64::consts::{PI, TAU};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::math::inference::Point;
use crate::math::inference::target::{Target, TargetKind};
use crate::math::inference::variational::{Gaussian, Mixture};
use crate::math::plane::mixture::{blurred, moment_match};
use crate::math::schedule::{LogSnrRange, NoiseSchedule, ScheduleKind};

/// Data of the crate, each a mixture of Gaussians.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum PlanePreset {
    /// One Gaussian with correlation 0.9.
    CorrelatedGaussian,
    /// Two separate Gaussians with weights 0.6 and 0.4.
    TwoGaussians,
    /// Five Gaussians on a pentagon, of equal weight.
    FiveGaussians,
    /// Twenty narrow Gaussians on two half circles that reach into each other.
    Moons,
    /// Twenty-four narrow Gaussians on a spiral.
    Spiral,
}

impl PlanePreset {
    /// Every preset.
    pub const ALL: [Self; 5] = [
        Self::CorrelatedGaussian,
        Self::TwoGaussians,
        Self::FiveGaussians,
        Self::Moons,
        Self::Spiral,
    ];

    /// The density of these data.
    #[expect(clippy::missing_panics_doc, reason = "each of these targets is a mixture")]
    #[must_use]
    pub fn mixture(self) -> Mixture {
        let target = |kind| Target::new(kind).mixture().expect("these targets are mixtures");
        match self {
            Self::CorrelatedGaussian => target(TargetKind::CorrelatedGaussian),
            Self::TwoGaussians => target(TargetKind::TwoGaussians),
            Self::FiveGaussians => target(TargetKind::FiveGaussians),
            Self::Moons => {
                let half = |side: f64| {
                    (0..10).map(move |k| {
                        let (sin, cos) = libm::sincos(PI * f64::from(k) / 9.0);
                        [side * (1.8 * cos - 0.9), side * (1.8 * sin - 0.5)]
                    })
                };
                string(half(1.0).chain(half(-1.0)), 0.2)
            }
            Self::Spiral => {
                let place = |k: u32| {
                    // equal steps along the arm: its length grows with the square of the angle
                    let turn = ((f64::from(k) + 1.0) / 24.0).sqrt();
                    let (sin, cos) = libm::sincos(1.75 * TAU * turn);
                    [3.1 * turn * cos, 3.1 * turn * sin]
                };
                string((0..24).map(place), 0.18)
            }
        }
    }
}

/// Gaussians of equal weight and width.
fn string(means: impl Iterator<Item = [f64; 2]>, std: f64) -> Mixture {
    let components: Vec<Gaussian> = means.map(|mean| Gaussian::diagonal(mean, [std; 2])).collect();
    Mixture { weights: vec![1.0 / components.len() as f64; components.len()], components }
}

/// A Gaussian component of the data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaneComponent {
    /// Taken in proportion; 1 if absent.
    #[serde(default = "one")]
    pub weight: f64,
    /// Each coordinate from -10 to 10.
    pub mean: Point,
    /// Standard deviations, 0.1 to 5.
    pub std: Point,
    /// -0.99 to 0.99; 0 if absent.
    #[serde(default)]
    pub correlation: f64,
}

fn one() -> f64 {
    1.0
}

/// A model whose x̂_0 is a closed form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum PlaneModel {
    /// The data themselves: the score is exact.
    Exact,
    /// The data with each component widened.
    Blurred,
    /// The one Gaussian with the mean and covariance of the data.
    Gaussian,
}

/// Data, chain and model of a diffusion in the plane.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct PlaneDiffusionOptions {
    /// "five-gaussians" if neither these nor components are given.
    pub data: Option<PlanePreset>,
    /// Other data: 1 to 32 components.
    pub components: Option<Vec<PlaneComponent>>,
    /// "cosine" if absent. The log SNR of "log-snr-linear" goes from 13.3 to -6.
    #[cfg_attr(test, ts(type = "\"linear\" | \"cosine\" | \"log-snr-linear\""))]
    pub schedule: ScheduleKind,
    /// T, 2 to 1000; 100 if absent.
    pub steps: usize,
    /// Share of the ancestral noise that DDIM adds, 0 to 1; 0 if absent.
    pub eta: f64,
    /// 2 to 2000; 1000 if absent.
    pub particles: usize,
    /// Whose x̂_0 is used: that of the data (the default), of the data blurred, or of one Gaussian
    /// with their moments.
    #[cfg_attr(test, ts(inline))]
    pub model: PlaneModel,
    /// Standard deviation that "blurred" adds to every component, above 0 and at most 3; 0.4 if
    /// absent.
    pub blur: f64,
    /// Seed of all noise; for JavaScript drawn afresh if absent.
    pub seed: u64,
}

impl Default for PlaneDiffusionOptions {
    fn default() -> Self {
        Self {
            data: None,
            components: None,
            schedule: ScheduleKind::Cosine,
            steps: 100,
            eta: 0.0,
            particles: 1000,
            model: PlaneModel::Exact,
            blur: 0.4,
            seed: 0,
        }
    }
}

/// λ_T and λ_1 of a chain with log SNR linear in t.
const LOG_SNR: LogSnrRange = LogSnrRange { min: -6.0, max: 13.3 };

/// A chain of the lab.
pub(super) fn schedule_of(kind: ScheduleKind, steps: usize) -> Result<NoiseSchedule> {
    let most = super::PlaneDiffusion::MAX_STEPS;
    if !(2..=most).contains(&steps) {
        return Err(Error::value("steps", steps, format_args!("2 to {most}")));
    }
    NoiseSchedule::new(kind, steps, LOG_SNR)
}

/// The density of the data in the options.
pub(super) fn data_of(
    preset: Option<PlanePreset>,
    components: Option<&[PlaneComponent]>,
) -> Result<Mixture> {
    match (preset, components) {
        (Some(_), Some(_)) => {
            Err(Error::request("both data and components are given", "leave one of them out"))
        }
        (preset, None) => Ok(preset.unwrap_or(PlanePreset::FiveGaussians).mixture()),
        (None, Some(components)) => mixture_of(components),
    }
}

fn mixture_of(components: &[PlaneComponent]) -> Result<Mixture> {
    let most = super::PlaneDiffusion::MAX_COMPONENTS;
    if !(1..=most).contains(&components.len()) {
        let given = components.len();
        return Err(Error::value("the number of components", given, format_args!("1 to {most}")));
    }
    let (least_std, most_std) = super::PlaneDiffusion::STD_RANGE;
    let reach = super::PlaneDiffusion::MAX_MEAN;
    for (at, &PlaneComponent { weight, mean, std, correlation }) in components.iter().enumerate() {
        let check = |what: &str, value: f64, inside: bool, range: String| {
            if inside {
                return Ok(());
            }
            Err(Error::value(format_args!("component {at}: {what}"), value, range))
        };
        let positive = weight > 0.0 && weight.is_finite();
        check("weight", weight, positive, "a positive number".into())?;
        for value in mean {
            let range = format!("from -{reach} to {reach}");
            check("a coordinate of the mean", value, value.abs() <= reach, range)?;
        }
        for value in std {
            let inside = (least_std..=most_std).contains(&value);
            check("a standard deviation", value, inside, format!("{least_std} to {most_std}"))?;
        }
        check("correlation", correlation, correlation.abs() <= 0.99, "from -0.99 to 0.99".into())?;
    }
    let total: f64 = components.iter().map(|component| component.weight).sum();
    let gaussian = |c: &PlaneComponent| {
        let covariance = c.correlation * c.std[0] * c.std[1];
        Gaussian::with_covariance(c.mean, [c.std[0] * c.std[0], covariance, c.std[1] * c.std[1]])
    };
    Ok(Mixture {
        weights: components.iter().map(|component| component.weight / total).collect(),
        components: components.iter().map(gaussian).collect(),
    })
}

impl PlaneDiffusionOptions {
    /// Checks that all numbers are in range.
    pub(super) fn validate(&self) -> Result<()> {
        let most = super::PlaneDiffusion::MAX_PARTICLES;
        if !(2..=most).contains(&self.particles) {
            let count = self.particles;
            return Err(Error::value("particles", count, format_args!("2 to {most}")));
        }
        if !(0.0..=1.0).contains(&self.eta) {
            return Err(Error::value("eta", self.eta, "0 to 1"));
        }
        if !(self.blur > 0.0 && self.blur <= 3.0) {
            let blur = self.blur;
            return Err(Error::value("blur", blur, "above 0 and at most 3"));
        }
        Ok(())
    }

    /// The density whose x̂_0 the model is.
    pub(super) fn model_of(&self, data: &Mixture) -> Mixture {
        match self.model {
            PlaneModel::Exact => data.clone(),
            PlaneModel::Blurred => blurred(data, self.blur),
            PlaneModel::Gaussian => moment_match(data),
        }
    }
}
