//! A small network that learns x̂_0 while one watches.

use serde::{Deserialize, Serialize};

use super::HELD_OUT;
use super::options::{PlaneComponent, PlanePreset, data_of, schedule_of};
use crate::error::{Error, Result};
use crate::math::numeric::mean;
use crate::math::plane::held_out::HeldOut;
use crate::math::plane::mlp::Mlp;
use crate::math::plane::training::{Training, Weighting};
use crate::math::schedule::ScheduleKind;

/// What to learn and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct PlaneNetworkOptions {
    /// "five-gaussians" if neither these nor components are given.
    pub data: Option<PlanePreset>,
    /// Other data: 1 to 32 components.
    pub components: Option<Vec<PlaneComponent>>,
    /// The network is trained over the log SNR of this schedule; "cosine" if absent.
    #[cfg_attr(test, ts(type = "\"linear\" | \"cosine\" | \"log-snr-linear\""))]
    pub schedule: ScheduleKind,
    /// T of the bound in the trace, and of the timesteps that the simple loss draws; 100 if absent.
    pub steps: usize,
    /// "bound": log SNR uniform (Kingma et al. 2021; the default). "simple": timesteps uniform (Ho
    /// et al. 2020).
    #[cfg_attr(test, ts(inline))]
    pub weighting: Weighting,
    /// Seed of weights and examples; for JavaScript drawn afresh if absent.
    pub seed: u64,
}

impl Default for PlaneNetworkOptions {
    fn default() -> Self {
        Self {
            data: None,
            components: None,
            schedule: ScheduleKind::Cosine,
            steps: 100,
            weighting: Weighting::Bound,
            seed: 0,
        }
    }
}

/// The course of a training, as columns: a row at first and after every 200 steps. Nats.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaneTrainingTrace {
    /// Steps made before the row.
    pub step: Vec<u64>,
    /// Mean of ½ |ε - ε̂|² over the examples since the row before; not a number in the first row.
    #[cfg_attr(test, ts(type = "(number | null)[]"))]
    pub loss: Vec<f64>,
    /// Mean bound over 512 draws of the data, the same in every row.
    pub elbo: Vec<f64>,
}

/// A network in training. The same options give the same weights after as many steps.
#[derive(Debug)]
pub struct PlaneNetwork {
    training: Training,
    held_out: HeldOut,
    seed: u64,
    exact_elbo: f64,
    trace: PlaneTrainingTrace,
    losses: Vec<f64>,
}

impl PlaneNetwork {
    /// Most steps of one call to [`PlaneNetwork::train`].
    pub const MAX_STEPS: u64 = 1_000_000;
    /// Steps between two rows of the trace.
    pub const TRACE_EVERY: u64 = 200;

    /// A network that has learnt nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for options out of range.
    pub fn new(options: &PlaneNetworkOptions) -> Result<Self> {
        let data = data_of(options.data, options.components.as_deref())?;
        let schedule = schedule_of(options.schedule, options.steps)?;
        let seed = options.seed;
        let held_out = HeldOut::new(&data, &schedule, seed, HELD_OUT);
        let exact_elbo = mean(&held_out.bounds(&data));
        let training = Training::new(data, &schedule, options.weighting, seed);
        let mut network = Self {
            training,
            held_out,
            seed,
            exact_elbo,
            trace: PlaneTrainingTrace::default(),
            losses: Vec::new(),
        };
        network.record();
        Ok(network)
    }

    /// Makes `n` steps of Adam.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for more than [`PlaneNetwork::MAX_STEPS`].
    pub fn train(&mut self, n: u64) -> Result<()> {
        if n > Self::MAX_STEPS {
            let most = Self::MAX_STEPS;
            return Err(Error::value("n", n, format_args!("at most {most} steps for one call")));
        }
        for _ in 0..n {
            self.losses.push(self.training.advance());
            if self.training.steps().is_multiple_of(Self::TRACE_EVERY) {
                self.record();
            }
        }
        Ok(())
    }

    fn record(&mut self) {
        self.trace.step.push(self.training.steps());
        self.trace.loss.push(mean(&self.losses));
        self.trace.elbo.push(mean(&self.held_out.bounds(self.mlp())));
        self.losses.clear();
    }

    /// Steps made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.training.steps()
    }

    /// The seed that was used.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The course so far.
    #[must_use]
    pub fn trace(&self) -> &PlaneTrainingTrace {
        &self.trace
    }

    /// The mean bound of the exact score over the draws of the trace, in nats.
    #[must_use]
    pub fn exact_elbo(&self) -> f64 {
        self.exact_elbo
    }

    /// The network as it is used: its weights averaged over the last steps.
    #[must_use]
    pub fn mlp(&self) -> &Mlp {
        self.training.network()
    }
}
