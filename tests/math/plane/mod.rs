//! Diffusion in the plane against finite differences, independent quadrature and the known log p.

mod bound;
mod flow;
mod mixture;
mod network;

use elbo_room::math::inference::variational::{Gaussian, Mixture};
use elbo_room::math::schedule::{LogSnrRange, NoiseSchedule, ScheduleKind};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Weight, mean and `[var z_1, cov, var z_2]`.
type Component = (f64, [f64; 2], [f64; 3]);

/// tests/fixtures/plane.py
#[derive(Deserialize)]
pub struct Reference {
    mixtures: BTreeMap<String, Vec<Component>>,
    pub means: Vec<ReferenceMean>,
    pub bounds: Vec<ReferenceBound>,
}

#[derive(Deserialize)]
pub struct ReferenceMean {
    pub mixture: String,
    pub alpha_bar: f64,
    pub x_t: [f64; 2],
    pub mean: [f64; 2],
}

#[derive(Deserialize)]
pub struct ReferenceBound {
    pub mixture: String,
    pub schedule: ScheduleKind,
    pub steps: usize,
    pub x0: [f64; 2],
    pub log_p: f64,
    pub prior: f64,
    pub denoising: f64,
    pub reconstruction: f64,
}

impl Reference {
    pub fn read() -> Self {
        serde_json::from_str(include_str!("../../fixtures/plane.json")).unwrap()
    }

    pub fn mixture(&self, name: &str) -> Mixture {
        let parts = &self.mixtures[name];
        Mixture {
            weights: parts.iter().map(|part| part.0).collect(),
            components: parts
                .iter()
                .map(|&(_, mean, covariance)| Gaussian::with_covariance(mean, covariance))
                .collect(),
        }
    }
}

pub fn two() -> Mixture {
    Reference::read().mixture("two")
}

pub fn correlated() -> Mixture {
    Reference::read().mixture("correlated")
}

pub fn chain(kind: ScheduleKind, steps: usize) -> NoiseSchedule {
    NoiseSchedule::new(kind, steps, LogSnrRange { min: -6.0, max: 13.3 }).unwrap()
}

/// Points in and around the mixtures.
pub const POINTS: [[f64; 2]; 5] = [[-1.7, -1.0], [0.1, 0.3], [1.8, 1.4], [-0.4, 2.0], [2.5, -2.0]];
/// From little noise to nearly only noise.
pub const LOG_SNRS: [f64; 6] = [9.0, 4.0, 1.0, -0.5, -3.0, -7.0];

/// Within `tolerance` of each other, which NaN is not.
#[track_caller]
pub fn assert_close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} and {b} differ by more than {tolerance}");
}
