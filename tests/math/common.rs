//! What several test files need.

use elbo_room::math::schedule::{LogSnrRange, NoiseSchedule, ScheduleKind};

/// The range that the shipped diffusion model was trained on.
pub const RANGE: LogSnrRange = LogSnrRange { min: -6.0, max: 13.3 };

pub fn schedule(kind: ScheduleKind, steps: usize) -> NoiseSchedule {
    NoiseSchedule::new(kind, steps, RANGE).unwrap()
}

/// Every kind at short, strided, full and long length.
pub fn schedules() -> impl Iterator<Item = NoiseSchedule> {
    let lengths = [2, 3, 10, 50, 999, 1000, 1001, 4000];
    ScheduleKind::ALL.into_iter().flat_map(move |kind| lengths.map(|steps| schedule(kind, steps)))
}

/// |a - b| ≤ tolerance · max(1, |b|): relative for large values, absolute for small ones. Equal
/// infinities are close.
#[track_caller]
pub fn assert_close(a: f64, b: f64, tolerance: f64, what: &str) {
    let close = a == b || (a - b).abs() <= tolerance * b.abs().max(1.0);
    assert!(close, "{what}: {a:e} is not {b:e} within {tolerance:e}");
}

/// |a - b| ≤ tolerance · |b|.
#[track_caller]
pub fn assert_relative(a: f64, b: f64, tolerance: f64, what: &str) {
    let close = a == b || (a - b).abs() <= tolerance * b.abs();
    assert!(close, "{what}: {a:e} is not {b:e} within a factor 1 ± {tolerance:e}");
}

/// ∫ f from `from` to `to` by Simpson's rule on `intervals` (even) intervals.
pub fn integrate(from: f64, to: f64, intervals: usize, f: impl Fn(f64) -> f64) -> f64 {
    let h = (to - from) / intervals as f64;
    let inner: f64 =
        (1..intervals).map(|k| f(from + k as f64 * h) * if k % 2 == 1 { 4.0 } else { 2.0 }).sum();
    (f(from) + inner + f(to)) * h / 3.0
}
