//! How to run a reverse chain.

use serde::{Deserialize, Serialize};

use crate::math::schedule::ScheduleKind;

/// How `x_{t-1}` is drawn from `x_t` and the prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Method {
    /// Ancestral sampling from `p(x_{t-1}|x_t)` (Ho et al. 2020).
    Ddpm,
    /// The family of Song et al. 2021: `eta` 0 is deterministic, 1 is ancestral.
    Ddim,
}

/// What chain to run.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct SamplerOptions {
    /// Seed of all noise; for JavaScript drawn afresh if absent.
    pub seed: u64,
    /// Class to condition on; null for none.
    #[cfg_attr(test, ts(optional = nullable))]
    pub class: Option<usize>,
    /// Whether chain n has the class n modulo the number of classes, in place of `class`.
    pub every_class: bool,
    /// "cosine" if absent.
    pub schedule: ScheduleKind,
    /// Steps of the chain, 2 to 1000; 100 if absent. A chain shorter than 1000 is strided.
    pub steps: usize,
    /// Ancestral sampling ("ddpm", the default) or Song et al. 2021 ("ddim").
    #[cfg_attr(test, ts(inline))]
    pub method: Method,
    /// For "ddim": 0 (the default) is deterministic, 1 is ancestral; refused for "ddpm" unless it
    /// is 0.
    pub eta: f64,
    /// Weight of classifier-free guidance, 0 (none) to 20; needs a class.
    pub guidance: f64,
    /// Chains side by side, 1 (the default) to 64.
    pub chains: usize,
    /// Number of the first of them, 0 if absent: chains of one seed are the same however they are
    /// shared out.
    pub first_chain: u32,
}

impl Default for SamplerOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            class: None,
            every_class: false,
            schedule: ScheduleKind::Cosine,
            steps: 100,
            method: Method::Ddpm,
            eta: 0.0,
            guidance: 0.0,
            chains: 1,
            first_chain: 0,
        }
    }
}

impl SamplerOptions {
    /// The number that addresses the noise of a chain.
    pub(super) fn number(&self, chain: usize) -> u64 {
        u64::from(self.first_chain) + chain as u64
    }
}
