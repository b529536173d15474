//! Diffusion in the plane through the engine: particles, points, networks, and what is refused.

mod own_data;
mod particles;
mod points;

use elbo_room::engine::{PlaneDiffusion, PlaneDiffusionOptions, PlanePoint, PlanePreset};

fn options(data: PlanePreset, steps: usize) -> PlaneDiffusionOptions {
    PlaneDiffusionOptions {
        data: Some(data),
        steps,
        particles: 2,
        seed: 3,
        ..PlaneDiffusionOptions::default()
    }
}

fn finished(diffusion: &PlaneDiffusion, x0: [f64; 2]) -> PlanePoint {
    let mut point = diffusion.point(x0).unwrap();
    while !point.is_done() {
        point.step();
    }
    point
}

/// Steps until the bound of the point's own chain is known.
fn bounded(diffusion: &PlaneDiffusion, x0: [f64; 2]) -> PlanePoint {
    let mut point = diffusion.point(x0).unwrap();
    while point.result().bound.is_none() {
        point.step();
    }
    point
}

#[track_caller]
fn assert_close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} and {b} differ by more than {tolerance}");
}
