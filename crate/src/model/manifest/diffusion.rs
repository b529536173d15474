//! The conventions of a diffusion network: its time, its coordinates, its output.

use serde::{Deserialize, Serialize};

use super::adapters::{ClassInput, ImageInput, Layout, Numbers};
use super::training::BetaSchedule;

/// How a diffusion network takes the noise level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum TimeForm {
    /// log(α²/σ²) (Kingma et al. 2021).
    #[default]
    LogSnr,
    /// The number of a step of the training's chain (Ho et al. 2020).
    Timestep,
    /// That number over the number of steps.
    Fraction,
    /// The standard deviation σ of the noise in `x_0 + σ ε` (Karras et al. 2022), or ln(σ)/4 with
    /// their preconditioning.
    Sigma,
    /// t of `(1 - t) x_0 + t ε` (Lipman et al. 2023).
    Flow,
}

/// How a diffusion network takes the noise level.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct TimeInput {
    /// "log_snr" if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// log(alpha² / sigma²); the number of a step of `schedule`; that number over the steps; the
    /// standard deviation of the noise in x_0 + sigma ε (with `sigmaData` ln(sigma) / 4 and the
    /// preconditioning of Karras et al. 2022); t of (1 - t) x_0 + t ε.
    #[cfg_attr(test, ts(inline))]
    pub form: TimeForm,
    /// Shape without the batch, [] if absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shape: Vec<usize>,
    /// Whether the tensor has no batch axis.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unbatched: bool,
    /// Integers for "timestep", floats for others if absent. Integers restrict the model to the
    /// steps of its chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Numbers>,
    /// The training's chain, for "timestep" and "fraction".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<BetaSchedule>,
    /// The number of that chain's first step, 0 or 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<u32>,
    /// Standard deviation of the data in the network's units, for the preconditioning of Karras et
    /// al. 2022 (the parameterization `edm`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigma_data: Option<f64>,
    /// Whether flow time runs from noise to data.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reversed: bool,
}

impl TimeInput {
    /// Element type of the input.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        self.numbers.unwrap_or(match self.form {
            TimeForm::Timestep => Numbers::Integer,
            _ => Numbers::Float,
        })
    }

    /// The number of the first step of the training's chain.
    #[must_use]
    pub fn first(&self) -> u32 {
        self.first.unwrap_or(u32::from(self.form == TimeForm::Fraction))
    }
}

/// The output of a diffusion network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct NetworkOutput {
    /// The output, or any value of the graph; `output` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The order in which its values lie.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub layout: Layout,
    /// The tensor's shape without the batch if it is not the layout's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Vec<usize>>,
    /// Whether it has twice the channels, the latter half about the variance of a step (Nichol &
    /// Dhariwal 2021), which is not used: the chain's variance is β̃.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub learned_variance: bool,
}

/// A diffusion network's conventions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct NetworkAdapter {
    /// As of an encoder.
    pub batch: usize,
    /// The noisy image. `scale` and `shift` do not apply: see `dataRange`.
    pub image: ImageInput,
    /// The values of a black and of a full pixel in the training, [-1, 1] if absent.
    pub data_range: [f64; 2],
    /// The time.
    pub time: TimeInput,
    /// The class, if it takes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<ClassInput>,
    /// The output.
    #[cfg_attr(test, ts(inline))]
    pub output: NetworkOutput,
}

impl Default for NetworkAdapter {
    fn default() -> Self {
        Self {
            batch: 1,
            image: ImageInput::default(),
            data_range: [-1.0, 1.0],
            time: TimeInput::default(),
            condition: None,
            output: NetworkOutput::default(),
        }
    }
}
