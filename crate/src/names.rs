//! What JSON and JavaScript call the values of [`math`](crate::math), which itself knows neither,
//! and how its structs are read: a field that they do not have is an error.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::math::inference::gradient::GradientEstimator;
use crate::math::inference::logistic_regression::Observation;
use crate::math::inference::optimizer::OptimizerKind;
use crate::math::inference::target::TargetKind;
use crate::math::inference::variational::Family;
use crate::math::likelihood::Task;
use crate::math::parameterization::Parameterization;
use crate::math::plane::training::Weighting;
use crate::math::proposal::ProposalKind;
use crate::math::quantiles::Histogram;
use crate::math::schedule::ScheduleKind;

/// The names of the variants of an enum: how serde reads and writes them, and, for the tests that
/// write the types of JavaScript, how TypeScript spells the union.
macro_rules! named {
    ($(#[$attribute:meta])* $type:ident as $names:ident { $($variants:tt)* }) => {
        #[derive(Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        $(#[$attribute])*
        enum $names { $($variants)* }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $names::serialize(self, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $names::deserialize(deserializer)
            }
        }

        #[cfg(test)]
        impl ts_rs::TS for $type {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;
            const IS_ENUM: bool = true;

            fn docs() -> Option<String> {
                $names::docs()
            }

            fn name(config: &ts_rs::Config) -> String {
                $names::name(config)
            }

            fn inline(config: &ts_rs::Config) -> String {
                $names::inline(config)
            }
        }
    };
}

named! {
    /// Noise schedules: Ho et al. 2020, Nichol & Dhariwal 2021, Kingma et al. 2021; "trained" is
    /// the chain of the network's own training, or evenly spaced steps of it. Ddpm.schedules has
    /// those that a model can be used with.
    #[serde(remote = "ScheduleKind", rename_all = "kebab-case")]
    #[cfg_attr(test, ts(rename = "ScheduleKind"))]
    ScheduleKind as ScheduleNames {
        Linear, Cosine, LogSnrLinear, Trained
    }
}

named! {
    /// What a bound is about; bounds of different tasks must not be compared. "density" is a
    /// density of pixels, whose logarithm may be positive; "grey" is the cross-entropy with grey
    /// levels, which is not a likelihood.
    #[serde(remote = "Task")]
    #[cfg_attr(test, ts(rename = "Task"))]
    Task as TaskNames {
        #[serde(rename = "binarized")]
        Binarized,
        #[serde(rename = "8-bit")]
        EightBit,
        #[serde(rename = "density")]
        Density,
        #[serde(rename = "grey")]
        Grey,
    }
}

named! {
    /// What the output F of a noise-prediction network means.
    #[serde(remote = "Parameterization", rename_all = "kebab-case")]
    #[cfg_attr(test, ts(rename = "Parameterization"))]
    Parameterization as ParameterizationNames {
        Epsilon, X0, V, Lattice, Velocity, Edm
    }
}

named! {
    /// What log p(x) is estimated with. "posterior": q(z|x) alone. "defensive": 3/4 q and 1/4 a
    /// copy with twice the variance, of a hierarchical VAE in the top layer only. "laplace": 1/2 q
    /// and 1/2 Gaussians fitted to the posterior's mode and curvature; "fitted": 1/2 q and 1/2 a
    /// Student t distribution with the weighted mean and covariance of 1600 draws around that mode,
    /// which are evaluated first and on top: for heavy-tailed weights. "defensive" stands in for
    /// both in a hierarchical VAE.
    #[serde(remote = "ProposalKind", rename_all = "kebab-case")]
    #[cfg_attr(test, ts(rename = "ImportanceProposal"))]
    ProposalKind as ProposalNames {
        Posterior, Defensive, Laplace, Fitted
    }
}

named! {
    /// How noise levels are weighed against each other.
    #[serde(remote = "Weighting", rename_all = "kebab-case")]
    #[cfg_attr(test, ts(rename = "Weighting"))]
    Weighting as WeightingNames {
        Bound, Simple
    }
}

named! {
    /// A kind of optimizer.
    #[serde(remote = "OptimizerKind", rename_all = "kebab-case")]
    #[cfg_attr(test, ts(rename = "OptimizerKind"))]
    OptimizerKind as OptimizerNames {
        Sgd, Adam
    }
}

named! {
    /// A density p(z) = p̃(z) / Z in the plane with a known log Z. "logistic-regression" is the
    /// posterior of z = (slope, intercept) in P(label = 1 | x) = sigmoid(slope * x + intercept)
    /// under the prior N(0, 4 I); its Z is the evidence.
    #[serde(remote = "TargetKind", rename_all = "kebab-case")]
    #[cfg_attr(test, ts(rename = "InferenceTarget"))]
    TargetKind as TargetNames {
        CorrelatedGaussian, TwoGaussians, FiveGaussians, Banana, Funnel, Ring, LogisticRegression
    }
}

named! {
    /// One Gaussian with independent coordinates, one with any covariance, or a mixture of the
    /// former.
    #[serde(remote = "Family", rename_all = "kebab-case")]
    #[cfg_attr(test, ts(rename = "InferenceFamily"))]
    Family as FamilyNames {
        MeanField, FullCovariance, Mixture
    }
}

named! {
    /// How the gradient of the ELBO is estimated.
    #[serde(remote = "GradientEstimator", rename_all = "kebab-case")]
    #[cfg_attr(test, ts(rename = "GradientEstimator"))]
    GradientEstimator as GradientEstimatorNames {
        Reparameterized, ScoreFunction
    }
}

#[derive(Deserialize)]
#[serde(remote = "Observation", deny_unknown_fields)]
struct ObservationFields {
    x: f64,
    label: u8,
}

impl<'de> Deserialize<'de> for Observation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ObservationFields::deserialize(deserializer)
    }
}

#[derive(Deserialize)]
#[serde(remote = "Histogram", deny_unknown_fields)]
struct HistogramFields {
    edges: Vec<f64>,
    counts: Vec<u64>,
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        HistogramFields::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T: serde::de::DeserializeOwned>(json: &str) -> String {
        let read = serde_json::from_str::<T>(json);
        read.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn structs_refuse_unknown_fields() {
        let told = message::<Observation>(r#"{"x":1,"label":0,"y":2}"#);
        assert_eq!(told, "unknown field `y`, expected `x` or `label` at line 1 column 20");
        let told = message::<Histogram>(r#"{"edges":[],"bins":[]}"#);
        assert_eq!(told, "unknown field `bins`, expected `edges` or `counts` at line 1 column 18");
        let told = message::<Observation>("1");
        assert!(told.contains("expected struct Observation"), "{told}");
    }
}
