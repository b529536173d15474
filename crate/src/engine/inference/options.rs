//! How to fit, and q as a person would write it down.

use serde::{Deserialize, Serialize};

use super::VariationalInference;
use crate::error::{Error, Result};
use crate::math::inference::Point;
use crate::math::inference::gradient::GradientEstimator;
use crate::math::inference::logistic_regression::Observation;
use crate::math::inference::optimizer::OptimizerKind;
use crate::math::inference::target::Target;
use crate::math::inference::variational::{Family, Gaussian, Mixture};

/// p; the q that ascends the ELBO and so minimizes KL(q || p); the q that minimizes KL(p || q).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "InferenceDensity"))]
pub enum Density {
    /// The target p.
    Target,
    /// The q that ascends the ELBO: it minimizes KL(q || p).
    Reverse,
    /// The q that minimizes KL(p || q).
    Forward,
}

/// How to fit.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct InferenceOptions {
    /// Components of a mixture, 1 to 8; 3 if absent. For other families 1 or absent.
    pub components: Option<usize>,
    /// 1 to 50 observations, only for "logistic-regression"; an example if absent.
    pub data: Option<Vec<Observation>>,
    /// Draws from each component in an iteration, 1 to 100; 10 if absent.
    pub samples: usize,
    /// How the ELBO's gradient is estimated: through the path z = mean + L ε (Kingma & Welling
    /// 2014; the default), or as `E[f(z) ∇ log q(z)]` (Ranganath et al. 2014). That of a mixture is
    /// stratified over components (Morningstar et al. 2021).
    #[cfg_attr(test, ts(inline))]
    pub gradient: GradientEstimator,
    /// "adam" if absent.
    #[cfg_attr(test, ts(inline))]
    pub optimizer: OptimizerKind,
    /// Above 0, at most 1; 0.05 if absent.
    pub learning_rate: f64,
    /// Seed of all draws; for JavaScript drawn afresh if absent.
    pub seed: u64,
    /// The first q, one entry for each component; aside of the target if absent.
    pub start: Option<Vec<Component>>,
}

impl Default for InferenceOptions {
    fn default() -> Self {
        Self {
            components: None,
            data: None,
            samples: 10,
            gradient: GradientEstimator::Reparameterized,
            optimizer: OptimizerKind::Adam,
            learning_rate: 0.05,
            seed: 0,
            start: None,
        }
    }
}

/// A Gaussian component of q.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "InferenceComponent"))]
pub struct Component {
    /// Share of q, taken in proportion; 1 if absent.
    #[serde(default = "one")]
    pub weight: f64,
    /// Each coordinate from -50 to 50.
    pub mean: Point,
    /// Standard deviations, 0.02 to 20.
    pub std: Point,
    /// -0.999 to 0.999 for "full-covariance"; 0 or absent for other families.
    #[serde(default)]
    pub correlation: f64,
}

fn one() -> f64 {
    1.0
}

impl InferenceOptions {
    /// Checks what does not depend on the target, and finds the number of components.
    pub(super) fn components(&self, family: Family) -> Result<usize> {
        let most = if family == Family::Mixture { VariationalInference::MAX_COMPONENTS } else { 1 };
        let components = self.components.unwrap_or(most.min(3));
        let (max_samples, max_rate) =
            (VariationalInference::MAX_SAMPLES, VariationalInference::MAX_LEARNING_RATE);
        if !(1..=max_samples).contains(&self.samples) {
            return Err(Error::value("samples", self.samples, format_args!("1 to {max_samples}")));
        }
        if !(self.learning_rate > 0.0 && self.learning_rate <= max_rate) {
            let rate = self.learning_rate;
            return Err(Error::value(
                "learningRate",
                rate,
                format_args!("above 0 and at most {max_rate}"),
            ));
        }
        if !(1..=most).contains(&components) {
            return Err(Error::value(
                "components",
                components,
                format_args!("1 to {most} in this family"),
            ));
        }
        Ok(components)
    }
}

/// The components of q as a person would write them down.
pub(super) fn components_of(q: &Mixture) -> Vec<Component> {
    let of = |(g, &weight): (&Gaussian, &f64)| {
        let [var_1, covariance, var_2] = g.covariance();
        let std = [var_1.sqrt(), var_2.sqrt()];
        Component { weight, mean: g.mean, std, correlation: covariance / (std[0] * std[1]) }
    };
    q.components.iter().zip(&q.weights).map(of).collect()
}

/// The family for a number of components.
pub(super) fn start_of(components: &[Component], family: Family, count: usize) -> Result<Mixture> {
    if components.len() != count {
        let given = components.len();
        return Err(Error::request(
            format_args!("{given} components are given, q has {count}"),
            "give each one",
        ));
    }
    let refuse = |at: usize, what: &str, value: f64, range: String| {
        Err(Error::value(format_args!("component {at}: {what}"), value, range))
    };
    let (least, most) = VariationalInference::STD_RANGE;
    let (max_mean, max_correlation) =
        (VariationalInference::MAX_MEAN, VariationalInference::MAX_CORRELATION);
    for (at, component) in components.iter().enumerate() {
        let Component { weight, mean, std, correlation } = component;
        if let Some(&bad) = mean.iter().find(|value| !(-max_mean..=max_mean).contains(*value)) {
            return refuse(
                at,
                "a coordinate of the mean",
                bad,
                format!("from -{max_mean} to {max_mean}"),
            );
        }
        if let Some(&bad) = std.iter().find(|value| !(least..=most).contains(*value)) {
            return refuse(at, "a standard deviation", bad, format!("{least} to {most}"));
        }
        if !(*weight > 0.0 && weight.is_finite()) {
            return refuse(at, "weight", *weight, "a positive number".into());
        }
        let limit = if family == Family::FullCovariance { max_correlation } else { 0.0 };
        if !(-limit..=limit).contains(correlation) {
            return refuse(
                at,
                "correlation",
                *correlation,
                format!("from -{limit} to {limit} in this family"),
            );
        }
    }
    let total: f64 = components.iter().map(|component| component.weight).sum();
    let gaussian = |c: &Component| {
        let covariance = c.correlation * c.std[0] * c.std[1];
        Gaussian::with_covariance(c.mean, [c.std[0] * c.std[0], covariance, c.std[1] * c.std[1]])
    };
    Ok(Mixture {
        weights: components.iter().map(|component| component.weight / total).collect(),
        components: components.iter().map(gaussian).collect(),
    })
}

/// A q to start from: aside of the window's middle, so that the way is seen; the components of a
/// mixture in a circle, so that they differ.
pub(super) fn default_start(target: &Target, components: usize) -> Mixture {
    let ([x, y], half) = target.window();
    let at = |k: usize| {
        let (radius, turn) =
            if components == 1 { (0.75, 0.27) } else { (0.35, k as f64 / components as f64) };
        let (sin, cos) = libm::sincos(std::f64::consts::TAU * turn + 0.3);
        Gaussian::diagonal([x + half * radius * cos, y + half * radius * sin], [0.15 * half; 2])
    };
    Mixture {
        weights: vec![1.0 / components as f64; components],
        components: (0..components).map(at).collect(),
    }
}
