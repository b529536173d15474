//! Noise schedules: how much of the image is left at each step of the forward chain.

use super::numeric::{log1m_exp, sigmoid};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_PI_2;
use std::fmt;
use std::str::FromStr;

/// The longest chain that is offered; beyond it neighbouring steps are the same to a network.
const MAX_STEPS: usize = 100_000;

/// Chains shorter than this are strided from a chain of this length, the one of Ho et al. 2020.
const MIN_BASE_STEPS: usize = 1000;

/// Noise schedules: Ho et al. 2020, Nichol & Dhariwal 2021, Kingma et al. 2021.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleKind {
    /// β linear in t (Ho et al. 2020, section 4): 1e-4 to 0.02 for 1000 steps, scaled by 1000/T for
    /// others.
    Linear,
    /// ᾱ a squared cosine (Nichol & Dhariwal 2021, eq. 17, s = 0.008).
    Cosine,
    /// log SNR linear in t (Kingma et al. 2021).
    LogSnrLinear,
    /// The chain of the network's own training, or evenly spaced steps of it.
    Trained,
}

impl ScheduleKind {
    /// The kinds that are defined without a network.
    pub const ALL: [Self; 3] = [Self::Linear, Self::Cosine, Self::LogSnrLinear];

    /// The name in a manifest and in a URL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Cosine => "cosine",
            Self::LogSnrLinear => "log-snr-linear",
            Self::Trained => "trained",
        }
    }
}

impl fmt::Display for ScheduleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ScheduleKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let kinds = Self::ALL.into_iter().chain([Self::Trained]);
        kinds.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            Error::value(
                "the schedule",
                format_args!("{name:?}"),
                "one of linear, cosine, log-snr-linear, trained",
            )
        })
    }
}

/// The log SNR at the two ends of a `LogSnrLinear` chain: `max` at t = 1, `min` at t = T.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogSnrRange {
    /// The log SNR at t = T.
    pub min: f64,
    /// The log SNR at t = 1.
    pub max: f64,
}

impl LogSnrRange {
    /// Whether min < max and both lie in [-100, 100], where α and σ still square to normal numbers.
    ///
    /// # Errors
    /// ValueError where they do not.
    pub fn validate(self) -> Result<()> {
        let Self { min, max } = self;
        if -100.0 <= min && min < max && max <= 100.0 {
            return Ok(());
        }
        Err(Error::value(
            "the log SNR range",
            format_args!("{min} to {max}"),
            "rising and within -100 to 100",
        ))
    }
}

/// One forward chain q(x_1, ..., x_T | x_0) as a table of log SNR; everything else follows from
/// differences of it.
///
/// Steps are numbered 1..=T; t = 0 is the image itself, with log SNR +∞.
///
/// # Panics
/// Methods panic for t beyond T, and those of a step, as [`beta`](Self::beta), for t = 0.
#[derive(Clone, Debug, PartialEq)]
pub struct NoiseSchedule {
    kind: ScheduleKind,
    /// λ_0 = +∞, λ_1, ..., λ_T, strictly falling.
    log_snr: Vec<f64>,
}

impl NoiseSchedule {
    /// A chain of `steps` steps, 2 to 100,000. `log_snr` is the range of `LogSnrLinear`; the other
    /// kinds only validate it.
    ///
    /// From 1000 steps on the chain is the family's own. A shorter one keeps `steps` timesteps of
    /// the chain of 1000, evenly spaced, the first and the last among them, and is a chain of its
    /// own with its own β and its own bound.
    ///
    /// # Errors
    /// ValueError for a number of steps or a range outside of these.
    pub fn new(kind: ScheduleKind, steps: usize, log_snr: LogSnrRange) -> Result<Self> {
        if !(2..=MAX_STEPS).contains(&steps) {
            return Err(Error::value(
                "the number of steps",
                steps,
                format_args!("2 to {MAX_STEPS}"),
            ));
        }
        log_snr.validate()?;
        let base_steps = steps.max(MIN_BASE_STEPS);
        let base = match kind {
            ScheduleKind::Linear => log_snr_of_betas(linear_betas(base_steps)),
            ScheduleKind::Cosine => log_snr_of_betas(cosine_betas(base_steps)),
            ScheduleKind::LogSnrLinear => linear_log_snr(base_steps, log_snr),
            ScheduleKind::Trained => {
                return Err(Error::request(
                    "the schedule \"trained\" is for a network that was trained on a chain of \
                        timesteps",
                    "use one of linear, cosine, log-snr-linear",
                ));
            }
        };
        Ok(Self::strided(kind, &base, steps))
    }

    /// `steps` steps of the chain that a network was trained on, evenly spaced, the first and the
    /// last among them; `trained` has the log SNR of each of its steps, falling.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for fewer than 2 steps or more than there are.
    pub fn trained(trained: &[f64], steps: usize) -> Result<Self> {
        if !(2..=trained.len()).contains(&steps) {
            return Err(Error::value(
                "the number of steps",
                steps,
                format_args!("2 to {}, as the network was trained on that many", trained.len()),
            ));
        }
        Ok(Self::strided(ScheduleKind::Trained, trained, steps))
    }

    /// Evenly spaced steps of a chain.
    fn strided(kind: ScheduleKind, base: &[f64], steps: usize) -> Self {
        let mut table = Vec::with_capacity(steps + 1);
        table.push(f64::INFINITY);
        table.extend((0..steps).map(|k| base[rounded(k, base.len() - 1, steps - 1)]));
        Self { kind, log_snr: table }
    }

    /// T.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.log_snr.len() - 1
    }

    /// The family this chain is from.
    #[must_use]
    pub fn kind(&self) -> ScheduleKind {
        self.kind
    }

    /// λ_t = log(ᾱ_t / (1 - ᾱ_t)); +∞ at t = 0.
    #[must_use]
    pub fn log_snr(&self, t: usize) -> f64 {
        self.log_snr[t]
    }

    /// λ_t - λ_{t-1} < 0 for t in 1..=T; -∞ at t = 1.
    #[must_use]
    pub fn log_snr_change(&self, t: usize) -> f64 {
        self.log_snr[t] - self.log_snr[t - 1]
    }

    /// ᾱ_t = sigmoid(λ_t), the variance of x_t that comes from the image; 1 at t = 0.
    #[must_use]
    pub fn alpha_bar(&self, t: usize) -> f64 {
        sigmoid(self.log_snr[t])
    }

    /// α_t = √ᾱ_t, the factor of x_0 in x_t.
    #[must_use]
    pub fn alpha(&self, t: usize) -> f64 {
        self.alpha_bar(t).sqrt()
    }

    /// σ_t² = 1 - ᾱ_t = sigmoid(-λ_t), without the cancellation; 0 at t = 0.
    #[must_use]
    pub fn variance(&self, t: usize) -> f64 {
        sigmoid(-self.log_snr[t])
    }

    /// σ_t = √(1 - ᾱ_t), the factor of ε in x_t.
    #[must_use]
    pub fn sigma(&self, t: usize) -> f64 {
        self.variance(t).sqrt()
    }

    /// β_t = 1 - ᾱ_t / ᾱ_{t-1} for t in 1..=T, as -σ_t² expm1(λ_t - λ_{t-1}).
    ///
    /// The form follows from ᾱ = 1/(1 + e^-λ) and subtracts nothing that is nearly equal but the
    /// table's own entries.
    #[must_use]
    pub fn beta(&self, t: usize) -> f64 {
        -self.variance(t) * libm::expm1(self.log_snr_change(t))
    }

    /// β̃_t, the variance of q(x_{t-1} | x_t, x_0) (Ho et al. 2020, eq. 7), for t in 1..=T; 0 at t
    /// = 1.
    ///
    /// β_t (1 - ᾱ_{t-1}) / (1 - ᾱ_t) = -σ_{t-1}² expm1(λ_t - λ_{t-1}) (Kingma et al. 2021, appendix
    /// A).
    #[must_use]
    pub fn posterior_variance(&self, t: usize) -> f64 {
        -self.variance(t - 1) * libm::expm1(self.log_snr_change(t))
    }

    /// The factors of x_0 and of x_t in the mean of q(x_{t-1} | x_t, x_0) (Ho et al. 2020, eq. 7),
    /// for t in 1..=T; (1, 0) at t = 1.
    #[must_use]
    pub fn posterior_mean_coefficients(&self, t: usize) -> (f64, f64) {
        let change = self.log_snr_change(t);
        let x0 = -self.alpha(t - 1) * libm::expm1(change);
        // √(ᾱ_t/ᾱ_{t-1}) σ_{t-1}²/σ_t², with the ratio of variances taken from e^(λ_t - λ_{t-1})
        let x_t = libm::exp(change) * self.alpha(t - 1) / self.alpha(t);
        (x0, x_t)
    }
}

/// Ho et al. 2020: 1e-4 to 0.02 in 1000 steps. The factor 1000/T keeps ᾱ_T, and so the bound's end
/// point, in place.
fn linear_betas(steps: usize) -> impl Iterator<Item = f64> {
    let (first, last) = (0.1 / steps as f64, 20.0 / steps as f64);
    (0..steps).map(move |k| first + (last - first) * (k as f64 / (steps - 1) as f64))
}

/// Nichol & Dhariwal 2021, eq. 17: ᾱ_t = f(t)/f(0), f(t) = cos²θ(t), θ(t) = (t/T + s)/(1 + s) ·
/// π/2.
///
/// β_t = 1 - f(t)/f(t-1), where cos²a - cos²b = sin(b-a) sin(a+b) avoids the subtraction. The limit
/// 0.999 is the paper's: f(T) is 0, and without it the last step would forget everything, with log
/// SNR -∞.
pub(crate) fn cosine_betas(steps: usize) -> impl Iterator<Item = f64> {
    const S: f64 = 0.008;
    let theta = move |t: usize| (t as f64 / steps as f64 + S) / (1.0 + S) * FRAC_PI_2;
    let step = FRAC_PI_2 / (1.0 + S) / steps as f64;
    (1..=steps).map(move |t| {
        let (before, after) = (theta(t - 1), theta(t));
        let cos = libm::cos(before);
        (libm::sin(step) * libm::sin(before + after) / (cos * cos)).min(0.999)
    })
}

/// β of `ᾱ(u) = (σ(3) - σ(6u - 3)) / (σ(3) - σ(-3))` at u = t/T, of which the last would be 1.
pub(crate) fn sigmoid_betas(steps: usize) -> impl Iterator<Item = f64> {
    let at = move |t: usize| sigmoid(6.0 * (t as f64 / steps as f64) - 3.0);
    let end = at(steps);
    (1..=steps).map(move |t| ((at(t) - at(t - 1)) / (end - at(t - 1))).min(0.999))
}

/// λ_1, ..., λ_T of a chain given by its β.
pub(crate) fn log_snr_of_betas(betas: impl Iterator<Item = f64>) -> Vec<f64> {
    betas
        .scan(0.0, |log_alpha_bar, beta| {
            *log_alpha_bar += libm::log1p(-beta);
            Some(*log_alpha_bar - log1m_exp(*log_alpha_bar))
        })
        .collect()
}

fn linear_log_snr(steps: usize, range: LogSnrRange) -> Vec<f64> {
    (0..steps)
        .map(|k| {
            let s = k as f64 / (steps - 1) as f64;
            (1.0 - s) * range.max + s * range.min
        })
        .collect()
}

/// k · a / b to the nearest integer, halves up.
fn rounded(k: usize, a: usize, b: usize) -> usize {
    // the product overflows the 32-bit usize of WebAssembly
    let (k, a, b) = (k as u64, a as u64, b as u64);
    ((2 * k * a + b) / (2 * b)) as usize
}
