//! The chain that a network with numbered timesteps was trained on.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Result};
use crate::math::schedule::{LogSnrRange, cosine_betas, log_snr_of_betas, sigmoid_betas};

/// The chain that a diffusion network was trained on. `betaStart` and `betaEnd` of "linear" are
/// 0.0001 and 0.02 if absent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum BetaSchedule {
    /// β evenly spaced from `beta_start` to `beta_end` (Ho et al. 2020), whatever the number of
    /// steps.
    Linear {
        /// Number of steps.
        steps: usize,
        /// The first β, 1e-4 if absent.
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        beta_start: f64,
        /// The last β, 0.02 if absent.
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        beta_end: f64,
    },
    /// √β evenly spaced (Rombach et al. 2022).
    ScaledLinear {
        /// Number of steps.
        steps: usize,
        /// The first β.
        beta_start: f64,
        /// The last β.
        beta_end: f64,
    },
    /// ᾱ a squared cosine (Nichol & Dhariwal 2021, eq. 17, s = 0.008, β at most 0.999).
    Cosine {
        /// Number of steps.
        steps: usize,
    },
    /// ᾱ a sigmoid from 3 to -3 (Jabri et al. 2022, τ = 1, β at most 0.999).
    Sigmoid {
        /// Number of steps.
        steps: usize,
    },
    /// Each β.
    Betas {
        /// β_1, ..., β_T.
        betas: Vec<f64>,
    },
}

/// What the kinds have, read at once: code of serde's for each kind would be four times as large.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fields {
    kind: Kind,
    steps: Option<usize>,
    beta_start: Option<f64>,
    beta_end: Option<f64>,
    betas: Option<Vec<f64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Linear,
    ScaledLinear,
    Cosine,
    Sigmoid,
    Betas,
}

impl<'de> Deserialize<'de> for BetaSchedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let Fields { kind, steps, beta_start, beta_end, betas } =
            Fields::deserialize(deserializer)?;
        let has_ends = matches!(kind, Kind::Linear | Kind::ScaledLinear);
        let has_steps = kind != Kind::Betas;
        for (name, is_given, is_had) in [
            ("steps", steps.is_some(), has_steps),
            ("betaStart", beta_start.is_some(), has_ends),
            ("betaEnd", beta_end.is_some(), has_ends),
            ("betas", betas.is_some(), !has_steps),
        ] {
            if is_given && !is_had {
                return Err(D::Error::custom(format_args!(
                    "unknown field `{name}` of a chain of the kind {kind:?}"
                )));
            }
        }
        let missing = D::Error::missing_field;
        let steps = || steps.ok_or_else(|| missing("steps"));
        Ok(match kind {
            Kind::Linear => Self::Linear {
                steps: steps()?,
                beta_start: beta_start.unwrap_or(1e-4),
                beta_end: beta_end.unwrap_or(0.02),
            },
            Kind::ScaledLinear => Self::ScaledLinear {
                steps: steps()?,
                beta_start: beta_start.ok_or_else(|| missing("betaStart"))?,
                beta_end: beta_end.ok_or_else(|| missing("betaEnd"))?,
            },
            Kind::Cosine => Self::Cosine { steps: steps()? },
            Kind::Sigmoid => Self::Sigmoid { steps: steps()? },
            Kind::Betas => Self::Betas { betas: betas.ok_or_else(|| missing("betas"))? },
        })
    }
}

/// Longest chain.
const MAX_STEPS: usize = 100_000;

impl BetaSchedule {
    /// T.
    #[must_use]
    pub fn steps(&self) -> usize {
        match self {
            Self::Linear { steps, .. }
            | Self::ScaledLinear { steps, .. }
            | Self::Cosine { steps }
            | Self::Sigmoid { steps } => *steps,
            Self::Betas { betas } => betas.len(),
        }
    }

    /// The log SNR at each step.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for fewer than 2 steps or more than 100,000,
    /// or a β outside (0, 1).
    pub fn table(&self) -> Result<TrainedChain> {
        let steps = self.steps();
        if !(2..=MAX_STEPS).contains(&steps) {
            return Err(Error::value("steps", steps, format_args!("2 to {MAX_STEPS}")));
        }
        let spaced = |first: f64, last: f64| {
            (0..steps).map(move |k| first + (last - first) * (k as f64 / (steps - 1) as f64))
        };
        let betas: Vec<f64> = match self {
            Self::Linear { beta_start, beta_end, .. } => spaced(*beta_start, *beta_end).collect(),
            Self::ScaledLinear { beta_start, beta_end, .. } => {
                spaced(beta_start.sqrt(), beta_end.sqrt()).map(|root| root * root).collect()
            }
            Self::Cosine { .. } => cosine_betas(steps).collect(),
            Self::Sigmoid { .. } => sigmoid_betas(steps).collect(),
            Self::Betas { betas } => betas.clone(),
        };
        if let Some(at) = betas.iter().position(|b| !(*b > 0.0 && *b < 1.0)) {
            return Err(Error::value(
                format_args!("beta {}", at + 1),
                betas[at],
                "above 0 and below 1",
            ));
        }
        let log_snr = log_snr_of_betas(betas.into_iter());
        let chain = TrainedChain { log_snr };
        chain.range().validate()?;
        Ok(chain)
    }
}

/// λ_1 > λ_2 > ... > λ_T of a training's chain.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainedChain {
    log_snr: Vec<f64>,
}

impl TrainedChain {
    /// λ_1, ..., λ_T.
    #[must_use]
    pub fn log_snr(&self) -> &[f64] {
        &self.log_snr
    }

    /// λ_T to λ_1.
    #[must_use]
    pub fn range(&self) -> LogSnrRange {
        LogSnrRange { min: self.log_snr[self.log_snr.len() - 1], max: self.log_snr[0] }
    }

    /// The position of a log SNR in the chain, 0 at λ_1 and T - 1 at λ_T, linear in between and
    /// clamped outside. At the λ of a step it is that step's own.
    #[must_use]
    pub fn position(&self, log_snr: f64) -> f64 {
        let last = self.log_snr.len() - 1;
        // the first step whose λ is not above
        let after = self.log_snr.partition_point(|&l| l > log_snr);
        if after == 0 {
            return 0.0;
        }
        if after > last {
            return last as f64;
        }
        let (high, low) = (self.log_snr[after - 1], self.log_snr[after]);
        (after - 1) as f64 + (high - log_snr) / (high - low)
    }

    /// The nearest step, 0 to T - 1.
    #[must_use]
    pub fn nearest(&self, log_snr: f64) -> usize {
        self.position(log_snr).round() as usize
    }
}
